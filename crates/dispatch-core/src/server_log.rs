//! The server's own facts: written to its log of a case, under a compare-and-set on the case's position.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::{CONFLICT_RETRIES, FACTS_PAGE};
use crate::principal::Scope;
use crate::store::{
    Append, AppendOutcome, Appended, CaseHead, CommittedFact, Content, EventStore, Expect, LogHead, LogOwner, NewEntry,
    StoreError,
};
use case::{Body, CaseFacts, CaseView, Commit, Event, EventName, Hash, OnBehalf, Stored, Subject, Writer};
use model::{CaseId, DepartmentId};

/// A case as read at one position.
#[derive(Clone, Debug)]
pub struct LoadedCase {
    /// Its head.
    pub head: CaseHead,
    /// Its facts.
    pub facts: CaseFacts,
    /// What they mean.
    pub view: CaseView,
    /// The committed facts in the order of their positions.
    pub committed: Vec<CommittedFact>,
}

/// Reads a case whole.
///
/// # Errors
/// [`UseCaseError::NoSuchCase`] when it is unknown or out of scope.
pub async fn load_case(store: &impl EventStore, scope: Scope, case: CaseId) -> Result<LoadedCase, UseCaseError> {
    let head = store.case_head(scope, case).await?.ok_or(UseCaseError::NoSuchCase)?;
    let committed = read_facts(store, scope, case).await?;
    let facts = facts_of(&committed);
    // The head may be older than the facts: what was folded is what counts for a compare-and-set.
    let position = committed.last().map_or(0, |fact| fact.position);
    let view = facts.view();
    Ok(LoadedCase { head: CaseHead { position, ..head }, facts, view, committed })
}

async fn read_facts(store: &impl EventStore, scope: Scope, case: CaseId) -> Result<Vec<CommittedFact>, StoreError> {
    let mut committed = Vec::new();
    loop {
        let after = committed.last().map_or(0, |fact: &CommittedFact| fact.position);
        let page = store.case_facts(scope, case, after, FACTS_PAGE).await?;
        let full = page.len() >= FACTS_PAGE;
        committed.extend(page);
        if !full {
            return Ok(committed);
        }
    }
}

fn facts_of(committed: &[CommittedFact]) -> CaseFacts {
    let mut facts = CaseFacts::new();
    for fact in committed {
        let commit = Commit { position: fact.position, received_at: fact.received_at };
        facts.insert(fact.event.clone(), fact.stored.hash(), Some(commit));
    }
    facts
}

/// Makes entries of the server's log, going on from its head.
pub(crate) struct ServerPen {
    next: EventName,
    prev: Hash,
    case: CaseId,
    department: DepartmentId,
    on_behalf: OnBehalf,
}

impl ServerPen {
    /// Goes on from `head`, or begins a log.
    pub(crate) fn new(
        head: Option<LogHead>,
        call: &mut Call<'_>,
        case: CaseId,
        department: DepartmentId,
        on_behalf: OnBehalf,
    ) -> Self {
        let (log, seq, prev) = head.map_or_else(|| (call.log(), 0, Hash::NONE), |h| (h.log, h.head, h.hash));
        Self { next: EventName { log, seq: seq + 1 }, prev, case, department, on_behalf }
    }

    /// One fact.
    pub(crate) fn write(&mut self, call: &Call<'_>, body: Body) -> Result<NewEntry, UseCaseError> {
        let event = Event {
            name: self.next,
            prev: self.prev,
            at: call.event_time(),
            writer: Writer::Server(self.on_behalf),
            department: self.department,
            subject: Subject::Case(self.case),
            training: call.training,
            body,
        };
        let stored = Stored::encode(&event).map_err(|_| UseCaseError::BadRequest("the text is too long"))?;
        self.prev = stored.hash();
        self.next.seq += 1;
        Ok(NewEntry { stored, content: Content::Fact(Box::new(event)) })
    }
}

/// Writes facts about a case that `decide` derives from its present view; repeated when somebody else wrote in between.
/// No facts decided means nothing is written, which is no error.
///
/// # Errors
/// What `decide` refuses with; [`UseCaseError::NoSuchCase`]; [`UseCaseError::Contended`]; a store failure.
pub async fn write_about<S, D>(
    store: &S,
    call: &mut Call<'_>,
    scope: Scope,
    case: CaseId,
    on_behalf: OnBehalf,
    mut decide: D,
) -> Result<Option<Appended>, UseCaseError>
where
    S: EventStore,
    D: FnMut(&LoadedCase) -> Result<Vec<Body>, UseCaseError> + Send,
{
    for _ in 0..CONFLICT_RETRIES {
        let loaded = load_case(store, scope, case).await?;
        let bodies = decide(&loaded)?;
        if bodies.is_empty() {
            return Ok(None);
        }
        let log = store.server_log(case).await?;
        let mut pen = ServerPen::new(log, call, case, loaded.head.department, on_behalf);
        let effects = bodies.into_iter().map(|body| pen.write(call, body)).collect::<Result<Vec<_>, _>>()?;
        let append = Append {
            owner: LogOwner::Server(case),
            entries: Vec::new(),
            before: None,
            end: None,
            effects,
            expect: Some(Expect { case, position: loaded.head.position }),
            received_at: call.now(),
        };
        let appended = store.append(append).await?;
        if appended.outcome != AppendOutcome::Conflict {
            return Ok(Some(appended));
        }
    }
    Err(UseCaseError::Contended)
}
