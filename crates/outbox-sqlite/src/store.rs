//! The store's promises, kept with SQLite.

use std::collections::BTreeMap;
use std::fs::File;

use delivery::limits::{ACKED_KEEP_US, PRUNE_ENTRIES_MAX};
use delivery::{
    AppendError, Counts, LogHead, OutboxStore, StateChange, StoreError, Transaction, Wedged, store::imported_head,
};
use model::{LogId, Timestamp};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};
use wire::log::{Entry, QuarantineReason};

use crate::fault::{as_i64, store_error};
use crate::logs;
use crate::open;
use crate::seal::{Name, Sealer};

/// Entries of a suspect outbox that are read at once while it is checked: 4 MiB where each is as long as allowed.
const CHECKED_AT_ONCE: usize = 64;

/// The tables of one outbox. Calls take turns.
///
/// A dropped future may have committed: the next call reads the logs anew and so sees the truth.
pub(crate) struct Tables {
    inner: Mutex<Inner>,
    sealer: Sealer,
    /// Held as long as the store lives; declared after the connection, so released after it.
    _lock: File,
}

pub(crate) struct Inner {
    pub(crate) conn: SqliteConnection,
    /// What the table `log` says.
    pub(crate) logs: BTreeMap<LogId, LogHead>,
    /// A change was begun and its end was not seen: `logs` may be behind the table.
    pub(crate) is_stale: bool,
}

impl Inner {
    fn head(&self, log: LogId) -> Result<LogHead, StoreError> {
        self.logs.get(&log).copied().ok_or(StoreError::UnknownLog { log })
    }
}

/// A change of log rows with what belongs to it, committed together. The transaction's statements are our own: when a
/// commit fails, SQLite has rolled back by itself, and sqlx's `Transaction` would count on as if it had not and call
/// later savepoints committed.
macro_rules! commit {
    ($self:ident, $inner:ident, $heads:expr, |$conn:ident| $work:expr) => {{
        let heads: Vec<LogHead> = $heads;
        let Inner { conn, logs, is_stale } = &mut *$inner;
        *is_stale = true;
        execute(conn, "BEGIN IMMEDIATE").await?;
        {
            let $conn: &mut SqliteConnection = conn;
            for head in &heads {
                logs::save($conn, &$self.sealer, head).await?;
            }
            $work
        }
        execute(conn, "COMMIT").await?;
        logs.extend(heads.into_iter().map(|head| (head.log, head)));
        *is_stale = false;
    }};
}

