//! Where to go: the ranking with what the server knows, recorded as a decision.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::INBOUND_MINUTES;
use crate::look_up_history::today;
use crate::principal::{Principal, Scope};
use crate::server_log::load_case;
use crate::store::{DecisionRecord, Directory, EventStore, HistoryVault, Ledger};
use case::{CaseView, DeclineReason, EnquiryAnswer};
use field_alerts::{Evaluation, RuleSet, RuleTable, evaluate};
use hospital_selection::params::{HOLD_MINUTES, MAX_CANDIDATES};
use hospital_selection::{
    CaseFile, Continuity, Exclusion, ExclusionReason, HospitalTable, Ranking, Versions, merge_needs, rank,
};
use model::{CaseId, DecisionId, DepartmentId, Findings, LookupId, Position, QuestionId, Timestamp};
use patient_history::{HistorySnapshot, Visited};
use std::collections::BTreeMap;
use travel_time::TravelTime;

/// The question.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggest {
    /// Its id: the same one gives the same answer.
    pub question: QuestionId,
    /// The case; it need not have arrived here yet.
    pub case: CaseId,
    /// Where the drive starts.
    pub from: Position,
    /// What was observed.
    pub findings: Findings,
    /// The look-up whose needs may be used.
    pub lookup: Option<LookupId>,
    /// Hospitals that the tablet knows to have refused.
    pub exclude: Vec<Exclusion>,
    /// How many candidates, for a fuller list; none = the usual number.
    pub max_candidates: Option<usize>,
}

/// A question that belongs to no case.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Where the drive starts.
    pub from: Position,
    /// What was observed.
    pub findings: Findings,
    /// Hospitals that the tablet knows to have refused.
    pub exclude: Vec<Exclusion>,
    /// How many candidates.
    pub max_candidates: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    /// The decision record.
    pub decision: DecisionId,
    /// When it was computed.
    pub at: Timestamp,
    /// The look-up used.
    pub lookup: Option<LookupId>,
    /// The list.
    pub ranking: Ranking,
}

/// What ranks: the tables and the model of travel.
#[derive(Clone, Copy)]
pub struct Engine<'a, T> {
    /// Hospitals.
    pub table: &'a HospitalTable,
    /// Minutes.
    pub travel: &'a T,
    /// Alerts.
    pub rules: &'a RuleSet,
}

/// Ranks for a tablet's case. Works without consent, history or a crew session; what is missing only makes it plainer.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for a case of another unit; a store failure.
pub async fn suggest<S, T>(
    store: &S,
    engine: Engine<'_, T>,
    call: &mut Call<'_>,
    principal: &Principal,
    question: Suggest,
) -> Result<Suggested, UseCaseError>
where
    S: EventStore + Ledger + HistoryVault + Directory,
    T: TravelTime + Sync,
{
    let (department, tablet) = principal.require_tablet("asking where to go")?;
    let scope = Scope::Department(department);
    let recorded = store.decision_of(scope, question.question).await?;
    if recorded.as_ref().is_some_and(|record| record.lookup.is_none()) {
        return recorded.map_or_else(|| Err(damaged()), |record| Ok(read_record(record)?.suggested));
    }
    let view = case_view(store, principal, &question, scope).await?;
    let now = call.now();
    let seen = history_of(store, engine.rules.of(department), &view, &question, now).await?;
    let known = known_hospitals(engine.table, seen.as_ref());
    let history = seen.map(|(evaluation, _)| evaluation);
    if let Some(record) = recorded {
        return with_known(engine, read_record(record)?, known);
    }
    let mut file = case_file(store, &view, &question, history.as_ref(), now).await?;
    file.prefecture = prefecture(store, engine.table, department).await?;
    file.keep_what_counts(engine.table);
    // With hospitals that know the patient the search looks further; the record itself does not name them.
    file.continuity.clone_from(&known);
    file.keep_what_is_looked_at(engine.table, engine.travel);
    file.continuity.clear();
    file.versions = Some(Versions::of(engine.table, engine.travel, now));
    // Ranked from the record itself: whoever runs it again gets these bytes.
    let ranking = rank(engine.table, &file.capacity, engine.travel, &file.request());
    let unusable = |_| UseCaseError::BadRequest("the request cannot be written down");
    let record = DecisionRecord {
        decision: DecisionId::from_uuid(call.uuid()),
        question: question.question,
        case: question.case,
        department,
        unit: tablet.unit,
        at: now,
        lookup: question.lookup.filter(|_| history.is_some()),
        alert_rules: history.map(|evaluation| evaluation.table_version),
        request: file.to_json_bytes().map_err(unusable)?,
        output: ranking.to_json_bytes().map_err(unusable)?,
    };
    with_known(engine, read_record(store.record_decision(record).await?)?, known)
}

