//! One unit: connects, tells where it is, and presses what its script says.

use super::book::{Book, Place};
use super::script::{Press, part};
use crate::light::{
    Carrier, Dial, Line, PROBE_DEADLINE, PROBE_EVERY, REDIAL_FIRST, REDIAL_MAX, micros, ordered, pass, pass_until,
    pass_until_due,
};
use ambulance_core::Now;
use ambulance_core::journal::{Journal, Stamp};
use anyhow::{Context, Result};
use case::{Body, JoinReason};
use dispatch_server::edge::SystemClock;
use model::{CaseId, Clock, HospitalId, IdSource, IncidentId, Position, Stage};
use quic_link::{ClientEndpoint, CloseCode};
use rand::rngs::StdRng;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use wire::codec::encode;
use wire::{LogReply, Ping, PositionReport};

/// Degrees that a unit drives in a second: some 12 m.
const DEGREES_PER_SECOND: f64 = 0.000_11;

/// What all units and pages share.
pub(super) struct Shared {
    pub(super) clock: SystemClock,
    pub(super) server: SocketAddr,
    pub(super) book: Book,
    pub(super) positions_every: Duration,
    pub(super) connected: AtomicU64,
    pub(super) lost_lines: AtomicU64,
    pub(super) feed_items: Arc<AtomicU64>,
    /// Microseconds of the clock at which the script begins; none while pages and units come in.
    pub(super) begin_us: watch::Receiver<Option<u64>>,
    /// True once everybody may hang up.
    pub(super) over: watch::Receiver<bool>,
}

/// A unit's case, and what its crew will press.
pub(super) struct Work {
    pub(super) case: CaseId,
    pub(super) hospital: HospitalId,
    /// The stage that was pressed last.
    pub(super) stage: Stage,
    pub(super) presses: VecDeque<Press>,
}

/// See the module.
pub(super) struct Unit {
    pub(super) endpoint: ClientEndpoint,
    pub(super) carrier: Carrier,
    pub(super) journal: Journal,
    pub(super) ids: IdSource,
    pub(super) rng: StdRng,
    pub(super) place: Position,
    pub(super) work: Option<Work>,
}

/// What a connection remembers.
struct Standing {
    line: Line,
    heard_us: u64,
    pings: u64,
    positions: u64,
    /// When the next position is told.
    position_us: u64,
}

impl Unit {
    /// Runs until everybody may hang up.
    pub(super) async fn run(mut self, shared: Arc<Shared>) -> Result<()> {
        self.open_case(&shared).await?;
        let (mut over, mut wait) = (shared.over.clone(), REDIAL_FIRST);
        loop {
            let dial =
                Dial { endpoint: &self.endpoint, server: shared.server, deaf: false, feed_items: &shared.feed_items };
            let opened = tokio::select! {
                opened = Line::open(dial, &shared.clock) => opened,
                () = ordered(&mut over) => return Ok(()),
            };
            if let Ok(line) = opened {
                shared.connected.fetch_add(1, Ordering::Relaxed);
                wait = REDIAL_FIRST;
                if self.stand(line, &shared).await? {
                    return Ok(());
                }
                shared.connected.fetch_sub(1, Ordering::Relaxed);
                shared.lost_lines.fetch_add(1, Ordering::Relaxed);
            }
            let jittered = wait.mul_f64(0.5 + part(&mut self.rng));
            tokio::select! {
                () = pass(jittered) => {}
                () = ordered(&mut over) => return Ok(()),
            }
            wait = (wait * 2).min(REDIAL_MAX);
        }
    }

    /// A working unit's case: opened, told to the unit, its destination agreed by telephone.
    async fn open_case(&mut self, shared: &Shared) -> Result<()> {
        let Some(Work { case, hospital, stage, .. }) = self.work else { return Ok(()) };
        let incident = IncidentId::from_uuid(self.ids.uuid(shared.clock.utc()));
        let opened = Body::CaseOpened {
            incident,
            patient_no: 1,
            call_received_at: Some(shared.clock.utc()),
            scene: Some(self.place),
            place: Some("訓練町".to_owned()),
            call_text: None,
        };
        let told = Body::StageStamped { stage, leg: 1 };
        for body in [opened, told, Body::DestinationAgreed { hospital, enquiry: None }] {
            self.write(case, body, shared).await?;
        }
        Ok(())
    }

    async fn write(&mut self, case: CaseId, body: Body, shared: &Shared) -> Result<()> {
        let now = Now { utc: shared.clock.utc(), mono: shared.clock.monotonic() };
        let stamp = Stamp { now, offset: None, crew: None, ids: &mut self.ids };
        self.journal.write_case(case, JoinReason::Assigned, body, stamp);
        if let Some((id, transaction)) = self.journal.flush(now.utc) {
            self.carrier.append(transaction, now.utc, &shared.clock).await?;
            self.journal.take_in_flight(id);
        }
        Ok(())
    }

