//! Starting and stopping: one store, one QUIC endpoint, one HTTPS listener, and the tasks between them.

use crate::app::App;
use crate::card_roots::{CardRoots, CardRootsError, FOLDER};
use crate::data_dir::{DataDir, DataDirError, Running};
use crate::edge::{Ids, SystemClock, spawn};
use crate::live::Live;
use crate::map_tiles::MapTiles;
use crate::nonces::NonceKeeper;
use crate::published::{Edition, PublishedKeeper};
use crate::roads::Travelling;
use crate::rules::{RulesDir, RulesError};
use crate::source::SharedSource;
use crate::standards::{self, StandardsError};
use crate::standing::StandingKeeper;
use crate::web::{AppState, Passcodes};
use crate::{attend, fanout, standing, units, web};
use dispatch_core::store::HistoryVault;
use hospital_selection::{HospitalTable, Standards};
use model::Clock as _;
use pki::{CaCertificate, Credential};
use quic_link::{CloseCode, LinkConfig, PROTOCOLS, ServerEndpoint};
use std::fs::File;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// Keys of expired histories are destroyed this often.
const EXPIRY_EVERY: Duration = Duration::from_secs(60);
/// How long stopping waits for connections to take their farewell.
const FAREWELL: Duration = Duration::from_secs(3);

/// Where to listen. Port 0 takes a free one.
#[derive(Clone, Copy, Debug)]
pub struct Listen {
    /// Tablets (UDP).
    pub quic: SocketAddr,
    /// Pages and API (TCP).
    pub https: SocketAddr,
}

