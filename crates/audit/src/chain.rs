//! The writer's side of a chain.

use model::{LookupId, Timestamp};

use crate::entry::{
    Act, Anchor, AuditEntry, Begin, ChainId, Complete, Hash, Head, Kind, Outcome, Purge, ShownItem, Stored,
};

/// A chain at its present end.
///
/// Making an entry does not move the chain: store it first, then [`Chain::advance`]. A store that failed leaves the
/// chain where it was, and the same place is used again.
#[derive(Clone, Debug)]
pub struct Chain {
    head: Head,
}

impl Chain {
    /// A new chain. `chain` is random and never used before.
    #[must_use]
    pub fn start(chain: ChainId) -> Self {
        Self { head: Head { chain, seq: 0, hash: Hash::origin(chain) } }
    }

    /// Goes on from a known end.
    #[must_use]
    pub const fn resume(head: Head) -> Self {
        Self { head }
    }

    /// The present end.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Somebody is about to see history. Durable before anything is fetched; if it cannot be stored, nothing is shown.
    #[must_use]
    pub fn begin(&self, at: Timestamp, begin: Begin) -> Stored {
        let begin = Begin { items: sorted(begin.items), ..begin };
        self.next(at, Kind::Begin(begin))
    }

    /// How the look of `begin_seq` ended.
    #[must_use]
    pub fn complete(
        &self,
        at: Timestamp,
        begin_seq: u64,
        lookup: LookupId,
        outcome: Outcome,
        shown: Vec<ShownItem>,
    ) -> Stored {
        self.next(at, Kind::Complete(Complete { begin_seq, lookup, outcome, shown: sorted(shown) }))
    }

    /// Somebody decided something about looks. Durable with what was decided, or neither is.
    #[must_use]
    pub fn act(&self, at: Timestamp, act: Act) -> Stored {
        self.next(at, Kind::Act(act))
    }

    /// The present head was signed and kept outside.
    #[must_use]
    pub fn anchor(&self, at: Timestamp) -> Stored {
        self.next(at, Kind::Anchor(Anchor { seq: self.head.seq, hash: self.head.hash }))
    }

    /// The entries up to `last` (an entry of this chain) are about to be removed. Store this first, then remove.
    #[must_use]
    pub fn purge(&self, at: Timestamp, last: &Stored) -> Stored {
        self.next(at, Kind::Purge(Purge { through: last.seq, hash: last.hash }))
    }

    /// The entry is stored. Anything but the next entry leaves the chain as it is.
    pub fn advance(&mut self, stored: &Stored) {
        if stored.seq == self.head.seq.saturating_add(1) {
            self.head = Head { seq: stored.seq, hash: stored.hash, ..self.head };
        }
    }

    fn next(&self, at: Timestamp, kind: Kind) -> Stored {
        let Head { chain, seq, hash } = self.head;
        AuditEntry { chain, seq: seq.saturating_add(1), prev: hash, at, kind }.to_stored()
    }
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items.dedup();
    items
}
