//! How far an old log was recorded again, as it rests on the tablet.

use case::EventName;
use delivery::{LogHead, Recovered};
use model::LogId;
use serde::{Deserialize, Serialize};

/// How far one old log has come. As it rests on the tablet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Where the old log was cut.
    pub(super) from: u64,
    /// The next seq of the old log.
    pub(super) next: u64,
    /// The new log, once it has begun.
    pub(super) target: Option<LogId>,
    /// New names by old seq.
    pub(super) renamed: Vec<(u64, EventName)>,
    /// Seqs that cannot be read and are not reported yet.
    pub(super) lost: Option<(u64, u64)>,
    /// Reports of what was lost, and where they stand: a report that is lost itself is made again.
    #[serde(default)]
    pub(super) reports: Vec<(EventName, Lost)>,
    /// What stood behind the log's end when its store was damaged, and is not told yet.
    #[serde(default)]
    pub(super) end: LostEnd,
    /// Everything is recorded.
    pub(super) done: bool,
}

/// Entries of one log that cannot be read any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lost {
    pub(super) log: LogId,
    pub(super) from: u64,
    pub(super) through: u64,
}

impl Lost {
    pub(super) fn contains(self, name: EventName) -> bool {
        name.log == self.log && (self.from..=self.through).contains(&name.seq)
    }
}

/// The end of a log that was taken over from a damaged store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LostEnd {
    /// Nothing is missing there, or it was told.
    #[default]
    Whole,
    /// Nobody knows how far the log went.
    Open,
    /// It went so far.
    Through(u64),
}

impl Progress {
    pub(crate) const fn target(&self) -> Option<LogId> {
        self.target
    }

    pub(super) fn beginning(from: u64) -> Self {
        Self { from, next: from, ..Self::default() }
    }

    /// The log was cut at `from`: everything from there on that has no new name is still to be recorded.
    pub(super) fn lower(&mut self, from: u64) {
        self.from = self.from.min(from);
        self.next = self.next.min(from);
        self.done = false;
    }

    pub(super) fn note_lost(&mut self, from: u64, through: u64) {
        self.lost = Some(self.lost.map_or((from, through), |(first, _)| (first, through)));
    }
}

/// What an earlier store's report says of what stood behind this log's end.
pub(super) fn lost_end(head: &LogHead, recovered: Option<&Recovered>) -> LostEnd {
    let gaps = recovered.into_iter().flat_map(|recovered| &recovered.gaps);
    let behind = gaps.filter(|gap| gap.log == head.log && gap.from > head.head);
    behind.fold(LostEnd::Whole, |known, gap| match (known, gap.through) {
        (LostEnd::Through(end), Some(through)) => LostEnd::Through(end.max(through)),
        (_, Some(through)) => LostEnd::Through(through),
        (LostEnd::Whole, None) => LostEnd::Open,
        (known, None) => known,
    })
}
