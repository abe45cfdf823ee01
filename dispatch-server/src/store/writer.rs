//! The one task that writes facts: what waits is committed together, with one flush to the disk.
//!
//! Three lines wait for it, each bounded by bytes: small appends (what a crew does now), decision records, and large appends
//! (backlog). A group takes the small ones and the decisions first and always some of the large ones, so that none waits for the
//! others for long. A slow disk fills the lines, then callers wait, then their streams are not read, then the tablets keep what they have.

use super::group::commit;
use dispatch_core::store::{Append, Appended, DecisionRecord, StoreError};
use model::DepartmentId;
use sqlx::SqlitePool;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc, oneshot};

/// An append of at most so many bytes of events is small: a crew's action, some ten events. What a tablet recorded during an outage
/// is not: thousands that come back together would stand in line before what a crew does now.
const SMALL_BYTES: usize = 4 * 1024;
/// Bytes of small appends that may wait. Further callers wait in line.
const SMALL_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of large appends that may wait. Further callers wait in line.
const LARGE_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of decision records that may wait. Further callers wait in line.
const DECISIONS_WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Decision records in one commit at most: each has some 10 kB.
const DECISIONS_IN_GROUP: usize = 64;
/// What an append counts at least, for what it costs besides its events.
const APPEND_BYTES_MIN: usize = 1024;
/// Appends that one line can hold: its bytes over the smallest append.
const JOBS_WAITING: usize = SMALL_WAITING_BYTES / APPEND_BYTES_MIN;
/// Appends in one commit at most: bounds how long the first of them waits.
const GROUP: usize = 512;
/// Bytes of small appends in one commit at most (but always one): bounds the same on a slow disk.
const GROUP_BYTES: usize = 1024 * 1024;
/// Bytes of large appends in one commit at most (but always one): some 500 events. Whoever comes meanwhile waits for the whole commit,
/// and larger ones are hardly cheaper an event.
const LARGE_GROUP_BYTES: usize = 128 * 1024;

/// A stream that has new facts, and whose it is.
pub type Changed = (case::Subject, DepartmentId);

/// One append and where its result goes.
struct Job {
    append: Append,
    bytes: usize,
    reply: oneshot::Sender<Result<Appended, StoreError>>,
    _room: OwnedSemaphorePermit,
}

/// One decision record and where its result goes: false when its question was decided before.
struct Decision {
    record: Arc<DecisionRecord>,
    reply: oneshot::Sender<Result<bool, StoreError>>,
    _room: OwnedSemaphorePermit,
}

/// One line of what waits.
struct Line<J> {
    room: Arc<Semaphore>,
    jobs: mpsc::Sender<J>,
}

impl<J> Clone for Line<J> {
    fn clone(&self) -> Self {
        Self { room: Arc::clone(&self.room), jobs: self.jobs.clone() }
    }
}

/// Hands appends to the writer.
#[derive(Clone)]
pub(super) struct Writer {
    small: Line<Job>,
    decisions: Line<Decision>,
    large: Line<Job>,
}

impl Writer {
    /// A writer, and the task that has to run.
    pub(super) fn new(
        pool: SqlitePool,
        changes: broadcast::Sender<Arc<Vec<Changed>>>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (small, small_jobs) = Line::new(SMALL_WAITING_BYTES);
        let (decisions, decision_jobs) = Line::new(DECISIONS_WAITING_BYTES);
        let (large, large_jobs) = Line::new(LARGE_WAITING_BYTES);
        let inbox = Inbox { small: small_jobs, decisions: decision_jobs, large: large_jobs };
        (Self { small, decisions, large }, run(inbox, pool, changes))
    }

    /// Waits until a decision record is durable; false when its question was decided before, and nothing was written.
    pub(super) async fn decide(&self, record: Arc<DecisionRecord>) -> Result<bool, StoreError> {
        let bytes = record.request.len().saturating_add(record.output.len()).max(APPEND_BYTES_MIN);
        let room = self.decisions.room(bytes, DECISIONS_WAITING_BYTES).await?;
        let (reply, result) = oneshot::channel();
        self.decisions.jobs.send(Decision { record, reply, _room: room }).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }

    /// Waits for room, for the commit, and for its result.
    pub(super) async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let entries = append.entries.iter().chain(&append.effects);
        let bytes = entries.map(|entry| entry.stored.bytes.len()).sum::<usize>().max(APPEND_BYTES_MIN);
        let line = if bytes <= SMALL_BYTES { &self.small } else { &self.large };
        let room = line.room(bytes, LARGE_WAITING_BYTES).await?;
        let (reply, result) = oneshot::channel();
        let job = Job { append, bytes, reply, _room: room };
        line.jobs.send(job).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }
}

fn stopped() -> StoreError {
    StoreError::Failed("the writer has stopped".into())
}

