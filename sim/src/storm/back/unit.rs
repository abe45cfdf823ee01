//! One light unit that loses its server: stands, hears nothing more, tries other ways as the tablet's link does, works on
//! meanwhile, comes back, and delivers what its crew has recorded.

use super::Order;
use crate::light::{
    Carrier, Dial, Failed, LOOK_EVERY, Line, REDIAL_FIRST, REDIAL_MAX, micros, pass, pass_until, pass_until_due,
};
use crate::storm::backlog::Crew;
use ambulance_core::Now;
use ambulance_runtime::{LinkProbe, LinkVerdict};
use anyhow::{Context, Result};
use delivery::{DeliveryEvent, LogHead, OutboxStore};
use dispatch_server::edge::SystemClock;
use model::Clock;
use quic_link::{ClientEndpoint, CloseCode};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
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
    pub(super) orders: watch::Receiver<Order>,
    /// How long everybody is away.
    pub(super) away: Duration,
    /// Units that were welcomed once.
    pub(super) connected: AtomicU64,
    /// Units that heard the server after the return.
    pub(super) back: AtomicU64,
    /// Units with nothing left to deliver.
    pub(super) drained: AtomicU64,
    pub(super) acknowledged: AtomicU64,
    pub(super) feed_items: Arc<AtomicU64>,
}

/// See the module.
pub(super) struct Unit {
    pub(super) endpoint: Arc<ClientEndpoint>,
    pub(super) carrier: Carrier,
    pub(super) crew: Crew,
    pub(super) rng: StdRng,
    /// Events that the crew records while everybody is away.
    pub(super) events: u64,
    /// Its first dial, microseconds of the clock.
    pub(super) arrives_us: u64,
    /// Its socket is its own: it may take another one when its server falls silent, as a tablet does.
    pub(super) own_socket: bool,
    pub(super) log: Log,
    pub(super) order: Order,
    /// When the next event is recorded.
    pub(super) next_event_us: Option<u64>,
}

/// How it went with one unit. Times in microseconds from the return, or from its intended start.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// When the generator came to it, after its intended start.
    pub(super) began_us: u64,
    /// First Welcome, after its intended start.
    pub(super) welcomed_us: Option<u64>,
    /// The server was heard again.
    pub(super) back_us: Option<u64>,
    /// Nothing waited any more.
    pub(super) drained_us: Option<u64>,
    /// Entries that waited at the last look.
    waiting: u64,
    /// Entries recorded so far.
    recorded: u64,
    /// When so many entries were acknowledged after the return.
    pub(super) acknowledged: Vec<(u64, u64)>,
    pub(super) failed: BTreeMap<Failed, u32>,
    /// Connections that were given up after the loss, or replaced by one beside them.
    pub(super) replaced: u32,
    /// Connections that ended before the loss.
    pub(super) lost_before: u32,
    pub(super) retries: u32,
    /// What no unit may see: entries refused for good, forks, gaps, a server that is behind.
    pub(super) violations: u32,
}

/// How a connection ended.
enum End {
    Over,
    Lost(Option<Dialling>),
    Replaced(Box<Line>),
}

type Dialling = Pin<Box<dyn Future<Output = Result<Line, Failed>> + Send>>;

/// A connection that stands.
struct Standing {
    line: Line,
    probe: LinkProbe,
    pings: u64,
    beside: Option<Dialling>,
    /// Frames heard when the order to come back arrived.
    frames_at_return: u64,
}

impl Unit {
    /// Runs until everybody may hang up; what was recorded, and how it went.
    pub(super) async fn run(mut self, shared: Arc<Shared>) -> Result<(Log, Vec<LogHead>)> {
        pass_until(self.arrives_us, &shared.clock).await;
        self.log.began_us = shared.clock.monotonic().us.saturating_sub(self.arrives_us);
        let mut orders = shared.orders.clone();
        let (mut wait, mut next) = (REDIAL_FIRST, None);
        loop {
            let dialling = next.take().unwrap_or_else(|| self.dial(&shared));
            let Some(opened) = self.meanwhile(&shared, &mut orders, dialling).await? else { break };
            let ended = match opened {
                Ok(line) => {
                    wait = REDIAL_FIRST;
                    self.stand(line, &shared, &mut orders).await?
                }
                Err(failed) => {
                    *self.log.failed.entry(failed).or_default() += 1;
                    End::Lost(None)
                }
            };
            match ended {
                End::Over => break,
                End::Replaced(line) => next = Some(Box::pin(async move { Ok(*line) })),
                End::Lost(Some(beside)) => next = Some(beside),
                End::Lost(None) => {
                    let jittered = wait.mul_f64(0.5 + f64::from(self.rng.next_u32()) / f64::from(u32::MAX));
                    let pause: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(pass(jittered));
                    if self.meanwhile(&shared, &mut orders, pause).await?.is_none() {
                        break;
                    }
                    wait = (wait * 2).min(REDIAL_MAX);
                }
            }
        }
        let heads = self.carrier.store.heads().await?;
        Ok((self.log, heads))
    }

