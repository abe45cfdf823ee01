//! The trait, and what can go wrong.

use zeroize::Zeroizing;

/// Longest key that is sealed, bytes (a private key in PEM has some 240). A longer one is refused.
pub const CONTENT_BYTES_MAX: usize = 8 * 1024;

/// What stands between a copy of the disk and the keys on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// The file's permission bits, and whatever encrypts the disk.
    File,
    /// The TPM of this machine: no other machine opens the file.
    Tpm,
}

/// Why a key was not sealed or not opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Nothing, too much, or something that is sealed already.
    #[error("seal: not a key of 1 to {CONTENT_BYTES_MAX} bytes")]
    Unsuitable,
    /// The bytes are not what this seal wrote under this name.
    #[error("open: the sealed key is damaged")]
    Damaged,
    /// A TPM sealed it, and none is in use here.
    #[error("open: the key is sealed by a TPM, and this machine shows none")]
    NeedsTpm,
    /// Another TPM sealed it, or this one was cleared since.
    #[error("open: the key was sealed by another TPM, or this TPM was cleared since")]
    OtherTpm,
    /// The TPM cannot be used now.
    #[error("use the TPM")]
    Tpm(#[source] tss_esapi::Error),
    /// No randomness.
    #[error("seal: the system gives no random bytes")]
    NoRandomness,
}

/// Seals keys for the disk and opens them again. Calls block: a TPM takes up to seconds.
pub trait KeySeal: Send + Sync {
    /// What this seal is.
    fn protection(&self) -> Protection;

    /// What is to rest on the disk for a key. The name is part of the seal: what was sealed under one opens under no other.
    ///
    /// # Errors
    /// [`SealError::Unsuitable`], [`SealError::Tpm`], [`SealError::NoRandomness`].
    fn seal(&self, name: &str, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError>;

    /// The key that rests on the disk as these bytes.
    ///
    /// # Errors
    /// All but [`SealError::NoRandomness`].
    fn open(&self, name: &str, resting: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError>;
}

/// A key that may be sealed, or [`SealError::Unsuitable`].
pub(crate) fn suitable(content: &[u8]) -> Result<(), SealError> {
    let fits = (1..=CONTENT_BYTES_MAX).contains(&content.len());
    if fits && !crate::is_sealed(content) { Ok(()) } else { Err(SealError::Unsuitable) }
}
