//! Which nonce was used for which look-up: the primary key decides.

use super::SqliteStore;
use super::fields::failed;
use dispatch_core::nonces::Nonce;
use dispatch_core::store::{StoreError, UsedNonces};
use model::LookupId;

/// Gives a row when the nonce is the look-up's, now or before.
const USE: &str = "INSERT INTO used_nonce (nonce, lookup) VALUES ($1, $2) \
     ON CONFLICT (nonce) DO UPDATE SET lookup = excluded.lookup \
     WHERE used_nonce.lookup = excluded.lookup RETURNING nonce";

impl UsedNonces for SqliteStore {
    async fn use_nonce(&self, nonce: Nonce, lookup: LookupId) -> Result<bool, StoreError> {
        let query = sqlx::query(USE).bind(nonce.bytes().to_vec()).bind(lookup.bytes().to_vec());
        Ok(query.fetch_optional(&self.write).await.map_err(failed)?.is_some())
    }
}
