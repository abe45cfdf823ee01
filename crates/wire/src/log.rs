//! Frames of a log stream: facts one way, acknowledgements the other.
//!
//! On every connection the writer offers each log that has something waiting; the server answers where to go on
//! ([`LogReply::Resume`]); the writer appends in batches; the server says what is durable. Every frame may be repeated
//! at will: the name of an entry is (log, seq), and the same name with the same bytes changes nothing.
//!
//! Evolution inside one protocol version is additive: fields may be added (an older reader ignores them), a new
//! variant is sent only to peers that announced it (an older reader gets [`crate::codec::DecodeError::UnknownVariant`]),
//! reason codes are numbers that survive in readers which do not know them.

use core::fmt;

use model::LogId;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::limits::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, ENTRY_BYTES_MAX};

/// A stored event on its way. The bytes are opaque here: what they mean stands in the crate that wrote them, under
/// its own schema number, and they are kept and compared as they are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The log that the event belongs to; one writer each.
    pub log: LogId,
    /// Place in the log, from 1 without gaps.
    pub seq: u64,
    /// Schema number of `bytes`.
    pub schema: u16,
    /// The event as stored.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Names, never content.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("log", &self.log)
            .field("seq", &self.seq)
            .field("schema", &self.schema)
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// From the writer of a log to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFrame {
    /// "I hold this log up to `head`; where do I go on?"
    Offer {
        /// The log.
        log: LogId,
        /// The newest seq that the writer holds; 0 for an empty log.
        head: u64,
        /// SHA-256 of the bytes of that entry: two copies of one store differ here at the latest. Each event carries
        /// the hash of the one before it, so equal here means equal all the way down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<ByteArray<32>>,
    },
    /// Entries of one log with rising seq without gaps; at least one.
    Append {
        /// See [`check_batch`] for the limits.
        entries: Vec<Entry>,
        /// SHA-256 of the bytes of the entry before the first, where the writer still has it: the server compares it even
        /// when it cannot read the schema of what arrives.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<ByteArray<32>>,
    },
    /// "I cannot go on in this log (one of its rows is damaged): take nothing more of it, and say how far you hold it."
    /// Answered with [`LogReply::Forked`]; what is on its way of the log is refused from then on.
    End {
        /// The log.
        log: LogId,
    },
}

/// From the server to the writer of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogReply {
    /// Everything up to `through` is durable on the server (quarantined entries included). The only acknowledgement.
    Durable {
        /// The log.
        log: LogId,
        /// Newest durable seq.
        through: u64,
    },
    /// This entry can never be accepted. The server keeps it under its name; what follows it is accepted as usual.
    Quarantined {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// Why.
        reason: QuarantineReason,
    },
    /// The log has ended here: the server holds other bytes under this name (two writers use one log), or its writer
    /// ended it. Nothing from here on is accepted.
    Forked {
        /// The log.
        log: LogId,
        /// First seq that differs, as far as known.
        seq: u64,
        /// The entries from here to `seq` were compared: `seq` is exact for a writer that knows everything before `from`
        /// to be durable. 0: not said.
        #[serde(default)]
        from: u64,
    },
    /// "Go on from here": the server holds entries under every name before `from`. An acknowledgement only where the
    /// offer's digest was of the entry before `from`; else the next `Durable` is.
    Resume {
        /// The log.
        log: LogId,
        /// The next seq that the server needs; 1 for a log it does not know.
        from: u64,
    },
}

/// Why an entry can never be accepted. A number with named constants: an unknown one is kept and passed on.
/// Retired numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuarantineReason(pub u16);

impl QuarantineReason {
    /// The bytes do not decode under their schema number.
    pub const MALFORMED: Self = Self(1);
    /// The server does not know the schema number.
    pub const UNKNOWN_SCHEMA: Self = Self(2);
    /// Longer than [`ENTRY_BYTES_MAX`].
    pub const TOO_LONG: Self = Self(3);
    /// The writer may not write this (other department, case of another unit without grant).
    pub const NOT_ALLOWED: Self = Self(4);
    /// The hash of the entry before it does not match.
    pub const BROKEN_CHAIN: Self = Self(5);
    /// Refused by a rule of the case (for example a case that was purged).
    pub const REFUSED: Self = Self(6);
}

/// A batch that no correct writer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// No entry at all.
    #[error("the batch is empty")]
    Empty,
    /// More than [`BATCH_ENTRIES_MAX`].
    #[error("the batch has {entries} entries, allowed are {BATCH_ENTRIES_MAX}")]
    TooMany {
        /// Entries found.
        entries: usize,
    },
    /// More than [`BATCH_BYTES_MAX`].
    #[error("the batch has {bytes} bytes, allowed are {BATCH_BYTES_MAX}")]
    TooLong {
        /// Bytes found.
        bytes: usize,
    },
    /// Entries of several logs.
    #[error("the batch mixes logs")]
    MixedLogs,
    /// A gap, a step back, or seq 0.
    #[error("the batch does not go on at seq {expected}")]
    NotNext {
        /// The seq that should have come.
        expected: u64,
    },
}

