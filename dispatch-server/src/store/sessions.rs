//! Signed-in people.

use super::SqliteStore;
use super::fields::{Columns, failed, refused};
use dispatch_core::store::{Session, StoreError};
use model::{CrewId, DeviceId, QuestionId, SessionId, Timestamp};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

const INSERT_SESSION: &str = "INSERT INTO session (id, account, device, token, question, opened_at, until, ended, confirmed) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (question) DO NOTHING";
const SELECT_SESSION: &str = "SELECT * FROM session WHERE id = $1";
const SELECT_TOKEN: &str = "SELECT * FROM session WHERE token = $1";
const SELECT_QUESTION: &str = "SELECT * FROM session WHERE question = $1";
pub(super) const END_SESSION: &str = "UPDATE session SET ended = 1 WHERE id = $1";

pub(super) fn insert_session(session: &Session) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(INSERT_SESSION)
        .bind(session.id.bytes().to_vec())
        .bind(session.account.bytes().to_vec())
        .bind(session.device.map(|id| id.bytes().to_vec()))
        .bind(session.token.map(|token| token.to_vec()))
        .bind(session.question.map(|id| id.bytes().to_vec()))
        .bind(session.opened_at.0)
        .bind(session.until.0)
        .bind(i64::from(session.ended))
        .bind(i64::from(session.confirmed))
}

pub(super) async fn open(store: &SqliteStore, session: Session) -> Result<Session, StoreError> {
    let done = insert_session(&session).execute(&store.write).await.map_err(refused("a session"))?;
    if done.rows_affected() > 0 {
        return Ok(session);
    }
    let question = session.question.map(|id| id.bytes().to_vec()).unwrap_or_default();
    one(store, SELECT_QUESTION, question).await?.ok_or(StoreError::Missing("a session"))
}

pub(super) async fn by_id(store: &SqliteStore, id: SessionId) -> Result<Option<Session>, StoreError> {
    one(store, SELECT_SESSION, id.bytes().to_vec()).await
}

pub(super) async fn by_token(store: &SqliteStore, token: [u8; 32]) -> Result<Option<Session>, StoreError> {
    one(store, SELECT_TOKEN, token.to_vec()).await
}

pub(super) async fn end(store: &SqliteStore, id: SessionId) -> Result<(), StoreError> {
    sqlx::query(END_SESSION).bind(id.bytes().to_vec()).execute(&store.write).await.map_err(failed)?;
    Ok(())
}

async fn one(store: &SqliteStore, select: &'static str, key: Vec<u8>) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(select).bind(key).fetch_optional(&store.read).await.map_err(failed)?;
    row.map(|row| session(&row)).transpose()
}

fn session(row: &SqliteRow) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId::from_bytes(row.fixed("id")?),
        account: CrewId::from_bytes(row.fixed("account")?),
        device: row.maybe_fixed("device")?.map(DeviceId::from_bytes),
        token: row.maybe_fixed("token")?,
        question: row.maybe_fixed("question")?.map(QuestionId::from_bytes),
        opened_at: Timestamp(row.int("opened_at")?),
        until: Timestamp(row.int("until")?),
        ended: row.flag("ended")?,
        confirmed: row.flag("confirmed")?,
    })
}
