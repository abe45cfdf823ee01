//! The rules over a notebook's medicines, on the tablet: the server, which runs them over the history, never gets a
//! notebook (DESIGN §5.4). What the server has said, or has chosen not to say, is not said again.
//!
//! What was told (聞き取り) has rules of its own in the same table: an answer is no record. They show; what an answer asks of hospitals
//! is [`case::OralHistory::needs`].

use crate::core::Core;
use crate::state::CaseState;
use field_alerts::{Alert, Evaluation, RuleTable, evaluate, evaluate_told};
use model::{CaseId, CivilDate, LookupId, Sex, Timestamp};
use patient_history::{
    HistorySnapshot, LookBack, MedicalText, OralAnswer, Period, PersonOnRecord, QualificationValidity, Row, Section,
    SectionKind, SectionState, Told,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Alerts that a notebook or an answer adds. They name the content of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotebookAlerts {
    /// The version of the table that spoke: the one of this build.
    pub table_version: String,
    /// By relevance, then newest first.
    pub alerts: Vec<Alert>,
    /// Worth a line though no finding makes them an alert.
    pub also_recorded: Vec<Alert>,
}

impl Core {
    /// Runs the rules anew: a notebook, an answer, the history or the findings changed.
    pub(crate) fn check_notebooks(&mut self, case: CaseId) {
        let Some(state) = self.state.cases.get(&case) else { return };
        let told = state.view.oral.told();
        let says_nothing = state.notebook.taken.is_empty() && told.iter().all(|told| told.answer != OralAnswer::Yes);
        let rules = if says_nothing { None } else { self.rules.get_or_init(built_in).as_ref() };
        let found = rules.map(|table| own_alerts(table, state, &told));
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.notebook_alerts = found.map(Arc::new);
        }
    }
}

/// What a notebook adds, and behind it what was told of things that no record has spoken of.
fn own_alerts(table: &RuleTable, state: &CaseState, told: &[Told]) -> NotebookAlerts {
    let mut own = beyond_the_server(table, state).unwrap_or_else(|| NotebookAlerts {
        table_version: table.version().to_owned(),
        alerts: Vec::new(),
        also_recorded: Vec::new(),
    });
    let by_server = state.record().map(|answer| &answer.evaluation);
    let spoken = by_server.into_iter().flat_map(|e| e.alerts.iter().chain(&e.also_recorded));
    let said: BTreeSet<MedicalText> =
        spoken.chain(&own.alerts).chain(&own.also_recorded).map(|alert| alert.rule.clone()).collect();
    own.alerts.extend(evaluate_told(table, told, &state.view.findings, &said));
    own
}

fn built_in() -> Option<RuleTable> {
    RuleTable::embedded().inspect_err(|error| tracing::error!(%error, "the built-in rule table cannot be read")).ok()
}

/// What the rules say of the history with the notebooks that they do not say of the history alone, here or on the server:
/// there a rule may be switched off, or worded otherwise.
fn beyond_the_server(table: &RuleTable, state: &CaseState) -> Option<NotebookAlerts> {
    let read_at = state.notebook.taken.iter().map(|read| read.read_at).max()?;
    let today = read_at.tokyo_date()?;
    let national = state.record();
    let rows: Vec<Row> = state.notebook.taken.iter().flat_map(|read| read.rows().iter().cloned()).collect();
    let together = together(national.map(|answer| &answer.snapshot), state, rows, read_at, today);
    let findings = &state.view.findings;
    let said = evaluate(table, &together, findings, today);
    let alone = national.map(|answer| evaluate(table, &answer.snapshot, findings, today));
    let by_server = national.map(|answer| &answer.evaluation);
    let alerts_of = |e: &Evaluation| e.alerts.iter().map(|a| a.rule.clone()).collect::<Vec<_>>();
    let listed_of = |e: &Evaluation| e.also_recorded.iter().map(|a| a.rule.clone()).collect::<Vec<_>>();
    let known = || alone.iter().chain(by_server);
    let alerted: BTreeSet<MedicalText> = known().flat_map(alerts_of).collect();
    let listed: BTreeSet<MedicalText> = known().flat_map(listed_of).chain(alerted.iter().cloned()).collect();
    Some(NotebookAlerts {
        table_version: said.table_version,
        alerts: said.alerts.into_iter().filter(|a| !alerted.contains(&a.rule)).collect(),
        also_recorded: said.also_recorded.into_iter().filter(|a| !listed.contains(&a.rule)).collect(),
    })
}

/// One history of both: a rule about two medicines may find one in each.
fn together(
    national: Option<&HistorySnapshot>,
    state: &CaseState,
    rows: Vec<Row>,
    at: Timestamp,
    today: CivilDate,
) -> HistorySnapshot {
    let mut all = national.cloned().unwrap_or_else(|| HistorySnapshot {
        lookup: LookupId::from_bytes([0; 16]),
        fetched_at: at,
        person: person(state, today),
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: Vec::new(),
        notices: Vec::new(),
    });
    let look_back = LookBack::Years(5);
    let place = all.sections.iter().position(|s| s.kind == SectionKind::Medications);
    let old = place.map(|place| all.sections.remove(place).state);
    let mut medicines = old.map_or_else(Vec::new, |state| state.rows().to_vec());
    medicines.extend(rows);
    let state = SectionState::Records { rows: medicines, look_back, complete_up_to: None };
    all.sections.push(Section { kind: SectionKind::Medications, state });
    all
}

/// Whose the notebook is, for rules about age and sex; without a birth date none of them speaks.
fn person(state: &CaseState, today: CivilDate) -> PersonOnRecord {
    let known = state.notebook.taken.iter().rev().find_map(|read| {
        let patient = read.notebook.patient.as_ref()?;
        Some((patient.birth_date?, patient.sex))
    });
    let (birth_date, sex) = known.unwrap_or((today, Sex::Unspecified));
    PersonOnRecord { name: MedicalText::default(), kana: MedicalText::default(), birth_date, sex }
}
