//! `tablet.toml`: what enrolment writes for a tablet, beside its certificate.

use model::{DepartmentId, UnitId};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The file's name inside a tablet's folder.
pub const FILE: &str = "tablet.toml";

/// A tablet's settings. Unknown fields are refused, with their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Made by a training installation.
    pub training: bool,
    /// The unit.
    pub unit: UnitId,
    /// Its name on the radio.
    pub callsign: String,
    /// Its department.
    pub department: DepartmentId,
    /// The department's name.
    pub department_name: String,
    /// Addresses of the servers; the tablet chooses by jitter and health.
    pub servers: Vec<SocketAddr>,
    /// The name in the servers' certificates.
    pub server_name: String,
    /// Folder of the outbox and the device key; beside this file when absent.
    #[serde(default)]
    pub data: Option<PathBuf>,
    /// DER or PEM files of test card roots; only a training tablet takes them.
    #[serde(default)]
    pub test_card_roots: Vec<PathBuf>,
    /// Which TPM seals the keys: a TCTI such as `device:/dev/tpmrm0` (which is used unasked where it is), or `off`. Programs that
    /// play a TPM (`swtpm:host=…,port=…`) are for training tablets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpm: Option<String>,
    /// The road graph that drives are timed on, relative to this folder; absent: by distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roads: Option<PathBuf>,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not readable.
    #[error("read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not what was expected.
    #[error("understand {path}")]
    Content {
        /// Which.
        path: String,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// No server.
    #[error("{path}: `servers` is empty; name at least one address like \"192.0.2.1:4433\"")]
    NoServer {
        /// Which.
        path: String,
    },
    /// A TPM that cannot be meant.
    #[error("use the TPM that {path} names")]
    Tpm {
        /// Which.
        path: String,
        /// What is wrong with it.
        #[source]
        source: key_seal::ChooseError,
    },
    /// A live tablet with test roots.
    #[error("{path}: `test_card_roots` is only for training tablets; remove it")]
    TestRootsInLive {
        /// Which.
        path: String,
    },
}

impl Settings {
    /// Reads `tablet.toml` in a folder.
    ///
    /// # Errors
    /// When it is not there, not understood, or contradicts itself.
    pub fn load(folder: &Path) -> Result<Self, SettingsError> {
        let file = folder.join(FILE);
        let path = file.display().to_string();
        #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
        let text =
            std::fs::read_to_string(&file).map_err(|source| SettingsError::File { path: path.clone(), source })?;
        let settings: Self = toml::from_str(&text)
            .map_err(|source| SettingsError::Content { path: path.clone(), source: Box::new(source) })?;
        if settings.servers.is_empty() {
            return Err(SettingsError::NoServer { path });
        }
        if !settings.training && !settings.test_card_roots.is_empty() {
            return Err(SettingsError::TestRootsInLive { path });
        }
        Ok(settings)
    }

    /// What seals the keys on this machine.
    ///
    /// # Errors
    /// When the file in this folder names a TPM that is unknown or not allowed.
    pub(crate) fn seal(&self, folder: &Path) -> Result<key_seal::Choice, SettingsError> {
        let path = folder.join(FILE).display().to_string();
        key_seal::choose(self.tpm.as_deref(), self.training).map_err(|source| SettingsError::Tpm { path, source })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never for settings that came from [`Settings::load`].
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}
