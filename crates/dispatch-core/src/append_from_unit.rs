//! A tablet's facts come in: judged, stored exactly once, with the facts that the server adds because of them.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::CONFLICT_RETRIES;
use crate::principal::{Principal, Scope, TabletOf};
use crate::server_log::{LoadedCase, ServerPen, load_case};
use crate::store::{
    Append, AppendOutcome, Content, Disasters, EventStore, Expect, HistoryVault, LogOwner, NewEntry, Quarantine, Relief,
};
use case::enquiry::{agreed, answer, changed, release_others, take_offer};
use case::stored::{DecodeError, MAX_EVENT_BYTES};
use case::{
    AnsweredBy, Body, CaseFacts, CaseView, Commit, Ending, Event, Hash, OnBehalf, ReleaseReason, Stored, Subject,
    Writer,
};
use model::{CaseId, DepartmentId, Timestamp};
use std::collections::BTreeMap;

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitAppended {
    /// The log's state.
    pub outcome: AppendOutcome,
    /// Entries of the batch in quarantine.
    pub quarantined: Vec<(u64, Quarantine)>,
    /// New facts, the server's own among them.
    pub committed: usize,
}

/// Appends a batch of one log, seq rising without gaps (the caller has checked the form); `before` is the hash of the
/// entry before it, as the tablet knows it.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless a tablet acts; [`UseCaseError::Contended`]; a store failure. What a single entry
/// lacks is never an error: it is quarantined.
pub async fn append_from_unit<S: EventStore + HistoryVault + Disasters>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    entries: Vec<Stored>,
    before: Option<Hash>,
) -> Result<UnitAppended, UseCaseError> {
    let (department, tablet) = principal.require_tablet("appending to a log")?;
    let mut judge = Judge { department, tablet, training: call.training, known: BTreeMap::new(), reliefs: None };
    let mut judged = Vec::with_capacity(entries.len());
    for stored in entries {
        let content = judge.content(store, &stored).await?;
        judged.push(NewEntry { stored, content });
    }
    let mut before = before;
    let mut done =
        UnitAppended { outcome: AppendOutcome::Durable { through: 0 }, quarantined: Vec::new(), committed: 0 };
    // The server's facts rest on the position of one case: a batch that mixes cases goes in parts, each with its own.
    loop {
        let rest = judged.split_off(part_of_one_case(&judged));
        let last = judged.last().map(|entry| entry.stored.hash());
        let part = append_part(store, call, department, tablet, judged, before).await?;
        done.outcome = part.outcome;
        done.quarantined.extend(part.quarantined);
        done.committed += part.committed;
        if rest.is_empty() || !matches!(done.outcome, AppendOutcome::Durable { .. }) {
            return Ok(done);
        }
        (judged, before) = (rest, last);
    }
}

/// The case of a fact that can make the server write one.
fn cause(entry: &NewEntry) -> Option<CaseId> {
    match &entry.content {
        Content::Fact(event) if has_effect(&event.body) => event.subject.case(),
        _ => None,
    }
}

/// How many entries go before the first one with effects in another case than the entries before it.
fn part_of_one_case(batch: &[NewEntry]) -> usize {
    let Some(first) = batch.iter().find_map(cause) else { return batch.len() };
    batch.iter().position(|entry| cause(entry).is_some_and(|case| case != first)).unwrap_or(batch.len())
}

async fn append_part<S: EventStore + HistoryVault>(
    store: &S,
    call: &mut Call<'_>,
    department: DepartmentId,
    tablet: TabletOf,
    part: Vec<NewEntry>,
    before: Option<Hash>,
) -> Result<UnitAppended, UseCaseError> {
    let about = part.iter().find_map(cause);
    for _ in 0..CONFLICT_RETRIES {
        let (effects, expect) = match about {
            Some(case) => effects_in(store, call, department, case, &part).await?,
            None => (Vec::new(), None),
        };
        let append = Append {
            owner: LogOwner::Device(tablet.device),
            entries: part.clone(),
            before,
            end: None,
            effects,
            expect,
            received_at: call.now(),
        };
        let appended = store.append(append).await?;
        if appended.outcome != AppendOutcome::Conflict {
            destroy_withdrawn(store, &part).await?;
            return Ok(UnitAppended {
                outcome: appended.outcome,
                quarantined: appended.quarantined,
                committed: appended.committed.len(),
            });
        }
    }
    Err(UseCaseError::Contended)
}

