//! One append inside a transaction: everything that can refuse is read first, then everything is written.

use super::fields::{CASE_STREAM, Columns, count, failed, owner, owner_columns, stream_id, stream_kind};
use case::{Body, EventName, Hash, Subject};
use dispatch_core::store::{
    Admission, Append, AppendOutcome, Appended, CommittedFact, Content, Index, LogHead, LogOwner, NewEntry, Quarantine,
    StoreError, admit, index,
};
use model::{CaseId, LogId, Timestamp};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeMap;

const SELECT_POSITION: &str = "SELECT position FROM stream WHERE kind = $1 AND id = $2";
const SELECT_LOG: &str = "SELECT log, owner_kind, owner, head, hash, forked_at FROM log WHERE log = $1";
const SELECT_HASHES: &str =
    "SELECT seq, hash, quarantine FROM entry WHERE log = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq";
const SELECT_DECIDED: &str = "SELECT version FROM decided WHERE case_id = $1 AND version = $2";
const UPSERT_LOG: &str = "INSERT INTO log (log, owner_kind, owner, head, hash) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (log) DO UPDATE SET head = excluded.head, hash = excluded.hash";
const FORK_LOG: &str = "UPDATE log SET forked_at = $2 WHERE log = $1 AND forked_at IS NULL";
const INSERT_FORK: &str = "INSERT INTO fork (log, seq, hash, bytes, received_at) VALUES ($1, $2, $3, $4, $5)";
const UPSERT_STREAM: &str = "INSERT INTO stream (kind, id, position) VALUES ($1, $2, $3) \
     ON CONFLICT (kind, id) DO UPDATE SET position = excluded.position";
const UPSERT_CASE: &str = "INSERT INTO cases (id, department, position, opened_at, changed_at, closed) \
     VALUES ($1, $2, $3, $4, $4, 0) \
     ON CONFLICT (id) DO UPDATE SET position = excluded.position, changed_at = excluded.changed_at";
const SET_INCIDENT: &str = "UPDATE cases SET incident = $2 WHERE id = $1 AND incident IS NULL";
const INSERT_UNIT: &str = "INSERT INTO case_unit (case_id, unit) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const INSERT_HOSPITAL: &str = "INSERT INTO case_hospital (case_id, hospital) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const INSERT_ENQUIRY: &str = "INSERT INTO enquiry (id, case_id, hospital, sent_at, standing, on_board) \
     VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING";
const SETTLE_ENQUIRY: &str = "UPDATE enquiry SET standing = 0 WHERE id = $1 AND case_id = $2";
const INSERT_DECIDED: &str = "INSERT INTO decided (case_id, version, hospital) VALUES ($1, $2, $3)";
const SET_DESTINATION: &str = "UPDATE cases SET destination_version = $2, destination_hospital = $3 \
     WHERE id = $1 AND (destination_version IS NULL OR destination_version < $2)";
const CLOSE_CASE: &str = "UPDATE cases SET closed = 1 WHERE id = $1";

/// Rows of one multi-row statement: far below SQLite's limit of parameters.
const ROWS: usize = 64;

/// An entry with its place.
struct Placed {
    entry: NewEntry,
    position: Option<u64>,
}