    fn dial(&self, shared: &Arc<Shared>) -> Dialling {
        let (endpoint, shared) = (Arc::clone(&self.endpoint), Arc::clone(shared));
        Box::pin(async move {
            let (server, feed_items) = (shared.server, &shared.feed_items);
            Line::open(Dial { endpoint: &endpoint, server, deaf: false, feed_items }, &shared.clock).await
        })
    }

    /// Waits while the crew works on; none when everybody may hang up.
    async fn meanwhile<T>(
        &mut self,
        shared: &Shared,
        orders: &mut watch::Receiver<Order>,
        mut work: Pin<Box<dyn Future<Output = T> + Send>>,
    ) -> Result<Option<T>> {
        loop {
            tokio::select! {
                done = &mut work => return Ok(Some(done)),
                () = until(self.next_event_us, &shared.clock) => self.record(shared).await?,
                order = next_order(orders) => {
                    self.obey(order, shared).await?;
                    if order == Order::Over {
                        return Ok(None);
                    }
                }
            }
        }
    }

    async fn obey(&mut self, order: Order, shared: &Shared) -> Result<()> {
        self.order = order;
        match order {
            Order::Connect | Order::Over => {}
            Order::Lost { at_us } => {
                let share = f64::from(self.rng.next_u32()) / f64::from(u32::MAX);
                let step = micros(shared.away) / self.events.max(1);
                self.next_event_us = Some(at_us.saturating_add((step as f64 * share) as u64));
            }
            Order::Back { .. } => {
                while self.crew.written() < self.events {
                    self.record(shared).await?;
                }
            }
        }
        Ok(())
    }

    /// The crew does what comes next.
    async fn record(&mut self, shared: &Shared) -> Result<()> {
        let now = Now { utc: shared.clock.utc(), mono: shared.clock.monotonic() };
        if self.crew.written() < self.events
            && let Some(transaction) = self.crew.go_on(now)
        {
            self.log.recorded += transaction.entries.len() as u64;
            self.log.waiting += transaction.entries.len() as u64;
            self.carrier.append(transaction, now.utc, &shared.clock).await?;
        }
        let step = micros(shared.away) / self.events.max(1);
        let goes_on = self.crew.written() < self.events;
        self.next_event_us = self.next_event_us.filter(|_| goes_on).map(|us| us.saturating_add(step));
        Ok(())
    }

    async fn stand(&mut self, line: Line, shared: &Arc<Shared>, orders: &mut watch::Receiver<Order>) -> Result<End> {
        self.welcomed(shared);
        self.carrier.sender.handle_link_up(shared.clock.monotonic());
        let frames = line.connection.heard_frames();
        let probe = LinkProbe::new(shared.clock.monotonic().us, frames);
        let mut standing = Standing { line, probe, pings: 0, beside: None, frames_at_return: frames };
        let ended = self.serve(&mut standing, shared, orders).await?;
        standing.line.connection.close(CloseCode::DONE, "");
        self.carrier.sender.handle_link_down();
        match (&ended, self.order) {
            (End::Over, _) => {}
            (_, Order::Connect) => self.log.lost_before += 1,
            _ => self.log.replaced += 1,
        }
        Ok(ended)
    }

    /// A server said Welcome.
    fn welcomed(&mut self, shared: &Shared) {
        if self.log.welcomed_us.is_none() {
            self.log.welcomed_us = Some(shared.clock.monotonic().us.saturating_sub(self.arrives_us));
            shared.connected.fetch_add(1, Ordering::Relaxed);
        }
        self.came_back(shared);
    }

    fn came_back(&mut self, shared: &Shared) {
        let Order::Back { at_us, .. } = self.order else { return };
        if self.log.back_us.is_none() {
            self.log.back_us = Some(shared.clock.monotonic().us.saturating_sub(at_us));
            shared.back.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn serve(
        &mut self,
        standing: &mut Standing,
        shared: &Arc<Shared>,
        orders: &mut watch::Receiver<Order>,
    ) -> Result<End> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            if !self.drain(standing, shared).await? {
                return Ok(End::Lost(standing.beside.take()));
            }
            let due = self.carrier.sender.poll_timeout(shared.clock.monotonic()).map(|timeout| timeout.at);
            tokio::select! {
                frame = standing.line.log_in.recv() => {
                    let Some(reply) = frame.ok().flatten().and_then(|frame| decode::<LogReply>(&frame).ok()) else {
                        return Ok(End::Lost(standing.beside.take()));
                    };
                    self.carrier.sender.handle_reply(&reply, shared.clock.monotonic());
                }
                frame = standing.line.control_in.recv() => if !matches!(frame, Ok(Some(_))) {
                    return Ok(End::Lost(standing.beside.take()));
                },
                _ = look.tick() => if self.look(standing, shared).await? == LinkVerdict::Dead {
                    return Ok(End::Lost(standing.beside.take()));
                },
                opened = beside(&mut standing.beside) => {
                    standing.beside = None;
                    match opened {
                        Ok(line) => return Ok(End::Replaced(Box::new(line))),
                        Err(failed) => *self.log.failed.entry(failed).or_default() += 1,
                    }
                }
                () = pass_until_due(due, &shared.clock) => {
                    self.carrier.sender.handle_timeout(shared.clock.monotonic(), &mut self.rng);
                }
                () = until(self.next_event_us, &shared.clock) => self.record(shared).await?,
                order = next_order(orders) => {
                    if order == Order::Over {
                        return Ok(End::Over);
                    }
                    standing.frames_at_return = standing.line.connection.heard_frames();
                    self.obey(order, shared).await?;
                    if matches!(order, Order::Back { moved: true, .. }) {
                        standing.line.connection.announce_move();
                        standing.probe.sent(shared.clock.monotonic().us);
                    }
                }
            }
        }
    }

