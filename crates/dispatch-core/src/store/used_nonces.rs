//! Which nonce was used for which look-up.

use super::StoreError;
use crate::nonces::Nonce;
use core::future::Future;
use model::LookupId;

/// Nonces that were used. A row outlives its nonce: one that is too old is refused before it is looked for here.
pub trait UsedNonces: Send + Sync {
    /// Uses a nonce for a look-up, compare-and-set: true for the first look-up and for the same one again, false for
    /// every other.
    fn use_nonce(&self, nonce: Nonce, lookup: LookupId) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
