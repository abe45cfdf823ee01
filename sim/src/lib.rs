//! Stand-ins and the demo: a card on a real reader, the national system, hospital desks, and one whole transport.
//!
//! In: personas, the programs of this workspace. Out: parts that say that they are stand-ins, and that only a training
//! installation accepts.
//!
//! **Invariant:** invented people only.

pub mod calibrate;
pub mod card;
pub mod compare;
pub mod crowd;
pub mod demo;
pub mod engine;
pub mod fleet;
pub mod hospitals;
pub mod light;
pub mod national;
pub mod pcscd;
pub mod policies;
mod process;
pub mod queue;
pub mod replay;
pub mod report;
pub mod run;
pub mod scenario;
pub mod screens;
pub mod storm;
mod threads;
pub mod world;
