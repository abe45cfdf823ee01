//! `sim national`: a stand-in for オンライン資格確認等システム.
//!
//! In: the personas' `[insurance]` and `[history]` tables, a TLS configuration, a [`Fault`] to play. Out: answers of
//! [`eligibility::protocol`] over mutual TLS: people are found by the serial number of their card's certificate, and a
//! section comes back only where the consent covers it. Without a card, by all four attributes, if they fit one person alone.
//!
//! It says that it is a stand-in in every answer; a live installation refuses it. It does not check the certificate's
//! chain or signature: the card's own keys are the virtual card's business.
//!
//! **Invariant:** invented people only; nothing of a look-up is kept.

mod answer;
mod command;
mod fault;
mod files;
mod persona_history;
mod search;
mod server;
mod spent;

pub use answer::answer;
pub use command::{NationalArgs, run};
pub use fault::{Fault, Faults};
pub use files::{NationalFiles, prepare};
pub use persona_history::{Insured, Register};
pub use server::{Handle, MAX_QUESTION_BYTES, serve};
pub use spent::Spent;

#[cfg(test)]
mod tests;
