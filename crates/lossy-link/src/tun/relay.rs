//! The relay between the two devices: one thread that waits to the microsecond, which a runtime's timer does not.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use model::RngStreams;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::counts::Counts;
use crate::lane::Lane;
use crate::limits::{MAX_PACKET_BYTES, READS_AT_ONCE};
use crate::path::Path;
use crate::profile::Profile;

/// How long the thread may take to notice that it shall stop.
const LONGEST_WAIT: Duration = Duration::from_millis(20);

pub(super) struct Relay {
    /// The near and the far one.
    devices: [File; 2],
    /// What comes in at the near device, and at the far one.
    ways: Mutex<[Way; 2]>,
    begun: Instant,
    stopped: AtomicBool,
}

struct Way {
    path: Path,
    lane: Lane<Bytes>,
}

impl Relay {
    pub(super) fn new(devices: [File; 2], profile: Profile, streams: &RngStreams) -> Self {
        let way = |profile, name| Way { path: Path::new(profile, streams.stream(name)), lane: Lane::default() };
        let ways = Mutex::new([way(profile.up, "up"), way(profile.down, "down")]);
        Self { devices, ways, begun: begin(), stopped: AtomicBool::new(false) }
    }

    pub(super) fn set_profile(&self, profile: Profile) {
        let [up, down] = &mut *self.lock();
        up.path.set_profile(profile.up);
        down.path.set_profile(profile.down);
    }

    pub(super) fn set_blackout(&self, on: bool) {
        self.lock().iter_mut().for_each(|way| way.path.set_blackout(on));
    }

    pub(super) fn counts(&self) -> Counts {
        let now = self.begun.elapsed();
        let [up, down] = &*self.lock();
        let mut counts = Counts { up: up.path.counts(now), down: down.path.counts(now), unserved: 0 };
        counts.up += up.lane.counts();
        counts.down += down.lane.counts();
        counts
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, [Way; 2]> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self) {
        let mut buffer = vec![0; MAX_PACKET_BYTES];
        while !self.stopped.load(Ordering::Relaxed) {
            let ready = self.wait();
            self.read(&mut buffer, ready);
            self.write();
        }
    }

    /// Until something has come in, or something is due. Says at which devices something has come in.
    fn wait(&self) -> [bool; 2] {
        let next = self.lock().iter().filter_map(|way| way.lane.next_at()).min();
        let wait = next.map_or(LONGEST_WAIT, |at| at.saturating_sub(self.begun.elapsed()).min(LONGEST_WAIT));
        let timeout = Timespec::try_from(wait).ok();
        let mut polled = self.devices.each_ref().map(|device| PollFd::new(device, PollFlags::IN));
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) => polled.map(|device| device.revents().contains(PollFlags::IN)),
            Err(error) => {
                tracing::debug!(%error, "waiting for the devices of the link was interrupted");
                [false; 2]
            }
        }
    }

    fn read(&self, buffer: &mut [u8], ready: [bool; 2]) {
        let mut ways = self.lock();
        for ((device, way), _) in self.devices.iter().zip(&mut *ways).zip(ready).filter(|(_, ready)| *ready) {
            for _ in 0..READS_AT_ONCE {
                match rustix::io::read(device, &mut *buffer) {
                    Ok(length) => {
                        let packet = Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default());
                        way.lane.carry(&mut way.path, self.begun.elapsed(), length, packet);
                    }
                    Err(Errno::AGAIN) => break,
                    Err(error) => {
                        tracing::warn!(%error, "a device of the link cannot be read");
                        break;
                    }
                }
            }
        }
    }

    fn write(&self) {
        let [near, far] = &self.devices;
        let mut ways = self.lock();
        for (way, out) in ways.iter_mut().zip([far, near]) {
            while let Some(packet) = way.lane.pop_due(self.begun.elapsed()) {
                if let Err(error) = rustix::io::write(out, &packet) {
                    tracing::debug!(%error, "a device of the link did not take a packet");
                }
            }
        }
    }
}

/// Starts the thread that carries until [`Relay::stop`].
pub(super) fn spawn(relay: &Arc<Relay>) -> io::Result<JoinHandle<()>> {
    let relay = relay.clone();
    thread::Builder::new().name("bad link".to_owned()).spawn(move || relay.carry())
}

#[expect(clippy::disallowed_methods, reason = "the relay is an edge: real packets come at real times")]
fn begin() -> Instant {
    Instant::now()
}