/// A withdrawal, or a card that was another person's, destroys the keys of what was fetched. Repeats do no harm.
async fn destroy_withdrawn(store: &impl HistoryVault, batch: &[NewEntry]) -> Result<(), UseCaseError> {
    for entry in batch {
        let Content::Fact(event) = &entry.content else { continue };
        let ends =
            matches!(event.body, Body::ConsentWithdrawn { .. } | Body::IdentityJudged { same_person: false, .. });
        if let Some(case) = event.subject.case().filter(|_| ends) {
            store.destroy_case(case).await?;
        }
    }
    Ok(())
}

/// Whether a tablet's fact can make the server write one.
const fn has_effect(body: &Body) -> bool {
    matches!(
        body,
        Body::OfferTaken { .. }
            | Body::DestinationAgreed { .. }
            | Body::DestinationChanged { .. }
            | Body::EnquiryAnswered { .. }
            | Body::EnquirySent { .. }
            | Body::CaseEnded { .. }
    )
}

struct Judge {
    department: DepartmentId,
    tablet: TabletOf,
    training: bool,
    /// Whether this unit may write to a case; a case that nobody has is opened by its first fact.
    known: BTreeMap<CaseId, bool>,
    /// What the unit ever did for other departments; read when it is first needed.
    reliefs: Option<Vec<Relief>>,
}

impl Judge {
    async fn content<S: EventStore + Disasters>(
        &mut self,
        store: &S,
        stored: &Stored,
    ) -> Result<Content, UseCaseError> {
        if stored.bytes.len() > MAX_EVENT_BYTES {
            return Ok(Content::Quarantined(Quarantine::TooLong));
        }
        let event = match Stored::decode(stored.schema, &stored.bytes) {
            Ok(event) if event.name == stored.name => event,
            Ok(_) | Err(DecodeError::Malformed(_) | DecodeError::BadContent { .. }) => {
                return Ok(Content::Quarantined(Quarantine::Malformed));
            }
            Err(DecodeError::NewerSchema(_)) => return Ok(Content::Quarantined(Quarantine::UnknownSchema)),
            Err(DecodeError::TooLarge(_)) => return Ok(Content::Quarantined(Quarantine::TooLong)),
        };
        let allowed = self.own(&event)
            && self.department_allowed(store, &event).await?
            && self.subject_allowed(store, &event).await?;
        if allowed { Ok(Content::Fact(Box::new(event))) } else { Ok(Content::Quarantined(Quarantine::NotAllowed)) }
    }

    fn own(&self, event: &Event) -> bool {
        let writer = matches!(event.writer, Writer::Tablet { device, unit, .. }
            if device == self.tablet.device && unit == self.tablet.unit);
        writer && event.training == self.training && tablet_may_write(&event.body, self.tablet)
    }

    /// Its own department, or one that it worked for as relief: a fact stays good when that time is over.
    async fn department_allowed(&mut self, store: &impl Disasters, event: &Event) -> Result<bool, UseCaseError> {
        Ok(event.department == self.department
            || self.reliefs(store).await?.iter().any(|relief| relief.department == event.department))
    }

    async fn reliefs(&mut self, store: &impl Disasters) -> Result<&[Relief], UseCaseError> {
        if self.reliefs.is_none() {
            self.reliefs = Some(store.reliefs_of(self.tablet.unit).await?);
        }
        Ok(self.reliefs.as_deref().unwrap_or_default())
    }

    async fn subject_allowed<S: EventStore + Disasters>(
        &mut self,
        store: &S,
        event: &Event,
    ) -> Result<bool, UseCaseError> {
        let case = match event.subject {
            Subject::Case(case) => case,
            Subject::Unit(unit) => return Ok(unit == self.tablet.unit),
            Subject::Incident(_) => return Ok(false),
        };
        if let Some(allowed) = self.known.get(&case) {
            return Ok(*allowed);
        }
        let head = store.case_head(Scope::Installation, case).await?;
        let allowed = match head {
            Some(head) if head.department == self.department => head.units.contains(&self.tablet.unit),
            Some(head) => {
                let unit = self.tablet.unit;
                let for_it = |relief: &Relief| relief.department == head.department;
                head.units.contains(&unit) && self.reliefs(store).await?.iter().any(for_it)
            }
            None if event.department == self.department => true,
            // A new case is another department's if it began in the time that was given: a tablet without radio does not
            // hear that it was ended before.
            None => {
                let began = event.at.corrected();
                let covers = |r: &Relief| r.department == event.department && r.opened_at <= began && began < r.until;
                self.reliefs(store).await?.iter().any(covers)
            }
        };
        self.known.insert(case, allowed);
        Ok(allowed)
    }
}

