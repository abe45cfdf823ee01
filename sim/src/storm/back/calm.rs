//! Units outside the storm: they keep their connection, and at fixed moments ask where to go and record an event, whatever
//! came of the moments before. Each keeps a log of its own of what it meant to do and when it was answered.
//!
//! They run in a thread of their own with sockets of their own: what they wait for is the server, not the storm's generator.

use super::Order;
use crate::light::{Carrier, Dial, Line, PROBE_EVERY, Sockets, micros, pass_until, pass_until_due};
use crate::storm::backlog::Crew;
use ambulance_core::{Identity, Now};
use anyhow::{Context, Result};
use delivery::{LogHead, MemoryStore, OutboxStore};
use dispatch_server::admin::FleetTablet;
use dispatch_server::edge::{SystemClock, spawn};
use hospital_selection::HospitalTable;
use model::{CaseId, Clock, Findings, IdSource, Position, QuestionId, RngStreams};
use quic_link::{ClientEndpoint, CloseCode, Connection};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use wire::codec::{decode, encode};
use wire::{Answer, Ask, LogReply, Ping, Question, SuggestQuestion};

/// A question's priority, as the tablet sets it.
const PRIORITY_QUESTION: i32 = 40;
/// A question without an answer for so long counts as unanswered.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Once everybody may hang up, entries under way have so long to be acknowledged.
const LAST_ENTRIES: Duration = Duration::from_secs(15);

/// What a calm unit did at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    /// Asked for a suggestion.
    Asked,
    /// Recorded an event.
    Recorded,
}

/// One line of a unit's own log. Microseconds of the clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) did: Did,
    pub(super) intended_us: u64,
    /// From the intended moment until the generator came to it.
    pub(super) late_us: u64,
    /// From the intended moment to the answer or the acknowledgement; none when there was none.
    pub(super) took_us: Option<u64>,
}

/// What one unit has to show.
#[derive(Default)]
pub(super) struct CalmLog {
    pub(super) entries: Vec<Entry>,
    pub(super) heads: Vec<LogHead>,
    /// Its connection ended.
    pub(super) lost: bool,
}

/// How the calm units are made.
pub(super) struct Calm {
    pub(super) clock: SystemClock,
    pub(super) server: SocketAddr,
    pub(super) every: Duration,
    pub(super) seed: u64,
    pub(super) connected: Arc<AtomicU64>,
    pub(super) orders: watch::Receiver<Order>,
}

/// Runs all of them in this thread until everybody may hang up.
pub(super) fn run(calm: Calm, tablets: Vec<FleetTablet>) -> Result<Vec<CalmLog>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("run calm units")?;
    runtime.block_on(async move {
        let calm = Arc::new(calm);
        let mut sockets = Sockets::in_groups(1, None);
        let streams = RngStreams::from_u64(calm.seed);
        let mut rng = streams.stream("calm units");
        let count = tablets.len().max(1);
        let mut tasks = Vec::with_capacity(count);
        for (n, tablet) in tablets.into_iter().enumerate() {
            let identity =
                Identity { device: tablet.device, unit: tablet.unit, department: tablet.department, training: true };
            let ids = IdSource::new(streams.stream(&format!("ids of calm unit {n}")));
            let crew = Crew::new(identity, ids, StdRng::seed_from_u64(rng.next_u64()), calm.clock.utc());
            let unit = Unit {
                endpoint: sockets.endpoint(n, &tablet.bundle)?,
                carrier: Carrier::new(MemoryStore::new()).await?,
                crew,
                ids: IdSource::new(streams.stream(&format!("questions of calm unit {n}"))),
                rng: StdRng::seed_from_u64(rng.next_u64()),
                from: place(n),
                // Evenly spread: they do not ask together.
                offset: calm.every.mul_f64(n as f64 / count as f64),
                waiting: VecDeque::new(),
                log: CalmLog::default(),
            };
            tasks.push(spawn(unit.run(Arc::clone(&calm))));
        }
        let mut logs = Vec::with_capacity(count);
        for task in tasks {
            logs.push(task.await.context("a calm unit's task")??);
        }
        Ok(logs)
    })
}

fn place(n: usize) -> Position {
    let hospitals = HospitalTable::embedded().hospitals();
    let near = hospitals.get(n * 37 % hospitals.len().max(1)).map(|hospital| hospital.position);
    near.unwrap_or_else(|| panic!("the embedded table has hospitals"))
}

struct Unit {
    endpoint: ClientEndpoint,
    carrier: Carrier,
    crew: Crew,
    ids: IdSource,
    rng: StdRng,
    from: Position,
    offset: Duration,
    /// Intended moments of entries that are not acknowledged, and how late they were recorded.
    waiting: VecDeque<(u64, u64)>,
    log: CalmLog,
}

impl Unit {
    async fn run(mut self, calm: Arc<Calm>) -> Result<CalmLog> {
        let begin = calm.clock.monotonic().us;
        let feed_items = Arc::default();
        let dial = Dial { endpoint: &self.endpoint, server: calm.server, deaf: false, feed_items: &feed_items };
        let line = Line::open(dial, &calm.clock).await;
        let line = line.map_err(|failed| anyhow::anyhow!("connect a calm unit: {failed:?}"))?;
        calm.connected.fetch_add(1, Ordering::Relaxed);
        self.carrier.sender.handle_link_up(calm.clock.monotonic());
        let line = self.stand(line, &calm, begin.saturating_add(micros(self.offset))).await?;
        line.connection.close(CloseCode::DONE, "");
        self.log.heads = self.carrier.store.heads().await?;
        Ok(self.log)
    }

