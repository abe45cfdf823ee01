//! The proof of "nothing lost, nothing doubled, nothing silently stale": the real `ambulance-core`, `delivery` and
//! `dispatch-core` in virtual time, with everything that can go wrong around them.
//!
//! In: a seed. Out: what happened ([`Outcome`]): steps, faults by kind, transitions taken, and every promise that was
//! broken. One seed is one exact replay: all chance comes from it, all time is virtual, and everything runs on one thread
//! in one order.
//!
//! What stands around the real code: tablets' disks that fail, tear and are cloned or lost (`disk`); a network that
//! drops, delays, duplicates, reorders and parts (`network`); a server whose work can stop at every await (`store`,
//! `server`); crews, desks and a dispatcher who press (`crew`); wall clocks that jump (`tablet`). The [`oracle`] looks at
//! every step from outside and knows what was promised to whom.
//!
//! **Invariant:** no socket, file, clock or ambient randomness; no product code depends on this crate.

mod broken;
mod connection;
mod crew;
mod desks;
mod dice;
mod disk;
mod faults;
pub mod oracle;
mod plan;
mod server;
mod settle;
mod store;
mod tablet;
mod town;
mod transitions;
mod troubles;
mod world;

pub use faults::{Fault, FaultCounts};
pub use oracle::Violation;
pub use plan::{NoSuchSetting, Plan};
pub use transitions::{TRANSITIONS, Transitions};
pub use world::{Outcome, run};
