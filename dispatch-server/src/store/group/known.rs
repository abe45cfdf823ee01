//! Everything of the database that can refuse one of a group's appends, read with few statements.

use crate::store::fields::{Columns, count, failed, stream_id, stream_kind, subject};
use crate::store::heads::{quarantine, read_head};
use crate::store::multi::{keys, push_ids};
use case::{Body, Event, EventName, Hash, Subject};
use dispatch_core::store::{Append, Content, LogHead, NewEntry, Quarantine, StoreError};
use model::{CaseId, LogId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

const SELECT_LOGS: &str = "SELECT log, owner_kind, owner, head, hash, forked_at FROM log WHERE log IN (";
const SELECT_POSITIONS: &str = "SELECT kind, id, position FROM stream WHERE kind = ";
const SELECT_HASHES: &str =
    "SELECT seq, hash, quarantine FROM entry WHERE log = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq";
const SELECT_DECIDED: &str = "SELECT version FROM decided WHERE case_id = $1 AND version = $2";

/// See the module. What is absent is not in the database.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) heads: BTreeMap<LogId, LogHead>,
    pub(super) positions: BTreeMap<Subject, u64>,
    /// Durable entries that the group brings again.
    pub(super) entries: BTreeMap<EventName, (Hash, Option<Quarantine>)>,
    /// Destinations that the group brings and that are decided already.
    pub(super) decided: BTreeSet<(CaseId, u32)>,
}

impl Known {
    pub(super) async fn read(conn: &mut SqliteConnection, appends: &[&Append]) -> Result<Self, StoreError> {
        let mut known = Self::default();
        let batches = || appends.iter().flat_map(|append| [&append.entries, &append.effects]);
        let ended = appends.iter().filter_map(|append| append.end);
        let logs: BTreeSet<LogId> =
            batches().filter_map(|batch| batch.first()).map(|e| e.stored.name.log).chain(ended).collect();
        known.read_heads(conn, &logs.into_iter().collect::<Vec<_>>()).await?;
        let expected = appends.iter().filter_map(|append| append.expect).map(|expect| Subject::Case(expect.case));
        let written = batches().flatten().filter_map(event).map(|event| event.subject);
        known.read_positions(conn, &expected.chain(written).collect()).await?;
        for batch in batches() {
            known.read_repeated(conn, batch).await?;
            for (case, version) in batch.iter().filter_map(event).filter_map(decision) {
                known.read_decided(conn, case, version).await?;
            }
        }
        Ok(known)
    }

    async fn read_heads(&mut self, conn: &mut SqliteConnection, logs: &[LogId]) -> Result<(), StoreError> {
        for list in keys(logs) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(SELECT_LOGS);
            push_ids(&mut query, list.iter().map(|log| log.bytes()));
            for row in query.build().fetch_all(&mut *conn).await.map_err(failed)? {
                let head = read_head(&row)?;
                self.heads.insert(head.log, head);
            }
        }
        Ok(())
    }

    async fn read_positions(
        &mut self,
        conn: &mut SqliteConnection,
        subjects: &BTreeSet<Subject>,
    ) -> Result<(), StoreError> {
        // Subjects of one kind stand together.
        let subjects: Vec<Subject> = subjects.iter().copied().collect();
        for kind in subjects.chunk_by(|a, b| stream_kind(*a) == stream_kind(*b)) {
            for list in keys(kind) {
                let Some(first) = list.first() else { continue };
                let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(SELECT_POSITIONS);
                query.push_bind(stream_kind(*first)).push(" AND id IN (");
                push_ids(&mut query, list.iter().map(|subject| stream_id(*subject)));
                for row in query.build().fetch_all(&mut *conn).await.map_err(failed)? {
                    let stream = subject(row.int("kind")?, row.fixed("id")?)?;
                    self.positions.insert(stream, row.counter("position")?);
                }
            }
        }
        Ok(())
    }

    async fn read_repeated(&mut self, conn: &mut SqliteConnection, batch: &[NewEntry]) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
        let EventName { log, seq } = first.stored.name;
        if self.heads.get(&log).is_none_or(|head| seq > head.head) {
            return Ok(());
        }
        // With the entry before them, whose hash the batch may say.
        let (from, through) = (count(seq.saturating_sub(1)), count(last.stored.name.seq));
        let query = sqlx::query(SELECT_HASHES).bind(log.bytes().to_vec()).bind(from).bind(through);
        for row in query.fetch_all(conn).await.map_err(failed)? {
            let name = EventName { log, seq: row.counter("seq")? };
            self.entries.insert(name, (row.hash("hash")?, row.maybe_int("quarantine")?.map(quarantine)));
        }
        Ok(())
    }

    async fn read_decided(
        &mut self,
        conn: &mut SqliteConnection,
        case: CaseId,
        version: u32,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(SELECT_DECIDED).bind(case.bytes().to_vec()).bind(i64::from(version));
        if query.fetch_optional(conn).await.map_err(failed)?.is_some() {
            self.decided.insert((case, version));
        }
        Ok(())
    }
}

/// The fact in an entry.
pub(super) fn event(entry: &NewEntry) -> Option<&Event> {
    match &entry.content {
        Content::Fact(event) => Some(event),
        Content::Quarantined(_) => None,
    }
}

/// The version of a destination that an event decides.
pub(super) fn decision(event: &Event) -> Option<(CaseId, u32)> {
    match (event.subject.case(), &event.body) {
        (Some(case), Body::DestinationDecided { version, .. }) => Some((case, *version)),
        _ => None,
    }
}
