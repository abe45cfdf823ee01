//! Limits of everything that crosses the link. One place; beside each stands what happens at the limit.

/// Longest frame in bytes, either way. A longer one is neither written ([`crate::codec::EncodeError::TooLong`])
/// nor read ([`crate::codec::DecodeError::TooLong`]); the reader closes the stream, because it cannot find the next frame.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// Deepest nesting of arrays, maps and tags in a frame. Deeper input is refused before any type sees it.
pub const DEPTH_MAX: usize = 32;

/// Longest stored event in bytes. A longer one cannot be appended to an outbox; arriving at a server it is quarantined.
pub const ENTRY_BYTES_MAX: usize = 64 * 1024;

/// Most entries in one `Append`. A sender starts another batch; a server refuses the frame as malformed.
pub const BATCH_ENTRIES_MAX: usize = 256;

/// Most bytes of events in one `Append`, counted without framing. A sender starts another batch; a server refuses
/// the frame as malformed. A single entry always fits, since it may be [`ENTRY_BYTES_MAX`] at most.
pub const BATCH_BYTES_MAX: usize = 256 * 1024;

/// Longest answer to a preview in bytes; rows are left out beyond it. A server may send three times what an unproved
/// address sent (RFC 9000 §8.1), and its handshake needs a share of that.
pub const PREVIEW_BYTES_MAX: usize = 2_500;

/// Longest content of what is published ([`crate::PublishedContent`]) in bytes. Editions and closed areas that do not fit are
/// left out, the unit's own prefecture last of all, and the tablet is told how many.
pub const PUBLISHED_BYTES_MAX: usize = 768 * 1024;

/// Share of [`PUBLISHED_BYTES_MAX`] that closed areas may take in bytes; further areas are left out.
pub const PUBLISHED_CLOSED_BYTES_MAX: usize = 128 * 1024;

/// Longest frame of a question in bytes; a server stops the stream of a longer one.
pub const QUESTION_BYTES_MAX: usize = 64 * 1024;

/// Most logs that one connection may offer. A server answers the first so many and closes the stream on the next:
/// a tablet keeps one log per case and prunes them, so more means a fault.
pub const LOGS_PER_CONNECTION_MAX: usize = 4096;

/// Longest frame of a log stream: the fullest batch. A server stops the stream of a longer one before it is read.
pub const LOG_FRAME_BYTES_MAX: usize = BATCH_BYTES_MAX + BATCH_ENTRIES_MAX * 128;

const _: () = assert!(ENTRY_BYTES_MAX <= BATCH_BYTES_MAX);
const _: () = assert!(LOG_FRAME_BYTES_MAX <= FRAME_BYTES_MAX);
const _: () = assert!(PUBLISHED_BYTES_MAX + 1024 <= FRAME_BYTES_MAX);
