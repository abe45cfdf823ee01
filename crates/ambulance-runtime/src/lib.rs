//! Carries the core's effects out: the store, the link, the card reader, the clock.
//!
//! In: commands of the crew. Out: the published [`ambulance_core::State`] and [`Notice`]s. The loop in [`runtime`] is the
//! only caller of the core; the store, the link and the reader each run beside it and answer with inputs, over bounded
//! channels. A full channel holds an effect back, it never drops a fact.
//!
//! The window, the headless client and the load test all start a tablet with [`runtime::start`]; they differ in the
//! store and the reader they hand in.
//!
//! **Invariant:** decides nothing; the only crate that names `pcsc`.

pub mod clock;
pub mod device_key;
mod link;
pub mod link_check;
mod mark;
pub mod observe;
pub mod open;
pub mod outbox;
pub mod reader;
mod roads;
pub mod runtime;
pub mod settings;
mod store;

pub use clock::SystemClock;
pub use device_key::KeyError;
pub use key_seal::{Choice as SealChoice, Protection, Reason as SealReason};
pub use link::{Address, Lanes, LinkSettings, Probe as LinkProbe, Verdict as LinkVerdict};
pub use observe::Observer;
pub use open::{StartError, TabletFolder, start_on, start_tablet};
pub use outbox::{open_outbox, open_outbox_with};
pub use outbox_sqlite::OpenError;
pub use reader::{CardCheck, Probe, ReaderEvents, start_pcsc};
pub use runtime::{Handle, Notice, Stopped, start};
pub use settings::{Settings, SettingsError};
