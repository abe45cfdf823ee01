//! What the outside tells the core.

use crate::number_b::OpenedFace;
use crate::state::{DoorQuestion, LinkTrouble};
use card::{CardRead, Failure};
use delivery::{ReadRequest, StoreError};
use hospital_selection::CapacityReport;
use model::QuestionId;
use std::sync::Arc;
use wire::{Answer, Entry, FeedItem, LogReply, Pong, Preview, RefusalCode, Welcome};

/// One result of the outside.
pub enum Input {
    /// The link.
    Link(LinkInput),
    /// Reader and card.
    Card(CardInput),
    /// A `Persist` effect is durable.
    Persisted {
        /// Its number.
        id: u64,
    },
    /// A `Persist` effect failed: nothing of it was written.
    PersistFailed {
        /// Its number.
        id: u64,
        /// The disk is full.
        disk_full: bool,
    },
    /// Entries that [`crate::Effect::ReadLog`] asked for.
    Entries {
        /// The request.
        request: ReadRequest,
        /// The rows, or why not.
        result: Result<Vec<Entry>, StoreError>,
    },
    /// A frame of the log stream.
    LogReply(LogReply),
    /// Items of the feed that arrived together, in order; at most [`crate::limits::FEED_BATCH_MAX`].
    Feed(Vec<FeedItem>),
    /// An answer.
    Answer {
        /// The question.
        id: QuestionId,
        /// What.
        answer: Box<Answer>,
    },
    /// An answer to [`crate::State::door_question`], from a server that has not said Welcome yet.
    Preview {
        /// What was asked.
        asked: Arc<DoorQuestion>,
        /// The list.
        preview: Box<Preview>,
    },
    /// A question's stream ended without an answer.
    AnswerLost {
        /// The question.
        id: QuestionId,
    },
    /// Capacity from elsewhere (tests, simulator).
    Capacity(Vec<CapacityReport>),
}

/// The link to the server.
pub enum LinkInput {
    /// The server said Welcome; only now is the tablet connected.
    Up(Welcome),
    /// The link is gone.
    Down {
        /// Why.
        why: LinkTrouble,
    },
    /// The server keeps us out.
    Refused(RefusalCode),
    /// The probe was answered.
    Pong(Pong),
    /// An answer is late, or the server was heard after all.
    Late(bool),
}

/// Reader and card.
pub enum CardInput {
    /// No reader.
    ReaderMissing,
    /// A reader without a card.
    NoCard,
    /// A card was put on; reading begins.
    Reading,
    /// The card was read.
    Read {
        /// What it is.
        read: Box<CardRead>,
        /// How long it took, milliseconds.
        took_ms: u32,
    },
    /// What came of [`crate::Effect::OpenFace`].
    Face {
        /// Its press.
        press: u64,
        /// The face, or why not.
        result: Result<Box<OpenedFace>, Failure>,
        /// How long it took, milliseconds.
        took_ms: u32,
    },
    /// What came of [`crate::Effect::SignWithPin`].
    Signed {
        /// Its press.
        press: u64,
        /// The signature, or why not.
        result: Result<Vec<u8>, Failure>,
        /// How long it took, milliseconds.
        took_ms: u32,
    },
    /// The reading ended otherwise.
    Failed {
        /// How.
        failure: Failure,
        /// How long it took, milliseconds.
        took_ms: u32,
    },
}
