//! `sim calibrate`: what the simulator makes beside what is published, row by row, with a verdict.
//!
//! In: a scenario, days spread over a year, and a file of departments whose figures were kept out of the fit. Out: a report: national and
//! prefecture transports, the hourly curve, times by stage and by size of department, enquiries, hospitals' shares of acceptances,
//! time on scene with and without a read card, departments; each row published, model, difference, source. False when a row of a
//! stated tolerance is missed. Never in here: fitting; constants of the model stand in [`crate::world`] with their sources.

mod command;
mod departments;
mod national;
mod regions;
mod row;
mod sheet;
#[cfg(test)]
mod tests;

pub use command::{CalibrateArgs, run};
pub use departments::{Department, DepartmentsError, DepartmentsFile, EXAMPLE, SCHEMA};