/// Hospitals that know the patient: most where a rule asks for continuity, less where a visit alone says so.
fn known_hospitals(table: &HospitalTable, seen: Option<&(Evaluation, Vec<Visited>)>) -> Vec<Continuity> {
    let Some((evaluation, visited)) = seen else { return Vec::new() };
    let by_rule = evaluation.continuity.iter().map(|facility| facility.name.as_str());
    table.continuity(by_rule, visited.iter().map(|one| (one.facility.name.as_str(), one.days)))
}

/// The answer to the tablet: the record's list, moved by the hospitals that know the patient. Their names are history and
/// stand in no record; while the history is there, the same record and question give the same answer.
fn with_known<T: TravelTime>(
    engine: Engine<'_, T>,
    recorded: Recorded,
    known: Vec<Continuity>,
) -> Result<Suggested, UseCaseError> {
    let Recorded { suggested, request } = recorded;
    if known.is_empty() {
        return Ok(suggested);
    }
    let text = String::from_utf8(request).map_err(|_| damaged())?;
    // Another table or engine since: the record stands as it is.
    let Ok(mut file) = CaseFile::open(&text, engine.table, engine.travel) else { return Ok(suggested) };
    file.continuity = known;
    let ranking = rank(engine.table, &file.capacity, engine.travel, &file.request());
    Ok(Suggested { ranking, ..suggested })
}

/// Ranks for no case at all: reads only, records nothing. What a tablet asks before its handshake is over.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but a tablet; a store failure.
pub async fn preview<S, T>(
    store: &S,
    engine: Engine<'_, T>,
    now: Timestamp,
    principal: &Principal,
    question: Preview,
) -> Result<Ranking, UseCaseError>
where
    S: EventStore + Ledger + Directory,
    T: TravelTime + Sync,
{
    let (department, _) = principal.require_tablet("asking where to go")?;
    let asked = Suggest {
        question: QuestionId::from_bytes([0; 16]),
        case: CaseId::from_bytes([0; 16]),
        from: question.from,
        findings: question.findings,
        lookup: None,
        exclude: question.exclude,
        max_candidates: Some(question.max_candidates),
    };
    let mut file = case_file(store, &CaseView::default(), &asked, None, now).await?;
    file.prefecture = prefecture(store, engine.table, department).await?;
    Ok(rank(engine.table, &file.capacity, engine.travel, &file.request()))
}

/// Whose 実施基準 count: those of the department's prefecture, where any are loaded.
async fn prefecture(
    store: &impl Directory,
    table: &HospitalTable,
    department: DepartmentId,
) -> Result<Option<String>, UseCaseError> {
    if table.standards().editions().is_empty() {
        return Ok(None);
    }
    Ok(store.department(department).await?.map(|department| department.pref))
}

async fn case_view(
    store: &impl EventStore,
    principal: &Principal,
    question: &Suggest,
    scope: Scope,
) -> Result<CaseView, UseCaseError> {
    match load_case(store, scope, question.case).await {
        Ok(loaded) if principal.tablet.is_some_and(|tablet| loaded.head.units.contains(&tablet.unit)) => {
            Ok(loaded.view)
        }
        Ok(_) => Err(NotPermitted { what: "asking where to go with another unit's case" }.into()),
        // Its facts are still on their way; the suggestion does not wait for them.
        Err(UseCaseError::NoSuchCase) => Ok(CaseView::default()),
        Err(other) => Err(other),
    }
}

/// The alerts of the look-up, if its history is here and the consent still stands.
async fn history_of(
    store: &impl HistoryVault,
    rules: &RuleTable,
    view: &CaseView,
    question: &Suggest,
    now: Timestamp,
) -> Result<Option<(Evaluation, Vec<Visited>)>, UseCaseError> {
    let Some(lookup) = question.lookup else { return Ok(None) };
    let stands = view.lookups.get(&lookup).is_some_and(|state| view.consent().is_some_and(|c| c.name == state.consent));
    if !stands {
        return Ok(None);
    }
    let entry = store.history(lookup, question.case, now).await?;
    let today = today(now)?;
    let seen =
        |snapshot: &HistorySnapshot| (evaluate(rules, snapshot, &question.findings, today), snapshot.visited(today));
    Ok(entry.map(|entry| seen(&entry.snapshot)))
}

