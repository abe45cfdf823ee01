//! How the console draws what a hospital said of itself: a glyph, its word, how old, from where (design/web.md §5).

use hospital_selection::{CapacityReport, CapacitySource, CapacityState, Hospital};
use model::{Capability, Timestamp};

/// A report is worth something for so many seconds (design/web.md §5: two hours).
pub(crate) const REPORT_LIFE_S: i64 = 7_200;

/// Categories of the board: the first four always, the others when asked for.
pub(crate) const CATEGORIES: [Capability; 8] = [
    Capability::StrokeThrombolysis,
    Capability::Cardiology24h,
    Capability::Trauma,
    Capability::Surgery24h,
    Capability::Paediatrics,
    Capability::Perinatal,
    Capability::PsychiatrySomatic,
    Capability::IntensiveCare,
];
/// How many of them are always there.
pub(crate) const FIRST: usize = 4;

/// `◎ 余裕`.
pub(crate) fn glyph(state: CapacityState) -> (&'static str, &'static str, &'static str) {
    match state {
        CapacityState::Free => ("◎", "余裕", "open +"),
        CapacityState::Limited => ("○", "可", "open"),
        CapacityState::Full => ("×", "満床", "full"),
        CapacityState::Down => ("×", "停止", "down"),
        CapacityState::OffDuty => ("×", "当番外", "off duty"),
    }
}

/// Whether patients are taken at all.
pub(crate) fn is_open(state: CapacityState) -> bool {
    glyph(state).0 != "×"
}

/// Who said so.
pub(crate) fn source(source: CapacitySource) -> (&'static str, &'static str) {
    match source {
        CapacitySource::Desk => ("手入力", "typed"),
        CapacitySource::Refusal => ("不可の回答", "a refusal"),
        CapacitySource::Acceptance => ("受入の回答", "an acceptance"),
        CapacitySource::Arrival => ("到着", "an arrival"),
        CapacitySource::Region => ("広域システム", "regional system"),
        CapacitySource::Phone => ("電話", "telephone"),
        CapacitySource::Filed => ("週間の型", "weekly pattern"),
    }
}

/// What one hospital last said, of all of it and of its categories.
pub(crate) struct Said<'a> {
    pub(crate) hospital: &'a Hospital,
    reports: Vec<&'a CapacityReport>,
}

impl<'a> Said<'a> {
    /// Of these reports of one hospital that hold.
    pub(crate) fn new(hospital: &'a Hospital, reports: Vec<&'a CapacityReport>) -> Self {
        Self { hospital, reports }
    }
    /// Of the whole, or of one category.
    fn of(&self, category: Option<Capability>) -> Option<&'a CapacityReport> {
        self.reports.iter().filter(|report| report.capability == category).max_by_key(|report| report.at).copied()
    }
    /// What counts for a category: its own report; where there is none, or where the whole was closed since, the whole's.
    pub(crate) fn counts(&self, category: Option<Capability>) -> Option<&'a CapacityReport> {
        let whole = self.of(None);
        let Some(own) = category.and_then(|category| self.of(Some(category))) else { return whole };
        match whole {
            Some(whole) if !is_open(whole.state) && whole.at > own.at => Some(whole),
            _ => Some(own),
        }
    }
    /// When it last said anything; a weekly pattern was not looked at.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.reports.iter().filter(|report| report.source != CapacitySource::Filed).map(|report| report.at).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hospital_selection::HospitalTable;

    #[test]
    fn a_category_follows_its_own_report_unless_the_whole_was_closed_since() {
        let hospital = HospitalTable::embedded().hospitals().first().expect("one");
        let now = Timestamp::from_millis(1_800_000_000_000);
        let report = |capability, state, minutes| CapacityReport {
            hospital: hospital.id,
            capability,
            state,
            at: now.plus_minutes(minutes),
            source: CapacitySource::Desk,
            until: None,
        };
        let trauma = Some(Capability::Trauma);
        let (open, own, shut) = (
            report(None, CapacityState::Free, 0),
            report(trauma, CapacityState::Full, 1),
            report(None, CapacityState::Down, 2),
        );
        let state = |reports: Vec<&CapacityReport>, of| Said::new(hospital, reports).counts(of).map(|r| r.state);
        assert_eq!(state(vec![&open], trauma), Some(CapacityState::Free), "the whole speaks for it");
        assert_eq!(state(vec![&open, &own], trauma), Some(CapacityState::Full));
        assert_eq!(state(vec![&own, &shut], trauma), Some(CapacityState::Down), "closed since");
        assert_eq!(state(vec![&own], None), None);
    }
}
