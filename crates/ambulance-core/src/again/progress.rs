//! How far an old log was recorded again, as it rests on the tablet.

use case::{Body, EventName};
use delivery::limits::ACKED_KEEP_US;
use delivery::{LogHead, Recovered};
use model::{LogId, StoreId, Timestamp};
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
    /// Seqs of those that were found under another name.
    #[serde(default)]
    pub(super) twins: Vec<u64>,
    /// In which life of the server's store the new names were good.
    #[serde(default)]
    pub(super) names_of: Option<StoreId>,
    /// When the first of the new names was given.
    #[serde(default)]
    pub(super) named_at: Option<Timestamp>,
    /// Seqs that cannot be read and are not reported yet.
    pub(super) lost: Option<(u64, u64)>,
    /// Reports of what was lost, and where they stand: a report that is lost itself is made again.
    #[serde(default)]
    pub(super) reports: Vec<(EventName, Lost)>,
    /// What stood behind the log's end when its store was damaged, and is not told yet.
    #[serde(default)]
    pub(super) end: LostEnd,
    /// What was told of it: told again when the server's store was put back, for what the old one had may be lost with it.
    #[serde(default)]
    pub(super) end_told: LostEnd,
    /// The report on a damaged store (its `kept`) of which `end` was taken: each is taken once.
    #[serde(default)]
    pub(super) end_of: String,
    /// Everything is recorded.
    pub(super) done: bool,
}

/// Entries of one log that cannot be read any more. Through [`u64::MAX`]: nobody knows how far the log went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lost {
    pub(super) log: LogId,
    pub(super) from: u64,
    pub(super) through: u64,
}

impl Lost {
    /// The fact that tells it.
    pub(super) const fn body(self) -> Body {
        let Self { log, from, through } = self;
        match through {
            u64::MAX => Body::GapNoted { log, known_through: from.saturating_sub(1) },
            _ => Body::EntriesLost { log, from, through },
        }
    }

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

impl LostEnd {
    /// What covers both.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Through(a), Self::Through(b)) => Self::Through(a.max(b)),
            (Self::Through(through), Self::Whole) | (Self::Whole, Self::Through(through)) => Self::Through(through),
            (Self::Whole, Self::Whole) => Self::Whole,
        }
    }

    /// As far as it stands before `seq`.
    fn before(self, seq: u64) -> Self {
        match self {
            Self::Whole => Self::Whole,
            Self::Open => Self::Through(seq.saturating_sub(1)),
            Self::Through(through) => Self::Through(through.min(seq.saturating_sub(1))),
        }
    }

    pub(super) fn is_behind(self, head: u64) -> bool {
        match self {
            Self::Whole => false,
            Self::Open => true,
            Self::Through(through) => through > head,
        }
    }
}

impl Progress {
    pub(crate) const fn target(&self) -> Option<LogId> {
        self.target
    }

    pub(super) const fn from(&self) -> u64 {
        self.from
    }

    pub(super) fn beginning(from: u64) -> Self {
        Self { from, next: from, ..Self::default() }
    }

    /// Takes new names back: their entries are to be looked for, or recorded, once more.
    pub(super) fn take_names_back(&mut self, seqs: &[u64]) {
        self.renamed.retain(|(seq, _)| !seqs.contains(seq));
        self.twins.retain(|seq| !seqs.contains(seq));
        if self.renamed.is_empty() {
            self.named_at = None;
        }
    }

    /// Whether rows under new names may be here no more because they were acknowledged long ago: then their absence says
    /// nothing. Those of an earlier program, which kept no time, count as old.
    pub(super) fn may_be_pruned(&self, now: Timestamp) -> bool {
        self.named_at.is_none_or(|at| now.since_us(at) >= ACKED_KEEP_US)
    }

    /// The log was cut at `from`: everything from there on that has no new name is still to be recorded.
    pub(super) fn lower(&mut self, from: u64) {
        self.from = self.from.min(from);
        self.next = self.next.min(from);
        self.done = false;
    }

    /// Takes what a report on a damaged store says of the log's end, once. True when something is to be told.
    pub(super) fn take_end(&mut self, head: &LogHead, recovered: Option<&Recovered>) -> bool {
        let Some(recovered) = recovered.filter(|recovered| recovered.kept != self.end_of) else { return false };
        let found = lost_end(head, recovered);
        if found == LostEnd::Whole {
            return false;
        }
        self.end_of.clone_from(&recovered.kept);
        // What stands behind the cut was recorded again already, or told.
        let end = if self.done { found.before(self.from) } else { found };
        if !end.is_behind(head.head) {
            return false;
        }
        self.end = end;
        self.done = false;
        true
    }

    /// What stands before `seq` cannot be read any more.
    pub(super) fn skip_to(&mut self, seq: u64) {
        if self.next < seq {
            self.note_lost(self.next, seq - 1);
            self.next = seq;
        }
    }

    pub(super) fn note_lost(&mut self, from: u64, through: u64) {
        self.lost = Some(self.lost.map_or((from, through), |(first, _)| (first, through)));
    }
}

/// What an earlier store's report says of what stood behind this log's end.
fn lost_end(head: &LogHead, recovered: &Recovered) -> LostEnd {
    let behind = recovered.gaps.iter().filter(|gap| gap.log == head.log && gap.from > head.head);
    behind.fold(LostEnd::Whole, |known, gap| match (known, gap.through) {
        // A named end says more than that nobody knows it.
        (LostEnd::Through(end), Some(through)) => LostEnd::Through(end.max(through)),
        (_, Some(through)) => LostEnd::Through(through),
        (LostEnd::Whole, None) => LostEnd::Open,
        (known, None) => known,
    })
}
