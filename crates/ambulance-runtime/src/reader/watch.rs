//! Watches readers and cards; reads each card once when it appears.

use super::pcsc_link::PcscLink;
use super::{Probe, READ_DEADLINE, ReadAgain, read};
use crate::clock::SystemClock;
use ambulance_core::CardInput;
use card::{CardRead, Failure, TrustAnchors};
use model::Clock;
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
        if tell(probe, &mut told, Seen::NoReader).is_none() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "a thread of its own")]
        std::thread::sleep(SERVICE_WAIT);
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
            #[expect(clippy::disallowed_methods, reason = "a thread of its own")]
            std::thread::sleep(TICK);
            continue;
        }
        match context.get_status_change(Some(TICK), &mut states) {
            Ok(()) | Err(Error::Timeout) => {}
            Err(_) => return Some(()),
        }
        states.iter_mut().for_each(ReaderState::sync_current_state);
        let present =
            states.iter().find(|s| s.event_state().contains(State::PRESENT) && !s.event_state().contains(State::MUTE));
        let seen = present.map_or(Seen::NoCard, |s| Seen::Card(s.name().to_owned()));
        let is_new = told.as_ref() != Some(&seen);
        tell(probe, told, seen.clone())?;
        if let Seen::Card(reader) = seen
            && (is_new || probe.read_again.take())
        {
            report(probe, context, &reader, anchors)?;
        }
    }
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
    let took_ms =
        clock.monotonic().since_us(began).map_or(0, |us| u32::try_from(us.div_ceil(1000)).unwrap_or(u32::MAX));
    let input = match result {
        Ok(read) => CardInput::Read { read: Box::new(read), took_ms },
        Err(failure) => CardInput::Failed { failure, took_ms },
    };
    probe.events.blocking_send(input).ok()
}

/// Reads on a thread of its own, which is left behind when the driver does not come back.
pub(super) fn read_with_deadline(
    context: &Context,
    reader: &CString,
    anchors: TrustAnchors,
    clock: SystemClock,
) -> Result<CardRead, Failure> {
    let (result_tx, result) = mpsc::sync_channel(1);
    let over = Arc::new(AtomicBool::new(false));
    let (context, reader, aborted) = (context.clone(), reader.clone(), Arc::clone(&over));
    let started = std::thread::Builder::new().name("card-read".into()).spawn(move || {
        let read = PcscLink::connect(&context, &reader)
            .and_then(|link| read(link, clock.utc().millis() / 1000, &anchors, || aborted.load(Ordering::Relaxed)));
        // The reader thread may have given up waiting.
        let _late = result_tx.send(read);
    });
    if started.is_err() {
        return Err(Failure::ServiceDown);
    }
    result.recv_timeout(READ_DEADLINE).unwrap_or_else(|_| {
        over.store(true, Ordering::Relaxed);
        Err(Failure::TooSlow)
    })
}
