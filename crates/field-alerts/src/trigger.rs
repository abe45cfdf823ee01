//! Which rows of a history a rule is about.

use crate::coded::Coded;
use model::CivilDate;
use patient_history::SectionKind;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A medicine counts for its days of supply and this long after; an older prescription is listed, and asks for nothing.
/// The summary view reaches no further back, so this bears on the full view only.
const MEDICINE_DAYS: i32 = 93;
/// Characters of a medicine prefix: a class (3) up to a whole code (12).
const PREFIX_CHARS: core::ops::RangeInclusive<usize> = 3..=12;

/// What a rule looks for. A row matches when any of `drugs`, `procedures`, `sections`, `visit_names` does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Trigger {
    /// YJ prefixes; with `except` the longest matching prefix decides.
    drugs: Vec<String>,
    /// Prefixes inside `drugs` that are something else.
    except: Vec<String>,
    /// Exact procedure codes.
    procedures: Vec<String>,
    /// Any row of these sections.
    sections: Vec<SectionKind>,
    /// A visit whose department contains one of these.
    visit_names: Vec<String>,
    /// Groups of YJ prefixes, of which `min_groups` different ones must be present.
    groups: Vec<Vec<String>>,
    min_groups: Option<usize>,
    /// Rows older than this many days do not count; without it medicines count for their supply and [`MEDICINE_DAYS`],
    /// procedures without limit.
    within_days: Option<u16>,
    /// Days of supply over all matching rows.
    min_total_days: Option<u32>,
    /// Matching rows, repetitions not counted.
    min_rows: Option<usize>,
    /// Fires when something was looked at and nothing is recorded.
    blank: bool,
}

