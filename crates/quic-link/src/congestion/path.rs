//! What the path holds: delivery rate × shortest round trip, after BBR (draft-cardwell-iccrg-bbr-congestion-control)
//! and its delivery-rate samples (draft-cheng-iccrg-delivery-rate-estimation).
//!
//! A sample may *lower* the estimate only if it was taken with a full window while a queue stood (all recent trips
//! were above the shortest known): a tablet that has little to say does not have a narrow link. For the same reason what
//! was once in flight without a queue may be in flight again, twice over, until a queue shows: such a tablet's delivery
//! rate says what it had to send, not what the path carries.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::limits::FLIGHTS_MAX;

/// The ceiling is so many times what the path holds: the window can double in each round trip.
const GAIN: f64 = 2.0;
/// Bursts that a narrow link always gets, in packets; below it acknowledgements starve.
const NARROW_PACKETS: u64 = 4;
/// What is in flight while the shortest round trip is measured anew: the window's check wants one packet of room.
const PROBE_PACKETS: u64 = 2;
/// Half of the time that a delivery rate counts. The network is believed to have become slower after two halves.
const RATE_HALF: Duration = Duration::from_secs(1);
/// While nothing is acknowledged the age of a rate stands still beyond this: a tunnel is not a slow network.
const QUIET_COUNTS: Duration = Duration::from_millis(500);
/// Nothing heard for so long is a tunnel: what was under way all the time says nothing about queue and path.
const SILENCE: Duration = Duration::from_secs(2);
/// A shortest round trip that was not seen again for so long is measured anew.
const SHORTEST_KEPT: Duration = Duration::from_secs(10);
/// The same while a queue stands all the time: perhaps the path itself became longer.
const SHORTEST_KEPT_NARROW: Duration = Duration::from_secs(5);
/// Shortest time for such a measurement.
const PROBE_LEAST: Duration = Duration::from_millis(200);
/// Without any sign of a queue for so long the path counts as unknown again.
const NARROW_KEPT: Duration = Duration::from_secs(10);
/// So many round trips in a row tell a queue from jitter.
const RECENT_TRIPS: usize = 8;
/// A queue stands when none of them was below shortest × 5/4 + this.
const QUEUE_SLACK: Duration = Duration::from_millis(5);

/// A queue that a crew notices.
const LONG_QUEUE: Duration = Duration::from_millis(400);

/// One burst handed to the network, and what had been delivered then.
#[derive(Debug, Clone, Copy)]
struct Flight {
    sent: Instant,
    first_sent: Instant,
    delivered: u64,
    delivered_at: Instant,
    /// In flight after its first packet: what that one had before it.
    before: u64,
    /// In flight after it.
    in_flight: u64,
    /// The window was full after it.
    full: bool,
}

/// What is known of the path.
#[derive(Debug, Clone)]
pub(super) struct PathModel {
    mtu: u64,
    initial_window: u64,
    in_flight: u64,
    delivered: u64,
    delivered_at: Instant,
    first_sent: Instant,
    flights: VecDeque<Flight>,
    /// The newest flight that the acknowledgements under way have named.
    newest: Option<Flight>,
    /// How long nothing had been heard before the acknowledgements under way.
    silence: Duration,
    rate: MaxRate,
    recent: Recent,
    shortest: Option<(Duration, Instant)>,
    probe: Option<Probe>,
    /// When a queue was last seen under a full window.
    narrow: Option<Instant>,
    /// Twice what has been in flight without a queue, since the last queue.
    room: u64,
}

/// The latest round trips: a queue lengthens all of them, jitter does not.
#[derive(Debug, Clone, Copy, Default)]
struct Recent {
    trips: [Option<Duration>; RECENT_TRIPS],
    next: usize,
}

impl Recent {
    fn push(&mut self, trip: Duration) {
        if let Some(slot) = self.trips.get_mut(self.next) {
            *slot = Some(trip);
        }
        self.next = (self.next + 1) % RECENT_TRIPS;
    }

    fn shortest(&self) -> Option<Duration> {
        self.trips.iter().flatten().min().copied()
    }
}

/// The window is nearly closed to see the path without our own queue.
#[derive(Debug, Clone, Copy)]
struct Probe {
    since: Instant,
    until: Instant,
    shortest: Option<Duration>,
}

impl PathModel {
    pub(super) fn new(now: Instant, mtu: u16, initial_window: u64) -> Self {
        Self {
            mtu: mtu.into(),
            initial_window,
            in_flight: 0,
            delivered: 0,
            delivered_at: now,
            first_sent: now,
            flights: VecDeque::new(),
            newest: None,
            silence: Duration::ZERO,
            rate: MaxRate::new(now),
            recent: Recent::default(),
            shortest: None,
            probe: None,
            narrow: None,
            room: 0,
        }
    }

    pub(super) fn set_mtu(&mut self, mtu: u16) {
        self.mtu = mtu.into();
    }

    /// At most so many bytes may be in flight.
    pub(super) fn ceiling(&self) -> u64 {
        if self.probe.is_some() {
            return PROBE_PACKETS * self.mtu + 1;
        }
        let least = if self.narrow.is_some() { NARROW_PACKETS * self.mtu } else { self.initial_window.max(self.room) };
        let (Some(rate), Some((shortest, _))) = (self.rate.best(), self.shortest) else { return least };
        // Bytes, far below 2^52.
        ((rate * shortest.as_secs_f64() * GAIN) as u64).max(least)
    }

