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

/// A setting that a plan does not have, or a value that it cannot take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting:?} is no setting of a run; say one of {}, as NAME=NUMBER", Plan::SETTINGS.join(", "))]
pub struct NoSuchSetting {
    setting: String,
}

impl Plan {
    /// What [`Plan::set`] knows. Chances are per mille, `trouble_every_ms` is an average.
    pub const SETTINGS: [&str; 10] = [
        "presses",
        "drop",
        "delay",
        "duplicate",
        "reorder",
        "failed_write",
        "torn_write",
        "server_failed_write",
        "poison",
        "trouble_every_ms",
    ];

    /// Another mix of faults: `NAME=NUMBER`.
    ///
    /// # Errors
    /// [`NoSuchSetting`] for anything that is not one of [`Plan::SETTINGS`] with a number.
    pub fn set(mut self, setting: &str) -> Result<Self, NoSuchSetting> {
        let unknown = || NoSuchSetting { setting: setting.to_owned() };
        let (name, value) = setting.split_once('=').ok_or_else(unknown)?;
        let value: u64 = value.parse().map_err(|_| unknown())?;
        match name {
            "presses" => self.presses = value,
            "drop" => self.drop = value,
            "delay" => self.delay = value,
            "duplicate" => self.duplicate = value,
            "reorder" => self.reorder = value,
            "failed_write" => self.failed_write = value,
            "torn_write" => self.torn_write = value,
            "server_failed_write" => self.server_failed_write = value,
            "poison" => self.poison = value,
            "trouble_every_ms" => self.trouble_every_us = value.max(1).saturating_mul(1_000),
            _ => return Err(unknown()),
        }
        Ok(self)
    }

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
