//! What the system counts of a process.

use anyhow::{Context, Result};

const US_PER_S: u64 = 1_000_000;

/// Memory and processor time of a process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) rss_kib: u64,
    pub(super) cpu_us: u64,
}

impl std::ops::Add for Figures {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rss_kib: self.rss_kib + other.rss_kib, cpu_us: self.cpu_us + other.cpu_us }
    }
}

/// Of this process.
pub(super) fn own() -> Result<Figures> {
    figures("self")
}

/// Of another process, all its threads.
pub(super) fn of(process: u32) -> Result<Figures> {
    figures(&process.to_string())
}

fn figures(process: &str) -> Result<Figures> {
    let (status, stat) = (read(process, "status")?, read(process, "stat")?);
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let rss_kib = rss.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    // proc(5): fields 14 and 15 count from behind the name in parentheses, which may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Ok(Figures { rss_kib, cpu_us: (ticks(11) + ticks(12)) * US_PER_S / per_second })
}

fn read(process: &str, file: &str) -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "the kernel's figures stand in files")]
    std::fs::read_to_string(format!("/proc/{process}/{file}")).context("read the figures of a process")
}
