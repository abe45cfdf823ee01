//! Watches readers and cards; reads each card once when it appears.

use super::pcsc_link::PcscLink;
use super::{FaceRequest, Probe, READ_DEADLINE, ReadAgain, SignRequest, open_face, read, sign};
use crate::clock::SystemClock;
use ambulance_core::{CardInput, OpenedFace};
use card::{CardRead, Failure, TrustAnchors};
use model::{Clock, Monotonic};
use pcsc::{Context, Error, ReaderState, Scope, State};
use std::ffi::CString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The longest wait for a change, so that a wish to read again is heard.
const TICK: Duration = Duration::from_millis(250);
/// A service that is down is tried again after this long.
const SERVICE_WAIT: Duration = Duration::from_secs(1);
/// More readers than this are not watched.
const READERS_MAX: usize = 16;

/// What stands at the readers.
#[derive(Clone, PartialEq, Eq)]
enum Seen {
    NoReader,
    NoCard,
    Card(CString),
}

pub(super) fn run(probe: &Probe, anchors: &TrustAnchors) {
    let mut told: Option<Seen> = None;
    loop {
        if let Ok(context) = Context::establish(Scope::User)
            && watch(&context, probe, anchors, &mut told).is_none()
        {
            return;
        }
        let still_there =
            tell(probe, &mut told, Seen::NoReader).and_then(|()| refuse_keyed(probe, Failure::ServiceDown));
        if still_there.is_none() {
            return;
        }
        pause(SERVICE_WAIT);
    }
}

/// None when the loop is gone; `Some(())` when the service has to be found again.
fn watch(context: &Context, probe: &Probe, anchors: &TrustAnchors, told: &mut Option<Seen>) -> Option<()> {
    let mut states: Vec<ReaderState> = Vec::new();
    loop {
        let Ok(names) = context.list_readers_owned() else { return Some(()) };
        states.retain(|state| names.iter().any(|name| name.as_c_str() == state.name()));
        for name in names.into_iter().take(READERS_MAX) {
            if !states.iter().any(|state| state.name() == name.as_c_str()) {
                states.push(ReaderState::new(name, State::UNAWARE));
            }
        }
        if states.is_empty() {
            tell(probe, told, Seen::NoReader)?;
            refuse_keyed(probe, Failure::NoReader)?;
            pause(TICK);
            continue;
        }
        match context.get_status_change(Some(TICK), &mut states) {
            Ok(()) | Err(Error::Timeout) => {}
            // One of them was unplugged meanwhile: the service is well, and lists those that are left.
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
                pause(TICK);
                continue;
            }
            Err(_) => return Some(()),
        }
        states.iter_mut().for_each(ReaderState::sync_current_state);
        let seen = seen(&states);
        let is_new = told.as_ref() != Some(&seen);
        tell(probe, told, seen.clone())?;
        match seen {
            Seen::Card(reader) if is_new || probe.read_again.take() => {
                // What was keyed for the card that lay there before is not for this one.
                refuse_keyed(probe, Failure::CardMoved)?;
                report(probe, context, &reader, anchors)?;
            }
            Seen::Card(reader) => report_keyed(probe, context, &reader, anchors)?,
            Seen::NoCard => refuse_keyed(probe, Failure::NoCard)?,
            Seen::NoReader => refuse_keyed(probe, Failure::NoReader)?,
        }
    }
}

/// A reader that its driver cannot reach any more stays on the list of some services: it is as good as gone.
pub(super) fn is_there(state: State) -> bool {
    !state.intersects(State::UNAVAILABLE | State::UNKNOWN)
}

fn seen(states: &[ReaderState]) -> Seen {
    let mut there = states.iter().filter(|s| is_there(s.event_state())).peekable();
    if there.peek().is_none() {
        return Seen::NoReader;
    }
    let with_card = there.find(|s| s.event_state().contains(State::PRESENT) && !s.event_state().contains(State::MUTE));
    with_card.map_or(Seen::NoCard, |s| Seen::Card(s.name().to_owned()))
}

#[expect(clippy::disallowed_methods, reason = "a thread of its own")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn tell(probe: &Probe, told: &mut Option<Seen>, seen: Seen) -> Option<()> {
    if probe.events.is_closed() {
        return None;
    }
    if told.as_ref() == Some(&seen) {
        return Some(());
    }
    let input = match &seen {
        Seen::NoReader => CardInput::ReaderMissing,
        Seen::NoCard => CardInput::NoCard,
        Seen::Card(_) => CardInput::Reading,
    };
    *told = Some(seen);
    probe.events.blocking_send(input).ok()
}

