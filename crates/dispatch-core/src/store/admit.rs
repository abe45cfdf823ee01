//! Exactly once by (log, seq): what a batch means, given how far its log has come. One meaning for every store.

use super::events::{Content, LogHead, LogOwner, NewEntry, Quarantine};
use case::{EventName, Hash};

/// What to do with the entries of one log.
#[derive(Clone, Debug)]
pub enum Admission {
    /// Store these (maybe none); the log then stands at `head`, none when there were no entries. A chain that is broken
    /// inside the batch is quarantined.
    Fresh {
        /// Entries beyond what is durable, in order.
        fresh: Vec<NewEntry>,
        /// The log afterwards.
        head: Option<LogHead>,
    },
    /// Entries before these are missing.
    Gap {
        /// The next seq that is needed.
        from: u64,
    },
    /// Keep this as evidence, store nothing else.
    Forked {
        /// The entry that differs; none when the log has ended in a fork before or has another owner.
        evidence: Option<(EventName, Hash)>,
        /// The first seq of this writer that is not in the log: exact where everything before the batch is known to be
        /// equal.
        seq: u64,
    },
}

/// Judges entries of one log with rising seq without gaps. `hash_of` gives the hash of a durable entry's bytes.
pub fn admit(
    owner: LogOwner,
    known: Option<LogHead>,
    entries: Vec<NewEntry>,
    mut hash_of: impl FnMut(u64) -> Option<Hash>,
) -> Admission {
    let Some(first) = entries.first().map(|entry| entry.stored.name) else {
        return Admission::Fresh { fresh: Vec::new(), head: known };
    };
    let begun = LogHead { log: first.log, owner, head: 0, hash: Hash::NONE, forked_at: None };
    let mut head = known.unwrap_or(begun);
    if head.owner != owner {
        return Admission::Forked { evidence: None, seq: first.seq };
    }
    if first.seq > head.head.saturating_add(1) {
        return Admission::Gap { from: head.head.saturating_add(1) };
    }
    let mut fresh = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let (seq, hash) = (entry.stored.name.seq, entry.stored.hash());
        if seq <= head.head {
            if hash_of(seq).is_some_and(|held| held != hash) {
                return Admission::Forked { evidence: Some((entry.stored.name, hash)), seq };
            }
            continue;
        }
        if head.forked_at.is_some() {
            // Two writers used this log: it takes nothing more. What stands in it is equal to this writer's own.
            return Admission::Forked { evidence: None, seq };
        }
        if matches!(&entry.content, Content::Fact(event) if event.prev != head.hash) {
            if fresh.is_empty() && head.head > 0 {
                // It goes on from another entry than the one that is durable here: a copy of the store wrote it.
                return Admission::Forked { evidence: Some((entry.stored.name, hash)), seq: head.head };
            }
            entry.content = Content::Quarantined(Quarantine::BrokenChain);
        }
        head.head = seq;
        head.hash = hash;
        fresh.push(entry);
    }
    Admission::Fresh { fresh, head: Some(head) }
}