impl<J> Line<J> {
    fn new(bytes: usize) -> (Self, mpsc::Receiver<J>) {
        let (jobs, inbox) = mpsc::channel(JOBS_WAITING);
        (Self { room: Arc::new(Semaphore::new(bytes)), jobs }, inbox)
    }

    /// Waits for so many bytes of room; what is larger than all of it takes all.
    async fn room(&self, bytes: usize, all: usize) -> Result<OwnedSemaphorePermit, StoreError> {
        let room = u32::try_from(bytes.min(all)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).acquire_many_owned(room).await.map_err(|_| stopped())
    }
}

struct Inbox {
    small: mpsc::Receiver<Job>,
    decisions: mpsc::Receiver<Decision>,
    large: mpsc::Receiver<Job>,
}

/// What is committed together.
#[derive(Default)]
struct Group {
    appends: Vec<Job>,
    decisions: Vec<Decision>,
}

impl Inbox {
    /// What is committed next; none when no caller is left.
    async fn group(&mut self) -> Option<Group> {
        let mut group = Group::default();
        tokio::select! {
            biased;
            Some(job) = self.small.recv() => group.appends.push(job),
            Some(decision) = self.decisions.recv() => group.decisions.push(decision),
            Some(job) = self.large.recv() => group.appends.push(job),
            else => return None,
        }
        fill(&mut group.appends, &mut self.small, GROUP_BYTES);
        while group.decisions.len() < DECISIONS_IN_GROUP {
            let Ok(decision) = self.decisions.try_recv() else { break };
            group.decisions.push(decision);
        }
        let small = group.appends.len();
        let mut large = Vec::new();
        fill(&mut large, &mut self.large, LARGE_GROUP_BYTES);
        group.appends.append(&mut large);
        tracing::trace!(
            small,
            appends = group.appends.len(),
            decisions = group.decisions.len(),
            "a group is committed"
        );
        Some(group)
    }
}

fn fill(group: &mut Vec<Job>, line: &mut mpsc::Receiver<Job>, most: usize) {
    let mut bytes: usize = group.iter().map(|job| job.bytes).sum();
    while group.len() < GROUP && bytes < most {
        let Ok(job) = line.try_recv() else { return };
        bytes = bytes.saturating_add(job.bytes);
        group.push(job);
    }
}

async fn run(mut inbox: Inbox, pool: SqlitePool, changes: broadcast::Sender<Arc<Vec<Changed>>>) {
    while let Some(group) = inbox.group().await {
        let appends: Vec<&Append> = group.appends.iter().map(|job| &job.append).collect();
        let records: Vec<&DecisionRecord> = group.decisions.iter().map(|decision| decision.record.as_ref()).collect();
        match commit(&pool, &appends, &records).await {
            Ok((results, written)) => {
                answer(group.appends.into_iter().zip(results.into_iter().map(Ok)), &changes);
                group.decisions.into_iter().zip(written).for_each(|(decision, written)| decision.tell(Ok(written)));
            }
            Err(error) => {
                let (appends, decisions) = (group.appends.len(), group.decisions.len());
                tracing::warn!(%error, appends, decisions, "a group was not committed; writing one by one");
                one_by_one(group, &pool, &changes).await;
            }
        }
    }
}

/// What the database refuses must not take the others with it.
async fn one_by_one(group: Group, pool: &SqlitePool, changes: &broadcast::Sender<Arc<Vec<Changed>>>) {
    for job in group.appends {
        let result = commit(pool, &[&job.append], &[]).await;
        let result = result.and_then(|(mut results, _)| results.pop().ok_or(StoreError::Damaged("a commit")));
        answer(core::iter::once((job, result)), changes);
    }
    for decision in group.decisions {
        let result = commit(pool, &[], &[&decision.record]).await;
        let result = result.and_then(|(_, mut written)| written.pop().ok_or(StoreError::Damaged("a commit")));
        decision.tell(result);
    }
}

impl Decision {
    fn tell(self, result: Result<bool, StoreError>) {
        if self.reply.send(result).is_err() {
            tracing::debug!("a decision was committed after its caller had gone");
        }
    }
}

/// Tells the callers, then everybody who waits for these streams: one hint for the whole group.
fn answer(
    results: impl Iterator<Item = (Job, Result<Appended, StoreError>)>,
    changes: &broadcast::Sender<Arc<Vec<Changed>>>,
) {
    let mut changed = BTreeMap::new();
    for (job, result) in results {
        if let Ok(appended) = &result {
            changed.extend(appended.committed.iter().map(|fact| (fact.stream, fact.event.department)));
        }
        if job.reply.send(result).is_err() {
            tracing::debug!("an append was committed after its caller had gone");
        }
    }
    // Nobody listening is fine: readers read from the store.
    if !changed.is_empty() && changes.send(Arc::new(changed.into_iter().collect())).is_err() {
        tracing::trace!("nobody listens to changes");
    }
}
