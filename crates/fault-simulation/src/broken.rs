//! What is left of one log in a file that broke.

use crate::dice::Dice;
use delivery::{Gap, LogHead};
use model::LogId;
use wire::log::Entry;

/// One log as it is taken over.
pub(crate) struct Break {
    /// The log as a reader of the broken file knows it.
    pub(crate) head: LogHead,
    /// What can be read.
    pub(crate) rows: Vec<Entry>,
    /// Nobody knows whether it went further.
    is_open: bool,
}

impl Break {
    /// Breaks a log of which `rows` could be read before.
    pub(crate) fn draw(head: &LogHead, mut rows: Vec<Entry>, dice: &mut Dice) -> Self {
        match dice.below(10) {
            0..3 => Self::without_head(head, rows, dice),
            3..6 => {
                let waiting: Vec<u64> = rows.iter().map(|row| row.seq).filter(|seq| *seq > head.acknowledged).collect();
                let lost = dice.pick(&waiting).copied();
                rows.retain(|row| Some(row.seq) != lost);
                Self { head: kept_here(*head, &rows), rows, is_open: false }
            }
            // The end of the journal is torn, or nothing of this log is.
            _ => Self { head: kept_here(*head, &rows), rows, is_open: !head.ended && dice.chance(300) },
        }
    }

    /// The log's own row is gone: it ends with the last row that is left, and who cut it or closed it is not known.
    fn without_head(head: &LogHead, mut rows: Vec<Entry>, dice: &mut Dice) -> Self {
        let seqs: Vec<u64> = rows.iter().map(|row| row.seq).collect();
        let Some(end) = dice.pick(&seqs).copied() else { return Self { head: *head, rows, is_open: false } };
        rows.retain(|row| row.seq <= end);
        let first = rows.first().map_or(1, |row| row.seq);
        let known = if dice.chance(800) { head.acknowledged } else { 0 };
        let acknowledged = known.min(first - 1);
        let digest = rows.last().map(|row| delivery::entry_digest(&row.bytes));
        let new = LogHead::new(head.log, head.kind, head.begun_at);
        let head = LogHead { head: end, acknowledged, kept_from: acknowledged + 1, digest, ended: true, ..new };
        Self { head: kept_here(head, &rows), rows, is_open: true }
    }

    fn is_here(&self, seq: u64) -> bool {
        self.rows.iter().any(|row| row.seq == seq)
    }

    /// Rows of the whole log that are not here any more, or are left to the server.
    pub(crate) fn gone(&self, whole: &LogHead) -> Vec<(LogId, u64)> {
        let is_kept = |seq: &u64| *seq >= self.head.kept_from && self.is_here(*seq);
        (whole.kept_from..=whole.head).filter(|seq| !is_kept(seq)).map(|seq| (whole.log, seq)).collect()
    }

    /// What is reported as unreadable.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let LogHead { log, head, acknowledged, .. } = self.head;
        let missing = (acknowledged + 1..=head).filter(|seq| !self.is_here(*seq));
        let mut gaps: Vec<Gap> = missing.map(|seq| Gap { log, from: seq, through: Some(seq) }).collect();
        if self.is_open {
            gaps.push(Gap { log, from: head + 1, through: None });
        }
        gaps
    }
}

/// What is acknowledged and unreadable at the beginning is the server's alone.
fn kept_here(head: LogHead, rows: &[Entry]) -> LogHead {
    let first = rows.iter().map(|row| row.seq).find(|seq| *seq >= head.kept_from).unwrap_or(u64::MAX);
    LogHead { kept_from: first.min(head.acknowledged + 1).max(head.kept_from), ..head }
}
