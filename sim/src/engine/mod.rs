//! The bare engine of a simulation in virtual time: what happens next, chance, and statistics.
//!
//! In: a seed, events with their times. Out: events in order of time, random numbers, estimates with their half-widths. Never
//! in here: ambulances, files, clocks, threads.
//!
//! Virtual time is whole microseconds since the start of a run ([`Ticks`]): sums of times do not depend on their order. Events of
//! one instant come in the order in which they were put in.

mod calendar;
mod draw;
pub mod stats;
mod streams;

pub use calendar::{Calendar, Ticks};
pub use draw::{Distribution, DrawError, Sampler};
pub use streams::{Streams, common_uniform};
