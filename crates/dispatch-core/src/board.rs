//! What a hospital's desk sees of an enquiry (DESIGN §5.13): age, sex, findings, needs, marked alerts; no name, no card, no rows.

use crate::earlier::earlier_vitals;
use crate::error::UseCaseError;
use crate::limits::{BOARD_KEEP_MINUTES, BOARD_PAGE};
use crate::look_up_history::today;
use crate::principal::{Principal, Role, Scope};
use crate::server_log::{LoadedCase, load_case};
use crate::store::{CaseQuery, Directory, EnquiryRow, EventStore, HistoryVault, Terminal};
use case::enquiry::answer_until;
use case::{CaseView, DeclineReason, EnquiryAnswer, EnquiryState, HowDecided, ReleaseReason, Signature};
use field_alerts::{Alert, EnquiryAlert, RuleSet};
use hospital_selection::{Category, assess};
use model::{CaseId, EnquiryId, Findings, HospitalId, Need, Position, Stage, Timestamp, UnitId, Vital, VitalReading};
use std::collections::BTreeMap;
use travel_time::{DistanceModel, Tenths};

/// A tenth of a minute.
const TENTH_US: i64 = 6_000_000;

/// Roles of a desk.
pub(crate) const DESK: &[Role] = &[Role::HospitalDesk, Role::HospitalAdmin];

/// One enquiry as the desk sees it.
#[derive(Clone, Debug)]
pub struct BoardEnquiry {
    /// The enquiry.
    pub enquiry: EnquiryId,
    /// The case, for links; it opens nothing by itself.
    pub case: CaseId,
    /// The asked hospital: the desk's own.
    pub hospital: HospitalId,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The department's name.
    pub department: String,
    /// The unit's name on the radio.
    pub callsign: String,
    /// 訓練.
    pub training: bool,
    /// Age, sex, complaints, consciousness, vital signs, triage.
    pub findings: Findings,
    /// When each vital sign was taken.
    pub vitals_at: BTreeMap<Vital, Timestamp>,
    /// Of each vital sign the reading before the newest.
    pub earlier: BTreeMap<Vital, (VitalReading, Timestamp)>,
    /// Where the patient was found.
    pub scene: Option<Position>,
    /// The unit that was sent last.
    pub unit: Option<UnitId>,
    /// 分類.
    pub category: Category,
    /// What is needed.
    pub needs: Vec<Need>,
    /// Marked alerts that the crew left on.
    pub alerts: Vec<EnquiryAlert>,
    /// Estimated arrival, from the tablet's minutes at sending.
    pub eta: Option<Timestamp>,
    /// Nine of ten such drives are over by then.
    pub eta_late: Option<Timestamp>,
    /// The patient is on board and the unit has left the scene.
    pub left_scene_at: Option<Timestamp>,
    /// The unit has arrived.
    pub arrived_at: Option<Timestamp>,
    /// How many hospitals were asked together.
    pub batch: u8,
    /// Until when an answer is waited for.
    pub until: Option<Timestamp>,
    /// A page of the desk has it.
    pub delivered_at: Option<Timestamp>,
    /// Seen by the desk.
    pub seen_at: Option<Timestamp>,
    /// The standing answer.
    pub answer: Option<(EnquiryAnswer, Timestamp)>,
    /// Over for this hospital.
    pub released: Option<ReleaseReason>,
    /// This hospital took its acceptance back.
    pub withdrawn: Option<(DeclineReason, Timestamp)>,
    /// The crew agreed another hospital by telephone, then.
    pub agreed_elsewhere: Option<Timestamp>,
    /// The stage that the unit has reached.
    pub stage: Option<Stage>,
    /// Who signed for the patient here.
    pub signed: Option<Signature>,
    /// This hospital is the destination.
    pub decided_here: bool,
    /// The history may be opened now ([`crate::released_history`]).
    pub history_released: bool,
    /// When this hospital has read it last; filled in where it is shown ([`crate::history_read_at`]).
    pub history_read_at: Option<Timestamp>,
    /// The case has ended.
    pub closed: bool,
}

