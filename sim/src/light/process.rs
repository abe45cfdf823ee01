//! The server's process as the system sees it: memory, processor time, and stopping it for a while.

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use std::net::SocketAddr;

/// A running server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerProcess {
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
}

/// What the system counts of a process.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Figures {
    /// Resident memory now, KiB.
    pub rss_kib: u64,
    /// The most it ever was, KiB.
    pub peak_kib: u64,
    /// Processor time so far, milliseconds, of all threads, user and system.
    pub cpu_ms: u64,
}

impl ServerProcess {
    /// Reads its figures from `/proc`.
    pub(crate) fn figures(&self) -> Result<Figures> {
        figures(&self.pid.to_string())
    }

    /// SIGSTOP or SIGCONT.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).context("the server's process")?;
        kill_process(pid, signal).context("signal the server")
    }
}

/// Figures of this process.
pub(crate) fn own_figures() -> Result<Figures> {
    figures("self")
}

fn figures(process: &str) -> Result<Figures> {
    let status = read(&format!("/proc/{process}/status"))?;
    let stat = read(&format!("/proc/{process}/stat"))?;
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim_start_matches(':').split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    // proc(5): fields 14 and 15 count from behind the name in parentheses, which may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let cpu_ms = (ticks(11) + ticks(12)).saturating_mul(1_000) / per_second;
    Ok(Figures { rss_kib: kib("VmRSS"), peak_kib: kib("VmHWM"), cpu_ms })
}

fn read(path: &str) -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "this is a program: the kernel's figures stand in files")]
    std::fs::read_to_string(path).with_context(|| format!("read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_has_worked() {
        let own = own_figures().expect("figures of this process");
        assert!(own.rss_kib > 100 && own.peak_kib >= own.rss_kib);
    }
}