/// What a trigger found.
pub(crate) enum Found<'a> {
    /// These rows, newest first, without repetitions.
    Rows(Vec<Coded<'a>>),
    /// The same, but all of them are prescriptions of long ago.
    Old(Vec<Coded<'a>>),
    /// The whole answer was empty.
    Blank,
}

impl<'a> Found<'a> {
    pub(crate) fn rows(&self) -> &[Coded<'a>] {
        match self {
            Self::Rows(rows) | Self::Old(rows) => rows,
            Self::Blank => &[],
        }
    }
}

impl Trigger {
    pub(crate) fn fault(&self) -> Option<String> {
        let grouped = !self.groups.is_empty();
        let empty = self.drugs.is_empty() && self.procedures.is_empty();
        let listed = !(empty && self.sections.is_empty() && self.visit_names.is_empty());
        if u8::from(grouped) + u8::from(listed) + u8::from(self.blank) != 1 {
            return Some("`trigger` needs exactly one of a list, groups or blank".into());
        }
        if grouped && !self.min_groups.is_some_and(|n| (2..=self.groups.len()).contains(&n)) {
            return Some("`min_groups` is not between 2 and the number of groups".into());
        }
        if self.min_rows.is_some_and(|n| n < 2) {
            return Some("`min_rows` is below 2".into());
        }
        let prefixes = self.drugs.iter().chain(&self.except).chain(self.groups.iter().flatten());
        if let Some(bad) = prefixes.into_iter().find(|p| !is_prefix(p)) {
            return Some(format!("{bad:?} is no prefix of a YJ code (3 to 12 characters, first seven digits)"));
        }
        let bad = self.procedures.iter().find(|code| !is_procedure(code))?;
        Some(format!("{bad:?} is no procedure code (a letter, three digits, an optional -n)"))
    }

    /// The matching rows of `rows`; none when the trigger does not fire. `blank`: the whole answer was empty.
    pub(crate) fn find<'a>(&self, rows: &[Coded<'a>], blank: bool, today: CivilDate) -> Option<Found<'a>> {
        if self.blank {
            return blank.then_some(Found::Blank);
        }
        let all: Vec<_> = rows.iter().copied().filter(|row| self.matches(row)).collect();
        let recent = all.iter().copied().filter(|row| self.is_recent(row, today)).collect();
        if let Some(rows) = self.enough(recent) {
            return Some(Found::Rows(rows));
        }
        self.within_days.is_none().then(|| self.enough(all)).flatten().map(Found::Old)
    }

    fn is_recent(&self, coded: &Coded<'_>, today: CivilDate) -> bool {
        let age = today.days_since(coded.row.date);
        match self.within_days {
            Some(days) => age <= i32::from(days),
            None if coded.yj.is_some() => age <= i32::from(coded.row.days_supplied.unwrap_or(0)) + MEDICINE_DAYS,
            None => true,
        }
    }

    fn enough<'a>(&self, mut rows: Vec<Coded<'a>>) -> Option<Vec<Coded<'a>>> {
        rows.sort_by(|a, b| b.row.date.cmp(&a.row.date).then_with(|| (a.section, a.row).cmp(&(b.section, b.row))));
        // The same dispensing can stand in the electronic prescriptions and in the claims.
        let mut seen = BTreeSet::new();
        rows.retain(|coded| {
            let Coded { section, row, .. } = coded;
            let what = match coded.yj.or_else(|| row.code.text()) {
                Some(code) => code.to_owned(),
                None => format!("{section:?}{}", row.name.as_str()),
            };
            seen.insert((row.date, what, row.days_supplied))
        });
        let many = self.min_rows.is_none_or(|min| rows.len() >= min);
        let enough = !rows.is_empty() && many && self.enough_days(&rows) && self.enough_groups(&rows);
        enough.then_some(rows)
    }

    fn matches(&self, coded: &Coded<'_>) -> bool {
        let Coded { section, row, .. } = coded;
        let drug = coded.medicine_codes().any(|code| self.matches_drug(code));
        let procedure = row.code.procedure().is_some_and(|code| self.procedures.iter().any(|p| p == code));
        let visit = *section == SectionKind::Visits && self.visit_names.iter().any(|n| row.name.as_str().contains(n));
        drug || procedure || visit || self.sections.contains(section)
    }
    /// Whether a medicine's own code, or one of its ingredients, is one that the rule is about.
    pub(crate) fn matches_drug(&self, code: &str) -> bool {
        let drugs = self.drugs.iter().chain(self.groups.iter().flatten());
        let wanted = longest(drugs, code);
        wanted > 0 && wanted > longest(self.except.iter(), code)
    }
    fn enough_days(&self, rows: &[Coded<'_>]) -> bool {
        let total = rows.iter().map(|c| u32::from(c.row.days_supplied.unwrap_or(0))).fold(0, u32::saturating_add);
        self.min_total_days.is_none_or(|min| total >= min)
    }
    fn enough_groups(&self, rows: &[Coded<'_>]) -> bool {
        let Some(min) = self.min_groups else { return true };
        let present = |group: &&Vec<String>| {
            rows.iter().flat_map(Coded::medicine_codes).any(|code| longest(group.iter(), code) > 0)
        };
        self.groups.iter().filter(present).count() >= min
    }
    #[cfg(test)]
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &String> {
        self.drugs.iter().chain(&self.except).chain(self.groups.iter().flatten())
    }
}

fn longest<'a>(prefixes: impl Iterator<Item = &'a String>, code: &str) -> usize {
    prefixes.filter(|p| code.starts_with(p.as_str())).map(String::len).max().unwrap_or(0)
}

fn is_prefix(text: &str) -> bool {
    PREFIX_CHARS.contains(&text.len())
        && text.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i >= 7 && b.is_ascii_uppercase()))
}

fn is_procedure(code: &str) -> bool {
    let (head, tail) = code.split_once('-').map_or((code, None), |(h, t)| (h, Some(t)));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mut chars = head.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase())
        && chars.as_str().len() == 3
        && digits(chars.as_str())
        && tail.is_none_or(digits)
}