    /// As the tablet's link: pings, and when nothing comes, another way beside this one.
    async fn look(&mut self, standing: &mut Standing, shared: &Arc<Shared>) -> Result<LinkVerdict> {
        let (now, link) = (shared.clock.monotonic(), &standing.line.connection);
        let frames = link.heard_frames();
        if frames != standing.frames_at_return {
            self.came_back(shared);
        }
        let verdict = standing.probe.look(frames, link.rtt(), now.us);
        match verdict {
            LinkVerdict::Fine => standing.beside = None,
            LinkVerdict::Late if standing.beside.is_none() => {
                if self.own_socket && self.endpoint.rebind().is_ok() {
                    link.announce_move();
                }
                standing.probe.sent(now.us);
                standing.beside = Some(self.dial(shared));
            }
            LinkVerdict::Late | LinkVerdict::Dead => {}
        }
        if standing.probe.ping_is_due(now.us) {
            standing.pings += 1;
            let ping = encode(&Ping { n: standing.pings, sent_at: shared.clock.utc() }).context("write a ping")?;
            if standing.line.control_out.send(&ping).await.is_err() {
                return Ok(LinkVerdict::Dead);
            }
        }
        Ok(verdict)
    }

    /// Carries out what the sender wishes; false when the line is gone.
    async fn drain(&mut self, standing: &mut Standing, shared: &Shared) -> Result<bool> {
        let (log, sent) = (&mut self.log, self.carrier.sent_frames);
        let back_us = self.order.back_us();
        let alive = self.carrier.drain(&mut standing.line, &shared.clock, |sender| {
            while let Some(event) = sender.poll_event() {
                log.note(&event);
            }
            log.count(sender.waiting(), back_us, shared);
        });
        let alive = alive.await?;
        if standing.line.connection.heard_frames() != standing.frames_at_return {
            self.came_back(shared);
        }
        let done = self.log.back_us.is_some() && self.crew.written() >= self.events;
        if done && self.log.drained_us.is_none() && self.carrier.sender.is_drained() {
            self.log.drained_us = Some(shared.clock.monotonic().us.saturating_sub(back_us.unwrap_or(0)));
            shared.drained.fetch_add(1, Ordering::Relaxed);
        }
        if self.carrier.sent_frames > sent {
            standing.probe.sent(shared.clock.monotonic().us);
        }
        Ok(alive)
    }
}

impl Log {
    fn note(&mut self, event: &DeliveryEvent) {
        match event {
            DeliveryEvent::Acknowledged { .. } => {}
            DeliveryEvent::Retrying { .. } => self.retries += 1,
            DeliveryEvent::Wedged { .. }
            | DeliveryEvent::Forked { .. }
            | DeliveryEvent::ServerBehind { .. }
            | DeliveryEvent::Missing { .. }
            | DeliveryEvent::Damaged { .. }
            | DeliveryEvent::Unreadable { .. } => self.violations += 1,
        }
    }

    /// So many wait now; what waits no more was acknowledged.
    fn count(&mut self, waiting: u64, back_us: Option<u64>, shared: &Shared) {
        let acknowledged = self.waiting.saturating_sub(waiting);
        self.waiting = waiting;
        if let (1.., Some(back_us)) = (acknowledged, back_us) {
            let us = shared.clock.monotonic().us.saturating_sub(back_us);
            self.acknowledged.push((us, acknowledged));
            shared.acknowledged.fetch_add(acknowledged, Ordering::Relaxed);
        }
    }
}

async fn beside(dial: &mut Option<Dialling>) -> Result<Line, Failed> {
    match dial {
        Some(dial) => dial.await,
        None => std::future::pending().await,
    }
}

async fn until(us: Option<u64>, clock: &SystemClock) {
    match us {
        Some(us) => pass_until(us, clock).await,
        None => std::future::pending().await,
    }
}

/// The next order; when whoever gives them is gone, everybody hangs up.
async fn next_order(orders: &mut watch::Receiver<Order>) -> Order {
    match orders.changed().await {
        Ok(()) => *orders.borrow_and_update(),
        Err(_) => Order::Over,
    }
}