/// The desk's enquiries of the last hours, the newest first.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but a desk.
pub async fn board<S: EventStore + Directory + HistoryVault>(
    store: &S,
    rules: &RuleSet,
    now: Timestamp,
    principal: &Principal,
) -> Result<Vec<BoardEnquiry>, UseCaseError> {
    principal.require_any(DESK, "opening the board")?;
    let hospital = principal.require_hospital("opening the board")?;
    let rows = store.enquiries_of(hospital, now.plus_minutes(-BOARD_KEEP_MINUTES), BOARD_PAGE).await?;
    let names: BTreeMap<_, _> = store.departments().await?.into_iter().map(|d| (d.id, d.name)).collect();
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let loaded = load_case(store, Scope::Hospital(hospital), row.case).await?;
        let Some(state) = loaded.view.enquiries.get(&row.enquiry).filter(|e| e.hospital == hospital) else { continue };
        let department = names.get(&loaded.head.department).cloned().unwrap_or_default();
        let alerts = alerts_to_tell(store, rules, &loaded, state, now).await?;
        list.push(BoardEnquiry {
            until: answer_until(&loaded.facts).get(&row.enquiry).copied(),
            earlier: earlier_vitals(&loaded.facts),
            ..describe(&row, &loaded.view, state, department, alerts, now)
        });
    }
    Ok(list)
}

fn describe(
    row: &EnquiryRow,
    view: &CaseView,
    state: &EnquiryState,
    department: String,
    alerts: Vec<EnquiryAlert>,
    now: Timestamp,
) -> BoardEnquiry {
    let findings = view.findings_at(now);
    let callsigns = view.units.values().next_back();
    let decided_here = view.destination().is_some_and(|d| d.hospital == state.hospital);
    let permitted = view.consent().is_some_and(|c| c.basis.permits_hospital());
    let answered = view.lookups.values().any(|l| matches!(l.outcome, Some(case::LookupOutcome::Answered)));
    BoardEnquiry {
        enquiry: row.enquiry,
        case: row.case,
        hospital: state.hospital,
        sent_at: state.sent_at,
        department,
        callsign: callsigns.and_then(|units| units.first()).map(|(_, name)| name.clone()).unwrap_or_default(),
        training: view.training,
        category: assess(&findings).category,
        vitals_at: view.vitals_at.clone(),
        earlier: BTreeMap::new(),
        scene: view.scene,
        unit: callsigns.and_then(|units| units.last()).map(|(unit, _)| *unit),
        needs: state.needs.clone(),
        alerts,
        eta: state.eta_tenths.map(|tenths| after(state.sent_at, Tenths(tenths))),
        eta_late: state.eta_tenths.map(|tenths| after(state.sent_at, late(tenths))),
        left_scene_at: view.stage(Stage::LeftScene).map(|s| s.at),
        arrived_at: view.stage(Stage::AtDestination).map(|s| s.at),
        batch: state.batch,
        until: None,
        delivered_at: state.delivered_at,
        seen_at: state.seen_at,
        answer: state.answer.clone(),
        released: state.released,
        withdrawn: state.withdrawn,
        agreed_elsewhere: agreed_elsewhere(view, state),
        stage: view.last_stage().map(|(stage, _)| stage),
        signed: view.signed_by.clone().filter(|s| s.hospital == state.hospital),
        decided_here,
        history_released: decided_here && permitted && answered,
        history_read_at: None,
        closed: view.is_closed(),
        findings,
    }
}

fn after(at: Timestamp, drive: Tenths) -> Timestamp {
    at.plus_us(i64::from(drive.0).saturating_mul(TENTH_US))
}

/// The 90th percentile that the distance model gives to a median: the tablet sends the median only.
fn late(median_tenths: i32) -> Tenths {
    DistanceModel::japan().spread(f64::from(median_tenths) / 10.0).p90
}

/// When the crew agreed the hospital that it goes to instead, when that was by telephone.
fn agreed_elsewhere(view: &CaseView, state: &EnquiryState) -> Option<Timestamp> {
    let elsewhere = view.destination().filter(|d| d.hospital != state.hospital && d.how == HowDecided::Telephone);
    elsewhere.filter(|_| state.released == Some(ReleaseReason::DecidedElsewhere)).map(|d| view.agreed_at(d))
}

/// What rings at a hospital: for a registered terminal on which nobody is signed in. Nothing of a patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ringing {
    /// How many enquiries wait for an answer.
    pub count: usize,
    /// Until when the first of them is waited for.
    pub until: Option<Timestamp>,
}

