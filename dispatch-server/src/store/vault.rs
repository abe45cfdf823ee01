//! History at rest: sealed under a random key per look-up; the key lies in a database of its own.

use super::SqliteStore;
use super::fields::{Columns, failed};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use dispatch_core::store::{Claim, HistoryVault, StoreError, VaultEntry};
use model::{CaseId, DepartmentId, LookupId, Timestamp};
use patient_history::HistorySnapshot;
use sqlx::sqlite::SqliteRow;
use zeroize::Zeroizing;

const CLAIM: &str = "INSERT INTO lookup (id, case_id, claimed_at, held) VALUES ($1, $2, $3, 1) \
     ON CONFLICT (id) DO UPDATE SET held = 1, claimed_at = excluded.claimed_at \
     WHERE lookup.case_id = excluded.case_id AND lookup.sealed IS NULL \
     AND (lookup.held = 0 OR lookup.claimed_at < $4) RETURNING id";
const SELECT_LOOKUP: &str = "SELECT * FROM lookup WHERE id = $1";
const GIVE_UP: &str = "UPDATE lookup SET held = 0 WHERE id = $1";
const PUT: &str = "UPDATE lookup SET held = 0, department = $3, expires_at = $4, sealed = $5 \
     WHERE id = $1 AND case_id = $2 AND held = 1 AND sealed IS NULL";
const INSERT_KEY: &str = "INSERT INTO history_key (lookup, case_id, secret, expires_at) VALUES ($1, $2, $3, $4)";
const SELECT_KEY: &str = "SELECT secret FROM history_key WHERE lookup = $1 AND expires_at > $2";
const DELETE_KEY: &str = "DELETE FROM history_key WHERE lookup = $1";
const DELETE_CASE: &str = "DELETE FROM history_key WHERE case_id = $1";
const DELETE_EXPIRED: &str = "DELETE FROM history_key WHERE expires_at <= $1";

/// Deleted keys leave the journal too.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

const NONCE_BYTES: usize = 24;

/// Look-ups that somebody was fetching when the last server ended.
const RELEASE: &str = "UPDATE lookup SET held = 0 WHERE held = 1";

impl SqliteStore {
    /// Gives up every claim: once, when a server starts, because nobody fetches for an earlier one any more.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn release_claims(&self) -> Result<u64, StoreError> {
        let done = sqlx::query(RELEASE).execute(&self.write).await.map_err(failed)?;
        Ok(done.rows_affected())
    }
}

impl HistoryVault for SqliteStore {
    async fn claim(
        &self,
        lookup: LookupId,
        case: CaseId,
        now: Timestamp,
        stale_before: Timestamp,
    ) -> Result<Claim, StoreError> {
        let claimed = sqlx::query(CLAIM)
            .bind(lookup.bytes().to_vec())
            .bind(case.bytes().to_vec())
            .bind(now.0)
            .bind(stale_before.0)
            .fetch_optional(&self.write)
            .await
            .map_err(failed)?;
        if claimed.is_some() {
            return Ok(Claim::Granted);
        }
        let row = self.lookup_row(lookup).await?.ok_or(StoreError::Damaged("a look-up"))?;
        if CaseId::from_bytes(row.fixed("case_id")?) != case {
            return Ok(Claim::OtherCase);
        }
        if row.maybe_bytes("sealed")?.is_none() {
            return Ok(Claim::Held);
        }
        let entry = self.open_row(lookup, case, now, &row).await?;
        Ok(entry.map_or(Claim::Gone, |entry| Claim::Here(Box::new(entry))))
    }

    async fn give_up(&self, lookup: LookupId) -> Result<(), StoreError> {
        sqlx::query(GIVE_UP).bind(lookup.bytes().to_vec()).execute(&self.write).await.map_err(failed)?;
        Ok(())
    }