/// Facts are owned by whoever makes them: what the server or a desk makes, a tablet cannot claim.
fn tablet_may_write(body: &Body, tablet: TabletOf) -> bool {
    match body {
        Body::UnitAssigned { unit, .. } => *unit == tablet.unit,
        Body::TabletJoined { device, .. } => *device == tablet.device,
        Body::EnquiryAnswered { by, .. } => *by == AnsweredBy::Telephone,
        Body::EnquiryReleased { reason, .. } => *reason == ReleaseReason::CrewWithdrew,
        Body::EnquirySeen { .. }
        | Body::EnquiryDelivered { .. }
        | Body::EnquiryUnwatched { .. }
        | Body::AcceptanceWithdrawn { .. }
        | Body::HandoverSigned { .. }
        | Body::DestinationDecided { .. }
        | Body::MessageToUnit { .. }
        | Body::CardAsked { .. }
        | Body::AlarmChecked { .. }
        | Body::StageReported { .. }
        | Body::SuggestionRecorded { .. } => false,
        _ => true,
    }
}

/// The server's facts because of a batch, and the position they were derived at.
async fn effects_in(
    store: &impl EventStore,
    call: &mut Call<'_>,
    department: DepartmentId,
    case: CaseId,
    batch: &[NewEntry],
) -> Result<(Vec<NewEntry>, Option<Expect>), UseCaseError> {
    let (mut facts, position, department) = match load_case(store, Scope::Installation, case).await {
        // The case may be of the department that a relief unit works for.
        Ok(LoadedCase { facts, head, .. }) => (facts, head.position, head.department),
        Err(UseCaseError::NoSuchCase) => {
            let mut of_case = batch.iter().filter_map(|entry| match &entry.content {
                Content::Fact(event) if event.subject.case() == Some(case) => Some(event.department),
                _ => None,
            });
            (CaseFacts::new(), 0, of_case.next().unwrap_or(department))
        }
        Err(other) => return Err(other),
    };
    let log = store.server_log(case).await?;
    let mut pen = ServerPen::new(log, call, case, department, OnBehalf::System);
    let mut effects = Vec::new();
    for entry in batch {
        let Content::Fact(event) = &entry.content else { continue };
        if event.subject.case() != Some(case) || facts.get(event.name).is_some() {
            continue;
        }
        let before = facts.view();
        insert(&mut facts, event, entry.stored.hash(), call.now());
        for body in what_follows(&before, &facts.view(), event, call.now()) {
            let effect = pen.write(call, body)?;
            if let Content::Fact(event) = &effect.content {
                insert(&mut facts, event, effect.stored.hash(), call.now());
            }
            effects.push(effect);
        }
    }
    Ok((effects, Some(Expect { case, position })))
}

fn insert(facts: &mut CaseFacts, event: &Event, hash: Hash, now: Timestamp) {
    facts.insert(event.clone(), hash, Some(Commit { position: 0, received_at: now }));
}

/// What one fact of a tablet makes true on the server. What the enquiry's rules refuse stays a fact without effect.
///
/// `before` is the case without the fact, `after` with it; `now` is when the server received it. A replay asks the same.
#[must_use]
pub fn what_follows(before: &CaseView, after: &CaseView, event: &Event, now: Timestamp) -> Vec<Body> {
    match &event.body {
        Body::OfferTaken { enquiry } => take_offer(before, *enquiry, now).unwrap_or_default(),
        Body::DestinationAgreed { hospital, enquiry } => agreed(before, *hospital, *enquiry, event.at.corrected()),
        Body::DestinationChanged { version, to, .. } => changed(before, *version, *to, event.at.corrected()),
        Body::EnquiryAnswered { enquiry, hospital, answer: said, by } => {
            let decided = answer(before, *enquiry, *hospital, said.clone(), *by).unwrap_or_default();
            // The answer itself is the tablet's fact.
            decided.into_iter().filter(|b| !matches!(b, Body::EnquiryAnswered { .. })).collect()
        }
        Body::EnquirySent { enquiry, .. } => late_enquiry(after, *enquiry),
        Body::CaseEnded { ending } => {
            // Where the patient was handed over, the enquiry that led there was kept, not given back.
            let kept = after.destination().and_then(|d| d.enquiry).filter(|_| *ending == Ending::HandedOver);
            let mut bodies = Vec::new();
            release_others(after, kept, ReleaseReason::CaseEnded, &mut bodies);
            bodies
        }
        _ => Vec::new(),
    }
}

/// An enquiry that arrives after its case has ended (sent offline) asks nobody any more.
fn late_enquiry(after: &CaseView, enquiry: model::EnquiryId) -> Vec<Body> {
    let open = after.enquiries.get(&enquiry).is_some_and(|e| e.released.is_none());
    if after.is_closed() && open {
        vec![Body::EnquiryReleased { enquiry, reason: ReleaseReason::CaseEnded }]
    } else {
        Vec::new()
    }
}