pub(super) async fn write_append(conn: &mut SqliteConnection, append: Append) -> Result<Appended, StoreError> {
    let nothing = |outcome| Ok(Appended { outcome, quarantined: Vec::new(), committed: Vec::new() });
    if let Some(expect) = append.expect
        && position(conn, Subject::Case(expect.case)).await? != expect.position
    {
        return nothing(AppendOutcome::Conflict);
    }
    let sent = append.entries.clone();
    let (held, admission) = admit_entries(conn, append.owner, append.entries).await?;
    let (fresh, head) = match admission {
        Admission::Fresh { fresh, head } => (fresh, head),
        Admission::Gap { from } => return nothing(AppendOutcome::Gap { from }),
        Admission::Forked { evidence, seq } => {
            note_fork(conn, evidence, &sent, append.received_at).await?;
            return nothing(AppendOutcome::Forked { seq });
        }
    };
    let effects_owner = server_owner(&append.effects).unwrap_or(append.owner);
    let (effects, effects_head) = match admit_entries(conn, effects_owner, append.effects).await? {
        (_, Admission::Fresh { fresh, head }) => (fresh, head),
        (_, Admission::Gap { .. } | Admission::Forked { .. }) => return nothing(AppendOutcome::Conflict),
    };
    for entry in fresh.iter().chain(&effects) {
        if decided_twice(conn, entry).await? {
            return nothing(AppendOutcome::Conflict);
        }
    }
    let mut quarantined = held;
    quarantined.extend(fresh.iter().filter_map(|entry| match entry.content {
        Content::Quarantined(reason) => Some((entry.stored.name.seq, reason)),
        Content::Fact(_) => None,
    }));
    let through = sent.last().map_or(0, |entry| entry.stored.name.seq);
    if !fresh.is_empty() {
        save_head(conn, head).await?;
    }
    if !effects.is_empty() {
        save_head(conn, effects_head).await?;
    }
    let all: Vec<NewEntry> = fresh.into_iter().chain(effects).collect();
    let committed = store(conn, all, append.received_at).await?;
    Ok(Appended { outcome: AppendOutcome::Durable { through }, quarantined, committed })
}

async fn position(conn: &mut SqliteConnection, subject: Subject) -> Result<u64, StoreError> {
    let row = sqlx::query(SELECT_POSITION)
        .bind(stream_kind(subject))
        .bind(stream_id(subject).to_vec())
        .fetch_optional(conn)
        .await
        .map_err(failed)?;
    row.map_or(Ok(0), |row| row.counter("position"))
}

/// The log's head.
pub(super) async fn log_head<'e, E>(executor: E, log: LogId) -> Result<Option<LogHead>, StoreError>
where
    E: sqlx::Executor<'e, Database = Sqlite>,
{
    let row = sqlx::query(SELECT_LOG).bind(log.bytes().to_vec()).fetch_optional(executor).await.map_err(failed)?;
    row.map(|row| read_head(&row)).transpose()
}

pub(super) fn read_head(row: &sqlx::sqlite::SqliteRow) -> Result<LogHead, StoreError> {
    let forked_at = row.maybe_int("forked_at")?.map(|n| u64::try_from(n).unwrap_or(0));
    Ok(LogHead {
        log: LogId::from_bytes(row.fixed("log")?),
        owner: owner(&row.text("owner_kind")?, row.fixed("owner")?)?,
        head: row.counter("head")?,
        hash: row.hash("hash")?,
        forked_at,
    })
}

/// What the entries mean, and which of the repeated ones stand in quarantine.
async fn admit_entries(
    conn: &mut SqliteConnection,
    owner: LogOwner,
    entries: Vec<NewEntry>,
) -> Result<(Vec<(u64, Quarantine)>, Admission), StoreError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok((Vec::new(), admit(owner, None, entries, |_| None)));
    };
    let (EventName { log, seq }, last) = (first.stored.name, last.stored.name.seq);
    let known = log_head(&mut *conn, log).await?;
    let mut hashes = BTreeMap::new();
    let mut held = Vec::new();
    if known.is_some_and(|head| seq <= head.head) {
        let rows = sqlx::query(SELECT_HASHES)
            .bind(log.bytes().to_vec())
            .bind(count(seq))
            .bind(count(last))
            .fetch_all(conn)
            .await
            .map_err(failed)?;
        for row in &rows {
            hashes.insert(row.counter("seq")?, row.hash("hash")?);
            if let Some(reason) = row.maybe_int("quarantine")? {
                held.push((row.counter("seq")?, quarantine(reason)));
            }
        }
    }
    Ok((held, admit(owner, known, entries, |seq| hashes.get(&seq).copied())))
}