/// The server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataDirError),
    /// Certificates and keys.
    #[error("use the server's certificate")]
    Pki(#[from] pki::PkiError),
    /// The UDP port.
    #[error("listen for tablets on {address} (UDP)")]
    Quic {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: quic_link::LinkError,
    },
    /// The TCP port.
    #[error("listen for pages on {address} (TCP)")]
    Https {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The alert rules.
    #[error("load the alert rules")]
    Rules(#[from] RulesError),
    /// 実施基準.
    #[error("load the standards of prefectures")]
    Standards(#[from] StandardsError),
    /// The roots of cards.
    #[error("load the roots of cards")]
    CardRoots(#[from] CardRootsError),
    /// The store.
    #[error("read the hospital table")]
    Store(#[from] dispatch_core::store::StoreError),
    /// No random numbers.
    #[error("take random numbers from the system")]
    Random(#[source] getrandom::Error),
}

/// A running server. Dropping it does not stop it.
pub struct Handle {
    /// Where tablets dial.
    pub quic_addr: SocketAddr,
    /// Where pages are.
    pub https_addr: SocketAddr,
    /// What its edges share, for tests and the demo.
    pub app: Arc<App>,
    data: DataDir,
    endpoint: Arc<ServerEndpoint>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    _lock: File,
}

impl Handle {
    /// Stops: says farewell to tablets, lets requests under way end, closes the files.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.endpoint.close(CloseCode::SHUTDOWN, "the server stops");
        if tokio::time::timeout(FAREWELL, self.endpoint.wait_idle()).await.is_err() {
            tracing::debug!("some tablets did not hear the farewell");
        }
        for task in self.tasks {
            if tokio::time::timeout(FAREWELL, task).await.is_err() {
                tracing::debug!("a task did not end in time");
            }
        }
        self.app.store.close().await;
        self.data.clear_running();
        tracing::info!("stopped");
    }
}

/// Starts a server on a data directory.
///
/// # Errors
/// [`StartError`]; nothing listens then.
pub async fn start(data: DataDir, listen: Listen, source: SharedSource) -> Result<Handle, StartError> {
    start_for(data, listen, source, 0).await
}

/// Starts a server for so many connections of tablets at once, at least as many as the link has by default
/// ([`quic_link::limits::SERVER_UNREAD_BYTES_MAX`]).
///
/// # Errors
/// As [`start`].
pub(crate) async fn start_for(
    data: DataDir,
    listen: Listen,
    source: SharedSource,
    connections: usize,
) -> Result<Handle, StartError> {
    let installation = data.installation()?;
    let lock = data.lock()?;
    let ca = CaCertificate::load(&data.authority_certificate())?;
    let (certificate, key) = data.server_files();
    let credential = Credential::load(&certificate, &key)?;
    let app = Arc::new(app(&data, installation.training, source).await?);
    let tls = pki::quic_server_config(&ca, &credential, PROTOCOLS)?;
    let quic = |source| StartError::Quic { address: listen.quic, source };
    let endpoint =
        Arc::new(ServerEndpoint::bind_with(listen.quic, tls, LinkConfig::for_connections(connections)).map_err(quic)?);
    let https = |source| StartError::Https { address: listen.https, source };
    let listener = TcpListener::bind(listen.https).await.map_err(https)?;
    let (quic_addr, https_addr) = (endpoint.local_addr().map_err(quic)?, listener.local_addr().map_err(https)?);
    let name = installation.server_names.first().cloned().unwrap_or_else(|| https_addr.ip().to_string());
    app.pages.get_or_init(|| format!("https://{name}:{}", https_addr.port()));
    let (stop, stopped) = watch::channel(false);
    let page_tls = pki::https_server_config(&credential)?;
    let pages = web::serve(listener, page_tls, pages(&app), wait(stopped.clone()));
    let tasks = vec![
        spawn(units::serve(Arc::clone(&app), Arc::clone(&endpoint))),
        spawn(pages),
        spawn(until(stopped.clone(), fanout::run(Arc::clone(&app)))),
        spawn(until(stopped.clone(), standing::run(Arc::clone(&app)))),
        spawn(until(stopped.clone(), crate::roads::run(Arc::clone(&app)))),
        spawn(until(stopped.clone(), crate::published::run(Arc::clone(&app)))),
        spawn(until(stopped.clone(), attend::run(Arc::clone(&app)))),
        spawn(until(stopped.clone(), attend::patterns(Arc::clone(&app)))),
        spawn(until(stopped, expire(Arc::clone(&app)))),
    ];
    let running = Running { quic: quic_addr, https: https_addr, pid: std::process::id(), training: app.training };
    data.save_running(&running)?;
    tracing::info!(quic = %quic_addr, https = %https_addr, training = app.training, "serving");
    Ok(Handle { quic_addr, https_addr, app, data, endpoint, stop, tasks, _lock: lock })
}

async fn app(data: &DataDir, training: bool, source: SharedSource) -> Result<App, StartError> {
    let rules = RulesDir::of(data).load()?;
    tracing::info!(version = rules.table().version(), sha256 = rules.table().sha256(), "alert rules");
    let card_roots = CardRoots::load(&data.path().join(FOLDER), training)?;
    match card_roots.anchors() {
        Some(anchors) => tracing::info!(roots = anchors.count(), "certificates of cards are checked"),
        None => tracing::warn!("no root of cards is configured: certificates of look-ups are not checked here"),
    }
    let store = data.open_store().await?;
    let released = store.release_claims().await?;
    if released > 0 {
        tracing::info!(released, "look-ups that were under way when the last server ended can be fetched again");
    }
    let hospitals = store.imported_hospitals().await?.unwrap_or_else(|| HospitalTable::embedded().clone());
    let editions = standards::load_with_texts(&data.path().join(standards::FOLDER), &hospitals)?;
    for (edition, _) in &editions {
        tracing::info!(edition = edition.name(), "standard of a prefecture");
    }
    let standards = Standards::new(editions.iter().map(|(edition, _)| edition.clone()).collect());
    let travel = Travelling::load(data);
    let editions = editions.into_iter().map(|(standard, text)| Edition { standard, text }).collect();
    let published = PublishedKeeper::first(&store, editions, hospitals.sha256(), travel.closed()).await?;
    let clock = Arc::new(SystemClock::new().map_err(StartError::Random)?);
    let standing = StandingKeeper::first(&store, clock.utc()).await?;
    Ok(App {
        store,
        source,
        rules: Arc::new(rules),
        hospitals: Arc::new(hospitals.with_standards(standards)),
        travel: Arc::new(travel),
        tiles: Arc::new(MapTiles::load(data).await),
        training,
        fanout: fanout::Fanout::default(),
        live: Arc::new(Live::default()),
        watching: Arc::default(),
        codes: Arc::default(),
        factors: Arc::new(data.factor_key()?),
        passcodes: Passcodes::default(),
        card_roots,
        nonces: NonceKeeper::new(data.nonce_secret()?),
        standing,
        published,
        clock,
        ids: Ids::new().map_err(StartError::Random)?,
        pages: OnceLock::new(),
        lookups: Arc::new(Semaphore::new(units::LOOKUPS_AT_ONCE)),
        catching_up: Semaphore::new(units::CATCHING_UP_AT_ONCE),
    })
}

fn pages(app: &Arc<App>) -> Arc<AppState<crate::store::SqliteStore>> {
    let state = AppState::new(
        Arc::new(app.store.clone()),
        Arc::clone(&app.clock) as Arc<_>,
        app.training,
        Arc::clone(&app.hospitals),
        Arc::clone(&app.rules),
        Arc::clone(&app.live) as Arc<_>,
        app.fanout.pages().clone(),
    );
    let travel = Arc::clone(&app.travel);
    Arc::new(AppState {
        drives: Arc::new(move || travel.now()),
        card_roots: app.card_roots.said(),
        travel: app.travel.said().to_owned(),
        tiles: Arc::clone(&app.tiles),
        watching: Arc::clone(&app.watching),
        codes: Arc::clone(&app.codes),
        factors: Arc::clone(&app.factors),
        ..state
    })
}

async fn wait(mut stopped: watch::Receiver<bool>) {
    // An error means that the handle is gone: then the server runs until its process ends.
    if stopped.wait_for(|stop| *stop).await.is_err() {
        core::future::pending::<()>().await;
    }
}

async fn until(stopped: watch::Receiver<bool>, task: impl Future<Output = ()>) {
    tokio::select! {
        () = wait(stopped) => {}
        () = task => {}
    }
}

async fn expire(app: Arc<App>) {
    let mut tick = tokio::time::interval(EXPIRY_EVERY);
    loop {
        tick.tick().await;
        match app.store.destroy_expired(app.now()).await {
            Ok(0) => {}
            Ok(destroyed) => tracing::info!(destroyed, "keys of expired histories destroyed"),
            Err(error) => tracing::error!(%error, "expired histories could not be destroyed"),
        }
    }
}
