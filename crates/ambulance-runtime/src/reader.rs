//! The card reader: a thread of its own that turns PC/SC into inputs.
//!
//! A card on the reader is read at once, without being asked. Every reading ends within [`READ_DEADLINE`], whatever the
//! card does: a reading that hangs inside the driver is given up and its thread left behind.

mod check;
mod face;
mod pcsc_link;
mod sign;
mod slot;
mod watch;

pub use check::{CardCheck, Finding, ReaderFound, check};
pub use face::{FaceRequest, OpenFace, open_face};
pub use sign::{SignRequest, SignWithPin, sign};
pub use slot::Slot;

use ambulance_core::CardInput;
use card::{CardRead, Failure, GuardedChannel, TrustAnchors, read_auth_certificate};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// A reading ends after this long at the latest.
pub const READ_DEADLINE: Duration = Duration::from_secs(8);
/// Inputs of the reader waiting for the loop; the reader waits at the limit.
const EVENTS_MAX: usize = 16;

/// Asks for the card that lies on the reader to be read again.
#[derive(Clone, Debug, Default)]
pub struct ReadAgain(Arc<AtomicBool>);

impl ReadAgain {
    /// Asks.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// What a reader tells the loop.
pub struct ReaderEvents {
    /// Inputs.
    pub events: mpsc::Receiver<CardInput>,
    /// The way back.
    pub read_again: ReadAgain,
    /// The way back for 照合番号B.
    pub open_face: OpenFace,
    /// The way back for the PIN.
    pub sign: SignWithPin,
}

/// The other end: whoever plays the reader (PC/SC, a test, the load generator).
pub struct Probe {
    /// Where inputs go.
    pub events: mpsc::Sender<CardInput>,
    /// Whether reading again was asked for.
    pub read_again: ReadAgain,
    /// Whether the face was asked for.
    pub open_face: OpenFace,
    /// Whether a signature was asked for.
    pub sign: SignWithPin,
}

/// A reader's two ends.
#[must_use]
pub fn channel() -> (Probe, ReaderEvents) {
    let (events, receiver) = mpsc::channel(EVENTS_MAX);
    let (read_again, open_face, sign) = (ReadAgain::default(), OpenFace::default(), SignWithPin::default());
    let probe = Probe { events, read_again: read_again.clone(), open_face: open_face.clone(), sign: sign.clone() };
    (probe, ReaderEvents { events: receiver, read_again, open_face, sign })
}

/// Watches the machine's PC/SC readers until the loop is gone.
///
/// # Errors
/// When the thread cannot be made.
pub fn start_pcsc(anchors: TrustAnchors) -> std::io::Result<ReaderEvents> {
    let (probe, events) = channel();
    std::thread::Builder::new().name("card-reader".into()).spawn(move || watch::run(&probe, &anchors))?;
    Ok(events)
}

/// Reads whatever answers at the other end of a link, as the reader thread does.
///
/// # Errors
/// How the reading ended otherwise.
pub fn read<T: myna_card::Transmit>(
    link: T,
    now_s: i64,
    anchors: &TrustAnchors,
    is_over: impl FnMut() -> bool,
) -> Result<CardRead, Failure> {
    let mut channel = GuardedChannel::new(link).with_abort(is_over);
    read_auth_certificate(&mut channel, now_s, anchors).map_err(|error| {
        tracing::info!(code = error.failure.code(), step = ?error.step, status = ?error.status, "the card was not read");
        error.failure
    })
}