    /// True when everybody may hang up, false when the line is lost.
    async fn stand(&mut self, line: Line, shared: &Shared) -> Result<bool> {
        self.carrier.sender.handle_link_up(shared.clock.monotonic());
        let (mut over, mut begin) = (shared.over.clone(), shared.begin_us.clone());
        let heard_us = shared.clock.monotonic().us;
        // Tablets were not switched on together: their positions come evenly spread.
        let position_us = heard_us.saturating_add(micros(shared.positions_every.mul_f64(part(&mut self.rng))));
        let mut standing = Standing { line, heard_us, pings: 0, positions: 0, position_us };
        let mut probe = tokio::time::interval(PROBE_EVERY);
        let ended = loop {
            if !self.drain(&mut standing.line, shared).await? {
                break false;
            }
            let due = self.carrier.sender.poll_timeout(shared.clock.monotonic()).map(|timeout| timeout.at);
            tokio::select! {
                frame = standing.line.log_in.recv() => {
                    let reply = frame.ok().flatten().and_then(|frame| wire::codec::decode::<LogReply>(&frame).ok());
                    let Some(reply) = reply else { break false };
                    self.carrier.sender.handle_reply(&reply, shared.clock.monotonic());
                }
                frame = standing.line.control_in.recv() => match frame {
                    Ok(Some(_)) => standing.heard_us = shared.clock.monotonic().us,
                    Ok(None) | Err(_) => break false,
                },
                _ = probe.tick() => if !standing.probe(&shared.clock).await? { break false },
                () = pass_until(standing.position_us, &shared.clock) => self.tell_position(&mut standing, shared)?,
                () = pass_until_due(due, &shared.clock) => {
                    self.carrier.sender.handle_timeout(shared.clock.monotonic(), &mut self.rng);
                }
                intended = self.next_press(&mut begin, shared) => self.press(intended, shared).await?,
                () = ordered(&mut over) => break true,
            }
        };
        standing.line.connection.close(CloseCode::DONE, "");
        self.carrier.sender.handle_link_down();
        Ok(ended)
    }

    async fn drain(&mut self, line: &mut Line, shared: &Shared) -> Result<bool> {
        let alive = self.carrier.drain(line, &shared.clock, |sender| while sender.poll_event().is_some() {}).await?;
        if let Some(work) = self.work.as_ref().filter(|_| self.carrier.sender.is_drained()) {
            shared.book.seen(Place::Acknowledged, work.case, work.stage, shared.clock.monotonic().us);
        }
        Ok(alive)
    }

    /// Waits for the next press; the microsecond at which it was meant to come. For ever when there is none.
    async fn next_press(&self, begin: &mut watch::Receiver<Option<u64>>, shared: &Shared) -> u64 {
        let next = self.work.as_ref().and_then(|work| work.presses.front());
        let Some(press) = next else { return std::future::pending().await };
        let begun = begin.wait_for(Option::is_some).await.ok().and_then(|begin| *begin);
        let Some(begun) = begun else { return std::future::pending().await };
        let intended = begun.saturating_add(micros(press.at));
        pass_until(intended, &shared.clock).await;
        intended
    }

    async fn press(&mut self, intended_us: u64, shared: &Shared) -> Result<()> {
        let Some(work) = &mut self.work else { return Ok(()) };
        let Some(press) = work.presses.pop_front() else { return Ok(()) };
        work.stage = press.stage;
        shared.book.pressed(press.case, press.stage, (intended_us, shared.clock.monotonic().us));
        self.write(press.case, Body::StageStamped { stage: press.stage, leg: 1 }, shared).await
    }

    fn tell_position(&mut self, standing: &mut Standing, shared: &Shared) -> Result<()> {
        let (sin, cos) = (core::f64::consts::TAU * part(&mut self.rng)).sin_cos();
        let step = DEGREES_PER_SECOND * shared.positions_every.as_secs_f64();
        let moved = Position::new(self.place.lat() + step * sin, self.place.lon() + step * cos);
        self.place = moved.unwrap_or(self.place);
        standing.positions += 1;
        standing.position_us = standing.position_us.saturating_add(micros(shared.positions_every));
        let case = self.work.as_ref().map(|work| work.case);
        let report = PositionReport { n: standing.positions, at: shared.clock.utc(), position: self.place, case };
        let bytes = encode(&report).context("write a position")?;
        // The latest wins: a datagram that cannot be sent is replaced by the next one.
        let _lost = standing.line.connection.send_datagram(bytes.into());
        Ok(())
    }
}

impl Standing {
    /// Asks the server whether it is there; false when the line is dead.
    async fn probe(&mut self, clock: &SystemClock) -> Result<bool> {
        if Duration::from_micros(clock.monotonic().us.saturating_sub(self.heard_us)) > PROBE_DEADLINE {
            return Ok(false);
        }
        self.pings += 1;
        let ping = encode(&Ping { n: self.pings, sent_at: clock.utc() }).context("write a ping")?;
        Ok(self.line.control_out.send(&ping).await.is_ok())
    }
}