async fn execute(conn: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreError> {
    sqlx::query(statement).execute(conn).await.map_err(store_error)?;
    Ok(())
}

impl Tables {
    pub(crate) fn new(inner: Inner, sealer: Sealer, lock: File) -> Self {
        Self { inner: Mutex::new(inner), sealer, _lock: lock }
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        open::close(self.inner.into_inner().conn).await
    }

    /// True for a row that is known to be lost: of a log that was taken over from a damaged store, or that was cut.
    pub(crate) async fn is_written_off(&self, log: LogId, seq: u64) -> bool {
        let inner = self.inner.lock().await;
        inner.logs.get(&log).is_some_and(|head| head.ended || seq > head.end())
    }

    /// Opens every row that is not written off; the first damaged one is the error.
    pub(crate) async fn check_rows(&self) -> Result<(), StoreError> {
        for head in self.heads().await?.iter().filter(|head| !head.ended) {
            let mut from = head.kept_from;
            while from <= head.end() {
                let left = usize::try_from(head.end() - from + 1).unwrap_or(usize::MAX);
                from += self.read_log(head.log, from, left.min(CHECKED_AT_ONCE)).await?.len() as u64;
            }
        }
        self.wedged().await?;
        self.states("").await.map(drop)
    }

    async fn lock(&self) -> Result<MutexGuard<'_, Inner>, StoreError> {
        let mut inner = self.inner.lock().await;
        if inner.is_stale {
            if let Err(error) = sqlx::query("ROLLBACK").execute(&mut inner.conn).await {
                // Usually there is none any more. Where one is still open, the next BEGIN is refused.
                tracing::debug!(%error, "no transaction was left open");
            }
            inner.logs = logs::load(&mut inner.conn, &self.sealer).await?;
            inner.is_stale = false;
        }
        Ok(inner)
    }

    async fn insert_entries(
        &self,
        conn: &mut SqliteConnection,
        entries: impl Iterator<Item = (&Entry, Timestamp)>,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(entries.size_hint().0);
        for (entry, at) in entries {
            let name = Name::Entry { log: entry.log, seq: entry.seq, schema: entry.schema };
            rows.push((entry, at, self.sealer.seal(name, &entry.bytes)?));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO entry (log, seq, schema, recorded_at, sealed) ");
        insert.push_values(rows, |mut row, (entry, at, sealed)| {
            row.push_bind(entry.log.bytes().to_vec())
                .push_bind(as_i64(entry.seq))
                .push_bind(i64::from(entry.schema))
                .push_bind(at.0)
                .push_bind(sealed);
        });
        insert.build().execute(conn).await.map_err(store_error)?;
        Ok(())
    }

    async fn change_state(&self, conn: &mut SqliteConnection, changes: &[StateChange]) -> Result<(), StoreError> {
        for change in changes {
            let query = match change {
                StateChange::Put { key, value } => sqlx::query(
                    "INSERT INTO state (key, sealed) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET sealed = ?2",
                )
                .bind(key.clone())
                .bind(self.sealer.seal(Name::State(key), value)?),
                StateChange::Delete { key } => sqlx::query("DELETE FROM state WHERE key = ?1").bind(key.clone()),
            };
            query.execute(&mut *conn).await.map_err(store_error)?;
        }
        Ok(())
    }

    fn open_entry(&self, log: LogId, expected: u64, row: &(i64, i64, Vec<u8>)) -> Result<Entry, StoreError> {
        let damaged = || StoreError::DamagedEntry { log, seq: expected };
        let (seq, schema, sealed) = row;
        // A row that is not there is damage as well: between `kept_from` and the head nothing is absent.
        if u64::try_from(*seq) != Ok(expected) {
            return Err(damaged());
        }
        let schema = u16::try_from(*schema).map_err(|_| damaged())?;
        let bytes = self.sealer.open(Name::Entry { log, seq: expected, schema }, sealed).ok_or_else(damaged)?;
        Ok(Entry { log, seq: expected, schema, bytes })
    }

    fn open_state(&self, key: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.sealer.open(Name::State(key), sealed).ok_or_else(|| StoreError::DamagedState { key: key.to_owned() })
    }
}

impl OutboxStore for Tables {
    async fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        let mut inner = self.lock().await?;
        let heads = transaction.heads_after(at, |log| inner.logs.get(&log).copied())?;
        commit!(self, inner, heads, |conn| {
            self.insert_entries(conn, transaction.entries.iter().map(|entry| (entry, at))).await?;
            self.change_state(conn, &transaction.state).await?;
        });
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        Ok(self.lock().await?.logs.values().copied().collect())
    }

    async fn read_log(&self, log: LogId, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        let from = from.max(head.kept_from);
        if from > head.head {
            return Ok(Vec::new());
        }
        let wanted = limit.min(usize::try_from(head.head - from + 1).unwrap_or(usize::MAX));
        let rows: Vec<(i64, i64, Vec<u8>)> =
            sqlx::query_as("SELECT seq, schema, sealed FROM entry WHERE log = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3")
                .bind(log.bytes().to_vec())
                .bind(as_i64(from))
                .bind(i64::try_from(wanted).unwrap_or(i64::MAX))
                .fetch_all(&mut inner.conn)
                .await
                .map_err(store_error)?;
        let entries: Vec<_> =
            rows.iter().zip(from..).map(|(row, seq)| self.open_entry(log, seq, row)).collect::<Result<_, _>>()?;
        if entries.len() < wanted {
            return Err(StoreError::DamagedEntry { log, seq: from + entries.len() as u64 });
        }
        Ok(entries)
    }

    async fn acknowledge(&self, log: LogId, through: u64, at: Timestamp) -> Result<(), StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        if through > head.head {
            return Err(StoreError::BeyondHead { log, head: head.head, through });
        }
        if through <= head.acknowledged {
            return Ok(());
        }
        commit!(self, inner, vec![LogHead { acknowledged: through, ..head }], |conn| {
            note_acknowledged(conn, log, through, at).await?;
        });
        Ok(())
    }

    async fn reopen(&self, log: LogId, from: u64) -> Result<(), StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        let through = from.saturating_sub(1);
        if through >= head.acknowledged {
            return Ok(());
        }
        commit!(self, inner, vec![LogHead { acknowledged: through, ..head }], |conn| {
            // What stays acknowledged keeps the time at which it was.
            for statement in [
                "INSERT OR IGNORE INTO acknowledgement (log, through, at) \
                 SELECT log, ?2, at FROM acknowledgement WHERE log = ?1 AND through > ?2 AND ?2 > 0 ORDER BY through LIMIT 1",
                "DELETE FROM acknowledgement WHERE log = ?1 AND through > ?2",
            ] {
                let query = sqlx::query(statement).bind(log.bytes().to_vec()).bind(as_i64(through));
                query.execute(&mut *conn).await.map_err(store_error)?;
            }
        });
        Ok(())
    }

    async fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        if seq == 0 || seq > head.head {
            return Err(StoreError::BeyondHead { log, head: head.head, through: seq });
        }
        sqlx::query("INSERT OR IGNORE INTO wedged (log, seq, reason, at) VALUES (?1, ?2, ?3, ?4)")
            .bind(log.bytes().to_vec())
            .bind(as_i64(seq))
            .bind(i64::from(reason.0))
            .bind(at.0)
            .execute(&mut inner.conn)
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn mark_forked(&self, log: LogId, seq: u64) -> Result<(), StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        if head.forked_at.is_none_or(|before| seq < before) {
            commit!(self, inner, vec![LogHead { forked_at: Some(seq), ..head }], |_conn| {});
        }
        Ok(())
    }

    async fn end_log(&self, log: LogId) -> Result<(), StoreError> {
        let mut inner = self.lock().await?;
        let head = inner.head(log)?;
        if !head.ended {
            commit!(self, inner, vec![LogHead { ended: true, ..head }], |_conn| {});
        }
        Ok(())
    }

    async fn import(&self, head: LogHead, entries: Vec<(Entry, Timestamp)>, at: Timestamp) -> Result<(), AppendError> {
        let mut inner = self.lock().await?;
        let head = imported_head(head, inner.logs.get(&head.log).copied(), &entries)?;
        commit!(self, inner, vec![head], |conn| {
            self.insert_entries(conn, entries.iter().map(|(entry, recorded_at)| (entry, *recorded_at))).await?;
            if head.acknowledged > 0 {
                note_acknowledged(conn, head.log, head.acknowledged, at).await?;
            }
        });
        Ok(())
    }

    async fn wedged(&self) -> Result<Vec<Wedged>, StoreError> {
        let mut inner = self.lock().await?;
        let rows: Vec<(Vec<u8>, i64, i64, i64)> =
            sqlx::query_as("SELECT log, seq, reason, at FROM wedged ORDER BY log, seq")
                .fetch_all(&mut inner.conn)
                .await
                .map_err(store_error)?;
        rows.into_iter()
            .map(|(log, seq, reason, at)| {
                let log = LogId::from_bytes(log.as_slice().try_into().unwrap_or_default());
                let seq = u64::try_from(seq).unwrap_or(0);
                let reason = u16::try_from(reason).map_err(|_| StoreError::DamagedEntry { log, seq })?;
                Ok(Wedged { log, seq, reason: QuarantineReason(reason), at: Timestamp(at) })
            })
            .collect()
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let mut inner = self.lock().await?;
        let (oldest, wedged): (Option<i64>, i64) = sqlx::query_as(
            "SELECT (SELECT MIN((SELECT recorded_at FROM entry \
                     WHERE entry.log = log.log AND seq > acknowledged ORDER BY seq LIMIT 1)) \
                     FROM log WHERE forked_at IS NULL OR forked_at > acknowledged + 1), \
                    (SELECT COUNT(*) FROM wedged)",
        )
        .fetch_one(&mut inner.conn)
        .await
        .map_err(store_error)?;
        Ok(Counts {
            waiting: inner.logs.values().map(LogHead::waiting).sum(),
            oldest_waiting_at: oldest.map(Timestamp),
            wedged: u64::try_from(wedged).unwrap_or(0),
            forked: inner.logs.values().filter(|head| head.forked_at.is_some()).count() as u64,
        })
    }

    async fn state(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut inner = self.lock().await?;
        let query = sqlx::query_scalar("SELECT sealed FROM state WHERE key = ?1").bind(key.to_owned());
        let sealed: Option<Vec<u8>> = query.fetch_optional(&mut inner.conn).await.map_err(store_error)?;
        sealed.map(|sealed| self.open_state(key, &sealed)).transpose()
    }

    async fn states(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut inner = self.lock().await?;
        let query = sqlx::query_as(
            "SELECT key, sealed FROM state WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
        );
        let rows: Vec<(String, Vec<u8>)> =
            query.bind(prefix.to_owned()).fetch_all(&mut inner.conn).await.map_err(store_error)?;
        rows.into_iter().map(|(key, sealed)| self.open_state(&key, &sealed).map(|value| (key, value))).collect()
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut inner = self.lock().await?;
        let cutoff = now.plus_us(-ACKED_KEEP_US);
        let candidates: Vec<_> =
            inner.logs.values().filter(|head| head.kept_from <= head.acknowledged).copied().collect();
        let mut pruned = 0;
        for head in candidates {
            let first_kept = first_kept(&mut inner.conn, &head, cutoff).await?;
            let kept_from = first_kept.min(head.kept_from + PRUNE_ENTRIES_MAX - pruned);
            if kept_from <= head.kept_from {
                continue;
            }
            commit!(self, inner, vec![LogHead { kept_from, ..head }], |conn| {
                // The newest of these acknowledgements stays: it tells salvage that nothing before is lost.
                for statement in [
                    "DELETE FROM entry WHERE log = ?1 AND seq < ?2",
                    "DELETE FROM acknowledgement WHERE log = ?1 AND through < ?2 - 1",
                ] {
                    let query = sqlx::query(statement).bind(head.log.bytes().to_vec()).bind(as_i64(kept_from));
                    query.execute(&mut *conn).await.map_err(store_error)?;
                }
            });
            pruned += kept_from - head.kept_from;
        }
        Ok(pruned)
    }
}

