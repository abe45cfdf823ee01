//! Copies of what clients send, for tests that send it again.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;

use crate::limits::MAX_RECORDED_BYTES;

/// A datagram that a client sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Captured {
    /// The client, as the relay sees it.
    pub client: SocketAddr,
    /// When it came to the relay, from the relay's start.
    pub at: Duration,
    /// The whole datagram.
    pub bytes: Bytes,
}

/// What was recorded; dropping it ends the recording.
pub struct Recording(Arc<Mutex<Tape>>);

#[derive(Default)]
struct Tape {
    kept: Vec<Captured>,
    bytes: usize,
    full: bool,
}

pub(super) struct Recorder(Weak<Mutex<Tape>>);

impl Recording {
    /// Everything up to now, in the order in which it came; the recording goes on with the rest.
    pub fn take(&self) -> Vec<Captured> {
        let mut tape = lock(&self.0);
        tape.bytes = 0;
        std::mem::take(&mut tape.kept)
    }

    /// Whether something was left out because [`MAX_RECORDED_BYTES`] were kept.
    pub fn is_incomplete(&self) -> bool {
        lock(&self.0).full
    }
}

impl Recorder {
    pub(super) fn new() -> (Self, Recording) {
        let tape = Arc::new(Mutex::new(Tape::default()));
        (Self(Arc::downgrade(&tape)), Recording(tape))
    }

    /// False when nobody listens any more.
    pub(super) fn keep(&self, at: Duration, client: SocketAddr, bytes: &Bytes) -> bool {
        let Some(tape) = self.0.upgrade() else {
            return false;
        };
        let mut tape = lock(&tape);
        if tape.bytes.saturating_add(bytes.len()) > MAX_RECORDED_BYTES {
            tape.full = true;
        } else {
            tape.bytes += bytes.len();
            tape.kept.push(Captured { client, at, bytes: bytes.clone() });
        }
        true
    }
}

fn lock(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}
