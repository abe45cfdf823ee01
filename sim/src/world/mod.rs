//! The world of a scenario: who falls ill where and when, and (in virtual time) what units, crews, hospitals and radio make of it.
//!
//! In: a [`crate::scenario::Scenario`] and chance ([`crate::engine::Streams`]). Out: incidents in order of time ([`demand`]), which the
//! live driver takes as well. Never in here: sockets, clocks, files; the rules of the product, which are called and not
//! written again.

mod acceptance;
mod bare;
mod choice;
mod choice_point;
pub mod demand;
pub mod geography;
mod handlers;
mod hospital;
mod nearest;
mod radio;
mod record;
mod service;
mod state;
mod tally;
mod unit;

pub use bare::{BareOutcome, BareWorld};
pub use choice_point::{ChoiceOption, ChoicePoint};
pub use demand::CardFate;
pub(crate) use radio::Radio;
pub use record::CaseLog;
pub use state::{Options, Outcome, simulate};
pub use tally::{Enquiries, MOST_ENQUIRIES, OfMunicipality, OfPrefecture, SIZES, Stretch, Tally};

#[cfg(test)]
mod tests;
