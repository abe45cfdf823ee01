//! Since when entries wait for the server: a mark per transaction, as long as the server has not acknowledged it.

use crate::limits::WAITING_MARKS_MAX;
use delivery::{LogHead, Transaction};
use model::{LogId, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// Everything of a log through `seq` that stands in no earlier mark was recorded at `at` or later.
#[derive(Clone, Copy, Debug)]
struct Mark {
    seq: u64,
    at: Timestamp,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct WaitingSince {
    logs: BTreeMap<LogId, VecDeque<Mark>>,
}

impl WaitingSince {
    /// What waits after a start: not longer than the oldest entry, and not longer than its log exists.
    pub(crate) fn new(heads: &[LogHead], oldest: Option<Timestamp>) -> Self {
        let mut waiting = Self::default();
        for head in heads.iter().filter(|head| head.waiting() > 0) {
            let at = oldest.map_or(head.begun_at, |oldest| oldest.max(head.begun_at));
            waiting.mark(head.log, head.end(), at);
        }
        waiting
    }

    pub(crate) fn appended(&mut self, transaction: &Transaction, at: Timestamp) {
        for entry in &transaction.entries {
            self.mark(entry.log, entry.seq, at);
        }
    }

    /// At the limit the newest mark covers what follows: the answer may be too old then, never too young.
    fn mark(&mut self, log: LogId, seq: u64, at: Timestamp) {
        let marks = self.logs.entry(log).or_default();
        let is_full = marks.len() >= WAITING_MARKS_MAX;
        match marks.back_mut() {
            Some(last) if last.at == at || is_full => last.seq = seq,
            _ => marks.push_back(Mark { seq, at }),
        }
    }

    pub(crate) fn acknowledged(&mut self, log: LogId, through: u64) {
        let Some(marks) = self.logs.get_mut(&log) else { return };
        while marks.front().is_some_and(|mark| mark.seq <= through) {
            marks.pop_front();
        }
        if marks.is_empty() {
            self.logs.remove(&log);
        }
    }

    /// The log was cut: what stands from `from` on does not wait under its name; what stands before it and is not
    /// acknowledged does.
    pub(crate) fn cut(&mut self, log: LogId, from: u64, acknowledged: u64) {
        let before = from.saturating_sub(1);
        if let Some(marks) = self.logs.get_mut(&log) {
            let whole = marks.iter().take_while(|mark| mark.seq < from).count();
            // A mark across the cut ends there.
            marks.truncate(whole + 1);
            if let Some(across) = marks.get_mut(whole) {
                across.seq = before;
            }
            let mut ends = marks.iter().map(|mark| mark.seq).rev();
            if ends.next() == ends.next() {
                marks.pop_back();
            }
        }
        self.acknowledged(log, acknowledged.min(before));
    }

    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.logs.values().filter_map(|marks| marks.front()).map(|mark| mark.at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delivery::LogKind;
    use wire::Entry;

    const LOG: LogId = LogId::from_bytes([1; 16]);

    fn waiting(entries: u64) -> WaitingSince {
        let mut waiting = WaitingSince::default();
        for seq in 1..=entries {
            let entry = Entry { log: LOG, seq, schema: 1, bytes: vec![] };
            waiting.appended(&Transaction::of(entry), Timestamp(i64::try_from(seq).expect("few")));
        }
        waiting
    }

    #[test]
    fn the_oldest_moves_with_every_acknowledgement() {
        let mut waiting = waiting(3);
        let ages = [0, 1, 2, 3].map(|through| {
            waiting.acknowledged(LOG, through);
            waiting.oldest().map(|at| at.0)
        });
        assert_eq!(ages, [Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn marks_are_bounded_and_then_too_old_rather_than_too_young() {
        let most = WAITING_MARKS_MAX as u64;
        let mut waiting = waiting(most + 5);
        assert_eq!(waiting.logs[&LOG].len(), WAITING_MARKS_MAX);
        waiting.acknowledged(LOG, most + 4);
        assert_eq!(waiting.oldest(), Some(Timestamp(i64::try_from(most).expect("few"))));
    }

    #[test]
    fn a_cut_ends_what_waits() {
        let mut waiting = waiting(3);
        waiting.mark(LOG, 9, Timestamp(4));
        waiting.cut(LOG, 6, 0);
        waiting.acknowledged(LOG, 3);
        assert_eq!(waiting.oldest(), Some(Timestamp(4)), "4 and 5 still wait");
        waiting.cut(LOG, 4, 3);
        assert_eq!(waiting.oldest(), None);
    }

    #[test]
    fn after_a_start_no_log_waits_longer_than_it_exists() {
        let old = LogHead { head: 2, ..LogHead::new(LOG, LogKind::Unit, Timestamp(5)) };
        let new = LogHead { head: 1, ..LogHead::new(LogId::from_bytes([2; 16]), LogKind::Unit, Timestamp(90)) };
        let mut waiting = WaitingSince::new(&[old, new], Some(Timestamp(50)));
        assert_eq!(waiting.oldest(), Some(Timestamp(50)));
        waiting.acknowledged(LOG, 2);
        assert_eq!(waiting.oldest(), Some(Timestamp(90)));
    }
}