fn report(probe: &Probe, context: &Context, reader: &CString, anchors: &TrustAnchors) -> Option<()> {
    let _asked_before = ReadAgain::take(&probe.read_again);
    let clock = SystemClock::new();
    let began = clock.monotonic();
    let result = read_with_deadline(context, reader, anchors.clone(), clock);
    let took_ms = ms_since(clock, began);
    let input = match result {
        Ok(read) => CardInput::Read { read: Box::new(read), took_ms },
        Err(failure) => CardInput::Failed { failure, took_ms },
    };
    probe.events.blocking_send(input).ok()
}

/// What was keyed on the 照合番号B page or the PIN page, should there be something.
fn report_keyed(probe: &Probe, context: &Context, reader: &CString, anchors: &TrustAnchors) -> Option<()> {
    let clock = SystemClock::new();
    if let Some(request) = probe.open_face.take() {
        let (press, began) = (request.press, clock.monotonic());
        let result = open_with_deadline(context, reader, anchors.clone(), clock, request).map(Box::new);
        let took_ms = ms_since(clock, began);
        probe.events.blocking_send(CardInput::Face { press, result, took_ms }).ok()?;
    }
    if let Some(request) = probe.sign.take() {
        let (press, began) = (request.press, clock.monotonic());
        let result = sign_with_deadline(context, reader, anchors.clone(), clock, request);
        let took_ms = ms_since(clock, began);
        probe.events.blocking_send(CardInput::Signed { press, result, took_ms }).ok()?;
    }
    Some(())
}

/// A press that no card can answer ends at once; nothing was presented.
fn refuse_keyed(probe: &Probe, failure: Failure) -> Option<()> {
    if let Some(request) = probe.open_face.take() {
        let input = CardInput::Face { press: request.press, result: Err(failure), took_ms: 0 };
        probe.events.blocking_send(input).ok()?;
    }
    if let Some(request) = probe.sign.take() {
        let input = CardInput::Signed { press: request.press, result: Err(failure), took_ms: 0 };
        probe.events.blocking_send(input).ok()?;
    }
    Some(())
}

fn ms_since(clock: SystemClock, began: Monotonic) -> u32 {
    clock.monotonic().since_us(began).map_or(0, |us| u32::try_from(us.div_ceil(1000)).unwrap_or(u32::MAX))
}

fn open_with_deadline(
    context: &Context,
    reader: &CString,
    anchors: TrustAnchors,
    clock: SystemClock,
    request: FaceRequest,
) -> Result<OpenedFace, Failure> {
    with_deadline(context, reader, move |link, aborted| {
        open_face(link, clock.utc().millis() / 1000, &anchors, &request, || aborted.load(Ordering::Relaxed))
    })
}

fn sign_with_deadline(
    context: &Context,
    reader: &CString,
    anchors: TrustAnchors,
    clock: SystemClock,
    request: SignRequest,
) -> Result<Vec<u8>, Failure> {
    with_deadline(context, reader, move |link, aborted| {
        sign(link, clock.utc().millis() / 1000, &anchors, &request, || aborted.load(Ordering::Relaxed))
    })
}

/// Reads on a thread of its own, see [`with_deadline`].
pub(super) fn read_with_deadline(
    context: &Context,
    reader: &CString,
    anchors: TrustAnchors,
    clock: SystemClock,
) -> Result<CardRead, Failure> {
    with_deadline(context, reader, move |link, aborted| {
        read(link, clock.utc().millis() / 1000, &anchors, || aborted.load(Ordering::Relaxed))
    })
}

/// Works with the card on a thread of its own, which is left behind when the driver does not come back. A work that is
/// over sends no further command.
fn with_deadline<R: Send + 'static>(
    context: &Context,
    reader: &CString,
    work: impl FnOnce(PcscLink, &AtomicBool) -> Result<R, Failure> + Send + 'static,
) -> Result<R, Failure> {
    let (result_tx, result) = mpsc::sync_channel(1);
    let over = Arc::new(AtomicBool::new(false));
    let (context, reader, aborted) = (context.clone(), reader.clone(), Arc::clone(&over));
    let started = std::thread::Builder::new().name("card-read".into()).spawn(move || {
        let done = PcscLink::connect(&context, &reader).and_then(|link| work(link, &aborted));
        // The reader thread may have given up waiting.
        let _late = result_tx.send(done);
    });
    if started.is_err() {
        return Err(Failure::ServiceDown);
    }
    result.recv_timeout(READ_DEADLINE).unwrap_or_else(|_| {
        over.store(true, Ordering::Relaxed);
        Err(Failure::TooSlow)
    })
}
