//! Exactly once by (log, seq): what a batch means, given how far its log has come. One meaning for every store.

use super::events::{AppendOutcome, Content, LogHead, LogOwner, NewEntry, Quarantine};
use case::{EventName, Hash};
use model::LogId;

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
        /// The first seq of this writer that is not in the log: exact where everything before `from` is known to be equal.
        seq: u64,
        /// The entries from here to `seq` were compared.
        from: u64,
    },
}

/// Ends a log at its writer's wish: it takes nothing from the place after its newest entry on. Repeating changes nothing.
/// Returns the log afterwards, none when it is another's, and what to answer.
#[must_use]
pub fn end_log(owner: LogOwner, log: LogId, known: Option<LogHead>) -> (Option<LogHead>, AppendOutcome) {
    let begun = LogHead { log, owner, head: 0, hash: Hash::NONE, forked_at: None };
    let mut head = known.unwrap_or(begun);
    if head.owner != owner {
        return (None, AppendOutcome::Forked { seq: 1, from: 1 });
    }
    let next = head.head.saturating_add(1);
    head.forked_at.get_or_insert(next);
    (Some(head), AppendOutcome::Forked { seq: next, from: next })
}

/// Judges entries of one log with rising seq without gaps; `before` is the hash of the entry before the first, as their
/// writer knows it. `hash_of` gives the hash of a durable entry's bytes.
pub fn admit(
    owner: LogOwner,
    known: Option<LogHead>,
    entries: Vec<NewEntry>,
    before: Option<Hash>,
    mut hash_of: impl FnMut(u64) -> Option<Hash>,
) -> Admission {
    let Some(first) = entries.first().map(|entry| entry.stored.name) else {
        return Admission::Fresh { fresh: Vec::new(), head: known };
    };
    let begun = LogHead { log: first.log, owner, head: 0, hash: Hash::NONE, forked_at: None };
    let mut head = known.unwrap_or(begun);
    if head.owner != owner {
        return Admission::Forked { evidence: None, seq: first.seq, from: first.seq };
    }
    if first.seq > head.head.saturating_add(1) {
        return Admission::Gap { from: head.head.saturating_add(1) };
    }
    let evidence = entries.first().map(|entry| (entry.stored.name, entry.stored.hash()));
    let previous = first.seq.saturating_sub(1);
    let held_before = if previous == head.head { Some(head.hash) } else { hash_of(previous) };
    let compared = before.zip(held_before).filter(|_| previous > 0);
    if compared.is_some_and(|(theirs, held)| theirs != held) {
        // A copy of the store wrote it, behind another entry than the one that is durable here.
        return Admission::Forked { evidence, seq: previous, from: previous };
    }
    let from = if compared.is_some() { previous } else { first.seq };
    let mut fresh = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let (seq, hash) = (entry.stored.name.seq, entry.stored.hash());
        if seq <= head.head {
            if hash_of(seq).is_some_and(|held| held != hash) {
                return Admission::Forked { evidence: Some((entry.stored.name, hash)), seq, from };
            }
            continue;
        }
        if head.forked_at.is_some() {
            // Two writers used this log: it takes nothing more. What stands in it is equal to this writer's own.
            return Admission::Forked { evidence: None, seq, from };
        }
        let breaks_chain = matches!(&entry.content, Content::Fact(event) if event.prev != head.hash);
        if breaks_chain && fresh.is_empty() && head.head > 0 {
            // The same, of a writer that says no hash of its own.
            let seq = head.head;
            return Admission::Forked { evidence: Some((entry.stored.name, hash)), seq, from: from.min(seq) };
        }
        if breaks_chain {
            entry.content = Content::Quarantined(Quarantine::BrokenChain);
        }
        head.head = seq;
        head.hash = hash;
        fresh.push(entry);
    }
    Admission::Fresh { fresh, head: Some(head) }
}
