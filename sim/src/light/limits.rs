//! The numbers of a light unit: those of the tablet's link.

use std::time::Duration;

/// UDP sockets of a fleet; units share them.
pub(super) const SOCKETS: usize = 64;
/// Addresses of the loopback (127.0.1.1 and on) that sockets of their own are spread over.
pub(super) const ADDRESSES: usize = 200;
/// Files that this process needs besides sockets of units: the runtime, the database, logs, and some for whoever runs it.
pub(crate) const OTHER_FILES: u64 = 256;
/// As the tablet's link: a dial gives up after this long.
pub(super) const DIAL_DEADLINE: Duration = Duration::from_secs(10);
/// As the tablet's link: the server must answer Hello within this time.
pub(super) const HELLO_DEADLINE: Duration = Duration::from_secs(5);
/// As the tablet's link: first wait before dialling again; doubles, with jitter of half to one and a half.
pub(crate) const REDIAL_FIRST: Duration = Duration::from_millis(300);
/// As the tablet's link: longest wait before dialling again.
pub(crate) const REDIAL_MAX: Duration = Duration::from_secs(5);
/// As the tablet's link: how often it probes.
pub(crate) const PROBE_EVERY: Duration = Duration::from_secs(5);
/// As the tablet's link: without any answer for this long the connection counts as dead.
pub(crate) const PROBE_DEADLINE: Duration = Duration::from_secs(12);
/// How often a unit looks whether its server has been silent for too long. A tablet looks every 250 ms; thousands in one process
/// would spend their time with looking.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(500);
