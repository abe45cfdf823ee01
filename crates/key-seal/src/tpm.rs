//! Sealing by a TPM 2.0: the TPM keeps a secret that only itself can read; the key is encrypted under that secret.

use crate::chip::{Chip, SECRET_BYTES};
use crate::envelope::{Envelope, NONCE_BYTES, associated};
use crate::seal::{KeySeal, Protection, SealError, suitable};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::str::FromStr;
use tss_esapi::tcti_ldr::TctiNameConf;
use zeroize::Zeroizing;

/// Where Linux shows a TPM 2.0 to programs, through its own resource manager.
pub const DEVICE: &str = "/dev/tpmrm0";

/// A TPM as a seal. It is opened for each call and closed after it: nothing stays in it.
pub struct TpmSeal {
    way: TctiNameConf,
}

impl TpmSeal {
    /// The TPM at a TCTI (`device:/dev/tpmrm0`, `swtpm:host=127.0.0.1,port=2321`). It is not asked for before it is used.
    ///
    /// # Errors
    /// [`SealError::Tpm`] when the text names none.
    pub fn at(tcti: &str) -> Result<Self, SealError> {
        Ok(Self { way: TctiNameConf::from_str(tcti).map_err(SealError::Tpm)? })
    }
}

fn cipher(secret: &Zeroizing<[u8; SECRET_BYTES]>) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(**secret))
}

impl KeySeal for TpmSeal {
    fn protection(&self) -> Protection {
        Protection::Tpm
    }

    fn seal(&self, name: &str, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        suitable(content)?;
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(secret.as_mut()).map_err(|_| SealError::NoRandomness)?;
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let payload = Payload { msg: content, aad: &associated(name) };
        let ciphertext = cipher(&secret).encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Unsuitable)?;
        let object = Chip::open(self.way.clone()).and_then(|mut chip| chip.keep(&secret)).map_err(SealError::Tpm)?;
        let envelope =
            Envelope { public: &object.public, private: &object.private, nonce: &nonce, ciphertext: &ciphertext };
        Ok(Zeroizing::new(envelope.to_bytes().ok_or(SealError::Unsuitable)?))
    }

    fn open(&self, name: &str, resting: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let envelope = Envelope::parse(resting).ok_or(SealError::Damaged)?;
        let mut chip = Chip::open(self.way.clone()).map_err(SealError::Tpm)?;
        let secret = chip.tell(envelope.public, envelope.private)?;
        let payload = Payload { msg: envelope.ciphertext, aad: &associated(name) };
        let opened = cipher(&secret).decrypt(&XNonce::from(*envelope.nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| SealError::Damaged)
    }
}