/// Checks the form of an `Append`: one log, seq rising from at least 1 without gaps, within the batch limits.
/// An entry over [`ENTRY_BYTES_MAX`] passes: it is the server's to quarantine, so that it blocks nothing.
///
/// # Errors
/// The first broken rule.
pub fn check_batch(entries: &[Entry]) -> Result<(), BatchError> {
    let first = entries.first().ok_or(BatchError::Empty)?;
    if entries.len() > BATCH_ENTRIES_MAX {
        return Err(BatchError::TooMany { entries: entries.len() });
    }
    let bytes = entries.iter().fold(0_usize, |sum, entry| sum.saturating_add(entry.bytes.len()));
    if bytes > BATCH_BYTES_MAX {
        return Err(BatchError::TooLong { bytes });
    }
    let mut expected = first.seq.max(1);
    for entry in entries {
        if entry.log != first.log {
            return Err(BatchError::MixedLogs);
        }
        if entry.seq != expected {
            return Err(BatchError::NotNext { expected });
        }
        expected = expected.saturating_add(1);
    }
    Ok(())
}

/// How many entries from the front fit into one `Append`; at least 1 unless there is none.
#[must_use]
pub fn batch_len(entries: &[Entry]) -> usize {
    let mut bytes = 0_usize;
    let mut count = 0;
    for entry in entries.iter().take(BATCH_ENTRIES_MAX) {
        bytes = bytes.saturating_add(entry.bytes.len());
        if count > 0 && bytes > BATCH_BYTES_MAX {
            break;
        }
        count += 1;
    }
    count
}

/// True when an entry is short enough to be recorded.
#[must_use]
pub fn entry_fits(bytes: &[u8]) -> bool {
    bytes.len() <= ENTRY_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec;
    use crate::limits::LOG_FRAME_BYTES_MAX;

    fn entry(log: u8, seq: u64, len: usize) -> Entry {
        Entry { log: LogId::from_bytes([log; 16]), seq, schema: 1, bytes: vec![0xAB; len] }
    }

    #[test]
    fn a_batch_has_one_log_in_order_within_its_limits() {
        assert_eq!(check_batch(&[entry(1, 4, 3), entry(1, 5, 3)]), Ok(()));
        assert_eq!(check_batch(&[]), Err(BatchError::Empty));
        assert_eq!(check_batch(&[entry(1, 0, 3)]), Err(BatchError::NotNext { expected: 1 }));
        assert_eq!(check_batch(&[entry(1, 4, 3), entry(1, 6, 3)]), Err(BatchError::NotNext { expected: 5 }));
        assert_eq!(check_batch(&[entry(1, 4, 3), entry(2, 5, 3)]), Err(BatchError::MixedLogs));
        let many: Vec<_> = (1..=257).map(|seq| entry(1, seq, 0)).collect();
        assert_eq!(check_batch(&many), Err(BatchError::TooMany { entries: 257 }));
        let long: Vec<_> = (1..=5).map(|seq| entry(1, seq, ENTRY_BYTES_MAX)).collect();
        assert_eq!(check_batch(&long), Err(BatchError::TooLong { bytes: 5 * ENTRY_BYTES_MAX }));
        assert_eq!(batch_len(&long), 4);
        assert_eq!(batch_len(&many), BATCH_ENTRIES_MAX);
        assert_eq!(batch_len(&[entry(1, 1, BATCH_BYTES_MAX + 1)]), 1);
    }

    #[test]
    fn the_fullest_batch_fits_into_one_frame() {
        let entries: Vec<_> = (0..BATCH_ENTRIES_MAX as u64)
            .map(|n| Entry {
                schema: u16::MAX,
                seq: u64::MAX - n,
                ..entry(255, 0, BATCH_BYTES_MAX / BATCH_ENTRIES_MAX)
            })
            .collect();
        let frame =
            codec::encode(&LogFrame::Append { entries, before: Some(ByteArray::new([255; 32])) }).expect("short");
        assert!(frame.len() <= LOG_FRAME_BYTES_MAX, "{} bytes", frame.len());
    }

    #[test]
    fn debug_shows_no_content() {
        let shown = format!("{:?}", Entry { bytes: b"secret".to_vec(), ..entry(1, 1, 0) });
        assert!(!shown.contains("secret") && !shown.contains("115"), "{shown}");
    }

    proptest! {
        #[test]
        fn frames_survive_the_wire(log in any::<[u8; 16]>(), seq in any::<u64>(), schema in any::<u16>(), bytes in any::<Vec<u8>>(), reason in any::<u16>()) {
            let log = LogId::from_bytes(log);
            let frames = [
                LogFrame::Offer { log, head: seq, digest: None },
                LogFrame::Offer { log, head: seq, digest: Some(ByteArray::new([schema.to_be_bytes()[0]; 32])) },
                LogFrame::Append { entries: vec![Entry { log, seq, schema, bytes }], before: None },
            ];
            for frame in frames {
                let sent = codec::encode(&frame).expect("short");
                prop_assert_eq!(codec::decode::<LogFrame>(&sent).expect("own frame"), frame);
            }
            let replies = [
                LogReply::Durable { log, through: seq },
                LogReply::Quarantined { log, seq, reason: QuarantineReason(reason) },
                LogReply::Forked { log, seq, from: seq },
                LogReply::Resume { log, from: seq },
            ];
            for reply in replies {
                let sent = codec::encode(&reply).expect("short");
                prop_assert_eq!(codec::decode::<LogReply>(&sent).expect("own frame"), reply);
            }
        }
    }
}
