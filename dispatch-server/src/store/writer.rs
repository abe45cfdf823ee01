//! The one task that writes facts: what waits is committed together, with one flush to the disk.
//!
//! Two lines wait for it, each bounded by bytes: small appends (what a crew does now) and large ones (backlog). A group
//! takes the small ones first and always some of the large ones, so that neither waits for the other for long. A slow
//! disk fills the lines, then callers wait, then their streams are not read, then the tablets keep what they have.

use super::group::commit;
use dispatch_core::store::{Append, Appended, StoreError};
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

/// One line of waiting appends.
#[derive(Clone)]
struct Line {
    room: Arc<Semaphore>,
    jobs: mpsc::Sender<Job>,
}

/// Hands appends to the writer.
#[derive(Clone)]
pub(super) struct Writer {
    small: Line,
    large: Line,
}

impl Writer {
    /// A writer, and the task that has to run.
    pub(super) fn new(
        pool: SqlitePool,
        changes: broadcast::Sender<Arc<Vec<Changed>>>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (small, small_jobs) = Line::new(SMALL_WAITING_BYTES);
        let (large, large_jobs) = Line::new(LARGE_WAITING_BYTES);
        let inbox = Inbox { small: small_jobs, large: large_jobs };
        (Self { small, large }, run(inbox, pool, changes))
    }

    /// Waits for room, for the commit, and for its result.
    pub(super) async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let entries = append.entries.iter().chain(&append.effects);
        let bytes = entries.map(|entry| entry.stored.bytes.len()).sum::<usize>().max(APPEND_BYTES_MIN);
        let line = if bytes <= SMALL_BYTES { &self.small } else { &self.large };
        let stopped = || StoreError::Failed("the writer has stopped".into());
        let room = u32::try_from(bytes.min(LARGE_WAITING_BYTES)).unwrap_or(u32::MAX);
        let room = Arc::clone(&line.room).acquire_many_owned(room).await.map_err(|_| stopped())?;
        let (reply, result) = oneshot::channel();
        let job = Job { append, bytes, reply, _room: room };
        line.jobs.send(job).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }
}

impl Line {
    fn new(bytes: usize) -> (Self, mpsc::Receiver<Job>) {
        let (jobs, inbox) = mpsc::channel(JOBS_WAITING);
        (Self { room: Arc::new(Semaphore::new(bytes)), jobs }, inbox)
    }
}

struct Inbox {
    small: mpsc::Receiver<Job>,
    large: mpsc::Receiver<Job>,
}

impl Inbox {
    /// What is committed next; none when no caller is left.
    async fn group(&mut self) -> Option<Vec<Job>> {
        let first = tokio::select! {
            biased;
            Some(job) = self.small.recv() => job,
            Some(job) = self.large.recv() => job,
            else => return None,
        };
        let mut group = vec![first];
        fill(&mut group, &mut self.small, GROUP_BYTES);
        let small = group.len();
        let mut large = Vec::new();
        fill(&mut large, &mut self.large, LARGE_GROUP_BYTES);
        group.append(&mut large);
        tracing::trace!(small, group = group.len(), "a group is committed");
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
        let appends: Vec<&Append> = group.iter().map(|job| &job.append).collect();
        match commit(&pool, &appends).await {
            Ok(results) => answer(group.into_iter().zip(results.into_iter().map(Ok)), &changes),
            // One append that the database refuses must not take the others with it.
            Err(error) => {
                tracing::warn!(%error, group = group.len(), "a group was not committed; writing one by one");
                for job in group {
                    let result = commit(&pool, &[&job.append]).await;
                    let result = result.and_then(|mut results| results.pop().ok_or(StoreError::Damaged("a commit")));
                    answer(core::iter::once((job, result)), &changes);
                }
            }
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
