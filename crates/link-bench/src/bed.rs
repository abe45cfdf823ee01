//! One round's ground: a fresh bad network, a runtime at each end, one installation's certificates.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use lossy_link::{Namespace, Profile, TunLink};
use pki::{CertificateAuthority, Credential, DeviceBundle};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// The name in the server's certificate.
pub(crate) const SERVER_NAME: &str = "dispatch.example";

/// Where an installation's parts are in its folder; the broker of a comparison is told the same names.
const AUTHORITY: &str = "authority";
const SERVER_CERTIFICATE: &str = "server.pem";
const SERVER_KEY: &str = "server.key";
const DEVICE: &str = "device";

/// Certificates, made once for all rounds.
pub(crate) struct Installation {
    pub(crate) authority: CertificateAuthority,
    pub(crate) server: Credential,
    pub(crate) device: DeviceBundle,
}

impl Installation {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let now = now();
        let authority = CertificateAuthority::create("Bench", true, now)?;
        let server = authority.issue_server(&[SERVER_NAME], &[], now)?;
        let id = Uuid::from_u128;
        let credential = authority.issue_device(id(1), id(2), id(3), now)?;
        let device = DeviceBundle::new(credential, authority.certificate().clone())?;
        Ok(Arc::new(Self { authority, server, device }))
    }

    /// Writes it into a folder, for other processes.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        self.authority.save(&folder.join(AUTHORITY))?;
        self.server.save(&folder.join(SERVER_CERTIFICATE), &folder.join(SERVER_KEY))?;
        Ok(self.device.write(&folder.join(DEVICE))?)
    }

    /// Reads it from a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let authority = CertificateAuthority::load(&folder.join(AUTHORITY), true)?;
        let server = Credential::load(&folder.join(SERVER_CERTIFICATE), &folder.join(SERVER_KEY))?;
        Ok(Self { authority, server, device: DeviceBundle::load(&folder.join(DEVICE))? })
    }
}

/// A fresh network with a runtime at each end. Sockets made by work at an end belong to that end.
pub(crate) struct Bed {
    near: Runtime,
    far: Runtime,
    pub(crate) link: TunLink,
}

impl Bed {
    pub(crate) fn new(profile: Profile, seed: u64) -> Result<Self> {
        let link = TunLink::start(profile, seed).context("making the network")?;
        Ok(Self { near: runtime(link.near())?, far: runtime(link.far())?, link })
    }

    /// Does something where the tablets are, and waits for it.
    pub(crate) fn near<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        // Spawned: only the runtime's own threads are inside the namespace, the caller is not.
        self.near.block_on(self.near.spawn(work))?
    }

    /// Does something where the server is, and waits for it.
    pub(crate) fn far<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        self.far.block_on(self.far.spawn(work))?
    }
}

/// One thread at each end: this machine may have no more than two.
fn runtime(namespace: &Namespace) -> Result<Runtime> {
    let namespace = namespace.clone();
    let enter = move || namespace.enter().expect("the namespace was entered when it was made");
    Ok(Builder::new_multi_thread().worker_threads(1).enable_all().on_thread_start(enter).build()?)
}

#[expect(clippy::disallowed_methods, reason = "certificates are valid from now on")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Leaves work to the runtime that this is called on; it ends with it.
#[expect(clippy::disallowed_methods, reason = "a measuring program runs real tasks")]
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// The moment, for measuring.
#[expect(clippy::disallowed_methods, reason = "a measuring program measures real time")]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

/// Waits.
#[expect(clippy::disallowed_methods, reason = "a measuring program keeps real time")]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
