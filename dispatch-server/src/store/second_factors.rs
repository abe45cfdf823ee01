//! Second factors and terminals: whatever is used once is used by one statement.

use super::SqliteStore;
use super::audit_log::insert;
use super::fields::{Columns, failed, refused, scope, scope_columns};
use audit::Act;
use dispatch_core::Scope;
use dispatch_core::store::{FactorTry, SecondFactors, StoreError, Terminal, TryLimit};
use model::{CrewId, SessionId, TerminalId, Timestamp};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

const SELECT_FACTOR: &str = "SELECT account FROM second_factor WHERE account = $1";
const SET: &str = "INSERT INTO second_factor (account, sealed, set_at, last_step, wrong) VALUES ($1, $2, $3, $4, 0) \
     ON CONFLICT (account) DO NOTHING";
const REPLACE: &str = "INSERT INTO second_factor (account, sealed, set_at, last_step, wrong) VALUES ($1, $2, $3, $4, 0) \
     ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at, \
     last_step = excluded.last_step, wrong = 0, locked_until = NULL";
/// A lock that is over begins the counting anew.
const TRY: &str = "UPDATE second_factor SET \
     wrong = CASE WHEN locked_until IS NULL THEN wrong + 1 ELSE 1 END, \
     locked_until = CASE WHEN (CASE WHEN locked_until IS NULL THEN wrong + 1 ELSE 1 END) >= $3 THEN $4 ELSE NULL END \
     WHERE account = $1 AND (locked_until IS NULL OR locked_until <= $2) RETURNING sealed";
const SELECT_LOCK: &str = "SELECT locked_until FROM second_factor WHERE account = $1";
const USE_STEP: &str = "UPDATE second_factor SET last_step = $2, wrong = 0, locked_until = NULL \
     WHERE account = $1 AND last_step < $2";
const ISSUE_RECOVERY: &str = "INSERT INTO recovery_code (account, hash, until) VALUES ($1, $2, $3) \
     ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, until = excluded.until";
const USE_RECOVERY: &str = "DELETE FROM recovery_code WHERE account = $1 AND hash = $2 AND until > $3";
const UNLOCK: &str = "UPDATE second_factor SET wrong = 0, locked_until = NULL WHERE account = $1";
const REGISTER: &str = "INSERT INTO terminal (id, scope_kind, scope, name, token, registered_by, registered_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SELECT_TOKEN: &str = "SELECT * FROM terminal WHERE token = $1";
const SELECT_TERMINALS: &str = "SELECT * FROM terminal \
     WHERE $1 = 'installation' OR (scope_kind = $1 AND scope = $2) ORDER BY name, id";
const REVOKE: &str = "UPDATE terminal SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";
const SELECT_SHOWN: &str = "SELECT shown_at FROM terminal_shown WHERE terminal = $1 AND account = $2";
const SHOWN: &str = "INSERT INTO terminal_shown (terminal, account, shown_at) VALUES ($1, $2, $3) \
     ON CONFLICT (terminal, account) DO UPDATE SET shown_at = excluded.shown_at";
const CONFIRM: &str = "UPDATE session SET confirmed = 1, until = $2 WHERE id = $1 AND ended = 0";

fn terminal(row: &SqliteRow) -> Result<Terminal, StoreError> {
    Ok(Terminal {
        id: TerminalId::from_bytes(row.fixed("id")?),
        scope: scope(&row.text("scope_kind")?, row.fixed("scope")?)?,
        name: row.text("name")?,
        token: row.fixed("token")?,
        registered_by: CrewId::from_bytes(row.fixed("registered_by")?),
        registered_at: Timestamp(row.int("registered_at")?),
        revoked_at: row.maybe_int("revoked_at")?.map(Timestamp),
    })
}

impl SqliteStore {
    /// A compare-and-set with its audit entry and what follows from it: all when something changed, else nothing. Whether something
    /// changed.
    async fn once_with_act(
        &self,
        change: Query<'static, Sqlite, SqliteArguments>,
        after: Option<Query<'static, Sqlite, SqliteArguments>>,
        what: &'static str,
        (at, act): (Timestamp, Act),
    ) -> Result<bool, StoreError> {
        let mut chain = self.chain.lock().await;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        if change.execute(&mut *transaction).await.map_err(refused(what))?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(after) = after {
            after.execute(&mut *transaction).await.map_err(failed)?;
        }
        let stored = chain.act(at, act);
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(true)
    }
}

