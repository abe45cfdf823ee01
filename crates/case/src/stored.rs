//! The stored form of an event: CBOR with its own schema number, chained by SHA-256.
//!
//! Bytes are written once, by the event's writer, and never encoded again: everyone else keeps and forwards them as they
//! are, so a program that does not know a kind or a field cannot lose it. Every schema ever written stays readable.

use crate::body::{Body, KINDS};
use crate::event::{Event, EventName, Subject, Writer};
use model::{DepartmentId, EventTime};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The schema this program writes.
pub const SCHEMA: u16 = 1;
/// The largest stored event, bytes. A larger one is refused where it is made and where it is read.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hash(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl Hash {
    /// The hash before the first event of a log.
    pub const NONE: Self = Self([0; 32]);
    /// Of stored bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl core::fmt::Debug for Hash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hash({})", hex::encode(&self.0[..6]))
    }
}

/// Why stored bytes are no event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Longer than [`MAX_EVENT_BYTES`].
    #[error("reading an event: {0} bytes are more than the limit of {MAX_EVENT_BYTES}")]
    TooLarge(usize),
    /// A newer program wrote it: keep it, show it as not understood.
    #[error("reading an event: schema {0} is newer than this program (it knows up to {SCHEMA})")]
    NewerSchema(u16),
    /// Not an event at all.
    #[error("reading an event")]
    Malformed(#[source] minicbor_serde::error::DecodeError),
    /// A known kind whose content does not fit.
    #[error("reading an event of kind {kind:?}")]
    BadContent {
        /// The kind.
        kind: String,
        /// What did not fit.
        #[source]
        source: minicbor_serde::error::DecodeError,
    },
}

/// Why an event could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Longer than [`MAX_EVENT_BYTES`].
    #[error("writing an event: {0} bytes are more than the limit of {MAX_EVENT_BYTES}")]
    TooLarge(usize),
    /// An unknown kind cannot be written anew; its bytes can only be forwarded.
    #[error("writing an event: kind {0:?} is not known to this program")]
    UnknownKind(String),
    /// The encoder refused.
    #[error("writing an event: {0}")]
    Encoder(String),
}

/// An event's bytes with the name and schema under which they travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The event's name.
    pub name: EventName,
    /// Their schema.
    pub schema: u16,
    /// The bytes.
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    name: EventName,
    prev: Hash,
    at: EventTime,
    writer: Writer,
    department: DepartmentId,
    subject: Subject,
    training: bool,
    body: BodyHead,
}

#[derive(Deserialize)]
struct BodyHead {
    kind: String,
}

impl Stored {
    /// The stored form of an event.
    ///
    /// # Errors
    /// When it is too large or of an unknown kind.
    pub fn encode(event: &Event) -> Result<Self, EncodeError> {
        if let Body::Unknown { kind } = &event.body {
            return Err(EncodeError::UnknownKind(kind.clone()));
        }
        let bytes = minicbor_serde::to_vec(event).map_err(|e| EncodeError::Encoder(e.to_string()))?;
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(EncodeError::TooLarge(bytes.len()));
        }
        Ok(Self { name: event.name, schema: SCHEMA, bytes })
    }

    /// Reads stored bytes. A kind unknown to this program becomes [`Body::Unknown`].
    ///
    /// # Errors
    /// When the bytes are no event, or of a newer schema.
    pub fn decode(schema: u16, bytes: &[u8]) -> Result<Event, DecodeError> {
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(DecodeError::TooLarge(bytes.len()));
        }
        if schema > SCHEMA {
            return Err(DecodeError::NewerSchema(schema));
        }
        let whole = match minicbor_serde::from_slice::<Event>(bytes) {
            Ok(event) => return Ok(event),
            Err(error) => error,
        };
        let head: Head = minicbor_serde::from_slice(bytes).map_err(DecodeError::Malformed)?;
        let kind = head.body.kind;
        if KINDS.contains(&kind.as_str()) {
            return Err(DecodeError::BadContent { kind, source: whole });
        }
        Ok(Event {
            name: head.name,
            prev: head.prev,
            at: head.at,
            writer: head.writer,
            department: head.department,
            subject: head.subject,
            training: head.training,
            body: Body::Unknown { kind },
        })
    }

    /// The hash that the next event of the log carries.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.bytes)
    }
}
