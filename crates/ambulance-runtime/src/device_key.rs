//! The key that seals the outbox. It rests beside it, readable by the tablet's account alone; `docs/security.md` says what
//! a thief of the whole tablet gets.

use outbox_sqlite::DeviceKey;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use zeroize::Zeroizing;

/// Length of the key in bytes.
const KEY_BYTES: usize = 32;

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
    /// No randomness.
    #[error("make a device key: the system gives no random bytes")]
    NoRandomness,
}

/// The key, and whether it was there.
pub enum Key {
    /// It was.
    Old(DeviceKey),
    /// It was just made: nothing that rests already was sealed with it.
    New(DeviceKey),
}

/// Loads the key, or makes one at first start. An existing file is never replaced. A new key is durable, with its name,
/// when this returns.
///
/// # Errors
/// When the file cannot be read or written, or is damaged.
pub fn load_or_create(path: &Path) -> Result<Key, KeyError> {
    let file = |source| KeyError::File { path: path.display().to_string(), source };
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
    match std::fs::File::open(path) {
        Ok(mut existing) => {
            let damaged = || KeyError::Damaged { path: path.display().to_string() };
            existing.read_exact(key.as_mut()).map_err(|_| damaged())?;
            if existing.read(&mut [0u8; 1]).map_err(file)? != 0 {
                return Err(damaged());
            }
            Ok(Key::Old(DeviceKey::from_bytes(key)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            getrandom::fill(key.as_mut()).map_err(|_| KeyError::NoRandomness)?;
            create(path, &key).map_err(file)?;
            Ok(Key::New(DeviceKey::from_bytes(key)))
        }
        Err(error) => Err(file(error)),
    }
}

/// Whole under its name or not at all: a power cut leaves no half key.
fn create(path: &Path, key: &Zeroizing<[u8; KEY_BYTES]>) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut new = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    new.write_all(key.as_ref())?;
    new.sync_all()?;
    std::fs::hard_link(&part, path)?; // fails where another process was faster
    std::fs::remove_file(&part)?;
    #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
    std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