    pub(super) fn sent(&mut self, now: Instant, bytes: u64, window: u64) {
        if self.in_flight == 0 {
            self.first_sent = now;
            self.delivered_at = now;
        }
        if self.narrow.is_some_and(|seen| now.saturating_duration_since(seen) > NARROW_KEPT) {
            self.narrow = None;
        }
        self.in_flight = self.in_flight.saturating_add(bytes);
        let full = self.in_flight.saturating_add(2 * self.mtu) >= window;
        match self.flights.back_mut() {
            Some(last) if last.sent == now => {
                last.full |= full;
                last.in_flight = self.in_flight;
            }
            _ => {
                if self.flights.len() >= FLIGHTS_MAX {
                    self.flights.pop_front();
                }
                self.flights.push_back(Flight {
                    sent: now,
                    first_sent: self.first_sent,
                    delivered: self.delivered,
                    delivered_at: self.delivered_at,
                    before: self.in_flight,
                    in_flight: self.in_flight,
                    full,
                });
            }
        }
    }

    pub(super) fn lost(&mut self, bytes: u64) {
        self.in_flight = self.in_flight.saturating_sub(bytes);
    }

    pub(super) fn acked(&mut self, now: Instant, sent: Instant, bytes: u64) {
        self.delivered = self.delivered.saturating_add(bytes);
        self.in_flight = self.in_flight.saturating_sub(bytes);
        self.silence = self.silence.max(self.rate.heard(now));
        if self.newest.is_none_or(|known| known.sent < sent)
            && let Ok(at) = self.flights.binary_search_by(|flight| flight.sent.cmp(&sent))
        {
            self.newest = self.flights.get(at).copied();
            // Older ones that are acknowledged later count as delivered and give no sample.
            self.flights.drain(..at);
        }
    }

    pub(super) fn batch_ended(&mut self, now: Instant, in_flight: u64) {
        self.in_flight = in_flight;
        self.delivered_at = now;
        let silence = std::mem::take(&mut self.silence);
        let Some(flight) = self.newest.take() else { return };
        self.first_sent = flight.sent;
        let trip = now.saturating_duration_since(flight.sent);
        if silence > SILENCE && trip >= silence {
            return;
        }
        self.observe_trip(now, trip, &flight);
        let took = now
            .saturating_duration_since(flight.delivered_at)
            .max(flight.sent.saturating_duration_since(flight.first_sent));
        // A shorter time than any round trip comes from acknowledgements that were held up and came at once.
        if self.probe.is_some() || took.is_zero() || self.shortest.is_some_and(|(shortest, _)| took < shortest) {
            return;
        }
        let rate = self.delivered.saturating_sub(flight.delivered) as f64 / took.as_secs_f64();
        let queue = self.is_our_queue(&flight, trip);
        if queue {
            self.narrow = Some(now);
            self.room = 0;
        } else if !self.is_above_shortest(trip) {
            self.room = self.room.max(2 * flight.before);
        }
        self.rate.observe(rate, queue);
    }

    fn observe_trip(&mut self, now: Instant, trip: Duration, flight: &Flight) {
        self.recent.push(trip);
        if let Some(probe) = &mut self.probe {
            if flight.sent >= probe.since {
                probe.shortest = Some(probe.shortest.map_or(trip, |known| known.min(trip)));
            }
            if let Some(shortest) = probe.shortest.filter(|_| now >= probe.until) {
                self.shortest = Some((shortest, now));
                self.probe = None;
            }
            return;
        }
        let Some((shortest, seen)) = self.shortest else {
            self.shortest = Some((trip, now));
            return;
        };
        let kept = if self.narrow.is_some() { SHORTEST_KEPT_NARROW } else { SHORTEST_KEPT };
        if trip <= shortest {
            self.shortest = Some((trip, now));
        } else if now.saturating_duration_since(seen) > kept {
            if self.is_much(flight, trip) {
                self.probe = Some(Probe { since: now, until: now + trip.max(PROBE_LEAST), shortest: None });
            } else {
                self.shortest = Some((self.recent.shortest().unwrap_or(trip), now));
            }
        }
    }

    /// Whether what was in flight stands in a queue.
    fn is_our_queue(&self, flight: &Flight, trip: Duration) -> bool {
        self.is_much(flight, trip) && self.recent.shortest().is_some_and(|trip| self.is_above_shortest(trip))
    }

    /// Whether so much was in flight that the delay may be our own. One that no handover explains is, even if the
    /// window, made on a wider path, was not full.
    fn is_much(&self, flight: &Flight, trip: Duration) -> bool {
        let long = self.shortest.is_some_and(|(shortest, _)| trip > shortest + LONG_QUEUE);
        flight.full || (long && flight.in_flight >= NARROW_PACKETS * self.mtu)
    }

    fn is_above_shortest(&self, trip: Duration) -> bool {
        self.shortest.is_some_and(|(shortest, _)| trip > shortest.mul_f64(1.25) + QUEUE_SLACK)
    }
}

/// The largest rate of the present and the former half-window, in bytes per second.
#[derive(Debug, Clone, Copy)]
struct MaxRate {
    now: f64,
    before: f64,
    /// Time in which acknowledgements arrived.
    age: Duration,
    heard: Instant,
}

impl MaxRate {
    fn new(now: Instant) -> Self {
        Self { now: 0.0, before: 0.0, age: Duration::ZERO, heard: now }
    }

    fn best(&self) -> Option<f64> {
        let best = self.now.max(self.before);
        (best > 0.0).then_some(best)
    }

    /// Says how long nothing had been heard.
    fn heard(&mut self, now: Instant) -> Duration {
        let silence = now.saturating_duration_since(self.heard);
        self.age += silence.min(QUIET_COUNTS);
        self.heard = now;
        silence
    }

    fn observe(&mut self, rate: f64, lowers: bool) {
        if lowers && self.age >= RATE_HALF {
            self.before = self.now;
            self.now = 0.0;
            self.age = Duration::ZERO;
        }
        if lowers || rate > self.now.max(self.before) {
            self.now = self.now.max(rate);
        }
    }
}
