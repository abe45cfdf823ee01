//! The server's side of a log: what an offer and a batch mean, given what is durable. Pure; the server's store is the
//! one that knows, and it commits before anything of this is answered.

use model::LogId;
use wire::log::{BatchError, Entry, LogReply, QuarantineReason, check_batch};

use crate::store::{EntryDigest, entry_digest};

/// What to do with an `Append`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// Write these (maybe none) in one transaction with their effects, then answer `Durable` through the newest.
    Accept {
        /// The entries beyond what is durable, going on from there.
        fresh: &'a [Entry],
    },
    /// Entries before the batch are missing: answer `Resume` from here, write nothing.
    Gap {
        /// The next seq that is needed.
        from: u64,
    },
    /// Another entry holds this name: write nothing, keep what arrived as evidence, raise it, answer `Forked`.
    Fork {
        /// The first seq that differs.
        seq: u64,
    },
    /// No correct writer sends this: close the stream.
    Malformed(BatchError),
}

/// Judges a batch of one log. `durable` is the newest durable seq of that log (0: unknown log); `digest_of` gives the
/// digest of a durable entry's bytes ([`entry_digest`]), `None` when its content is gone (purged), which then counts as equal.
pub fn judge_append(
    durable: u64,
    entries: &[Entry],
    mut digest_of: impl FnMut(u64) -> Option<EntryDigest>,
) -> Judgement<'_> {
    if let Err(error) = check_batch(entries) {
        return Judgement::Malformed(error);
    }
    let known = entries.iter().take_while(|entry| entry.seq <= durable).count();
    let (held, fresh) = entries.split_at(known);
    for entry in held {
        if digest_of(entry.seq).is_some_and(|digest| digest != entry_digest(&entry.bytes)) {
            return Judgement::Fork { seq: entry.seq };
        }
    }
    let next = durable.saturating_add(1);
    match fresh.first() {
        Some(first) if first.seq != next => Judgement::Gap { from: next },
        _ => Judgement::Accept { fresh },
    }
}

/// Answers an `Offer`: all quarantined entries of the log again (the writer may have missed them), then where to go on.
/// A writer that holds less than what is durable sees it from `Resume` and ends its log as forked.
#[must_use]
pub fn answer_offer(log: LogId, durable: u64, quarantined: &[(u64, QuarantineReason)]) -> Vec<LogReply> {
    let wedged = quarantined.iter().map(|(seq, reason)| LogReply::Quarantined {
        log,
        seq: *seq,
        reason: *reason,
    });
    wedged
        .chain([LogReply::Resume {
            log,
            from: durable.saturating_add(1),
        }])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{entry, log};

    #[test]
    fn repeats_change_nothing_gaps_wait_and_other_bytes_fork() {
        let batch: Vec<_> = (3..=5).map(|seq| entry(log(1), seq)).collect();
        let same = |seq| Some(entry_digest(&entry(log(1), seq).bytes));
        assert_eq!(judge_append(2, &batch, same), Judgement::Accept { fresh: &batch });
        assert_eq!(judge_append(3, &batch, same), Judgement::Accept { fresh: &batch[1..] });
        assert_eq!(judge_append(9, &batch, same), Judgement::Accept { fresh: &[] });
        assert_eq!(judge_append(9, &batch, |_| None), Judgement::Accept { fresh: &[] });
        assert_eq!(judge_append(1, &batch, same), Judgement::Gap { from: 2 });
        let other = |seq| if seq == 4 { Some([0; 32]) } else { same(seq) };
        assert_eq!(judge_append(4, &batch, other), Judgement::Fork { seq: 4 });
        assert_eq!(judge_append(3, &batch, other), Judgement::Accept { fresh: &batch[1..] });
        assert_eq!(judge_append(0, &[], same), Judgement::Malformed(BatchError::Empty));
    }

    #[test]
    fn an_offer_is_told_again_what_is_quarantined() {
        let reason = QuarantineReason::MALFORMED;
        let expected = [
            LogReply::Quarantined {
                log: log(1),
                seq: 2,
                reason,
            },
            LogReply::Resume { log: log(1), from: 4 },
        ];
        assert_eq!(answer_offer(log(1), 3, &[(2, reason)]), expected);
    }
}
