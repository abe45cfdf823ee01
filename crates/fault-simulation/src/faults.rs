//! What can go wrong, and how often it did.

use serde::Serialize;
use std::collections::BTreeMap;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $key:literal),+ $(,)?) => {
        /// One kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name),+ }

        impl Fault {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// The kind's word in reports.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }
        }
    };
}

faults! {
    /// A frame or reply of a log, a question or an answer vanished.
    Drop = "drop",
    /// It came seconds late.
    Delay = "delay",
    /// It came twice.
    Duplicate = "duplicate",
    /// It overtook or was overtaken.
    Reorder = "reorder",
    /// A tablet lost the network for a while.
    Partition = "partition",
    /// A tablet's process died.
    TabletCrash = "tablet_crash",
    /// The server's process died, with everything it was doing.
    ServerCrash = "server_crash",
    /// A tablet's disk refused a write.
    FailedWrite = "failed_write",
    /// A tablet died in the middle of a write.
    TornWrite = "torn_write",
    /// A row of a tablet's outbox became unreadable.
    DamagedRow = "damaged_row",
    /// The server's store refused a write.
    ServerFailedWrite = "server_failed_write",
    /// A wall clock was set.
    ClockJump = "clock_jump",
    /// A tablet's store was copied, and both went on.
    ClonedStore = "cloned_store",
    /// A tablet went on with an older copy of its store.
    RestoredTablet = "restored_tablet",
    /// The server was put back from a backup.
    RestoredServer = "restored_server",
    /// A tablet's store was lost; it began a new one.
    NewStore = "new_store",
    /// A tablet's file broke: a new store took over what was readable.
    TakenOver = "taken_over_store",
    /// An entry that the server can never accept.
    Poison = "poison",
}

/// How often each kind happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FaultCounts(BTreeMap<&'static str, u64>);

impl FaultCounts {
    pub(crate) fn note(&mut self, fault: Fault) {
        *self.0.entry(fault.key()).or_insert(0) += 1;
    }
    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        for (key, count) in &other.0 {
            *self.0.entry(key).or_insert(0) += count;
        }
    }
    /// Of one kind.
    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(fault.key()).copied().unwrap_or(0)
    }
    /// Of all kinds.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}
