//! One light unit: waits for its moment, dials until it is in, delivers until nothing waits, stays connected.

use crate::light::{
    Carrier, Dial, Failed, Line, PROBE_DEADLINE, PROBE_EVERY, REDIAL_FIRST, REDIAL_MAX, ordered, pass, pass_until,
    pass_until_due,
};
use anyhow::{Context, Result};
use delivery::DeliveryEvent;
use dispatch_server::edge::SystemClock;
use model::Clock;
use quic_link::{ClientEndpoint, CloseCode};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use wire::codec::{decode, encode};
use wire::{LogReply, Ping};

/// What all units share.
pub(super) struct Shared {
    pub(super) clock: SystemClock,
    pub(super) server: SocketAddr,
    /// When the storm begins, microseconds of the clock.
    pub(super) begin_us: u64,
    pub(super) welcomed: AtomicU64,
    pub(super) drained: AtomicU64,
    pub(super) acknowledged: AtomicU64,
    pub(super) feed_items: Arc<AtomicU64>,
    /// True once everybody may hang up.
    pub(super) over: watch::Receiver<bool>,
}

/// See the module.
pub(super) struct Unit {
    pub(super) endpoint: ClientEndpoint,
    pub(super) carrier: Carrier,
    pub(super) rng: StdRng,
    /// Its arrival, after the begin.
    pub(super) arrives: Duration,
    pub(super) deaf: bool,
    pub(super) heavy: bool,
}

/// How it went with one unit. Times in microseconds from its intended start.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) heavy: bool,
    /// When the generator really came to it.
    pub(super) began_us: u64,
    pub(super) welcomed_us: Option<u64>,
    pub(super) drained_us: Option<u64>,
    pub(super) waiting: u64,
    /// When so many events were acknowledged.
    pub(super) acknowledged: Vec<(u64, u64)>,
    pub(super) failed: BTreeMap<Failed, u32>,
    pub(super) lost_lines: u32,
    pub(super) retries: u32,
    pub(super) wedged: u32,
    pub(super) forked: u32,
}

impl Log {
    fn note(&mut self, event: DeliveryEvent) {
        match event {
            DeliveryEvent::Acknowledged { .. } => {}
            DeliveryEvent::Retrying { .. } => self.retries += 1,
            DeliveryEvent::Wedged { .. } => self.wedged += 1,
            DeliveryEvent::Forked { .. }
            | DeliveryEvent::ServerBehind { .. }
            | DeliveryEvent::Missing { .. }
            | DeliveryEvent::Damaged { .. }
            | DeliveryEvent::Unreadable { .. } => self.forked += 1,
        }
    }

    /// So many wait now; what waits no more was acknowledged.
    fn count(&mut self, waiting: u64, us: u64, shared: &Shared) {
        let acknowledged = self.waiting.saturating_sub(waiting);
        self.waiting = waiting;
        if acknowledged > 0 {
            self.acknowledged.push((us, acknowledged));
            shared.acknowledged.fetch_add(acknowledged, Ordering::Relaxed);
        }
    }
}

/// Why a line ended.
enum End {
    Lost,
    Over,
}