pub(super) fn quarantine(number: i64) -> Quarantine {
    Quarantine::from_number(u16::try_from(number).unwrap_or(0))
}

async fn note_fork(
    conn: &mut SqliteConnection,
    evidence: Option<(EventName, Hash)>,
    sent: &[NewEntry],
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some((name, hash)) = evidence else { return Ok(()) };
    tracing::error!(log = %name.log, seq = name.seq, "two writers use one log");
    let bytes = sent.iter().find(|entry| entry.stored.name == name).map(|entry| entry.stored.bytes.clone());
    let log = name.log.bytes().to_vec();
    sqlx::query(INSERT_FORK)
        .bind(log.clone())
        .bind(count(name.seq))
        .bind(hash.0.to_vec())
        .bind(bytes.unwrap_or_default())
        .bind(at.0)
        .execute(&mut *conn)
        .await
        .map_err(failed)?;
    sqlx::query(FORK_LOG).bind(log).bind(count(name.seq)).execute(conn).await.map_err(failed)?;
    Ok(())
}

fn server_owner(effects: &[NewEntry]) -> Option<LogOwner> {
    effects.iter().find_map(|entry| match &entry.content {
        Content::Fact(event) => event.subject.case().map(LogOwner::Server),
        Content::Quarantined(_) => None,
    })
}

async fn decided_twice(conn: &mut SqliteConnection, entry: &NewEntry) -> Result<bool, StoreError> {
    let Content::Fact(event) = &entry.content else { return Ok(false) };
    let (Some(case), Body::DestinationDecided { version, .. }) = (event.subject.case(), &event.body) else {
        return Ok(false);
    };
    let row = sqlx::query(SELECT_DECIDED)
        .bind(case.bytes().to_vec())
        .bind(i64::from(*version))
        .fetch_optional(conn)
        .await
        .map_err(failed)?;
    Ok(row.is_some())
}

async fn save_head(conn: &mut SqliteConnection, head: Option<LogHead>) -> Result<(), StoreError> {
    let Some(head) = head else { return Ok(()) };
    let (kind, owner) = owner_columns(head.owner);
    sqlx::query(UPSERT_LOG)
        .bind(head.log.bytes().to_vec())
        .bind(kind)
        .bind(owner.to_vec())
        .bind(count(head.head))
        .bind(head.hash.0.to_vec())
        .execute(conn)
        .await
        .map_err(failed)?;
    Ok(())
}

async fn store(
    conn: &mut SqliteConnection,
    entries: Vec<NewEntry>,
    at: Timestamp,
) -> Result<Vec<CommittedFact>, StoreError> {
    let mut ends: BTreeMap<Subject, u64> = BTreeMap::new();
    let mut placed = Vec::with_capacity(entries.len());
    for entry in entries {
        let position = match &entry.content {
            Content::Quarantined(_) => None,
            Content::Fact(event) => {
                let end = match ends.get(&event.subject) {
                    Some(end) => *end,
                    None => position(conn, event.subject).await?,
                };
                ends.insert(event.subject, end + 1);
                Some(end + 1)
            }
        };
        placed.push(Placed { entry, position });
    }
    insert_entries(conn, &placed, at).await?;
    for (subject, end) in &ends {
        sqlx::query(UPSERT_STREAM)
            .bind(stream_kind(*subject))
            .bind(stream_id(*subject).to_vec())
            .bind(count(*end))
            .execute(&mut *conn)
            .await
            .map_err(failed)?;
    }
    let committed: Vec<CommittedFact> = placed.into_iter().filter_map(|placed| committed_fact(placed, at)).collect();
    for fact in &committed {
        write_index(conn, fact).await?;
    }
    Ok(committed)
}

