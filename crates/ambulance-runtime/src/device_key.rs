//! The tablet's two keys and how they rest: the certificate's, which enrolment brought, and the outbox's, which is made here.
//! `docs/security.md` says what a thief gets in each case.

use key_seal::{KeyFile, KeyFileError, KeySeal, Protection, SealError};
use outbox_sqlite::DeviceKey;
use pki::{DeviceBundle, PkiError};
use std::path::Path;
use zeroize::Zeroizing;

/// Length of the outbox's key in bytes.
const KEY_BYTES: usize = 32;
/// The outbox's key in the data folder.
const OUTBOX_KEY: &str = "outbox.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be used.
    #[error("use the device key {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a key: the outbox cannot be read with it, and is left as it is.
    #[error("the device key {path} is damaged: restore it, or move the outbox aside to begin a new one")]
    Damaged {
        /// Which.
        path: String,
    },
    /// Another TPM sealed it, or this one was cleared: no one can open it any more.
    #[error("{path} was sealed by another TPM, or this TPM was cleared: enrol the unit again; the file is kept")]
    OtherTpm {
        /// Which.
        path: String,
    },
    /// A TPM sealed it, and none can be used now.
    #[error(
        "{path} is sealed by a TPM that cannot be used now: switch it on again, or, if it is gone for good, enrol the unit \
         again and move outbox.key aside; nothing was deleted"
    )]
    NoTpm {
        /// Which.
        path: String,
        /// Why.
        #[source]
        why: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No randomness.
    #[error("make a device key: the system gives no random bytes")]
    NoRandomness,
}

impl From<KeyFileError> for KeyError {
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::File { path, source } => Self::File { path: path.display().to_string(), source },
            KeyFileError::Seal { path, source } => {
                let path = path.display().to_string();
                match source {
                    SealError::OtherTpm => Self::OtherTpm { path },
                    SealError::NeedsTpm | SealError::Tpm(_) => Self::NoTpm { path, why: Box::new(source) },
                    SealError::NoRandomness => Self::NoRandomness,
                    SealError::Damaged | SealError::Unsuitable => Self::Damaged { path },
                }
            }
        }
    }
}

/// The outbox's key, and whether it was there.
pub enum Key {
    /// It was.
    Old(DeviceKey),
    /// It was just made: nothing that rests already was sealed with it.
    New(DeviceKey),
}

/// The file of the certificate's key in a tablet's folder.
#[must_use]
pub fn certificate_key(folder: &Path) -> KeyFile {
    KeyFile::new(folder.join(DeviceBundle::KEY_FILE), DeviceBundle::KEY_FILE)
}

/// The file of the outbox's key in a tablet's data folder.
#[must_use]
pub fn outbox_key(data: &Path) -> KeyFile {
    KeyFile::new(data.join(OUTBOX_KEY), OUTBOX_KEY)
}

/// Why the certificate or its key cannot be used.
pub(crate) enum BundleError {
    Key(KeyError),
    Certificate(PkiError),
}

/// The certificate with its key, however that rests.
pub(crate) fn load_bundle(folder: &Path, seal: &dyn KeySeal) -> Result<DeviceBundle, BundleError> {
    let file = certificate_key(folder);
    let key = |error: KeyFileError| BundleError::Key(error.into());
    if file.rests().map_err(key)? != Some(Protection::Tpm) {
        // A plain file has more to fulfil: nobody else may read it.
        return DeviceBundle::load(folder).map_err(BundleError::Certificate);
    }
    let opened = file.load(seal).map_err(key)?;
    let pem = opened.map_or_else(Zeroizing::default, |opened| opened.content);
    DeviceBundle::load_with_key(folder, &pem).map_err(BundleError::Certificate)
}

/// Loads the outbox's key, or makes one at first start. An existing file is never replaced; a plain one is sealed in place
/// where the machine can. A new key is durable, with its name, when this returns.
///
/// A key that another TPM sealed stops the start, unless the unit was enrolled again since (`enrolled_anew`): then nobody will
/// ever open it here, and it is set aside, with the outbox that it sealed.
///
/// # Errors
/// When the file cannot be read or written, is damaged, or does not open here.
pub fn load_or_create(data: &Path, seal: &dyn KeySeal, enrolled_anew: bool) -> Result<Key, KeyError> {
    let file = outbox_key(data);
    let opened = match file.load(seal) {
        Err(KeyFileError::Seal { source: SealError::OtherTpm, .. }) if enrolled_anew => {
            let aside = file.set_aside()?;
            tracing::error!(aside = %aside.display(), "the outbox's key was sealed by another TPM: it is set aside");
            None
        }
        opened => opened?,
    };
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    let Some(opened) = opened else {
        getrandom::fill(key.as_mut()).map_err(|_| KeyError::NoRandomness)?;
        file.create(key.as_ref(), seal)?;
        return Ok(Key::New(DeviceKey::from_bytes(key)));
    };
    if opened.content.len() != KEY_BYTES {
        return Err(KeyError::Damaged { path: file.path().display().to_string() });
    }
    key.copy_from_slice(&opened.content);
    seal_in_place(&file, seal);
    Ok(Key::Old(DeviceKey::from_bytes(key)))
}

/// Seals a key that rests in plain. That it cannot be sealed costs protection, never the start.
pub(crate) fn seal_in_place(file: &KeyFile, seal: &dyn KeySeal) {
    if let Err(error) = file.protect(seal) {
        tracing::warn!(error = %crate::store::chain(&error), "a key could not be sealed: it rests in a file");
    }
}
