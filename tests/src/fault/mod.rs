//! Faults on real processes: tablets and the server as programs of their own, killed with SIGKILL, behind a link that loses, delays
//! and moves, on disks that fill and files that break.
//!
//! In: a seed and how many faults. Out: a [`report::Report`] with every [`report::Violation`].
//!
//! A tablet process ([`tablet`]) performs an endless stream of transports ([`transport`]) and writes down what the crew was
//! told is recorded, after the store said so ([`journal`]). Whoever killed it reads that journal, the tablet's outbox and the
//! server's log afterwards, and compares ([`check`]).

pub mod check;
pub mod clock;
pub mod damage;
pub mod disk;
pub mod journal;
pub mod kill;
pub mod lives;
pub mod network;
pub mod one;
pub mod process;
pub mod report;
pub mod site;
pub mod strangers;
pub mod tablet;
pub mod transport;
pub mod witness;
