//! What a tablet is given when it is enrolled.

use std::path::Path;

use crate::certificate::{CaCertificate, Credential};
use crate::error::PkiError;
use crate::files;
use crate::identity::DeviceIdentity;

/// File names inside a bundle's directory.
const KEY_FILE: &str = DeviceBundle::KEY_FILE;
const CERTIFICATE_FILE: &str = "device.pem";
const AUTHORITY_FILE: &str = "ca.pem";

/// A device's certificate and key, and the authority it trusts: one directory with `device.key` (0600), `device.pem`
/// and `ca.pem`. Server addresses are the caller's, in a file of its own beside them.
pub struct DeviceBundle {
    credential: Credential,
    ca: CaCertificate,
    identity: DeviceIdentity,
}

impl DeviceBundle {
    /// The key's file inside a bundle's directory.
    pub const KEY_FILE: &'static str = "device.key";

    /// Puts a device certificate and its authority together.
    ///
    /// # Errors
    /// [`PkiError::Identity`] when it is not a device certificate, [`PkiError::TrainingMismatch`] when only one of the
    /// two is for training.
    pub fn new(credential: Credential, ca: CaCertificate) -> Result<Self, PkiError> {
        let identity = DeviceIdentity::from_certificate(credential.certificate())?;
        if identity.training != ca.training() {
            return Err(PkiError::TrainingMismatch { expected: ca.training(), found: identity.training });
        }
        Ok(Self { credential, ca, identity })
    }

    /// Writes the three files into a directory, made if missing. None may exist.
    ///
    /// # Errors
    /// [`PkiError::AlreadyExists`], [`PkiError::Io`].
    pub fn write(&self, directory: &Path) -> Result<(), PkiError> {
        files::create_directory(directory)?;
        self.credential.save(&directory.join(CERTIFICATE_FILE), &directory.join(KEY_FILE))?;
        self.ca.save(&directory.join(AUTHORITY_FILE))
    }

    /// Reads the three files and checks that they belong together.
    ///
    /// # Errors
    /// Those of [`Credential::load`], [`CaCertificate::load`] and [`DeviceBundle::new`].
    pub fn load(directory: &Path) -> Result<Self, PkiError> {
        let credential = Credential::load(&directory.join(CERTIFICATE_FILE), &directory.join(KEY_FILE))?;
        Self::new(credential, CaCertificate::load(&directory.join(AUTHORITY_FILE))?)
    }

    /// Reads certificate and authority; the key, whose file is sealed, was opened by the caller.
    ///
    /// # Errors
    /// As [`DeviceBundle::load`], but for the key's file.
    pub fn load_with_key(directory: &Path, key_pem: &[u8]) -> Result<Self, PkiError> {
        let credential = Credential::load_with_key(&directory.join(CERTIFICATE_FILE), key_pem)?;
        Self::new(credential, CaCertificate::load(&directory.join(AUTHORITY_FILE))?)
    }

    /// Who the device is.
    pub fn identity(&self) -> &DeviceIdentity {
        &self.identity
    }

    /// The authority it trusts.
    pub fn ca(&self) -> &CaCertificate {
        &self.ca
    }

    /// Its certificate and key.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }
}