/// What rings at the hospital whose terminal this is; nothing at a department's.
///
/// # Errors
/// A failure of the store.
pub async fn ringing<S: EventStore>(store: &S, now: Timestamp, terminal: &Terminal) -> Result<Ringing, UseCaseError> {
    let Scope::Hospital(hospital) = terminal.scope else { return Ok(Ringing::default()) };
    let rows = store.enquiries_of(hospital, now.plus_minutes(-BOARD_KEEP_MINUTES), BOARD_PAGE).await?;
    let mut found = Ringing::default();
    for row in rows.iter().filter(|row| row.standing) {
        let loaded = load_case(store, Scope::Hospital(hospital), row.case).await?;
        let state = loaded.view.enquiries.get(&row.enquiry).filter(|state| state.hospital == hospital);
        let waits = state.is_some_and(|s| s.answer.is_none() && s.released.is_none() && !s.by_telephone);
        if !waits || loaded.view.is_closed() {
            continue;
        }
        let until = answer_until(&loaded.facts).get(&row.enquiry).copied();
        found.count += 1;
        found.until = [found.until, until].into_iter().flatten().min();
    }
    Ok(found)
}

/// Patients who come here although no page was asked: agreed by telephone, or the crew changed to this hospital. The id of such
/// a row is its case's and names no enquiry.
///
/// # Errors
/// As [`board`].
pub async fn board_by_telephone<S: EventStore + Directory>(
    store: &S,
    now: Timestamp,
    principal: &Principal,
) -> Result<Vec<BoardEnquiry>, UseCaseError> {
    principal.require_any(DESK, "opening the board")?;
    let hospital = principal.require_hospital("opening the board")?;
    let changed_since = Some(now.plus_minutes(-BOARD_KEEP_MINUTES));
    let query = CaseQuery { open_only: false, unit: None, changed_since, limit: BOARD_PAGE };
    let heads = store.cases(Scope::Hospital(hospital), query).await?;
    let names: BTreeMap<_, _> = store.departments().await?.into_iter().map(|d| (d.id, d.name)).collect();
    let mut list = Vec::new();
    for head in heads.iter().filter(|head| head.destination.is_some_and(|(_, to)| to == hospital)) {
        let view = load_case(store, Scope::Hospital(hospital), head.case).await?.view;
        let Some(decided) = view.destination().filter(|d| d.hospital == hospital) else { continue };
        let asked = view.enquiries.values().any(|e| e.hospital == hospital && !e.by_telephone);
        if asked {
            continue;
        }
        let enquiry = EnquiryId::from_bytes(head.case.bytes());
        let row = EnquiryRow { enquiry, case: head.case, hospital, sent_at: decided.at, standing: false };
        let state = EnquiryState::by_telephone(hospital, view.agreed_at(decided));
        list.push(describe(
            &row,
            &view,
            &state,
            names.get(&head.department).cloned().unwrap_or_default(),
            Vec::new(),
            now,
        ));
    }
    Ok(list)
}

/// The alerts whose rule is marked for enquiries; none when the crew turned them off, the consent does not cover
/// hospitals, the history is gone, or this hospital declined, withdrew or was released.
async fn alerts_to_tell(
    store: &impl HistoryVault,
    rules: &RuleSet,
    loaded: &LoadedCase,
    state: &EnquiryState,
    now: Timestamp,
) -> Result<Vec<EnquiryAlert>, UseCaseError> {
    let (view, head) = (&loaded.view, &loaded.head);
    let permitted = view.consent().is_some_and(|c| c.basis.permits_hospital());
    let declined = matches!(state.answer, Some((EnquiryAnswer::Declined(_), _)));
    let over = declined || state.withdrawn.is_some() || state.released.is_some() || view.is_closed();
    let Some(lookup) = state.lookup.filter(|_| permitted && state.tell_alerts && !over) else { return Ok(Vec::new()) };
    let Some(entry) = store.history(lookup, head.case, now).await? else { return Ok(Vec::new()) };
    let evaluation = rules.evaluate(head.department, &entry.snapshot, &view.findings_at(now), today(now)?);
    Ok(evaluation.alerts.iter().filter_map(Alert::for_enquiry).collect())
}
