//! The gateway to オンライン資格確認等システム: history over HTTPS with mutual TLS.
//!
//! In: a [`patient_history::HistoryQuery`] with recorded consent. Out: a [`patient_history::HistorySnapshot`], or a
//! [`patient_history::SourceError`] with a sentence for the crew. [`protocol`] is **our own stand-in protocol**: the
//! crew-side protocol of the national system is not public. It carries the public vocabulary (validity codes 1–6,
//! consent triplets, look-back periods, ●, processing status, error codes), so that everything above is right when the
//! real one takes its place.
//!
//! A training installation talks to stand-ins only, and a live one never to a stand-in.
//!
//! **Invariant:** nothing is sent without a consent that covers something, nothing beyond the consent leaves this crate
//! even if the other side sends it, and no content is in a log or an error.

mod answer;
mod exchange;
mod gateway;
pub mod protocol;

pub use gateway::{DEFAULT_DEADLINE, GatewayConfig, MAX_BODY_BYTES, NationalGateway};
