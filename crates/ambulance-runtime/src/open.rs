//! Opening a tablet from its folder: settings, certificate, key, outbox; then the loop.

use crate::clock::SystemClock;
use crate::device_key::{self, BundleError, KeyError};
use crate::link::{Address, LinkSettings};
use crate::mark::Marked;
use crate::outbox::open_outbox_with;
use crate::reader::ReaderEvents;
use crate::runtime::{Handle, start};
use crate::settings::{Settings, SettingsError};
use ambulance_core::{Config, Core, Identity, Now, Restored};
use card::{AnchorError, TrustAnchors};
use delivery::{OutboxStore, StoreError};
use hospital_selection::HospitalTable;
use key_seal::{Choice, Protection};
use model::{Clock, DeviceId, RngStreams};
use outbox_sqlite::OpenError;
use pki::{DeviceBundle, EarlyData, PkiError};
use quic_link::{ClientEndpoint, LinkError, PROTOCOLS};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use travel_time::RoadModel;

/// Why a tablet does not start. The text says which file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings.
    #[error("read the tablet's settings; enrol the unit again if they are lost")]
    Settings(#[from] SettingsError),
    /// Certificate.
    #[error("load the tablet's certificate; enrol the unit again if it is lost")]
    Certificate(#[from] PkiError),
    /// The certificate belongs to another unit than the settings.
    #[error("the certificate is for another unit than {0}; enrol the unit again")]
    OtherUnit(String),
    /// Device key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Outbox.
    #[error(transparent)]
    Outbox(#[from] OpenError),
    /// Outbox content.
    #[error("read the outbox; the file is kept as it is")]
    Content(#[from] StoreError),
    /// Test roots.
    #[error("read the test card root {path}")]
    TestRoot {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Test roots that are none.
    #[error("understand the test card roots")]
    Anchors(#[source] AnchorError),
    /// Network.
    #[error("open the network")]
    Link(#[from] LinkError),
    /// Folder.
    #[error("make the folder {path}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No randomness.
    #[error("start: the system gives no random bytes")]
    NoRandomness,
}

/// Everything that stands in a tablet's folder.
pub struct TabletFolder {
    /// Settings.
    pub settings: Settings,
    /// Certificate and key.
    pub bundle: DeviceBundle,
    /// Roots of cards.
    pub anchors: TrustAnchors,
    /// What seals the keys on this machine.
    pub seal: Choice,
    folder: PathBuf,
    data: PathBuf,
}

impl TabletFolder {
    /// Reads the folder that `units enrol` made.
    ///
    /// # Errors
    /// When a part is missing, damaged or contradicts another.
    pub fn load(folder: &Path) -> Result<Self, StartError> {
        let settings = Settings::load(folder)?;
        let seal = settings.seal(folder)?;
        let bundle = device_key::load_bundle(folder, &*seal.seal).map_err(|error| match error {
            BundleError::Key(error) => StartError::Key(error),
            BundleError::Certificate(error) => StartError::Certificate(error),
        })?;
        if bundle.identity().unit_id != settings.unit.uuid() {
            return Err(StartError::OtherUnit(settings.callsign));
        }
        let anchors = anchors(folder, &settings)?;
        let data = settings.data.clone().unwrap_or_else(|| folder.join("data"));
        Ok(Self { settings, bundle, anchors, seal, folder: folder.to_owned(), data })
    }

    /// Who this tablet is.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            device: DeviceId::from_uuid(self.bundle.identity().device_id),
            unit: self.settings.unit,
            department: self.settings.department,
            training: self.settings.training,
        }
    }

    /// Where outbox and device key are.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// How the certificate's key and the outbox's rest; none for one that was not made yet.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn keys_rest(&self) -> Result<[Option<Protection>; 2], KeyError> {
        Ok([device_key::certificate_key(&self.folder).rests()?, device_key::outbox_key(&self.data).rests()?])
    }

    /// Opens the outbox; the keys that rest in plain are sealed where the machine can. The outbox's comes first: a plain key of
    /// the certificate beside it tells that the unit was enrolled since.
    async fn open_outbox(&self, now: model::Timestamp) -> Result<(outbox_sqlite::SqliteOutbox, Restored), StartError> {
        let key = device_key::certificate_key(&self.folder);
        let is_plain = key.rests().map_err(KeyError::from)? == Some(Protection::File);
        let opened = open_outbox_with(&self.data, &*self.seal.seal, is_plain, now).await?;
        device_key::seal_in_place(&key, &*self.seal.seal);
        Ok(opened)
    }

    pub(crate) fn link(&self) -> Result<LinkSettings, StartError> {
        let tls = pki::quic_client_config(&self.bundle, PROTOCOLS, EarlyData::Allowed)?;
        let any: SocketAddr = match self.settings.servers.first() {
            Some(SocketAddr::V6(_)) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
            _ => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
        };
        Ok(LinkSettings {
            endpoint: ClientEndpoint::new(tls, any)?,
            servers: self.settings.servers.clone(),
            server_name: self.settings.server_name.clone(),
            training: self.settings.training,
            program: program(),
            address: Address::Moving,
            observer: None,
        })
    }
}

fn program() -> String {
    format!("ambulance-client {}", env!("CARGO_PKG_VERSION"))
}

#[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
fn anchors(folder: &Path, settings: &Settings) -> Result<TrustAnchors, StartError> {
    if settings.test_card_roots.is_empty() {
        return Ok(TrustAnchors::live());
    }
    let mut roots = Vec::with_capacity(settings.test_card_roots.len());
    for root in &settings.test_card_roots {
        let path = folder.join(root);
        let bytes =
            std::fs::read(&path).map_err(|source| StartError::TestRoot { path: path.display().to_string(), source })?;
        roots.push(bytes);
    }
    TrustAnchors::training(roots.iter().map(Vec::as_slice)).map_err(StartError::Anchors)
}

/// A configuration for the core.
#[must_use]
pub fn config(identity: Identity, callsign: &str, department_name: &str) -> Config {
    Config {
        identity,
        callsign: callsign.to_owned(),
        department_name: department_name.to_owned(),
        version: program(),
        hospitals: Arc::new(HospitalTable::embedded().clone()),
        travel: RoadModel::japan(),
    }
}

/// Starts the tablet of a folder with the given reader.
///
/// # Errors
/// When anything it needs cannot be opened.
pub async fn start_tablet(
    folder: &TabletFolder,
    reader: ReaderEvents,
    repaint: impl Fn() + Send + 'static,
) -> Result<Handle, StartError> {
    let clock = SystemClock::new();
    let (store, restored) = folder.open_outbox(clock.utc()).await?;
    start_on(folder, store, restored, clock, reader, repaint)
}

/// The same on a store that the caller has opened, with what it holds.
///
/// # Errors
/// When the network cannot be opened, or the system gives no randomness.
pub fn start_on<S: OutboxStore + 'static>(
    folder: &TabletFolder,
    store: S,
    restored: Restored,
    clock: SystemClock,
    reader: ReaderEvents,
    repaint: impl Fn() + Send + 'static,
) -> Result<Handle, StartError> {
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(|_| StartError::NoRandomness)?;
    let travel = crate::roads::travel(&folder.folder, &folder.settings);
    let config =
        Config { travel, ..config(folder.identity(), &folder.settings.callsign, &folder.settings.department_name) };
    let now = Now { utc: clock.utc(), mono: clock.monotonic() };
    let store = Marked::new(store, &restored.heads, &folder.data);
    let core = Core::new(config, restored, &RngStreams::new(seed), now);
    Ok(start(core, Arc::new(store), folder.link()?, reader, clock, repaint))
}
