//! The training installation of a fleet: a data directory, and the server's process on it.

use super::process::ServerProcess;
use crate::process::{Programs, Running};
use anyhow::{Context, Result};
use dispatch_server::DataDir;
use dispatch_server::admin::{FleetTablet, enrol_fleet, init};
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// What is to be made.
pub(crate) struct Wanted<'a> {
    pub(crate) units: usize,
    pub(crate) departments: usize,
    /// Where; a temporary folder when not given.
    pub(crate) folder: Option<&'a Path>,
    /// Folder of `dispatch-server`; that of this program when not given.
    pub(crate) bin_dir: Option<&'a Path>,
}

/// See the module.
pub(crate) struct Installation {
    folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
    programs: Programs,
    tablets: Vec<FleetTablet>,
    running: Option<Running>,
    words: Vec<OsString>,
    addresses: Option<Addresses>,
    /// What the server is told to have room for.
    connections: usize,
    origin: Option<String>,
}

/// Where the server listened last.
#[derive(Clone, Copy)]
struct Addresses {
    quic: SocketAddr,
    https: SocketAddr,
}

impl Installation {
    /// Makes the data directory and enrols the fleet.
    pub(crate) async fn prepare(wanted: Wanted<'_>) -> Result<Self> {
        let temporary = match wanted.folder {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("ems-fleet-").tempdir().context("make a folder")?),
        };
        let folder = match (wanted.folder, &temporary) {
            (Some(folder), _) => folder.to_owned(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => std::env::temp_dir(),
        };
        let data = DataDir::new(folder.join("server"));
        init(&data, true, &["localhost".to_owned()]).await?;
        let tablets = enrol_fleet(&data, wanted.units, wanted.departments.min(wanted.units)).await?;
        let programs = Programs { bin: bin_dir(wanted.bin_dir)?, logs: folder.clone() };
        // A unit may have two connections for a moment, and a fleet that comes back all of them.
        let connections = tablets.len() + tablets.len() / 8;
        let (running, words, addresses, origin) = (None, Vec::new(), None, None);
        Ok(Self { folder, _temporary: temporary, programs, tablets, running, words, addresses, connections, origin })
    }

    /// The data directory.
    pub(crate) fn data(&self) -> DataDir {
        DataDir::new(self.folder.join("server"))
    }

    /// The fleet's certificates, once.
    pub(crate) fn take_tablets(&mut self) -> Vec<FleetTablet> {
        std::mem::take(&mut self.tablets)
    }

    /// Where its pages are, once it serves: `https://host:port`.
    pub(crate) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The folder that everything is in.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Further words for `dispatch-server serve`.
    pub(crate) fn with_words(&mut self, words: Vec<OsString>) {
        self.words = words;
    }

    /// Starts the server and waits until it listens: on free ports, and after [`Installation::kill`] on those it had.
    pub(crate) async fn serve(&mut self) -> Result<ServerProcess> {
        let data = self.data();
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = self.addresses.unwrap_or(Addresses { quic: free, https: free });
        let mut command = self.programs.command("dispatch-server");
        command.arg("serve").arg("--data").arg(data.path());
        command.args(["--connections", &self.connections.to_string()]);
        command.args(["--quic", &listen.quic.to_string(), "--https", &listen.https.to_string()]);
        command.args(&self.words);
        let mut running = self.programs.start("server", &mut command)?;
        let said = running.ready(&data.run_file()).await?;
        let told = |key: &str| -> Result<SocketAddr> {
            let told = said[key].as_str().and_then(|text| text.parse().ok());
            told.with_context(|| format!("read the server's {key} address"))
        };
        let addresses = Addresses { quic: told("quic")?, https: told("https")? };
        self.origin = Some(format!("https://localhost:{}", addresses.https.port()));
        let pid = running.id().context("the server ended at once")?;
        (self.running, self.addresses) = (Some(running), Some(addresses));
        Ok(ServerProcess { pid, address: addresses.quic })
    }

    /// SIGKILL for the server, as a power cut would end it.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        let running = self.running.take().context("no server runs")?;
        running.kill().await?;
        // It had no time to remove its file, which says that it is ready.
        self.data().clear_running();
        Ok(())
    }

    /// Stops the server.
    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}

fn bin_dir(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let own = std::env::current_exe().context("find this program's folder")?;
    own.parent().map(Path::to_path_buf).context("find this program's folder")
}
