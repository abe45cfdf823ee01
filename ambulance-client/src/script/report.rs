//! What a scripted transport leaves behind: times, answers, the list, without any content of the history but counts and
//! alert titles that are said to be training data.

use ambulance_core::{HistoryState, State};
use case::EnquiryAnswer;
use model::Stage;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The report of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Every step was done.
    pub ok: bool,
    /// The step that failed and why.
    pub failed: Option<String>,
    /// Stage times, RFC 3339 in Japan, keyed as in NEMSIS.
    pub stages: BTreeMap<&'static str, String>,
    /// Milliseconds.
    pub timings_ms: BTreeMap<&'static str, f64>,
    /// Sections with counts, and the answer's age.
    pub history: Value,
    /// Notebooks that were used: codes and medicines of each, and how many lines all sources make together. Counts only.
    pub notebooks: Value,
    /// Alerts.
    pub alerts: Value,
    /// The list.
    pub candidates: Value,
    /// Enquiries and their answers.
    pub enquiries: Value,
    /// The destination.
    pub destination: Value,
    /// Address of the handover document's page.
    pub handover_document: Value,
    /// Entries waiting at the end.
    pub waiting: u64,
}

impl Report {
    /// Takes what the state shows while it is there: history is gone after the handover. `with_lists`: alerts and
    /// candidates too, which quote the history.
    pub fn observe(&mut self, state: &State, with_lists: bool) {
        let Some(case) = state.case() else { return };
        for stage in Stage::ALL {
            if let Some(time) = case.view.stage(stage) {
                self.stages.insert(stage.key(), time.at.tokyo_rfc3339());
            }
        }
        if let HistoryState::Here { answer, .. } = &case.history {
            let counts = answer.snapshot.counts();
            self.history = json!({ "sections": counts, "fetched_at": answer.snapshot.fetched_at.tokyo_rfc3339(), "age_minutes": 0 });
            if with_lists {
                self.alerts = serde_json::to_value(&answer.evaluation.alerts).unwrap_or(Value::Null);
            }
        }
        if !case.notebook.taken.is_empty() {
            let read = case.notebook.taken.iter();
            let counts = read.map(|n| json!({ "codes": n.codes, "medicines": n.rows().len(), "undated": n.undated() }));
            let lines = case.merged.as_ref().map_or(0, |merged| merged.line_count());
            self.notebooks = json!({ "read": counts.collect::<Vec<_>>(), "lines_of_all_sources": lines });
        }
        if let Some(suggestion) = &case.suggestion
            && with_lists
            && !case.view.is_closed()
            && case.view.destination().is_none()
        {
            self.candidates = serde_json::to_value(&suggestion.ranking.candidates).unwrap_or(Value::Null);
        }
        self.enquiries = enquiries(state);
        self.destination =
            json!(case.view.destination().map(|d| json!({ "hospital": d.hospital, "version": d.version })));
        if let Some(document) = &case.document {
            self.handover_document = json!({ "address": document.address, "sha256": document.sha256 });
        }
        self.waiting = state.outbox.waiting;
    }
}

fn enquiries(state: &State) -> Value {
    let Some(case) = state.case() else { return Value::Null };
    let answer = |a: &EnquiryAnswer| match a {
        EnquiryAnswer::Accepted => "accepted".to_owned(),
        EnquiryAnswer::Conditional { .. } => "conditional".to_owned(),
        EnquiryAnswer::Declined(reason) => format!("declined: {}", reason.ja()),
        EnquiryAnswer::NoAnswer => "no answer".to_owned(),
    };
    case.view
        .enquiries
        .iter()
        .map(|(id, e)| {
            json!({
                "enquiry": id,
                "hospital": e.hospital,
                "sent_at": e.sent_at.tokyo_rfc3339(),
                "answer": e.answer.as_ref().map(|(a, _)| answer(a)),
                "released": e.released.is_some(),
            })
        })
        .collect()
}
