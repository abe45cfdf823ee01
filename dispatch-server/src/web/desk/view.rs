//! What of an enquiry leaves for a desk (DESIGN §5.13). An enquiry that is over leaves a line without clinical content.

use crate::web::clinical::{FindingsJson, findings_json};
use crate::web::words::{answer_words, release_words};
use case::EnquiryAnswer;
use dispatch_core::BoardEnquiry;
use field_alerts::EnquiryAlert;
use hospital_selection::Category;
use model::{CaseId, EnquiryId, Need};
use patient_history::{MedicalText, Row};
use serde::Serialize;

/// How an enquiry stands for this desk.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It rings, or a condition stands: an answer is possible.
    Open,
    /// The patient comes here, or was handed over here.
    DecidedHere,
    /// This desk declined.
    Declined,
    /// Another hospital was decided, the crew took it back, or the case ended.
    Released,
}

/// The state of a row.
pub(crate) fn state_of(row: &BoardEnquiry) -> State {
    if row.decided_here {
        State::DecidedHere
    } else if row.released.is_some() || row.withdrawn.is_some() || row.closed {
        State::Released
    } else if matches!(row.answer, Some((EnquiryAnswer::Declined(_), _))) {
        State::Declined
    } else {
        State::Open
    }
}

/// Whether the desk may still see anything of the patient.
pub(crate) const fn shows_patient(state: State) -> bool {
    matches!(state, State::Open | State::DecidedHere)
}

/// What the decision needs, and nothing else: no name, no card, no row.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub(crate) struct PatientJson {
    category: Category,
    findings: FindingsJson,
    needs: Vec<Need>,
    needs_ja: Vec<&'static str>,
    alerts: Vec<MedicalText>,
    /// The same alerts, each with its rule and where and when the newest row behind it was recorded.
    alerts_recorded: Vec<AlertJson>,
    eta: Option<String>,
    /// Nine of ten such drives are over by then.
    eta_late: Option<String>,
    left_scene_at: Option<String>,
    arrived_at: Option<String>,
}

/// An alert as an enquiry carries it; of the row behind it nothing but the day, the section and the kind of source.
#[derive(Serialize, Clone, Debug, PartialEq)]
struct AlertJson {
    rule: MedicalText,
    rule_version: u16,
    title: MedicalText,
    date: Option<String>,
    section_ja: Option<&'static str>,
    source_ja: Option<&'static str>,
}

fn alert_json(alert: &EnquiryAlert) -> AlertJson {
    AlertJson {
        rule: alert.rule.clone(),
        rule_version: alert.rule_version,
        title: alert.title_ja.clone(),
        date: alert.recorded.map(|recorded| recorded.date.to_string()),
        section_ja: alert.recorded.map(|recorded| recorded.section.ja()),
        source_ja: alert.recorded.map(|recorded| recorded.source.ja()),
    }
}

/// One enquiry for the desk's programs.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub(crate) struct EnquiryJson {
    /// Which.
    pub(crate) enquiry: EnquiryId,
    /// Its case, for links.
    pub(crate) case: CaseId,
    /// How it stands.
    pub(crate) state: State,
    sent_at: String,
    department: String,
    callsign: String,
    training: bool,
    batch: u8,
    seen_at: Option<String>,
    answer: Option<EnquiryAnswer>,
    answer_ja: Option<String>,
    answered_at: Option<String>,
    released_ja: Option<&'static str>,
    closed: bool,
    /// The history may be opened.
    pub(crate) history_released: bool,
    /// None once the enquiry is over for this desk, or the patient was handed over.
    pub(crate) patient: Option<PatientJson>,
}

/// What leaves.
pub(crate) fn enquiry_json(row: &BoardEnquiry) -> EnquiryJson {
    let state = state_of(row);
    let time = |at: model::Timestamp| at.tokyo_rfc3339();
    let patient = (shows_patient(state) && !row.closed).then(|| PatientJson {
        category: row.category,
        findings: findings_json(&row.findings, &row.vitals_at),
        needs: row.needs.clone(),
        needs_ja: row.needs.iter().map(|need| need.capability.ja()).collect(),
        alerts: row.alerts.iter().map(|alert| alert.title_ja.clone()).collect(),
        alerts_recorded: row.alerts.iter().map(alert_json).collect(),
        eta: row.eta.map(time),
        eta_late: row.eta_late.map(time),
        left_scene_at: row.left_scene_at.map(time),
        arrived_at: row.arrived_at.map(time),
    });
    EnquiryJson {
        enquiry: row.enquiry,
        case: row.case,
        state,
        sent_at: time(row.sent_at),
        department: row.department.clone(),
        callsign: row.callsign.clone(),
        training: row.training,
        batch: row.batch,
        seen_at: row.seen_at.map(time),
        answer: row.answer.as_ref().map(|(answer, _)| answer.clone()),
        answer_ja: row.answer.as_ref().map(|(answer, _)| answer_words(answer)),
        answered_at: row.answer.as_ref().map(|(_, at)| time(*at)),
        released_ja: if row.withdrawn.is_some() {
            Some("受入を取り消した")
        } else {
            row.released.map(release_words)
        },
        closed: row.closed,
        history_released: row.history_released && state == State::DecidedHere,
        patient,
    }
}

/// A row of a released history.
#[derive(Serialize)]
pub(crate) struct RowJson {
    date: String,
    code: Option<MedicalText>,
    name: MedicalText,
    days_supplied: Option<u16>,
    quantity: Option<MedicalText>,
    source: &'static str,
    facility: Option<MedicalText>,
    sensitive: bool,
}

/// For programs.
pub(crate) fn row_json(row: &Row) -> RowJson {
    RowJson {
        date: row.date.to_string(),
        code: row.code.text().map(MedicalText::from),
        name: row.name.clone(),
        days_supplied: row.days_supplied,
        quantity: row.quantity.clone(),
        source: row.source.ja(),
        facility: row.facility.as_ref().map(|f| f.name.clone()),
        sensitive: row.sensitive,
    }
}
