//! What the events of a year say: stage times with and without a card read, the funnel of the card, and the yearly export.
//!
//! In: the committed facts of cases, one case at a time ([`Stats::add`]). Out: a [`StatsReport`] in the form the service
//! publishes (令和6年度 救急業務のあり方に関する検討会報告書, 図表1-33), and rows of the yearly export ([`export`]).
//!
//! Only cases that ended with a transport count: a case that is open may still be corrected, and one without a transport
//! has no 現発. Both are counted apart.

mod choice;
mod durations;
pub mod export;
mod funnel;
mod gather;
mod lines;
mod report;

pub use choice::{EnquiriesRow, EnquiryCount, HospitalRow, OverrideRow, OverridesRow, ReadCost, UnitRow, WeekRow};
pub use durations::{Interval, Measured};
pub use funnel::{FunnelStep, NO_CARD_CODES};
pub use gather::gather;
pub use lines::{ROW_HEADINGS, StatsLine};
pub use report::{FunnelRow, IntervalRow, ReasonRow, ReportScope, StageTable, StatsReport};

use case::{Body, CardOutcome, CaseFacts, CaseView, Ending, LookupOutcome};
use model::{CivilDate, Stage, Timestamp};
use patient_history::ConsentBasis;
use std::collections::{BTreeMap, BTreeSet};

/// JSON Schema (2020-12) of the report.
pub const STATS_SCHEMA: &str = include_str!("stats.schema.json");
/// A full example of the report, made by the fold over invented cases.
pub const STATS_EXAMPLE: &str = include_str!("stats.example.json");

/// Days of calls that count, both included; none: without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<CivilDate>,
    /// The last.
    pub to: Option<CivilDate>,
}

impl Days {
    /// Whether a case of this day counts. One without any time does not.
    #[must_use]
    pub fn hold(&self, day: Option<CivilDate>) -> bool {
        day.is_some_and(|day| self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to))
    }
}

/// The day of a case in Japan: of its call, else of its first stamp, else of its first fact.
#[must_use]
pub fn day_of(facts: &CaseFacts, view: &CaseView) -> Option<CivilDate> {
    let call = view.stages.get(&(1, Stage::CallReceived)).map(|stage| stage.at);
    let stamped = || view.stages.values().map(|stage| stage.at).min();
    let first = || facts.in_order().first().map(|fact| fact.event.at.corrected());
    call.or_else(stamped).or_else(first).and_then(Timestamp::tokyo_date)
}

/// How often a reason stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reason {
    /// Events with it.
    pub(crate) events: u64,
    /// Cases in which it stood at least once.
    pub(crate) cases: u64,
}

/// What it was that ended otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Reading,
    Lookup,
    Consent,
}

/// Sums over cases. The order in which cases are added leaves no trace.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    days: Days,
    open: u64,
    not_transported: u64,
    transported: u64,
    training: u64,
    by_read: BTreeMap<bool, durations::Samples>,
    by_view: BTreeMap<bool, durations::Samples>,
    all: durations::Samples,
    funnel: BTreeMap<FunnelStep, u64>,
    choices: choice::Choices,
    viewed_without_card: u64,
    reasons: BTreeMap<(What, String), Reason>,
}

impl Stats {
    /// Nothing added yet.
    #[must_use]
    pub fn new(days: Days) -> Self {
        Self { days, ..Self::default() }
    }

    /// Adds one case; one of another day leaves no trace.
    pub fn add(&mut self, facts: &CaseFacts) {
        let view = facts.view();
        let Some(day) = day_of(facts, &view).filter(|day| self.days.hold(Some(*day))) else { return };
        match view.ending {
            None => self.open += 1,
            Some((Ending::HandedOver | Ending::PassedToUnit, _)) => self.add_transport(facts, &view, day),
            Some(_) => self.not_transported += 1,
        }
    }

    fn add_transport(&mut self, facts: &CaseFacts, view: &CaseView, day: CivilDate) {
        self.transported += 1;
        self.training += u64::from(view.training);
        let measured = durations::measure(facts, view);
        let reached = funnel::reached(facts);
        self.all.add(&measured);
        self.by_read.entry(reached.contains(&FunnelStep::Read)).or_default().add(&measured);
        self.by_view.entry(reached.contains(&FunnelStep::Viewed)).or_default().add(&measured);
        for step in funnel::passed(&reached) {
            *self.funnel.entry(step).or_default() += 1;
        }
        let without_card = reached.contains(&FunnelStep::Viewed) && !reached.contains(&FunnelStep::Read);
        self.viewed_without_card += u64::from(without_card);
        self.choices.add(facts, view, day, &measured, &reached);
        self.add_reasons(facts);
    }

    fn add_reasons(&mut self, facts: &CaseFacts) {
        let mut seen = BTreeSet::new();
        for key in facts.iter().filter_map(|fact| reason(&fact.event.body)) {
            let count = self.reasons.entry(key.clone()).or_default();
            count.events += 1;
            count.cases += u64::from(seen.insert(key));
        }
    }

    /// The sums as a report.
    #[must_use]
    pub fn report(&self, scope: ReportScope) -> StatsReport {
        report::report(self, scope)
    }
}

/// The reason code of a reading, a look-up or a consent that ended otherwise.
fn reason(body: &Body) -> Option<(What, String)> {
    Some(match body {
        Body::CardRead { outcome: CardOutcome::Failed { code }, .. } => (What::Reading, code.clone()),
        Body::LookupEnded { outcome: LookupOutcome::Failed { code } | LookupOutcome::Expired { code }, .. } => {
            (What::Lookup, code.clone())
        }
        Body::IdentityJudged { same_person: false, .. } => (What::Reading, "wrong-person".into()),
        Body::ConsentWithdrawn { .. } => (What::Consent, "withdrawn".into()),
        Body::ConsentRecorded { basis: ConsentBasis::Refused { reason } } => {
            let why = reason.and_then(|r| word(&r)).map_or_else(|| "refused".into(), |r| format!("refused:{r}"));
            (What::Consent, why)
        }
        Body::ConsentRecorded { basis: ConsentBasis::NotObtainable { reason } } => {
            (What::Consent, format!("not_obtainable:{}", word(reason).unwrap_or_default()))
        }
        _ => return None,
    })
}

/// A word as files write it.
fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
