//! The real clock. Monotonic time also advances while the tablet sleeps.

use model::{BootId, Clock, Monotonic, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// This machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    boot: BootId,
}

impl SystemClock {
    /// Reads which boot this is. Without the kernel's word every start counts as a boot of its own.
    #[must_use]
    pub fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the boot's id stands in a file of the kernel")]
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let boot = text.trim().parse().unwrap_or_else(|_| {
            let mut random = [0u8; 16];
            let _filled = getrandom::fill(&mut random);
            BootId::from_bytes(random)
        });
        Self { boot }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

fn micros(id: ClockId) -> i64 {
    let time = clock_gettime(id);
    time.tv_sec.saturating_mul(1_000_000).saturating_add(time.tv_nsec / 1_000)
}

impl Clock for SystemClock {
    fn utc(&self) -> Timestamp {
        Timestamp(micros(ClockId::Realtime))
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic { boot: self.boot, us: u64::try_from(micros(ClockId::Boottime)).unwrap_or(0) }
    }
}
