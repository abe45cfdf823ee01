//! How secrets of authenticator apps rest: sealed under a key of the installation that is no part of the database.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use dispatch_core::second_factor::FactorSeal;
use dispatch_core::totp::{SECRET_BYTES, TotpSecret};
use model::{CrewId, SessionId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of the key.
pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Separates what is derived from the key from everything else.
const PENDING: &[u8] = b"mynakyukyu/second-factor/pending/1\0";

/// The installation's key for second factors. No `Debug`; overwritten when dropped.
pub struct FactorKey(Zeroizing<[u8; KEY_BYTES]>);

/// A key of this process alone: what it seals, no other process opens.
impl Default for FactorKey {
    /// # Panics
    /// When the operating system gives no random bytes: a key that is none must never seal anything.
    fn default() -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *key).unwrap_or_else(|_| panic!("the operating system gives no random bytes"));
        Self(key)
    }
}

impl FactorKey {
    /// Takes the key over.
    #[must_use]
    pub const fn new(key: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(key)
    }
    /// The secret that a session is offered for its app: the same each time it asks, another one in every session, kept nowhere until a
    /// code of it was shown.
    pub(crate) fn pending(&self, session: SessionId, account: CrewId) -> TotpSecret {
        let mut digest = Sha256::new();
        for part in [PENDING, self.0.as_slice(), &session.bytes(), &account.bytes()] {
            digest.update(part);
        }
        let derived: Zeroizing<[u8; 32]> = Zeroizing::new(digest.finalize().into());
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        secret.copy_from_slice(derived.get(..SECRET_BYTES).unwrap_or(&[0; SECRET_BYTES]));
        TotpSecret::new(secret)
    }
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

impl FactorSeal for FactorKey {
    fn seal(&self, account: CrewId, secret: &TotpSecret) -> Option<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload { msg: secret.bytes(), aad: &account.bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&nonce[..], &sealed].concat())
    }
    fn open(&self, account: CrewId, sealed: &[u8]) -> Option<TotpSecret> {
        let (nonce, content) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: content, aad: &account.bytes() };
        let plain = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        let bytes: [u8; SECRET_BYTES] = plain.as_slice().try_into().ok()?;
        Some(TotpSecret::new(Zeroizing::new(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_its_account_under_its_key_alone() {
        let key = |n| FactorKey::new(Zeroizing::new([n; KEY_BYTES]));
        let (one, two) = (CrewId::from_bytes([1; 16]), CrewId::from_bytes([2; 16]));
        let secret = TotpSecret::new(Zeroizing::new(*b"12345678901234567890"));
        let sealed = key(1).seal(one, &secret).expect("sealed");
        assert!(!sealed.windows(SECRET_BYTES).any(|part| part == secret.bytes()), "not in the clear");
        assert_eq!(key(1).open(one, &sealed).map(|secret| *secret.bytes()), Some(*secret.bytes()));
        assert!(key(1).open(two, &sealed).is_none() && key(2).open(one, &sealed).is_none());
        let session = SessionId::from_bytes([3; 16]);
        assert_eq!(key(1).pending(session, one).bytes(), key(1).pending(session, one).bytes());
        assert_ne!(key(1).pending(session, one).bytes(), key(1).pending(session, two).bytes());
    }
}
