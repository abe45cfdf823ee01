//! On what a measurement ran: the processor, its cores, memory, kernel, and how busy it was before.

use serde::{Deserialize, Serialize};

const KIB_PER_MIB: u64 = 1_024;

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The model that the processor names.
    pub processor: String,
    /// Cores that this program may use.
    pub cores: u32,
    /// Memory, MiB.
    pub memory_mib: u64,
    /// The kernel.
    pub system: String,
    /// Load averages over 1, 5 and 15 minutes when the report was begun: what ran beside it.
    pub load_before: [f64; 3],
}

impl Machine {
    /// This machine, now. What cannot be read is empty or 0: a report is written all the same.
    #[must_use]
    pub fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            processor: processor(&read("/proc/cpuinfo")),
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
            memory_mib: memory_kib(&read("/proc/meminfo")) / KIB_PER_MIB,
            system: format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
            load_before: load(&read("/proc/loadavg")),
        }
    }

    /// In one line.
    #[must_use]
    pub fn text(&self) -> String {
        let gib = self.memory_mib as f64 / 1_024.0;
        format!("{}, {} cores, {gib:.0} GiB, {}", self.processor, self.cores, self.system)
    }
}

fn read(path: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the kernel tells of the machine in files")]
    std::fs::read_to_string(path).unwrap_or_default()
}

/// `model name : AMD EPYC`; other architectures name none.
fn processor(cpuinfo: &str) -> String {
    let named = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    named.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

fn memory_kib(meminfo: &str) -> u64 {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    total.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn load(loadavg: &str) -> [f64; 3] {
    let mut numbers = loadavg.split_whitespace().map(|word| word.parse().unwrap_or(0.0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_understood() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: AMD EPYC 7B13\n"), "AMD EPYC 7B13");
        assert_eq!(processor(""), std::env::consts::ARCH);
        assert_eq!(memory_kib("MemTotal:       24576000 kB\n"), 24_576_000);
        assert_eq!(load("0.52 1.25 3.00 2/300 4711\n"), [0.52, 1.25, 3.0]);
        assert!(Machine::here().memory_mib > 0);
    }
}
