//! What the runtime has to carry out, in order.

use delivery::{ReadRequest, StoreOrder, Transaction, Transmit};
use model::Timestamp;
use wire::{Ask, FeedStart, PositionReport};

/// One effect.
pub enum Effect {
    /// Write this transaction durably, then say [`crate::Input::Persisted`].
    Persist {
        /// Echoed in the result.
        id: u64,
        /// What.
        transaction: Transaction,
        /// The time to record.
        at: Timestamp,
    },
    /// Keep this in the store.
    Store(StoreOrder),
    /// Read entries of a log.
    ReadLog(ReadRequest),
    /// Send a frame on the log stream of its lane.
    SendLog(Transmit),
    /// Ask a question on a stream of its own.
    Ask(Box<Ask>),
    /// Open the feed.
    StartFeed(FeedStart),
    /// Send a position datagram.
    SendPosition(PositionReport),
    /// Dial the server now, should the link be down.
    ConnectNow,
    /// Read the card that lies on the reader.
    ReadCard,
    /// Play a sound; its place on screen exists besides.
    Play(Sound),
    /// History was dropped: drop every picture and text of it as well.
    HistoryDropped,
}

/// The three sounds of the tablet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// One tone.
    CardRead,
    /// Two tones.
    HospitalAnswered,
    /// Three tones.
    Alarm,
}
