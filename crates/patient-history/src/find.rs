//! Search, filter and pages of the merged view: only what is on the screen is handed out.

use crate::folded::fold;
use crate::merged::{Line, MergedHistory, Told};
use crate::{MedicalText, Period, RowSource, SectionKind};
use model::CivilDate;
use std::collections::BTreeSet;

/// The longest search text that is looked at, characters; what is behind it is ignored.
pub const MAX_SEARCH_CHARS: usize = 64;

/// Where a line must come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A source of records.
    Recorded(RowSource),
    /// What was told (聞き取り).
    Told,
}

/// How far back lines are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Everything that is here.
    #[default]
    Everything,
    /// From this day on.
    Since(CivilDate),
    /// As far as the summary or the full view reaches in each section.
    Period(Period, CivilDate),
}

/// Which lines are wanted; the default wants all and opens nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all occur in names, generic names, classes or facilities; empty wants everything.
    pub text: MedicalText,
    /// In one of these sections; none of them named wants all. What was told is in no section.
    pub sections: BTreeSet<SectionKind>,
    /// From here only.
    pub origin: Option<Origin>,
    /// How far back.
    pub reach: Reach,
    /// The crew has opened what is masked.
    pub opened: bool,
}

/// One thing on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// Something that was told.
    Told(&'a Told),
    /// A line.
    Line(&'a Line),
    /// A masked line: its section, and nothing else.
    Masked(SectionKind),
}

/// The items of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// At most as many as asked for.
    pub items: Vec<Item<'a>>,
    /// Place of the first of them, from 0.
    pub first: usize,
    /// How many there are on all pages.
    pub total: usize,
}

/// How many items a filter leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub total: usize,
    /// Of these, masked until opened.
    pub masked: usize,
}

impl MergedHistory {
    /// One page: the items from place `first` on, at most `rows`. What was told comes first, then lines, newest first.
    /// A place behind the end gives the last page. A masked line is never found by words.
    #[must_use]
    pub fn page(&self, filter: &Filter, first: usize, rows: usize) -> Page<'_> {
        let wanted = Wanted::new(filter);
        let found: Vec<usize> = (0..self.told.len() + self.lines.len()).filter(|at| self.fits(*at, &wanted)).collect();
        let last = found.len().saturating_sub(1).checked_div(rows).unwrap_or(0).saturating_mul(rows);
        let first = first.min(last);
        let items = found.iter().skip(first).take(rows).filter_map(|at| self.item(*at, filter.opened)).collect();
        Page { items, first, total: found.len() }
    }

    /// How many items there are on all pages, and how many of them are still masked.
    #[must_use]
    pub fn count(&self, filter: &Filter) -> Count {
        let wanted = Wanted::new(filter);
        let lines = || self.lines.iter().filter(|line| wanted.line(line));
        let told = self.told.iter().filter(|told| wanted.told(told)).count();
        let masked = if filter.opened { 0 } else { lines().filter(|line| line.is_sensitive()).count() };
        Count { total: told + lines().count(), masked }
    }

    fn fits(&self, at: usize, wanted: &Wanted<'_>) -> bool {
        match at.checked_sub(self.told.len()) {
            None => self.told.get(at).is_some_and(|told| wanted.told(told)),
            Some(at) => self.lines.get(at).is_some_and(|line| wanted.line(line)),
        }
    }

    fn item(&self, at: usize, opened: bool) -> Option<Item<'_>> {
        let Some(at) = at.checked_sub(self.told.len()) else {
            return self.told.get(at).map(Item::Told);
        };
        let line = self.lines.get(at)?;
        if line.is_sensitive() && !opened {
            return line.records.first().map(|record| Item::Masked(record.kind));
        }
        Some(Item::Line(line))
    }
}

/// A filter with its words ready to compare.
struct Wanted<'a> {
    filter: &'a Filter,
    words: Vec<MedicalText>,
}

impl<'a> Wanted<'a> {
    fn new(filter: &'a Filter) -> Self {
        let text = filter.text.as_str();
        let end = text.char_indices().nth(MAX_SEARCH_CHARS).map_or(text.len(), |(at, _)| at);
        let words = text.get(..end).unwrap_or_default().split_whitespace().map(fold);
        Self { filter, words: words.filter(|word| !word.is_empty()).collect() }
    }

    fn told(&self, told: &Told) -> bool {
        let from_here = self.filter.origin.is_none_or(|origin| origin == Origin::Told);
        let has = |word: &MedicalText| {
            [told.topic.ja(), told.topic.en()].iter().any(|name| fold(name).as_str().contains(word.as_str()))
        };
        // Told today: no reach excludes it.
        from_here && self.filter.sections.is_empty() && self.words.iter().all(has)
    }

    fn line(&self, line: &Line) -> bool {
        self.section(line) && self.origin(line) && self.reaches(line) && self.says(line)
    }

    fn section(&self, line: &Line) -> bool {
        let wanted = &self.filter.sections;
        wanted.is_empty() || line.records.iter().any(|record| wanted.contains(&record.kind))
    }

    fn origin(&self, line: &Line) -> bool {
        match self.filter.origin {
            None => true,
            Some(Origin::Told) => false,
            Some(Origin::Recorded(source)) => line.is_from(source),
        }
    }

    fn reaches(&self, line: &Line) -> bool {
        let since = |day: CivilDate| line.date().is_some_and(|date| date >= day);
        match self.filter.reach {
            Reach::Everything => true,
            Reach::Since(day) => since(day),
            Reach::Period(period, today) => {
                line.records.iter().any(|record| since(record.kind.look_back(period).earliest(today)))
            }
        }
    }

    fn says(&self, line: &Line) -> bool {
        let may_be_read = self.filter.opened || !line.is_sensitive();
        self.words.is_empty() || may_be_read && self.words.iter().all(|w| line.searched.as_str().contains(w.as_str()))
    }
}
