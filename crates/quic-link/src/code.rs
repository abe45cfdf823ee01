//! The numbers that travel outside frames: why a connection or a stream ended, and what a stream is for.

use std::fmt;

/// Why one side closed the connection. Numbers are never reused; an unknown one is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u32);

impl CloseCode {
    /// Nothing wrong: the side has finished.
    pub const DONE: Self = Self(0);
    /// The peer broke the rules of the protocol.
    pub const PROTOCOL: Self = Self(1);
    /// No common version of the messages.
    pub const VERSION: Self = Self(2);
    /// The device or its certificate is revoked (失効). Enrol again.
    pub const REVOKED: Self = Self(3);
    /// The server does not know the device. Enrol it.
    pub const UNKNOWN_DEVICE: Self = Self(4);
    /// A training device at a live server, or the reverse.
    pub const TRAINING_MISMATCH: Self = Self(5);
    /// The server stops; dial the next one.
    pub const SHUTDOWN: Self = Self(6);
    /// The same device has a newer connection.
    pub const SUPERSEDED: Self = Self(7);
    /// Too much at once; dial again later.
    pub const OVERLOADED: Self = Self(8);
    /// The side failed inside.
    pub const INTERNAL: Self = Self(9);

    /// The code with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number on the wire.
    pub const fn number(self) -> u32 {
        self.0
    }

    fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::DONE => "done",
            Self::PROTOCOL => "protocol",
            Self::VERSION => "version",
            Self::REVOKED => "revoked",
            Self::UNKNOWN_DEVICE => "unknown device",
            Self::TRAINING_MISMATCH => "training mismatch",
            Self::SHUTDOWN => "shutdown",
            Self::SUPERSEDED => "superseded",
            Self::OVERLOADED => "overloaded",
            Self::INTERNAL => "internal",
            _ => return None,
        })
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "code {}", self.0),
        }
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why one side gave up one stream; the connection lives on. Numbers are never reused; an unknown one is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamCode(u32);

impl StreamCode {
    /// The side lost interest (also what dropping a receiver says).
    pub const CANCELLED: Self = Self(0);
    /// The stream's kind is unknown here.
    pub const UNKNOWN_KIND: Self = Self(1);
    /// A frame above [`crate::limits::MAX_FRAME_BYTES`] was announced.
    pub const FRAME_TOO_LARGE: Self = Self(2);
    /// A frame could not be understood.
    pub const MALFORMED: Self = Self(3);
    /// Understood, and refused.
    pub const REFUSED: Self = Self(4);
    /// The side failed inside.
    pub const INTERNAL: Self = Self(5);

    /// The code with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number on the wire.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What a stream is for: its first byte. A stream with an unknown byte is refused with [`StreamCode::UNKNOWN_KIND`];
/// 4 is a copy of a question ([`crate::Connection::ask`]), which nobody above this crate sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StreamKind {
    /// Hello, heartbeat, probes.
    Control = 0,
    /// Facts of one log and their acknowledgements.
    Log = 1,
    /// One question and its answer.
    Question = 2,
    /// What the server has to tell.
    Feed = 3,
}

impl StreamKind {
    /// The kind with this first byte.
    pub fn from_byte(byte: u8) -> Option<Self> {
        [Self::Control, Self::Log, Self::Question, Self::Feed].into_iter().find(|kind| kind.byte() == byte)
    }

    /// Its first byte.
    pub fn byte(self) -> u8 {
        self as u8
    }
}
