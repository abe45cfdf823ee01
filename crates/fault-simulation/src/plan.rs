//! How a run goes: how long, and how often what goes wrong. Chances are per mille.

/// The shape of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Presses of crews, all tablets together.
    pub presses: u64,
    /// A log frame or reply vanishes.
    pub drop: u64,
    /// It is seconds late.
    pub delay: u64,
    /// It comes twice.
    pub duplicate: u64,
    /// It is not in order.
    pub reorder: u64,
    /// A write of a tablet fails.
    pub failed_write: u64,
    /// A tablet dies in the middle of a write.
    pub torn_write: u64,
    /// A write of the server fails.
    pub server_failed_write: u64,
    /// An entry is one that the server can never accept.
    pub poison: u64,
    /// Microseconds from one trouble (partition, crash, clock, clone, restore …) to the next, on average.
    pub trouble_every_us: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            presses: 90,
            drop: 35,
            delay: 35,
            duplicate: 35,
            reorder: 80,
            failed_write: 12,
            torn_write: 12,
            server_failed_write: 15,
            poison: 15,
            trouble_every_us: 8_000_000,
        }
    }
}

impl Plan {
    /// Nothing goes wrong: for the end of a run, and to see that the oracle is quiet on a fair day.
    #[must_use]
    pub fn calm(self) -> Self {
        Self {
            drop: 0,
            delay: 0,
            duplicate: 0,
            reorder: 0,
            failed_write: 0,
            torn_write: 0,
            server_failed_write: 0,
            poison: 0,
            trouble_every_us: u64::MAX,
            ..self
        }
    }
}
