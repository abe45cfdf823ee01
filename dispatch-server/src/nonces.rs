//! Nonces for cards: the installation's secret in its file, and how often each tablet was given some.

use crate::app::App;
use dispatch_core::limits::NONCES_AT_ONCE;
use dispatch_core::nonces::{RANDOM_BYTES, SECRET_BYTES};
use dispatch_core::store::StoreError;
use dispatch_core::{IssueLimit, NonceSecret, Principal, UseCaseError, give_nonces};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use wire::Nonces;

/// What makes nonces in a running server.
pub struct NonceKeeper {
    /// The installation's secret.
    pub secret: NonceSecret,
    limit: Mutex<IssueLimit>,
}

impl NonceKeeper {
    /// With this secret; nobody was given any yet.
    #[must_use]
    pub fn new(secret: NonceSecret) -> Self {
        Self { secret, limit: Mutex::default() }
    }
}

/// Answers a tablet that asks for nonces.
///
/// # Errors
/// Those of [`give_nonces`]; [`UseCaseError::Store`] when the system gives no random numbers.
pub(crate) fn answer(app: &App, principal: &Principal) -> Result<Nonces, UseCaseError> {
    let mut random = [[0; RANDOM_BYTES]; NONCES_AT_ONCE];
    getrandom::fill(random.as_flattened_mut()).map_err(|error| StoreError::Failed(Box::new(error)))?;
    let NonceKeeper { secret, limit } = &app.nonces;
    let mut limit = limit.lock().unwrap_or_else(PoisonError::into_inner);
    let given = give_nonces(secret, &mut limit, principal, app.now(), &random)?;
    let nonces = given.nonces.iter().map(|nonce| nonce.bytes().to_vec().into()).collect();
    Ok(Nonces { nonces, until: given.until })
}

/// Reads the secret, or makes it.
pub(crate) fn load_or_make(path: &Path) -> std::io::Result<NonceSecret> {
    Ok(NonceSecret::new(crate::secrets::load_or_make::<SECRET_BYTES>(path)?))
}
