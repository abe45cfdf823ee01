//! The administrator's commands. Each works on a data directory, also while the server runs on it.

mod accounts;
mod alerts;
mod audit;
mod card_roots;
mod cli;
mod decisions;
mod departments;
mod disaster;
mod export;
mod fleet;
mod hospitals;
mod init;
mod logs;
mod openapi;
mod output;
mod rank;
mod restored;
mod reviews;
mod roads;
mod second_factor;
mod serve;
mod standards;
mod stats;
mod tokens;
mod units;

pub use accounts::{IssuedStaffPassword, MadeAccount, NewPerson, add_desk, add_person, issue as issue_staff_password};
pub use card_roots::trust_cards;
pub use cli::{Cli, run};
pub use departments::{department_by, make_department, offer_pin};
pub use fleet::{FLEET_MAX, FleetPeople, FleetTablet, enrol_fleet, staff_fleet};
pub use init::{InitDone, init};
pub use standards::take_standard;
pub use units::{EnrolDone, EnrolTablet, enrol};

use crate::edge::{Ids, SystemClock};
use anyhow::{Context as _, Result};
use dispatch_core::Call;

/// Exit codes of every command.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// A stated check or limit failed.
    pub const CHECK_FAILED: u8 = 1;
    /// Bad usage or bad input; nothing was changed.
    pub const BAD_INPUT: u8 = 2;
}

/// Time and ids of one command.
pub(crate) struct Desk {
    clock: SystemClock,
    ids: Ids,
    training: bool,
}

impl Desk {
    pub(crate) fn new(training: bool) -> Result<Self> {
        let random = "take random numbers from the system";
        Ok(Self { clock: SystemClock::new().context(random)?, ids: Ids::new().context(random)?, training })
    }
    pub(crate) fn call(&self) -> Call<'_> {
        Call::new(&self.clock, self.ids.fork(), self.training)
    }
}