    async fn stand(&mut self, mut line: Line, calm: &Calm, first_us: u64) -> Result<Line> {
        let mut orders = calm.orders.clone();
        let (mut asked, mut next_us, mut pings) = (JoinSet::new(), first_us, 0);
        let mut probe = tokio::time::interval(PROBE_EVERY);
        loop {
            if !self.drain(&mut line, calm).await? {
                self.log.lost = true;
                break;
            }
            let due = self.carrier.sender.poll_timeout(calm.clock.monotonic()).map(|timeout| timeout.at);
            tokio::select! {
                frame = line.log_in.recv() => {
                    let reply = frame.ok().flatten().and_then(|frame| decode::<LogReply>(&frame).ok());
                    let Some(reply) = reply else {
                        self.log.lost = true;
                        break;
                    };
                    self.carrier.sender.handle_reply(&reply, calm.clock.monotonic());
                }
                frame = line.control_in.recv() => if !matches!(frame, Ok(Some(_))) {
                    self.log.lost = true;
                    break;
                },
                _ = probe.tick() => {
                    pings += 1;
                    let ping = encode(&Ping { n: pings, sent_at: calm.clock.utc() }).context("write a ping")?;
                    self.log.lost |= line.control_out.send(&ping).await.is_err();
                }
                () = pass_until(next_us, &calm.clock) => {
                    self.act(next_us, &line.connection, calm, &mut asked).await?;
                    next_us = next_us.saturating_add(micros(calm.every));
                }
                Some(done) = asked.join_next() => self.log.entries.push(done.context("a question's task")?),
                () = pass_until_due(due, &calm.clock) => {
                    self.carrier.sender.handle_timeout(calm.clock.monotonic(), &mut self.rng);
                }
                () = over(&mut orders) => break,
            }
        }
        self.finish(&mut line, calm, asked).await?;
        Ok(line)
    }

    /// A moment has come: a question and an event.
    async fn act(
        &mut self,
        intended_us: u64,
        connection: &Connection,
        calm: &Calm,
        asked: &mut JoinSet<Entry>,
    ) -> Result<()> {
        let now = Now { utc: calm.clock.utc(), mono: calm.clock.monotonic() };
        let late_us = now.mono.us.saturating_sub(intended_us);
        let ask = suggestion(QuestionId::from_uuid(self.ids.uuid(now.utc)), self.crew.case(), self.from);
        let frame = encode(&ask).context("write a question")?;
        let (connection, clock) = (connection.clone(), calm.clock);
        asked.spawn(async move {
            let answered = tokio::time::timeout(ANSWER_DEADLINE, connection.ask(&frame, PRIORITY_QUESTION)).await;
            let answer = answered.ok().and_then(Result::ok).flatten().and_then(|frame| decode::<Answer>(&frame).ok());
            let took = clock.monotonic().us.saturating_sub(intended_us);
            let took_us = matches!(answer, Some(Answer::Suggestion(_))).then_some(took);
            Entry { did: Did::Asked, intended_us, late_us, took_us }
        });
        if let Some(transaction) = self.crew.go_on(now) {
            self.waiting.extend(transaction.entries.iter().map(|_| (intended_us, late_us)));
            self.carrier.append(transaction, now.utc, &calm.clock).await?;
        }
        Ok(())
    }

    async fn drain(&mut self, line: &mut Line, calm: &Calm) -> Result<bool> {
        let (waiting, entries) = (&mut self.waiting, &mut self.log.entries);
        let alive = self.carrier.drain(line, &calm.clock, |sender| {
            while sender.poll_event().is_some() {}
            // One log: acknowledged in order.
            while waiting.len() as u64 > sender.waiting() {
                let Some((intended_us, late_us)) = waiting.pop_front() else { break };
                let took_us = Some(calm.clock.monotonic().us.saturating_sub(intended_us));
                entries.push(Entry { did: Did::Recorded, intended_us, late_us, took_us });
            }
        });
        alive.await
    }

    /// What is under way may end.
    async fn finish(&mut self, line: &mut Line, calm: &Calm, mut asked: JoinSet<Entry>) -> Result<()> {
        let deadline = calm.clock.monotonic().us.saturating_add(micros(LAST_ENTRIES));
        while !(self.log.lost || self.waiting.is_empty() && asked.is_empty()) {
            tokio::select! {
                frame = line.log_in.recv() => {
                    let Some(reply) = frame.ok().flatten().and_then(|frame| decode::<LogReply>(&frame).ok()) else { break };
                    self.carrier.sender.handle_reply(&reply, calm.clock.monotonic());
                    self.drain(line, calm).await?;
                }
                Some(done) = asked.join_next() => self.log.entries.push(done.context("a question's task")?),
                () = pass_until(deadline, &calm.clock) => break,
            }
        }
        let unanswered = self.waiting.drain(..);
        self.log.entries.extend(unanswered.map(|(intended_us, late_us)| Entry {
            did: Did::Recorded,
            intended_us,
            late_us,
            took_us: None,
        }));
        Ok(())
    }
}

fn suggestion(id: QuestionId, case: CaseId, from: Position) -> Ask {
    let findings = Findings::default();
    let question = SuggestQuestion { case, from, findings, lookup: None, exclude: Vec::new(), levels: true };
    Ask { id, session: None, question: Question::Suggest(question) }
}

/// Waits for the last order; also when whoever gives it is gone.
async fn over(orders: &mut watch::Receiver<Order>) {
    drop(orders.wait_for(|order| *order == Order::Over).await);
}
