//! Sealing of rows: XChaCha20-Poly1305, a random nonce per row, the row's name as associated data.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use model::LogId;
use zeroize::Zeroizing;

use crate::fault::SealError;

const NONCE_BYTES: usize = 24;

/// The device's key; zeroed when dropped, never shown.
pub struct DeviceKey(Zeroizing<[u8; 32]>);

impl DeviceKey {
    /// Takes the key; the caller zeroes its own copy.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }
}

/// Opens and closes seals under one device key.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
}

/// What a sealed value is: part of its seal.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    KeyCheck,
    Entry {
        log: LogId,
        seq: u64,
        schema: u16,
    },
    /// All other columns of the row, in one canonical form.
    Log(&'a [u8]),
    State(&'a str),
}

impl Name<'_> {
    fn bytes(self) -> Vec<u8> {
        // The first byte tells the kinds apart, and each kind has one form: no two names give the same bytes.
        match self {
            Self::KeyCheck => vec![0],
            Self::Entry { log, seq, schema } => {
                [&[1][..], &log.bytes(), &seq.to_be_bytes(), &schema.to_be_bytes()].concat()
            }
            Self::Log(columns) => [&[2][..], columns].concat(),
            Self::State(key) => [&[3][..], key.as_bytes()].concat(),
        }
    }
}

impl Sealer {
    pub(crate) fn new(key: &DeviceKey) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(*key.0)) }
    }

    /// `nonce ‖ ciphertext ‖ tag`.
    pub(crate) fn seal(&self, name: Name<'_>, content: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let payload = Payload { msg: content, aad: &name.bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// `None`: not sealed under this key and this name.
    pub(crate) fn open(&self, name: Name<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, content) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: content, aad: &name.bytes() }).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&DeviceKey::from_bytes(Zeroizing::new([byte; 32])))
    }

    #[test]
    fn a_seal_opens_under_its_own_key_and_name_only() {
        let log = LogId::from_bytes([1; 16]);
        let name = Name::Entry { log, seq: 1, schema: 1 };
        let sealed = sealer(1).seal(name, b"content").expect("seals");
        assert_eq!(sealer(1).open(name, &sealed).as_deref(), Some(&b"content"[..]));
        assert_eq!(sealer(2).open(name, &sealed), None);
        for other in [
            Name::Entry { log, seq: 2, schema: 1 },
            Name::Entry { log, seq: 1, schema: 2 },
            Name::State("x"),
            Name::KeyCheck,
        ] {
            assert_eq!(sealer(1).open(other, &sealed), None);
        }
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 1;
            assert_eq!(sealer(1).open(name, &flipped), None, "byte {place}");
            assert_eq!(sealer(1).open(name, &sealed[..place]), None, "cut at {place}");
        }
        assert_ne!(sealer(1).seal(name, b"content").expect("seals"), sealed, "a nonce is never used twice");
    }
}
