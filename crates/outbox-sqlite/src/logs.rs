//! Rows of the table `log`: written whole, read whole, authenticated as a whole.

use std::collections::BTreeMap;

use delivery::{LogHead, LogKind, StoreError};
use model::{CaseId, LogId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};

use crate::cells::Value::{self, Blob, Int, Null};
use crate::fault::{as_i64, store_error};
use crate::seal::{Name, Sealer};

const KIND_CASE: i64 = 1;
const KIND_UNIT: i64 = 2;

/// A row as it stands in the file; [`Row::open`] tells whether it may be believed.
pub(crate) struct Row {
    log: Vec<u8>,
    kind: i64,
    case_id: Option<Vec<u8>>,
    begun_at: i64,
    closed: bool,
    head: i64,
    acknowledged: i64,
    kept_from: i64,
    forked_at: Option<i64>,
    ended: bool,
    sealed: Vec<u8>,
}

/// All logs; the first damaged one is the error.
pub(crate) async fn load(conn: &mut SqliteConnection, sealer: &Sealer) -> Result<BTreeMap<LogId, LogHead>, StoreError> {
    let rows = rows(conn).await.map_err(store_error)?;
    rows.iter().map(|row| row.open(sealer).map(|head| (head.log, head))).collect()
}

/// True when at least one log is sealed under this key.
pub(crate) async fn any_opens(conn: &mut SqliteConnection, sealer: &Sealer) -> Result<bool, sqlx::Error> {
    Ok(rows(conn).await?.iter().any(|row| row.open(sealer).is_ok()))
}

async fn rows(conn: &mut SqliteConnection) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "SELECT log, kind, case_id, begun_at, closed, head, acknowledged, kept_from, forked_at, ended, sealed FROM log ORDER BY log",
    )
    .fetch_all(conn)
    .await
}

/// Writes a log's row, new or changed.
pub(crate) async fn save(conn: &mut SqliteConnection, sealer: &Sealer, head: &LogHead) -> Result<(), StoreError> {
    let digest: &[u8] = head.digest.as_ref().map_or(&[], |digest| digest);
    let sealed = sealer.seal(Name::Log(&columns(head)), digest)?;
    let (kind, case) = match head.kind {
        LogKind::Case(case) => (KIND_CASE, Some(case.bytes().to_vec())),
        LogKind::Unit => (KIND_UNIT, None),
    };
    sqlx::query(
        "INSERT INTO log (log, kind, case_id, begun_at, closed, head, acknowledged, kept_from, forked_at, sealed, ended) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT (log) DO UPDATE SET closed = ?5, head = ?6, acknowledged = ?7, kept_from = ?8, forked_at = ?9, sealed = ?10, \
         ended = ?11",
    )
    .bind(head.log.bytes().to_vec())
    .bind(kind)
    .bind(case)
    .bind(head.begun_at.0)
    .bind(head.closed)
    .bind(as_i64(head.head))
    .bind(as_i64(head.acknowledged))
    .bind(as_i64(head.kept_from))
    .bind(head.forked_at.map(as_i64))
    .bind(sealed)
    .bind(head.ended)
    .execute(conn)
    .await
    .map_err(store_error)?;
    Ok(())
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            log: row.try_get("log")?,
            kind: row.try_get("kind")?,
            case_id: row.try_get("case_id")?,
            begun_at: row.try_get("begun_at")?,
            closed: row.try_get("closed")?,
            head: row.try_get("head")?,
            acknowledged: row.try_get("acknowledged")?,
            kept_from: row.try_get("kept_from")?,
            forked_at: row.try_get("forked_at")?,
            ended: row.try_get("ended")?,
            sealed: row.try_get("sealed")?,
        })
    }
}

impl Row {
    /// A row found in a page, in the order of the table's columns.
    pub(crate) fn from_values(values: &[Value]) -> Option<Self> {
        let [Blob(log), Int(kind), case_id, rest @ ..] = values else { return None };
        let [
            Int(begun_at),
            Int(closed),
            Int(head),
            Int(acknowledged),
            Int(kept_from),
            forked_at,
            Blob(sealed),
            ended @ ..,
        ] = rest
        else {
            return None;
        };
        let case_id = match case_id {
            Null => None,
            Blob(case) => Some(case.clone()),
            _ => return None,
        };
        Some(Self {
            log: log.clone(),
            kind: *kind,
            case_id,
            begun_at: *begun_at,
            closed: *closed != 0,
            head: *head,
            acknowledged: *acknowledged,
            kept_from: *kept_from,
            forked_at: if let Int(seq) = forked_at { Some(*seq) } else { None },
            // Rows written before schema 2 have no such column.
            ended: matches!(ended, [Int(1)]),
            sealed: sealed.clone(),
        })
    }

    pub(crate) fn log(&self) -> Option<LogId> {
        Some(LogId::from_bytes(self.log.as_slice().try_into().ok()?))
    }

    pub(crate) fn open(&self, sealer: &Sealer) -> Result<LogHead, StoreError> {
        let log = LogId::from_bytes(self.log.as_slice().try_into().unwrap_or_default());
        let damaged = || StoreError::DamagedLog { log, head: u64::try_from(self.head).unwrap_or(0) };
        let number = |value: i64| u64::try_from(value).map_err(|_| damaged());
        let kind = match (self.kind, &self.case_id) {
            (KIND_UNIT, None) => LogKind::Unit,
            (KIND_CASE, Some(case)) => {
                LogKind::Case(CaseId::from_bytes(case.as_slice().try_into().map_err(|_| damaged())?))
            }
            _ => return Err(damaged()),
        };
        let mut head = LogHead {
            closed: self.closed,
            head: number(self.head)?,
            acknowledged: number(self.acknowledged)?,
            kept_from: number(self.kept_from)?,
            forked_at: self.forked_at.map(number).transpose()?,
            ended: self.ended,
            ..LogHead::new(log, kind, Timestamp(self.begun_at))
        };
        let digest = sealer.open(Name::Log(&columns(&head)), &self.sealed).ok_or_else(damaged)?;
        head.digest = if digest.is_empty() { None } else { Some(digest.as_slice().try_into().map_err(|_| damaged())?) };
        Ok(head)
    }
}

/// Every column but the sealed one, in one fixed form. Rows of schema 1, which knew no `ended`, have the same form.
fn columns(head: &LogHead) -> Vec<u8> {
    let (kind, case) = match head.kind {
        LogKind::Case(case) => (1, case.bytes()),
        LogKind::Unit => (2, [0; 16]),
    };
    [
        &head.log.bytes()[..],
        &[kind, u8::from(head.closed), u8::from(head.forked_at.is_some()) | (u8::from(head.ended) << 1)],
        &case,
        &head.begun_at.0.to_be_bytes(),
        &head.head.to_be_bytes(),
        &head.acknowledged.to_be_bytes(),
        &head.kept_from.to_be_bytes(),
        &head.forked_at.unwrap_or(0).to_be_bytes(),
    ]
    .concat()
}
