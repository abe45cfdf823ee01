//! A bad radio link in user space: delay, loss, bursts, duplicates, reordering, a narrow rate with a deep queue,
//! blackouts, changes of address. No kernel module is needed.
//!
//! *In:* a [`Profile`] per direction, a seed, packets. *Out:* the same packets later, twice, in another order, or never,
//! and [`Counts`] of what was done to them. The seed repeats every decision in the order of the packets; the packets'
//! own timing is the machine's.
//!
//! Pure: [`Path`] decides for one direction of one link, [`Schedule`] holds what is on its way; `now` is a parameter.
//! Edges: [`UdpRelay`] stands between any UDP clients and one server (QUIC); [`TunLink`] joins two network namespaces, for
//! any protocol (needs the right to make them). The program `lossy-link` runs either by hand.
//!
//! **Invariant:** nothing here reads or changes what a packet says, and nothing of this is in a product's program.

mod counts;
mod lane;
pub mod limits;
mod path;
mod profile;
mod schedule;
mod tun;
mod udp;

pub use counts::{Counts, PathCounts};
pub use path::{Fate, Loss, Path};
pub use profile::{Burst, PathProfile, Profile, Rate};
pub use schedule::Schedule;
pub use tun::{FAR, NEAR, Namespace, TunLink};
pub use udp::{Captured, Recording, UdpRelay};
