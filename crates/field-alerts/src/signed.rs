//! A rule table as a medical control council hands it out: the TOML text and a detached Ed25519 signature over its bytes.
//!
//! Any Ed25519 tool can make and check the signature (RFC 8032, no context). Which keys are trusted is configuration of the
//! installation; none is built in.

use crate::{RuleTable, TableError, TableVersion};
use core::fmt;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// Bytes of a rule table's text at most; a longer one is refused unread.
pub const MAX_TABLE_BYTES: usize = 1 << 20;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;
/// Bytes of a public key, and of the secret seed of a signing key.
pub const KEY_BYTES: usize = 32;

/// A council's public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CouncilKey(pub [u8; KEY_BYTES]);

impl CouncilKey {
    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(text, signature).is_ok()
    }
}

/// A signing key. It has no `Debug`; the seed it was made from is the caller's to wipe.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// From the 32 secret bytes; none when they are no seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; KEY_BYTES]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }
    /// What the installations have to trust.
    #[must_use]
    pub fn public(&self) -> Option<CouncilKey> {
        self.0.public_key().as_ref().try_into().ok().map(CouncilKey)
    }
    /// The signature over a table's text. Deterministic.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.0.sign(text).as_ref().to_vec()
    }
}

/// Why a handed-out table is refused. Nothing of it is used then.
#[derive(Debug, thiserror::Error)]
pub enum SignedTableError {
    /// No key is trusted.
    #[error("no council's public key is trusted here; `alerts trust` adds one")]
    NoKey,
    /// Too long.
    #[error("{0} bytes; expected at most {MAX_TABLE_BYTES}")]
    TooLong(usize),
    /// The signature is not of the right length.
    #[error("a signature of {0} bytes; expected {SIGNATURE_BYTES}")]
    SignatureForm(usize),
    /// Made with no trusted key, or over another text.
    #[error("the signature is not over this text, or not of a trusted council")]
    Signature,
    /// Not text.
    #[error("byte {0} is not UTF-8; expected a text in UTF-8")]
    NotText(usize),
    /// The form, a rule or its words.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Not newer than what is installed.
    #[error("version {offered} is older than the installed {installed}")]
    Older {
        /// What came.
        offered: TableVersion,
        /// What stands.
        installed: TableVersion,
    },
    /// The installed version, with another text.
    #[error("version {0} is installed already, with another text; a change needs a new version")]
    SameVersion(TableVersion),
}

/// Checks signature, form, words and version, in this order. `installed` is the table that stands now, if one does; its own
/// bytes may come again.
///
/// # Errors
/// [`SignedTableError`] says which check failed.
pub fn verify(
    text: &[u8],
    signature: &[u8],
    trusted: &[CouncilKey],
    installed: Option<&RuleTable>,
) -> Result<RuleTable, SignedTableError> {
    if text.len() > MAX_TABLE_BYTES {
        return Err(SignedTableError::TooLong(text.len()));
    }
    if trusted.is_empty() {
        return Err(SignedTableError::NoKey);
    }
    if signature.len() != SIGNATURE_BYTES {
        return Err(SignedTableError::SignatureForm(signature.len()));
    }
    if !trusted.iter().any(|key| key.signed(text, signature)) {
        return Err(SignedTableError::Signature);
    }
    let text = core::str::from_utf8(text).map_err(|e| SignedTableError::NotText(e.valid_up_to()))?;
    let table = RuleTable::load(text)?;
    if let Some(installed) = installed {
        newer(&table, installed)?;
    }
    Ok(table)
}

fn newer(table: &RuleTable, installed: &RuleTable) -> Result<(), SignedTableError> {
    let (offered, standing) = (table.numbered_version(), installed.numbered_version());
    if offered < standing {
        return Err(SignedTableError::Older { offered: offered.clone(), installed: standing.clone() });
    }
    if offered == standing && table.sha256() != installed.sha256() {
        return Err(SignedTableError::SameVersion(offered.clone()));
    }
    Ok(())
}

impl fmt::Display for CouncilKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