    async fn put(&self, entry: VaultEntry) -> Result<(), StoreError> {
        let (lookup, case) = (entry.lookup, entry.case);
        let mut secret = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *secret).map_err(|error| StoreError::Failed(Box::new(error)))?;
        let sealed = seal(&secret, lookup, case, &entry.snapshot)?;
        // The key first: sealed rows without a key are gone, a key without rows opens nothing.
        sqlx::query(INSERT_KEY)
            .bind(lookup.bytes().to_vec())
            .bind(case.bytes().to_vec())
            .bind(secret.to_vec())
            .bind(entry.expires_at.0)
            .execute(&self.keys)
            .await
            .map_err(failed)?;
        let put = sqlx::query(PUT)
            .bind(lookup.bytes().to_vec())
            .bind(case.bytes().to_vec())
            .bind(entry.department.bytes().to_vec())
            .bind(entry.expires_at.0)
            .bind(sealed)
            .execute(&self.write)
            .await
            .map_err(failed);
        if put.as_ref().is_ok_and(|done| done.rows_affected() > 0) {
            return Ok(());
        }
        sqlx::query(DELETE_KEY).bind(lookup.bytes().to_vec()).execute(&self.keys).await.map_err(failed)?;
        put?;
        Err(StoreError::Missing("a history"))
    }

    async fn history(&self, lookup: LookupId, case: CaseId, now: Timestamp) -> Result<Option<VaultEntry>, StoreError> {
        match self.lookup_row(lookup).await? {
            Some(row) => self.open_row(lookup, case, now, &row).await,
            None => Ok(None),
        }
    }

    async fn destroy_lookup(&self, lookup: LookupId) -> Result<(), StoreError> {
        let delete = sqlx::query(DELETE_KEY).bind(lookup.bytes().to_vec());
        let done = delete.execute(&self.keys).await.map_err(failed)?;
        self.forget_keys(done.rows_affected()).await
    }

    async fn destroy_case(&self, case: CaseId) -> Result<(), StoreError> {
        let done = sqlx::query(DELETE_CASE).bind(case.bytes().to_vec()).execute(&self.keys).await.map_err(failed)?;
        self.forget_keys(done.rows_affected()).await
    }

    async fn destroy_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(DELETE_EXPIRED).bind(now.0).execute(&self.keys).await.map_err(failed)?;
        self.forget_keys(done.rows_affected()).await?;
        Ok(done.rows_affected())
    }
}

impl SqliteStore {
    async fn forget_keys(&self, deleted: u64) -> Result<(), StoreError> {
        if deleted > 0 {
            sqlx::query(CHECKPOINT).fetch_all(&self.keys).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn lookup_row(&self, lookup: LookupId) -> Result<Option<SqliteRow>, StoreError> {
        let query = sqlx::query(SELECT_LOOKUP).bind(lookup.bytes().to_vec());
        query.fetch_optional(&self.read).await.map_err(failed)
    }

    async fn open_row(
        &self,
        lookup: LookupId,
        case: CaseId,
        now: Timestamp,
        row: &SqliteRow,
    ) -> Result<Option<VaultEntry>, StoreError> {
        let sealed = row.maybe_bytes("sealed")?.filter(|_| row.fixed("case_id").is_ok_and(|id| id == case.bytes()));
        let Some(sealed) = sealed else { return Ok(None) };
        let query = sqlx::query(SELECT_KEY).bind(lookup.bytes().to_vec()).bind(now.0);
        let Some(key) = query.fetch_optional(&self.keys).await.map_err(failed)? else { return Ok(None) };
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(key.fixed("secret")?);
        Ok(Some(VaultEntry {
            lookup,
            case,
            department: DepartmentId::from_bytes(row.fixed("department")?),
            expires_at: Timestamp(row.int("expires_at")?),
            snapshot: open(&secret, lookup, case, &sealed)?,
        }))
    }
}

/// What is sealed is bound to its look-up and case.
fn name(lookup: LookupId, case: CaseId) -> [u8; 32] {
    let mut name = [0; 32];
    let (front, back) = name.split_at_mut(16);
    front.copy_from_slice(&lookup.bytes());
    back.copy_from_slice(&case.bytes());
    name
}

fn seal(secret: &[u8; 32], lookup: LookupId, case: CaseId, snapshot: &HistorySnapshot) -> Result<Vec<u8>, StoreError> {
    let unusable = || StoreError::Damaged("a history to be sealed");
    let plain = Zeroizing::new(minicbor_serde::to_vec(snapshot).map_err(|_| unusable())?);
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| StoreError::Failed(Box::new(error)))?;
    let payload = Payload { msg: &plain, aad: &name(lookup, case) };
    let cipher = XChaCha20Poly1305::new(&Key::from(*secret));
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| unusable())?;
    Ok([&nonce[..], &sealed].concat())
}

fn open(secret: &[u8; 32], lookup: LookupId, case: CaseId, sealed: &[u8]) -> Result<HistorySnapshot, StoreError> {
    let damaged = || StoreError::Damaged("a sealed history");
    let (nonce, content) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
    let payload = Payload { msg: content, aad: &name(lookup, case) };
    let cipher = XChaCha20Poly1305::new(&Key::from(*secret));
    let plain = Zeroizing::new(cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())?);
    minicbor_serde::from_slice(&plain).map_err(|_| damaged())
}