fn committed_fact(placed: Placed, received_at: Timestamp) -> Option<CommittedFact> {
    let Placed { entry: NewEntry { stored, content }, position } = placed;
    let Content::Fact(event) = content else { return None };
    Some(CommittedFact { stream: event.subject, position: position?, received_at, stored, event: *event })
}

async fn insert_entries(conn: &mut SqliteConnection, placed: &[Placed], at: Timestamp) -> Result<(), StoreError> {
    for rows in placed.chunks(ROWS) {
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT INTO entry (log, seq, schema_no, bytes, hash, received_at, stream_kind, stream, position, quarantine) ",
        );
        insert.push_values(rows, |mut row, placed| {
            let stored = &placed.entry.stored;
            let (subject, quarantine) = match &placed.entry.content {
                Content::Fact(event) => (Some(event.subject), None),
                Content::Quarantined(reason) => (None, Some(i64::from(reason.number()))),
            };
            row.push_bind(stored.name.log.bytes().to_vec())
                .push_bind(count(stored.name.seq))
                .push_bind(i64::from(stored.schema))
                .push_bind(stored.bytes.clone())
                .push_bind(stored.hash().0.to_vec())
                .push_bind(at.0)
                .push_bind(subject.map(stream_kind))
                .push_bind(subject.map(|s| stream_id(s).to_vec()))
                .push_bind(placed.position.map(count))
                .push_bind(quarantine);
        });
        insert.build().execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

async fn write_index(conn: &mut SqliteConnection, fact: &CommittedFact) -> Result<(), StoreError> {
    let Some(case) = fact.event.subject.case() else { return Ok(()) };
    debug_assert_eq!(stream_kind(fact.stream), CASE_STREAM);
    let id = case.bytes().to_vec();
    sqlx::query(UPSERT_CASE)
        .bind(id)
        .bind(fact.event.department.bytes().to_vec())
        .bind(count(fact.position))
        .bind(fact.received_at.0)
        .execute(&mut *conn)
        .await
        .map_err(failed)?;
    for change in index(&fact.event) {
        write_change(conn, case, change).await?;
    }
    Ok(())
}

async fn write_change(conn: &mut SqliteConnection, case: CaseId, change: Index) -> Result<(), StoreError> {
    let id = case.bytes().to_vec();
    let done = match change {
        Index::Incident(incident) => {
            sqlx::query(SET_INCIDENT).bind(id).bind(incident.bytes().to_vec()).execute(conn).await
        }
        Index::Unit(unit) => sqlx::query(INSERT_UNIT).bind(id).bind(unit.bytes().to_vec()).execute(conn).await,
        Index::Sent { enquiry, hospital, at, on_board } => {
            if on_board {
                let hospital = hospital.bytes().to_vec();
                sqlx::query(INSERT_HOSPITAL)
                    .bind(id.clone())
                    .bind(hospital)
                    .execute(&mut *conn)
                    .await
                    .map_err(failed)?;
            }
            sqlx::query(INSERT_ENQUIRY)
                .bind(enquiry.bytes().to_vec())
                .bind(id)
                .bind(hospital.bytes().to_vec())
                .bind(at.0)
                .bind(i64::from(on_board))
                .execute(conn)
                .await
        }
        Index::Settled(enquiry) => {
            sqlx::query(SETTLE_ENQUIRY).bind(enquiry.bytes().to_vec()).bind(id).execute(conn).await
        }
        Index::Decided { version, hospital } => {
            let (version, hospital) = (i64::from(version), hospital.bytes().to_vec());
            let insert = sqlx::query(INSERT_DECIDED).bind(id.clone()).bind(version).bind(hospital.clone());
            insert.execute(&mut *conn).await.map_err(failed)?;
            sqlx::query(SET_DESTINATION).bind(id).bind(version).bind(hospital).execute(conn).await
        }
        Index::Ended => sqlx::query(CLOSE_CASE).bind(id).execute(conn).await,
    };
    done.map_err(failed)?;
    Ok(())
}
