//! The training installation of a storm: a data directory with a fleet, and the server's process on it.

use super::StormArgs;
use super::process::ServerProcess;
use crate::process::{Programs, Running};
use anyhow::{Context, Result};
use dispatch_server::DataDir;
use dispatch_server::admin::{FleetTablet, enrol_fleet, init};
use std::path::{Path, PathBuf};

/// See the module.
pub(super) struct Installation {
    folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
    programs: Programs,
    tablets: Vec<FleetTablet>,
    running: Option<Running>,
}

impl Installation {
    /// Makes the data directory and enrols the fleet.
    pub(super) async fn prepare(args: &StormArgs) -> Result<Self> {
        let temporary = match &args.data {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("ems-storm-").tempdir().context("make a folder")?),
        };
        let folder = match (&args.data, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => std::env::temp_dir(),
        };
        let data = DataDir::new(folder.join("server"));
        init(&data, true, &["localhost".to_owned()]).await?;
        let tablets = enrol_fleet(&data, args.units, args.departments.min(args.units)).await?;
        let programs = Programs { bin: bin_dir(args.bin_dir.as_deref())?, logs: folder.clone() };
        Ok(Self { folder, _temporary: temporary, programs, tablets, running: None })
    }

    /// The data directory.
    pub(super) fn data(&self) -> DataDir {
        DataDir::new(self.folder.join("server"))
    }

    /// The fleet's certificates, once.
    pub(super) fn take_tablets(&mut self) -> Vec<FleetTablet> {
        std::mem::take(&mut self.tablets)
    }

    /// Starts the server on free ports and waits until it listens.
    pub(super) async fn serve(&mut self) -> Result<ServerProcess> {
        let data = self.data();
        let mut command = self.programs.command("dispatch-server");
        command.arg("serve").arg("--data").arg(data.path()).args(["--quic", "127.0.0.1:0", "--https", "127.0.0.1:0"]);
        let mut running = self.programs.start("server", &mut command)?;
        let said = running.ready(&data.run_file()).await?;
        let address = said["quic"].as_str().and_then(|text| text.parse().ok()).context("read the server's address")?;
        let pid = running.id().context("the server ended at once")?;
        self.running = Some(running);
        Ok(ServerProcess { pid, address })
    }

    /// Stops the server.
    pub(super) async fn stop(&mut self) {
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
