//! `sim policies`: ways to choose a hospital beside each other and beside oracles, in the same world.
//!
//! In: a scenario, replications, a seed. Out: a report with two answers. *At the choice*: what stood before the first enquiry of every
//! so manieth case is kept, and every policy and oracle is measured on it with the same answers of the same hospitals; regret is what a
//! policy costs above the oracle that knows every answer and pays one enquiry. *In the whole day*: the scenario runs once for each policy
//! with the same calls, services and answers (common random numbers), so that crowding, waiting and busy units feed back; differences are
//! paired by replication. Never in here: how the product ranks, which is called.

mod choices;
mod command;
mod days;
mod point;
pub mod sequence;
mod sheet;
#[cfg(test)]
mod tests;

pub use command::{PoliciesArgs, run};