impl Unit {
    /// Runs until everybody may hang up.
    pub(super) async fn run(mut self, shared: Arc<Shared>, report: tokio::sync::mpsc::Sender<Log>) -> Result<()> {
        let intended = shared.begin_us.saturating_add(u64::try_from(self.arrives.as_micros()).unwrap_or(u64::MAX));
        pass_until(intended, &shared.clock).await;
        let mut log = Log {
            heavy: self.heavy,
            began_us: since(&shared, intended),
            waiting: self.carrier.sender.waiting(),
            ..Log::default()
        };
        let mut wait = REDIAL_FIRST;
        loop {
            let mut over = shared.over.clone();
            let dial = Dial {
                endpoint: &self.endpoint,
                server: shared.server,
                deaf: self.deaf,
                feed_items: &shared.feed_items,
            };
            let opened = tokio::select! {
                opened = Line::open(dial, &shared.clock) => opened,
                () = ordered(&mut over) => break,
            };
            match opened {
                Ok(line) => {
                    if log.welcomed_us.is_none() {
                        shared.welcomed.fetch_add(1, Ordering::Relaxed);
                    }
                    log.welcomed_us.get_or_insert(since(&shared, intended));
                    wait = REDIAL_FIRST;
                    match self.deliver(line, &shared, intended, (&mut log, &report)).await? {
                        End::Over => break,
                        End::Lost => log.lost_lines += 1,
                    }
                }
                Err(failed) => *log.failed.entry(failed).or_default() += 1,
            }
            let jittered = wait.mul_f64(0.5 + f64::from(self.rng.next_u32()) / f64::from(u32::MAX));
            tokio::select! {
                () = pass(jittered) => {}
                () = ordered(&mut over) => break,
            }
            wait = (wait * 2).min(REDIAL_MAX);
        }
        if log.drained_us.is_none() {
            report.send(log).await.context("report an unfinished unit")?;
        }
        Ok(())
    }

    async fn deliver(
        &mut self,
        mut line: Line,
        shared: &Shared,
        intended: u64,
        (log, report): (&mut Log, &tokio::sync::mpsc::Sender<Log>),
    ) -> Result<End> {
        self.carrier.sender.handle_link_up(shared.clock.monotonic());
        let mut over = shared.over.clone();
        let mut probe = tokio::time::interval(PROBE_EVERY);
        let (mut n, mut heard_us) = (0_u64, shared.clock.monotonic().us);
        let end = loop {
            if !self.drain(&mut line, shared, intended, log).await? {
                break End::Lost;
            }
            if self.carrier.sender.is_drained() && log.drained_us.is_none() {
                log.drained_us = Some(since(shared, intended));
                shared.drained.fetch_add(1, Ordering::Relaxed);
                report.send(log.clone()).await.context("report a finished unit")?;
            }
            let now = shared.clock.monotonic();
            let due = self.carrier.sender.poll_timeout(now).map(|timeout| timeout.at);
            tokio::select! {
                frame = line.log_in.recv() => {
                    let Some(reply) = frame.ok().flatten().and_then(|frame| decode::<LogReply>(&frame).ok()) else {
                        break End::Lost;
                    };
                    self.carrier.sender.handle_reply(&reply, shared.clock.monotonic());
                }
                frame = line.control_in.recv() => match frame {
                    Ok(Some(_)) => heard_us = shared.clock.monotonic().us,
                    Ok(None) | Err(_) => break End::Lost,
                },
                _ = probe.tick() => {
                    if Duration::from_micros(now.us.saturating_sub(heard_us)) > PROBE_DEADLINE {
                        break End::Lost;
                    }
                    n += 1;
                    let ping = encode(&Ping { n, sent_at: shared.clock.utc() }).context("write a ping")?;
                    if line.control_out.send(&ping).await.is_err() {
                        break End::Lost;
                    }
                }
                () = pass_until_due(due, &shared.clock) => {
                    self.carrier.sender.handle_timeout(shared.clock.monotonic(), &mut self.rng);
                }
                () = ordered(&mut over) => break End::Over,
            }
        };
        line.connection.close(CloseCode::DONE, "");
        self.carrier.sender.handle_link_down();
        Ok(end)
    }

    /// Carries out what the sender wishes; false when the line is gone.
    async fn drain(&mut self, line: &mut Line, shared: &Shared, intended: u64, log: &mut Log) -> Result<bool> {
        let look = |sender: &mut delivery::Sender| {
            while let Some(event) = sender.poll_event() {
                log.note(event);
            }
            log.count(sender.waiting(), since(shared, intended), shared);
        };
        self.carrier.drain(line, &shared.clock, look).await
    }
}

fn since(shared: &Shared, intended: u64) -> u64 {
    shared.clock.monotonic().us.saturating_sub(intended)
}
