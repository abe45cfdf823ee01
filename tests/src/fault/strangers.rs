//! A client that is not ours at the real server: it stays up, bounded, and goes on serving a real tablet.

use super::one::One;
use super::site::Site;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;
use tokio::process::Command;

/// What was seen.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// A sound Hello of the stranger was answered in the end.
    pub answered: bool,
    /// From a press of the real tablet to its acknowledgement meanwhile, milliseconds, the longest.
    pub longest_ack_ms: u64,
    /// Such presses.
    pub presses: u64,
    /// The most memory that the server used, KiB.
    pub server_peak_kib: u64,
    /// The same before.
    pub server_before_kib: u64,
    /// What a comparison of all records found broken.
    pub broken: Vec<String>,
}

/// Runs `tests/quic/strangers.py` with a Python that has aioquic.
///
/// # Errors
/// When a program does not start, or the server ends.
pub async fn run(python: &Path, script: &Path, folder: &Path) -> Result<Seen> {
    let mut one = One::make(folder, &folder.join("server")).await?;
    let stranger = enrol(&mut one.site, one.place.quic).await?;
    one.start_tablet().await?;
    one.press(1).await?;
    one.delivered().await?;
    let before = memory(&one)?;
    let mut command = Command::new(python);
    command.arg(script).arg(one.place.quic.ip().to_string()).arg(one.place.quic.port().to_string()).arg(&stranger);
    let mut running = command.kill_on_drop(true).spawn().context("start Python")?;
    let (mut longest_ack_ms, mut presses) = (0, 0);
    let status = loop {
        if let Some(status) = running.try_wait()? {
            break status;
        }
        let began = Instant::now();
        one.press(1).await?;
        one.tablet().until("acknowledged", |shown| shown.up && shown.waiting == 0).await?;
        longest_ack_ms = longest_ack_ms.max(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        presses += 1;
    };
    let server_peak_kib = memory(&one)?;
    one.delivered().await?;
    one.kill_tablet().await?;
    one.kill_server().await?;
    let (broken, _) = one.broken().await?;
    let broken = broken.into_iter().collect();
    Ok(Seen { answered: status.success(), longest_ack_ms, presses, server_peak_kib, server_before_kib: before, broken })
}

async fn enrol(site: &mut Site, server: std::net::SocketAddr) -> Result<std::path::PathBuf> {
    Ok(site.enrol(server).await?.out)
}

/// The most memory that the server has used so far, KiB.
fn memory(one: &One) -> Result<u64> {
    let Some(pid) = one.server_pid() else { bail!("the server does not run") };
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("look at the server")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the server's memory")?;
    line.trim().trim_end_matches(" kB").parse().context("the server's memory")
}
