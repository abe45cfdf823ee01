//! The events of a case, their stored form, and the fold that gives them meaning.
//!
//! In: events of any writer, in any order, any number of times. Out: one [`CaseView`] that depends only on the *set* of
//! events known; the stored bytes of an event and the name `(log, seq)` under which it exists exactly once; the rules of the
//! enquiry ([`enquiry`]). Tablet, console, board and report all fold with this crate: there is no second meaning of a log.
//!
//! **Invariant:** knows neither `wire` nor `delivery`, no clock, no store. An event once written is never changed: undoing
//! and correcting are events of their own.

pub mod body;
pub mod enquiry;
pub mod event;
pub mod facts;
pub mod message;
pub mod oral;
pub mod patient;
pub mod stored;
pub mod view;
pub mod words;

pub use body::Body;
pub use event::{Event, EventName, OnBehalf, Subject, Writer};
pub use facts::{CaseFacts, Commit, Inserted};
pub use message::{AlarmMark, CardAnswer, Checked, Message};
pub use oral::{OralChange, OralHistory};
pub use patient::{BoundCard, CardMark, IdentitySource, SamePatient, temporary_letter};
pub use stored::{DecodeError, Hash, SCHEMA, Stored};
pub use view::{
    Agreement, CaseView, Change, ConsentEntry, Destination, DestinationEnd, EnquiryState, Gap, LookupState, Lost,
    Signature, StageTime, TabletPart, fold,
};
pub use words::{
    AnsweredBy, Belonging, CardOutcome, CorrectionReason, DeclineReason, Ending, EnquiryAnswer, FindingsChange,
    HowDecided, JoinReason, LookupOutcome, OverrideReason, Receiver, ReleaseReason, WipeCause,
};