async fn note_acknowledged(
    conn: &mut SqliteConnection,
    log: LogId,
    through: u64,
    at: Timestamp,
) -> Result<(), StoreError> {
    // Only an import says the same twice; the first time stays.
    sqlx::query("INSERT OR IGNORE INTO acknowledgement (log, through, at) VALUES (?1, ?2, ?3)")
        .bind(log.bytes().to_vec())
        .bind(as_i64(through))
        .bind(at.0)
        .execute(conn)
        .await
        .map_err(store_error)?;
    Ok(())
}

/// The first seq whose acknowledgement is missing or newer than `cutoff`.
async fn first_kept(conn: &mut SqliteConnection, head: &LogHead, cutoff: Timestamp) -> Result<u64, StoreError> {
    let through: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(through) FROM acknowledgement WHERE log = ?1 AND through < COALESCE( \
         (SELECT MIN(through) FROM acknowledgement WHERE log = ?1 AND at > ?2), 9223372036854775807)",
    )
    .bind(head.log.bytes().to_vec())
    .bind(cutoff.0)
    .fetch_one(conn)
    .await
    .map_err(store_error)?;
    let through = through.and_then(|through| u64::try_from(through).ok()).unwrap_or(0);
    Ok(through.min(head.acknowledged).saturating_add(1).max(head.kept_from))
}
