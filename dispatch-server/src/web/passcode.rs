//! Passcodes: argon2id, off the threads that serve requests, a few at a time.

use super::limits::{PASSCODES_AT_ONCE, PASSCODES_WAITING};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use dispatch_core::PasscodeVerifier;
use std::sync::{Arc, LazyLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

/// The passcode could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("hashing a passcode: it failed")]
pub struct PasscodeError;

/// What an unknown name is compared with, so that it takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_passcode("nobody has this passcode").unwrap_or_default());

/// The stored form (PHC string) of a passcode. Slow on purpose: never call it on a thread that serves requests.
///
/// # Errors
/// [`PasscodeError`] when the operating system gives no random salt.
pub fn hash_passcode(passcode: &str) -> Result<String, PasscodeError> {
    Argon2::default().hash_password(passcode.as_bytes()).map(|hash| hash.to_string()).map_err(|_| PasscodeError)
}

fn matches(hash: Option<&str>, passcode: &str) -> bool {
    let known = hash.is_some();
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&NOBODY)) else { return false };
    Argon2::default().verify_password(passcode.as_bytes(), &parsed).is_ok() && known
}

/// Checks passcodes.
#[derive(Clone, Debug)]
pub struct Passcodes {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passcodes {
    fn default() -> Self {
        let waiting = PASSCODES_AT_ONCE + PASSCODES_WAITING;
        Self { working: Arc::new(Semaphore::new(PASSCODES_AT_ONCE)), waiting: Arc::new(Semaphore::new(waiting)) }
    }
}

impl Passcodes {
    /// A place in the queue; none when it is full.
    pub(crate) fn queue(&self) -> Option<OwnedSemaphorePermit> {
        self.waiting.clone().try_acquire_owned().ok()
    }
    /// Hashes off the serving threads.
    pub(crate) async fn hash(&self, passcode: &str) -> Result<String, PasscodeError> {
        let passcode = Zeroizing::new(passcode.to_owned());
        let _working = self.working.acquire().await.map_err(|_| PasscodeError)?;
        tokio::task::spawn_blocking(move || hash_passcode(&passcode)).await.map_err(|_| PasscodeError)?
    }
}

impl PasscodeVerifier for Passcodes {
    async fn verify(&self, hash: Option<&str>, passcode: &str) -> bool {
        let (hash, passcode) = (hash.map(str::to_owned), Zeroizing::new(passcode.to_owned()));
        let Ok(_working) = self.working.acquire().await else { return false };
        tokio::task::spawn_blocking(move || matches(hash.as_deref(), &passcode)).await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passcode_fits_its_own_hash_only() {
        let hash = hash_passcode("correct horse").expect("a hash");
        assert!(hash.starts_with("$argon2id$") && matches(Some(&hash), "correct horse"));
        assert!(!matches(Some(&hash), "wrong horse"));
        assert!(!matches(None, "nobody has this passcode"));
    }
}
