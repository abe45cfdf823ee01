//! The reader's side: is a stored chain whole, and if not, where is the first place that is not?

use std::collections::BTreeMap;

use crate::entry::{AuditEntry, ChainId, Complete, Hash, Head, Kind, Purge, Stored};

/// The first broken or missing place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// The stored hash is not that of the stored bytes: one of the two was changed.
    #[error("audit chain {chain:?}: entry {seq} was changed")]
    Changed {
        /// The chain.
        chain: ChainId,
        /// The entry.
        seq: u64,
    },
    /// The bytes are not an entry, or an entry of another place or chain.
    #[error("audit chain {chain:?}: what stands at entry {seq} is not this entry")]
    NotThisEntry {
        /// The chain.
        chain: ChainId,
        /// The place.
        seq: u64,
    },
    /// Entries are missing inside the chain.
    #[error("audit chain {chain:?}: entries {from} to {through} are missing")]
    Missing {
        /// The chain.
        chain: ChainId,
        /// First missing one.
        from: u64,
        /// Last missing one.
        through: u64,
    },
    /// An entry stands twice or behind a later one.
    #[error("audit chain {chain:?}: entry {found} stands where {expected} belongs")]
    OutOfOrder {
        /// The chain.
        chain: ChainId,
        /// What belongs here.
        expected: u64,
        /// What stands here.
        found: u64,
    },
    /// The entry does not carry the hash of the one before it: one of the two was exchanged.
    #[error("audit chain {chain:?}: entry {seq} does not follow the one before it")]
    BrokenLink {
        /// The chain.
        chain: ChainId,
        /// The later of the two.
        seq: u64,
    },
    /// The end is missing: a head anchored outside is newer than what is stored.
    #[error("audit chain {chain:?}: entries {from} to at least {anchored} are missing at the end")]
    MissingTail {
        /// The chain.
        chain: ChainId,
        /// First missing one.
        from: u64,
        /// The anchored head.
        anchored: u64,
    },
    /// The entry is another one than when it was anchored: the chain was rewritten.
    #[error("audit chain {chain:?}: entry {seq} is not the one that was anchored")]
    NotAsAnchored {
        /// The chain.
        chain: ChainId,
        /// The entry.
        seq: u64,
    },
    /// A `Complete` without its `Begin`.
    #[error("audit chain {chain:?}: entry {seq} completes {begin_seq}, which is no open beginning")]
    NoBegin {
        /// The chain.
        chain: ChainId,
        /// The `Complete`.
        seq: u64,
        /// What it claims to complete.
        begin_seq: u64,
    },
}

/// A chain that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Its end.
    pub head: Head,
    /// Entries up to here were purged under a recorded head; 0 for none.
    pub purged_through: u64,
    /// Beginnings without an end (a crash in between, or still running), sorted.
    pub unfinished: Vec<u64>,
}

/// Checks a chain from its oldest stored entry on. `anchored` are heads of this chain that are kept outside and whose
/// signatures were checked; without one, a missing tail cannot be seen.
///
/// # Errors
/// [`AuditFault`]: the first broken or missing place.
pub fn verify<'a>(
    chain: ChainId,
    stored: impl IntoIterator<Item = &'a Stored>,
    anchored: &[Head],
) -> Result<Verified, AuditFault> {
    let mut reader = Reader::new(chain, anchored);
    for entry in stored {
        reader.take(entry)?;
    }
    reader.finish()
}

struct Reader {
    chain: ChainId,
    head: Option<Head>,
    /// Where the stored part begins, and the hash that its first entry carries.
    start: Option<(u64, Hash)>,
    purges: Vec<Purge>,
    open: BTreeMap<u64, Option<Complete>>,
    anchored: BTreeMap<u64, Hash>,
}

impl Reader {
    fn new(chain: ChainId, anchored: &[Head]) -> Self {
        let anchored = anchored
            .iter()
            .filter(|head| head.chain == chain && head.seq > 0)
            .map(|head| (head.seq, head.hash))
            .collect();
        Self { chain, head: None, start: None, purges: Vec::new(), open: BTreeMap::new(), anchored }
    }

    fn take(&mut self, stored: &Stored) -> Result<(), AuditFault> {
        let Self { chain, .. } = *self;
        let seq = stored.seq;
        if let Some(head) = self.head {
            let expected = head.seq.saturating_add(1);
            if seq > expected {
                return Err(AuditFault::Missing { chain, from: expected, through: seq - 1 });
            }
            if seq < expected {
                return Err(AuditFault::OutOfOrder { chain, expected, found: seq });
            }
        }
        if Hash::of(&stored.bytes) != stored.hash {
            return Err(AuditFault::Changed { chain, seq });
        }
        let entry = stored.entry().filter(|entry| entry.chain == chain && entry.seq == seq && seq > 0);
        let entry = entry.ok_or(AuditFault::NotThisEntry { chain, seq })?;
        self.link(&entry)?;
        if self.anchored.get(&seq).is_some_and(|hash| *hash != stored.hash) {
            return Err(AuditFault::NotAsAnchored { chain, seq });
        }
        self.head = Some(Head { chain, seq, hash: stored.hash });
        self.follow(&entry)
    }

    fn link(&mut self, entry: &AuditEntry) -> Result<(), AuditFault> {
        let expected = match self.head {
            Some(head) => head.hash,
            None if entry.seq == 1 => Hash::origin(self.chain),
            // What stood before must be the head of a purge that is recorded further on.
            None => entry.prev,
        };
        self.start.get_or_insert((entry.seq, entry.prev));
        if entry.prev == expected { Ok(()) } else { Err(AuditFault::BrokenLink { chain: self.chain, seq: entry.seq }) }
    }

    fn follow(&mut self, entry: &AuditEntry) -> Result<(), AuditFault> {
        match &entry.kind {
            Kind::Begin(_) => {
                self.open.insert(entry.seq, None);
            }
            Kind::Complete(complete) => {
                let was_purged = self.start.is_some_and(|(start, _)| complete.begin_seq < start);
                if self.open.remove(&complete.begin_seq).is_none() && !was_purged {
                    let begin_seq = complete.begin_seq;
                    return Err(AuditFault::NoBegin { chain: self.chain, seq: entry.seq, begin_seq });
                }
            }
            Kind::Purge(purge) => self.purges.push(*purge),
            Kind::Anchor(_) | Kind::Act(_) => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Verified, AuditFault> {
        let Self { chain, .. } = self;
        let newest_anchor = self.anchored.keys().next_back().copied().unwrap_or(0);
        let Some(head) = self.head else {
            if newest_anchor > 0 {
                return Err(AuditFault::MissingTail { chain, from: 1, anchored: newest_anchor });
            }
            let head = Head { chain, seq: 0, hash: Hash::origin(chain) };
            return Ok(Verified { head, purged_through: 0, unfinished: Vec::new() });
        };
        let (start, before) = self.start.unwrap_or((1, Hash::origin(chain)));
        let purged_through = start.saturating_sub(1);
        let is_recorded = |purge: &Purge| purge.through == purged_through && purge.hash == before;
        if purged_through > 0 && !self.purges.iter().any(is_recorded) {
            return Err(AuditFault::Missing { chain, from: 1, through: purged_through });
        }
        if newest_anchor > head.seq {
            return Err(AuditFault::MissingTail { chain, from: head.seq.saturating_add(1), anchored: newest_anchor });
        }
        Ok(Verified { head, purged_through, unfinished: self.open.into_keys().collect() })
    }
}
