//! Limits of the HTTPS side. Beside each stands what happens at the limit.

use std::time::Duration;

/// Open connections; a further one is closed at once.
pub const CONNECTIONS_MAX: usize = 4_096;

/// A TLS handshake that takes longer is given up; garbage on the port ends here at the latest.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(5);

/// A request whose head takes longer is given up.
pub const HEAD_TIME: Duration = Duration::from_secs(10);

/// A request (not a stream of events) that takes longer is answered with 503.
pub const REQUEST_TIME: Duration = Duration::from_secs(20);

/// HTTP/2 connections are asked so often whether somebody is there; without an answer for as long again they are closed.
pub const PING_TIME: Duration = Duration::from_secs(30);

/// Bytes of a request's head; a longer one is refused with 431.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Header lines of a request; more are refused with 431.
pub const HEADERS_MAX: usize = 64;

/// Bytes of a request's body; a longer one is refused with 413.
pub const BODY_BYTES_MAX: usize = 32 * 1024;

/// Streams that one HTTP/2 connection may have open; more are refused by the protocol.
pub const STREAMS_MAX: u32 = 64;

/// After the order to stop, connections have so long to end; then they are cut.
pub const STOP_TIME: Duration = Duration::from_secs(5);

/// Streams of events look again at least so often, also when nobody hinted: a lost hint costs seconds, never the update.
pub const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// After an update a stream rests so long; hints in between are answered by one update.
pub const REST: Duration = Duration::from_millis(250);

/// A map is told what moved so often (design/web.md §10).
pub const MAP_EVERY: Duration = Duration::from_secs(2);

/// Rows in one event of a map; more go into further events.
pub const MAP_ROWS: usize = 1_000;

/// Hospitals are looked at with every so many looks of a map: some 15 seconds.
pub const MAP_SLOW_LOOKS: u32 = 8;

/// A comment is sent on silent event streams so often, so that a dead connection is noticed.
pub const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Wrong sign-ins from one address (IPv6: one /64) within [`WRONG_MINUTES`]; further tries are refused with 429.
pub const WRONG_PER_ADDRESS: usize = 20;

/// See [`WRONG_PER_ADDRESS`].
pub const WRONG_MINUTES: i64 = 5;

/// Addresses whose wrong sign-ins are remembered; at the limit the one that was seen longest ago is forgotten.
pub const ADDRESSES_MAX: usize = 10_000;

/// Passcodes checked at the same time (19 MiB of memory each); further ones wait.
pub const PASSCODES_AT_ONCE: usize = 2;

/// Passcode checks that may wait; further sign-ins are refused with 429.
pub const PASSCODES_WAITING: usize = 64;

/// Characters of a passcode that somebody chooses: shorter and longer ones are refused.
pub const PASSCODE_CHARS: core::ops::RangeInclusive<usize> = 12..=128;

/// Minutes in which the code of a handover document's QR can be used, once.
pub const CODE_MINUTES: i64 = 60;

/// The same of a patient's receipt: it is read at home, perhaps the next morning.
pub const RECEIPT_CODE_MINUTES: i64 = 24 * 60;

/// Unused codes that are remembered; at the limit the oldest is forgotten.
pub const CODES_MAX: usize = 10_000;

/// Minutes that a conditional answer may stand; more is refused.
pub const CONDITION_MINUTES: core::ops::RangeInclusive<i64> = 1..=240;

/// Minutes for which a desk may close a service; more is refused.
pub const CLOSURE_MINUTES: core::ops::RangeInclusive<i64> = 1..=(24 * 60);

/// Requests of one machine's token or session in a minute; further ones are refused with 429 and the seconds to wait.
pub const MACHINE_PER_MINUTE: u32 = 600;

/// Machines whose requests are counted; at the limit those of earlier minutes are forgotten.
pub const MACHINES_MAX: usize = 10_000;

/// Reports in one request of a capacity feed; more are refused with 422.
pub const REPORTS_MAX: usize = 200;

/// Statistics that are summed up at the same time, since each reads every case of its days; further ones wait, and get 503 when
/// [`REQUEST_TIME`] is over: ask for fewer days then, or use `dispatch-server stats`.
pub const STATISTICS_AT_ONCE: usize = 1;

/// Days of which statistics are shown when none are asked for, today included.
pub const STATISTICS_DAYS: i32 = 28;
