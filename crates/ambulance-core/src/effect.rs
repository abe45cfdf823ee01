//! What the runtime has to carry out, in order.

use card::{Challenge, LastTry, NumberB, Pin};
use delivery::{ReadRequest, StoreOrder, Transaction, Transmit};
use model::Timestamp;
use std::sync::Arc;
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
    /// Open the face of the card that lies on the reader, if it is the card with this certificate; then say
    /// [`crate::CardInput::Face`]. Presents the number at most once.
    OpenFace {
        /// Echoed in the result.
        press: u64,
        /// 利用者証明用電子証明書 of the card that was read for this case, DER. No other card is asked.
        certificate: Vec<u8>,
        /// The number.
        number: Arc<NumberB>,
        /// Whether the last try may be used.
        last_try: LastTry,
    },
    /// Let the card that lies on the reader sign, if it is the card with this certificate; then say
    /// [`crate::CardInput::Signed`]. Presents the PIN at most once.
    SignWithPin {
        /// Echoed in the result.
        press: u64,
        /// 利用者証明用電子証明書 of the card that was read for this case, DER. No other card is asked.
        certificate: Vec<u8>,
        /// The PIN.
        pin: Arc<Pin>,
        /// Whether the last try may be used.
        last_try: LastTry,
        /// What is signed. Its nonce is marked as used on the disk.
        challenge: Challenge,
    },
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
