//! The server's side of a log: what an offer and a batch mean, given what is durable. Pure; the server's store is the
//! one that knows, and it commits before anything of this is answered.

use model::LogId;
use wire::log::{BatchError, Entry, LogReply, QuarantineReason, check_batch};

use crate::store::{EntryDigest, entry_digest};

/// What to do with an `Append`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// Write `fresh` (maybe none) in one transaction with their effects, then answer `Durable` through `through`.
    Accept {
        /// The entries beyond what is durable, going on from there.
        fresh: &'a [Entry],
        /// The batch's last seq: what this writer has proved to hold, even where more is durable.
        through: u64,
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
/// digest of a durable entry's bytes ([`entry_digest`]), `None` when its content is gone (purged), which then counts as
/// equal; `prev_of` reads from an arriving entry the digest that it carries of the one before it, `None` when it cannot
/// be read (the caller quarantines it). A broken chain inside the fresh entries is the caller's to quarantine as well.
pub fn judge_append<'a>(
    durable: u64,
    entries: &'a [Entry],
    mut digest_of: impl FnMut(u64) -> Option<EntryDigest>,
    prev_of: impl FnOnce(&Entry) -> Option<EntryDigest>,
) -> Judgement<'a> {
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
    let through = entries.last().map_or(durable, |entry| entry.seq);
    let Some(first) = fresh.first() else { return Judgement::Accept { fresh, through } };
    if first.seq != next {
        return Judgement::Gap { from: next };
    }
    let held_before = if durable == 0 { None } else { digest_of(durable) };
    if let (Some(held), Some(carried)) = (held_before, prev_of(first))
        && held != carried
    {
        return Judgement::Fork { seq: durable };
    }
    Judgement::Accept { fresh, through }
}

/// What an `Offer` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The log.
    pub log: LogId,
    /// The writer's newest seq.
    pub head: u64,
    /// The digest of that entry.
    pub digest: Option<EntryDigest>,
}

/// Answers an `Offer`: a fork where the writer's newest entry is another one here; else all quarantined entries of the
/// log again (the writer may have missed them), then where to go on. `digest_of` as for [`judge_append`]. A writer that
/// holds less than what is durable sees it from `Resume` and ends its log as forked.
#[must_use]
pub fn answer_offer(
    offered: Offered,
    durable: u64,
    digest_of: impl FnOnce(u64) -> Option<EntryDigest>,
    quarantined: &[(u64, QuarantineReason)],
) -> Vec<LogReply> {
    let Offered { log, head, digest } = offered;
    let held = if (1..=durable).contains(&head) { digest_of(head) } else { None };
    if let (Some(held), Some(theirs)) = (held, digest)
        && held != theirs
    {
        return vec![LogReply::Forked { log, seq: head, from: head }];
    }
    let wedged = quarantined.iter().map(|(seq, reason)| LogReply::Quarantined { log, seq: *seq, reason: *reason });
    wedged.chain([LogReply::Resume { log, from: durable.saturating_add(1) }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{entry, log};

    #[test]
    fn repeats_change_nothing_gaps_wait_and_other_bytes_fork() {
        let batch: Vec<_> = (3..=5).map(|seq| entry(log(1), seq)).collect();
        let same = |seq| Some(entry_digest(&entry(log(1), seq).bytes));
        let through = 5;
        let judge = |durable| judge_append(durable, &batch, same, |_| None);
        assert_eq!(judge(2), Judgement::Accept { fresh: &batch, through });
        assert_eq!(judge(3), Judgement::Accept { fresh: &batch[1..], through });
        assert_eq!(judge(9), Judgement::Accept { fresh: &[], through });
        assert_eq!(judge(1), Judgement::Gap { from: 2 });
        assert_eq!(judge_append(9, &batch, |_| None, |_| None), Judgement::Accept { fresh: &[], through });
        let other = |seq| if seq == 4 { Some([0; 32]) } else { same(seq) };
        assert_eq!(judge_append(4, &batch, other, |_| None), Judgement::Fork { seq: 4 });
        assert_eq!(judge_append(3, &batch, other, |_| None), Judgement::Accept { fresh: &batch[1..], through });
        assert_eq!(judge_append(0, &[], same, |_| None), Judgement::Malformed(BatchError::Empty));
    }

    #[test]
    fn an_entry_that_follows_another_one_is_a_fork() {
        let (batch, through) = ([entry(log(1), 3)], 3);
        let same = |seq| Some(entry_digest(&entry(log(1), seq).bytes));
        assert_eq!(judge_append(2, &batch, same, |_| same(2)), Judgement::Accept { fresh: &batch, through });
        assert_eq!(judge_append(2, &batch, same, |_| Some([9; 32])), Judgement::Fork { seq: 2 });
        assert_eq!(judge_append(2, &batch, |_| None, |_| Some([9; 32])), Judgement::Accept { fresh: &batch, through });
    }

    #[test]
    fn an_offer_is_compared_and_told_again_what_is_quarantined() {
        let reason = QuarantineReason::MALFORMED;
        let offered = Offered { log: log(1), head: 3, digest: Some([1; 32]) };
        let expected =
            [LogReply::Quarantined { log: log(1), seq: 2, reason }, LogReply::Resume { log: log(1), from: 4 }];
        assert_eq!(answer_offer(offered, 3, |_| Some([1; 32]), &[(2, reason)]), expected);
        assert_eq!(answer_offer(offered, 3, |_| None, &[(2, reason)]), expected);
        let fork = [LogReply::Forked { log: log(1), seq: 3, from: 3 }];
        assert_eq!(answer_offer(offered, 5, |_| Some([2; 32]), &[]), fork);
        let behind = [LogReply::Resume { log: log(1), from: 3 }];
        assert_eq!(answer_offer(offered, 2, |_| Some([2; 32]), &[]), behind);
    }
}
