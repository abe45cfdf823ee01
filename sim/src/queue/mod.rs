//! `sim queue`: a queueing example of a textbook, simulated, with the exact value beside it where a formula gives one.
//!
//! In: a file (TOML or JSON) of areas that call, servers, lists of whom an area calls first, priorities, and what happens when all are
//! busy. Out: for every figure its mean over replications, the half-width of its interval of confidence, and the exact value
//! where there is one; false when a figure that the file expects lies elsewhere. Never in here: Japan.
//!
//! - [`QueueFile`]: the file, its checks with line and path. `plan.rs`: what it comes to.
//! - `run.rs`: one replication in virtual time. `observe.rs`: what is counted. `figures.rs`: the figures, by name.
//! - `exact/`: Erlang B and C, Cobham, Pollaczek and Khinchine, and the Markov chain of all sets of busy servers (hypercube).

mod answer;
mod command;
mod exact;
mod fields;
mod figures;
mod file;
mod locate;
mod observe;
mod plan;
mod run;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Expected, Figure, answer};
pub use command::{QueueArgs, run};
pub use exact::{erlang_b, erlang_c};
pub use fields::{Area, Expect, QueueFile, Server, Service, Shape, Travel, TravelTime, Waiting};
pub use file::{EXAMPLE, QueueFileError, SCHEMA};
