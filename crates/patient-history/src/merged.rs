//! One view of everything that is known, each line once with all its sources.

use crate::{Facility, Informant, LookBack, MedicalText, OralAnswer, OralTopic, Row, RowSource, SectionKind};
use core::fmt;
use model::{CivilDate, Timestamp};
use std::collections::BTreeSet;

/// One answer to one question of the crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// When it was said.
    pub at: Timestamp,
    /// What was asked.
    pub topic: OralTopic,
    /// What was said.
    pub answer: OralAnswer,
    /// By whom; none when the crew did not say.
    pub by: Option<Informant>,
}

/// What stands behind a section. The cases are never merged; lines of a notebook can stand beside any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// Not looked at.
    NotAsked,
    /// The person did not allow this kind.
    NotPermitted,
    /// Looked, and nothing is recorded.
    NoRecord {
        /// How far back was looked.
        look_back: LookBack,
    },
    /// There are rows.
    Recorded {
        /// How far back was looked.
        look_back: LookBack,
        /// Up to which day the source is complete; none when it did not say.
        complete_up_to: Option<CivilDate>,
    },
}

/// One section without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionSummary {
    /// Which.
    pub kind: SectionKind,
    /// What the national system said of it.
    pub coverage: Coverage,
    /// Lines in it, masked ones included.
    pub lines: usize,
    /// Of these, masked until opened.
    pub masked: usize,
}

/// One record of one source behind a line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// In which section it came.
    pub kind: SectionKind,
    /// As it came.
    pub row: Row,
}

/// One dispensing, visit, surgery, treatment or check-up, from however many sources.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Never empty; by section and source.
    pub(crate) records: Vec<Record>,
    pub(crate) generic: Option<MedicalText>,
    pub(crate) class: Option<MedicalText>,
    /// Which medicine it is, for grouping; none for what is no medicine.
    pub(crate) medicine: Option<MedicalText>,
    /// What a search looks at.
    pub(crate) searched: MedicalText,
}

/// A line's first record stands for it; the loops below need one that is always there.
pub(crate) fn first<'a, T>(records: &'a [Record], take: impl Fn(&'a Row) -> Option<T>) -> Option<T> {
    records.iter().find_map(|record| take(&record.row))
}

impl Line {
    /// What its sources recorded, never empty.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }
    /// Its day.
    #[must_use]
    pub fn date(&self) -> Option<CivilDate> {
        first(&self.records, |row| Some(row.date))
    }
    /// Whole days since then; negative for a day that is still to come.
    #[must_use]
    pub fn age_days(&self, today: CivilDate) -> Option<i32> {
        self.date().map(|date| today.days_since(date))
    }
    /// Name as recorded by the first source that has one.
    #[must_use]
    pub fn name(&self) -> &str {
        first(&self.records, |row| Some(row.name.as_str()).filter(|name| !name.is_empty())).unwrap_or_default()
    }
    /// Generic name, when a master knows the code.
    #[must_use]
    pub fn generic(&self) -> Option<&str> {
        self.generic.as_ref().map(MedicalText::as_str)
    }
    /// Class, when a master knows the code.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.class.as_ref().map(MedicalText::as_str)
    }
    /// Days of supply.
    #[must_use]
    pub fn days_supplied(&self) -> Option<u16> {
        first(&self.records, |row| row.days_supplied)
    }
    /// Quantity or frequency.
    #[must_use]
    pub fn quantity(&self) -> Option<&str> {
        first(&self.records, |row| row.quantity.as_ref().map(MedicalText::as_str))
    }
    /// Who recorded it.
    #[must_use]
    pub fn facility(&self) -> Option<&Facility> {
        first(&self.records, |row| row.facility.as_ref())
    }
    /// All sources that have it.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<RowSource> {
        self.records.iter().map(|record| record.row.source).collect()
    }
    /// All sections it stands in.
    #[must_use]
    pub fn kinds(&self) -> BTreeSet<SectionKind> {
        self.records.iter().map(|record| record.kind).collect()
    }
    /// Whether it is in a section.
    #[must_use]
    pub fn is_in(&self, kind: SectionKind) -> bool {
        self.records.iter().any(|record| record.kind == kind)
    }
    /// Whether a source has it.
    #[must_use]
    pub fn is_from(&self, source: RowSource) -> bool {
        self.records.iter().any(|record| record.row.source == source)
    }
    /// Masked until opened: one sensitive record is enough.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.records.iter().any(|record| record.row.sensitive)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} records)", self.records.len())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record(..)")
    }
}

/// All lines that are one medicine.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Medicine {
    /// Newest first; never empty.
    pub(crate) lines: Vec<usize>,
    pub(crate) sensitive: bool,
}

/// Everything that is known of one person. Lines are read through [`MergedHistory::page`] and
/// [`MergedHistory::medicines`] only, so that what is masked cannot be drawn by accident.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MergedHistory {
    /// Newest first.
    pub(crate) lines: Vec<Line>,
    /// Newest first.
    pub(crate) told: Vec<Told>,
    /// One of each kind, in the order of [`SectionKind::ALL`].
    pub(crate) coverage: Vec<(SectionKind, Coverage)>,
    pub(crate) medicines: Vec<Medicine>,
}

impl MergedHistory {
    /// What was told, newest first.
    #[must_use]
    pub fn told(&self) -> &[Told] {
        &self.told
    }
    /// How many lines there are, masked ones included.
    #[must_use]
    pub const fn line_count(&self) -> usize {
        self.lines.len()
    }
    /// How many lines are masked until opened.
    #[must_use]
    pub fn masked_count(&self) -> usize {
        self.lines.iter().filter(|line| line.is_sensitive()).count()
    }
    /// A section's state and counts.
    #[must_use]
    pub fn section(&self, kind: SectionKind) -> SectionSummary {
        let known = self.coverage.iter().find(|(known, _)| *known == kind);
        let coverage = known.map_or(Coverage::NotAsked, |(_, coverage)| *coverage);
        let of_kind = || self.lines.iter().filter(|line| line.is_in(kind));
        let masked = of_kind().filter(|line| line.is_sensitive()).count();
        SectionSummary { kind, coverage, lines: of_kind().count(), masked }
    }
    /// Whether any line has this source.
    #[must_use]
    pub fn has_source(&self, source: RowSource) -> bool {
        self.lines.iter().any(|line| line.is_from(source))
    }
    /// Medicines, each once with its lines, the one dispensed last first. A masked one shows nothing until opened.
    pub fn medicines(&self, opened: bool) -> impl Iterator<Item = MedicineGroup<'_>> {
        self.medicines.iter().map(move |medicine| {
            if medicine.sensitive && !opened {
                return MedicineGroup::Masked { lines: medicine.lines.len() };
            }
            MedicineGroup::Shown(medicine.lines.iter().filter_map(|at| self.lines.get(*at)).collect())
        })
    }
}

/// One medicine of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MedicineGroup<'a> {
    /// Its lines, newest first.
    Shown(Vec<&'a Line>),
    /// Masked until opened.
    Masked {
        /// How many lines.
        lines: usize,
    },
}

impl fmt::Debug for MergedHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MergedHistory")
            .field("lines", &self.lines.len())
            .field("told", &self.told.len())
            .field("medicines", &self.medicines.len())
            .finish_non_exhaustive()
    }
}
