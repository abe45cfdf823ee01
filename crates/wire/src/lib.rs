//! Frames and messages between tablet and server, their versions and limits.
//!
//! In: values of the domain crates, and stored events as opaque bytes with their name `(log, seq)` and schema.
//! Out: CBOR frames. Facts go one way ([`log`]), questions the other ([`question`]); what others wrote comes back on the
//! feed ([`feed`]); a connection begins with [`hello`]; positions are datagrams ([`position`]).
//!
//! Evolution inside a version is additive: unknown fields are ignored, unknown variants answered as "not known here".
//! The server speaks [`hello::VERSION`] and the one before.
//!
//! **Invariant:** no socket, no clock, no rule of medicine; no domain crate knows this one.

pub mod codec;
pub mod feed;
pub mod hello;
pub mod limits;
pub mod log;
pub mod notice;
pub mod position;
mod published;
pub mod question;
pub mod secret;

pub use feed::{FeedItem, FeedStart};
pub use hello::{Hello, HelloReply, Ping, Pong, RefusalCode, VERSION, Welcome};
pub use log::{Entry, LogFrame, LogReply, QuarantineReason};
pub use notice::{DisasterNotice, Notice, ReliefNotice};
pub use position::PositionReport;
pub use published::{NOTHING_PUBLISHED, Published, PublishedContent};
pub use question::{
    Answer, Ask, DocumentAnswer, HistoryAnswer, HistoryQuestion, Nonces, Preview, PreviewQuestion, Question,
    QuestionError, SignedIn, SuggestQuestion, Suggestion,
};
pub use secret::Passcode;
