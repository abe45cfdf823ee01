//! The data directory: what an installation is made of, and where each part lies.

use crate::edge::{read_text, write_whole};
use crate::store::{OpenError, SqliteStore};
use crate::web::FactorKey;
use dispatch_core::NonceSecret;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What never changes after `init`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installation {
    /// 訓練: own authority, banners, test card roots and stand-ins; a live server refuses them.
    pub training: bool,
    /// Names and addresses in the server's certificate; the first is what tablets are told.
    pub server_names: Vec<String>,
}

/// Where a running server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Tablets (UDP).
    pub quic: SocketAddr,
    /// Pages and API (TCP).
    pub https: SocketAddr,
    /// The process.
    pub pid: u32,
    /// 訓練.
    pub training: bool,
}

/// The directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Not made by `init`.
    #[error("open the data directory {}: not made by `dispatch-server init`", .0.display())]
    NotInitialised(PathBuf),
    /// Something is there already.
    #[error("make the data directory {}: it is not empty; choose another or remove it yourself", .0.display())]
    NotEmpty(PathBuf),
    /// Another server runs on it.
    #[error("serve the data directory {}: another server runs on it", .0.display())]
    InUse(PathBuf),
    /// A file cannot be read or written.
    #[error("use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("understand {}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The databases.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// A data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// The directory at this path, whether it exists or not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// The authority's directory (`ca.key`, `ca.pem`).
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.0.join("ca")
    }
    /// The authority's certificate: what browsers, desks and tablets trust.
    #[must_use]
    pub fn authority_certificate(&self) -> PathBuf {
        self.authority().join("ca.pem")
    }
    /// The server's certificate and key.
    #[must_use]
    pub fn server_files(&self) -> (PathBuf, PathBuf) {
        (self.0.join("server.pem"), self.0.join("server.key"))
    }
    /// The database and the key store.
    #[must_use]
    pub fn databases(&self) -> (PathBuf, PathBuf) {
        (self.0.join("ems.sqlite"), self.0.join("keys.sqlite"))
    }
    /// The secret that nonces for cards are made with.
    #[must_use]
    pub fn nonce_secret_file(&self) -> PathBuf {
        self.0.join("nonce.key")
    }
    /// The key under which secrets of authenticator apps are sealed.
    #[must_use]
    pub fn factor_key_file(&self) -> PathBuf {
        self.0.join("second-factor.key")
    }
    /// The road graph, written by `roads import`; without it drives are timed by distance.
    #[must_use]
    pub fn roads_file(&self) -> PathBuf {
        self.0.join("roads.bin")
    }
    /// Pictures under the console's map, put there by the operator; without them the outlines stand alone.
    #[must_use]
    pub fn map_tiles_file(&self) -> PathBuf {
        self.0.join("map.pmtiles")
    }
    /// Written while the server runs.
    #[must_use]
    pub fn run_file(&self) -> PathBuf {
        self.0.join("run.json")
    }
    fn installation_file(&self) -> PathBuf {
        self.0.join("installation.json")
    }

    /// Makes the directory (mode 0700), which must be new or empty.
    ///
    /// # Errors
    /// [`DataDirError::NotEmpty`], [`DataDirError::File`].
    pub fn make(&self) -> Result<(), DataDirError> {
        use std::os::unix::fs::DirBuilderExt;
        let fault = |source| DataDirError::File { path: self.0.clone(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(fault)?;
        let occupied = std::fs::read_dir(&self.0).map_err(fault)?.next().is_some();
        if occupied { Err(DataDirError::NotEmpty(self.0.clone())) } else { Ok(()) }
    }

    /// Writes what never changes; last of all, so that its presence says that the directory is whole.
    ///
    /// # Errors
    /// [`DataDirError::File`].
    pub fn save_installation(&self, installation: &Installation) -> Result<(), DataDirError> {
        self.save(&self.installation_file(), installation)
    }

    /// What never changes.
    ///
    /// # Errors
    /// [`DataDirError::NotInitialised`], [`DataDirError::Content`].
    pub fn installation(&self) -> Result<Installation, DataDirError> {
        let path = self.installation_file();
        if !path.exists() {
            return Err(DataDirError::NotInitialised(self.0.clone()));
        }
        load(&path)
    }

    /// Takes the directory for one server; free again when dropped or when the process ends, however it ends.
    ///
    /// # Errors
    /// [`DataDirError::InUse`], [`DataDirError::File`].
    pub fn lock(&self) -> Result<File, DataDirError> {
        let path = self.0.join("serve.lock");
        let fault = |source| DataDirError::File { path: path.clone(), source };
        let file = OpenOptions::new().append(true).create(true).open(&path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    /// Says where the server listens.
    ///
    /// # Errors
    /// [`DataDirError::File`].
    pub fn save_running(&self, running: &Running) -> Result<(), DataDirError> {
        self.save(&self.run_file(), running)
    }

    /// Where the server listens, if it runs (or was killed).
    ///
    /// # Errors
    /// [`DataDirError::Content`].
    pub fn running(&self) -> Result<Option<Running>, DataDirError> {
        let path = self.run_file();
        if path.exists() { load(&path).map(Some) } else { Ok(None) }
    }

    /// The server has stopped.
    pub fn clear_running(&self) {
        if let Err(error) = std::fs::remove_file(self.run_file()) {
            tracing::debug!(%error, "the file with the addresses was gone already");
        }
    }

    /// The secret that nonces for cards are made with (mode 0600); made when there is none yet: by `init`, or at the first
    /// start of a server that knows of it.
    ///
    /// # Errors
    /// [`DataDirError::File`], also for a file of another length.
    pub fn nonce_secret(&self) -> Result<NonceSecret, DataDirError> {
        let path = self.nonce_secret_file();
        crate::nonces::load_or_make(&path).map_err(|source| DataDirError::File { path, source })
    }

    /// The key under which secrets of authenticator apps are sealed (mode 0600); made when there is none yet, as the one for nonces.
    /// Without the one that sealed them, everybody sets their app anew.
    ///
    /// # Errors
    /// [`DataDirError::File`], also for a file of another length.
    pub fn factor_key(&self) -> Result<FactorKey, DataDirError> {
        let path = self.factor_key_file();
        let key = crate::secrets::load_or_make(&path).map_err(|source| DataDirError::File { path, source })?;
        Ok(FactorKey::new(key))
    }

    /// Opens the store.
    ///
    /// # Errors
    /// [`DataDirError::NotInitialised`], [`DataDirError::Store`].
    pub async fn open_store(&self) -> Result<SqliteStore, DataDirError> {
        self.installation()?;
        let (database, keys) = self.databases();
        Ok(SqliteStore::open(&database, &keys, false).await?)
    }

    fn save(&self, path: &Path, value: &impl Serialize) -> Result<(), DataDirError> {
        let mut json =
            serde_json::to_vec_pretty(value).map_err(|source| DataDirError::Content { path: path.into(), source })?;
        json.push(b'\n');
        write_whole(path, &json).map_err(|source| DataDirError::File { path: path.into(), source })
    }
}

fn load<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, DataDirError> {
    let text = read_text(path).map_err(|source| DataDirError::File { path: path.into(), source })?;
    serde_json::from_str(&text).map_err(|source| DataDirError::Content { path: path.into(), source })
}