impl SecondFactors for SqliteStore {
    async fn has_second_factor(&self, account: CrewId) -> Result<bool, StoreError> {
        let query = sqlx::query(SELECT_FACTOR).bind(account.bytes().to_vec());
        Ok(query.fetch_optional(&self.read).await.map_err(failed)?.is_some())
    }

    async fn set_second_factor(
        &self,
        account: CrewId,
        sealed: Vec<u8>,
        step: i64,
        replaces: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let statement = if replaces { REPLACE } else { SET };
        let set = sqlx::query(statement).bind(account.bytes().to_vec()).bind(sealed).bind(at.0).bind(step);
        self.once_with_act(set, None, "a second factor", (at, act)).await
    }

    async fn try_second_factor(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> Result<FactorTry, StoreError> {
        let id = account.bytes().to_vec();
        let counted =
            sqlx::query(TRY).bind(id.clone()).bind(now.0).bind(i64::from(limit.tries)).bind(limit.lock_until.0);
        if let Some(row) = counted.fetch_optional(&self.write).await.map_err(failed)? {
            return Ok(FactorTry::Compare { sealed: row.bytes("sealed")? });
        }
        let row = sqlx::query(SELECT_LOCK).bind(id).fetch_optional(&self.write).await.map_err(failed)?;
        let Some(row) = row else { return Ok(FactorTry::NotSet) };
        Ok(FactorTry::Locked { until: row.maybe_int("locked_until")?.map_or(now, Timestamp) })
    }

    async fn use_step(&self, account: CrewId, step: i64) -> Result<bool, StoreError> {
        let query = sqlx::query(USE_STEP).bind(account.bytes().to_vec()).bind(step);
        Ok(query.execute(&self.write).await.map_err(failed)?.rows_affected() > 0)
    }

    async fn issue_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        until: Timestamp,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let issue = sqlx::query(ISSUE_RECOVERY).bind(account.bytes().to_vec()).bind(hash.to_vec()).bind(until.0);
        self.with_act(Some(issue), "a one-time code", at, act).await
    }

    async fn use_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        now: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let id = account.bytes().to_vec();
        let used = sqlx::query(USE_RECOVERY).bind(id.clone()).bind(hash.to_vec()).bind(now.0);
        self.once_with_act(used, Some(sqlx::query(UNLOCK).bind(id)), "a one-time code", (now, act)).await
    }

    async fn register_terminal(&self, terminal: Terminal, act: Act) -> Result<(), StoreError> {
        let (kind, id) = scope_columns(terminal.scope);
        let register = sqlx::query(REGISTER)
            .bind(terminal.id.bytes().to_vec())
            .bind(kind)
            .bind(id.to_vec())
            .bind(terminal.name)
            .bind(terminal.token.to_vec())
            .bind(terminal.registered_by.bytes().to_vec())
            .bind(terminal.registered_at.0);
        self.with_act(Some(register), "a terminal", terminal.registered_at, act).await
    }

    async fn terminal_by_token(&self, token: [u8; 32]) -> Result<Option<Terminal>, StoreError> {
        let query = sqlx::query(SELECT_TOKEN).bind(token.to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| terminal(&row)).transpose()
    }

    async fn terminals(&self, scope: Scope) -> Result<Vec<Terminal>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_TERMINALS).bind(kind).bind(id.to_vec());
        query.fetch_all(&self.read).await.map_err(failed)?.iter().map(terminal).collect()
    }

    async fn revoke_terminal(&self, terminal: TerminalId, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let revoke = sqlx::query(REVOKE).bind(terminal.bytes().to_vec()).bind(at.0);
        self.with_act(Some(revoke), "a terminal", at, act).await
    }

    async fn shown_at(&self, terminal: TerminalId, account: CrewId) -> Result<Option<Timestamp>, StoreError> {
        let query = sqlx::query(SELECT_SHOWN).bind(terminal.bytes().to_vec()).bind(account.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| row.int("shown_at").map(Timestamp)).transpose()
    }

    async fn shown(&self, terminal: TerminalId, account: CrewId, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(SHOWN).bind(terminal.bytes().to_vec()).bind(account.bytes().to_vec()).bind(at.0);
        query.execute(&self.write).await.map_err(refused("a terminal"))?;
        Ok(())
    }

    async fn confirm_session(&self, session: SessionId, until: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(CONFIRM).bind(session.bytes().to_vec()).bind(until.0);
        query.execute(&self.write).await.map_err(failed)?;
        Ok(())
    }
}