/// Everything that the choice rests on, in the form that can be kept and ranked again.
async fn case_file<S: EventStore + Ledger>(
    store: &S,
    view: &CaseView,
    question: &Suggest,
    history: Option<&Evaluation>,
    now: Timestamp,
) -> Result<CaseFile, UseCaseError> {
    let mut findings = question.findings.clone();
    // History may raise the urgency, never lower it; red sorts first.
    if let Some(raised) = history.and_then(|evaluation| evaluation.raised_triage) {
        findings.triage = Some(findings.triage.map_or(raised, |triage| triage.min(raised)));
    }
    let of_history = history.map_or(&[][..], |evaluation| &evaluation.needs);
    let mut file = CaseFile {
        needs: merge_needs(of_history, &view.oral.needs(findings.triage)),
        exclude: exclusions(view, &question.exclude),
        held: store.holds(question.case, now.plus_minutes(-HOLD_MINUTES)).await?,
        inbound: store.inbound(question.case, now.plus_minutes(-INBOUND_MINUTES)).await?,
        capacity: store.capacity().await?,
        max_candidates: question.max_candidates.map(|max| max.clamp(1, MAX_CANDIDATES)),
        ..CaseFile::new(now, question.from, findings)
    };
    // What a tablet dated by a clock ahead of ours counts from now on, not from the future.
    file.held.iter_mut().for_each(|hold| hold.since = hold.since.min(now));
    file.exclude.iter_mut().for_each(|exclusion| exclusion.at = exclusion.at.min(now));
    Ok(file)
}

/// What the tablet knows and what the server knows of refusals, one per hospital, the newest.
fn exclusions(view: &CaseView, told: &[Exclusion]) -> Vec<Exclusion> {
    let mut by_hospital: BTreeMap<_, Exclusion> = BTreeMap::new();
    let known = view.enquiries.values().filter_map(|enquiry| {
        if let Some((_, at)) = enquiry.withdrawn {
            return Some(Exclusion { hospital: enquiry.hospital, at, reason: ExclusionReason::Withdrew });
        }
        let (answer, at) = enquiry.answer.as_ref()?;
        let reason = match answer {
            EnquiryAnswer::Declined(reason) => exclusion_reason(*reason),
            EnquiryAnswer::NoAnswer => ExclusionReason::NoAnswer,
            EnquiryAnswer::Accepted | EnquiryAnswer::Conditional { .. } => return None,
        };
        Some(Exclusion { hospital: enquiry.hospital, at: *at, reason })
    });
    for exclusion in told.iter().copied().chain(known) {
        let slot = by_hospital.entry(exclusion.hospital).or_insert(exclusion);
        if exclusion.at > slot.at {
            *slot = exclusion;
        }
    }
    by_hospital.into_values().collect()
}

const fn exclusion_reason(reason: DeclineReason) -> ExclusionReason {
    match reason {
        DeclineReason::BedsFull => ExclusionReason::Full,
        DeclineReason::InSurgery | DeclineReason::Busy => ExclusionReason::Busy,
        DeclineReason::CannotTreat => ExclusionReason::TreatmentDifficult,
        DeclineReason::NotOurField => ExclusionReason::OutOfSpecialty,
        DeclineReason::NoDoctor => ExclusionReason::NoDoctor,
        DeclineReason::NoPriorVisit | DeclineReason::Unknown | DeclineReason::Other => ExclusionReason::Other,
    }
}

/// A record and what it was ranked from.
struct Recorded {
    suggested: Suggested,
    request: Vec<u8>,
}

const fn damaged() -> UseCaseError {
    UseCaseError::Store(crate::store::StoreError::Damaged("a decision record"))
}

fn read_record(record: DecisionRecord) -> Result<Recorded, UseCaseError> {
    let ranking = serde_json::from_slice(&record.output).map_err(|_| damaged())?;
    let suggested = Suggested { decision: record.decision, at: record.at, lookup: record.lookup, ranking };
    Ok(Recorded { suggested, request: record.request })
}
