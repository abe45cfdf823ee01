//! A tablet's uplink: the real `delivery::Sender` over a store, and the real streams of its lanes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ambulance_core::LinkTrouble;
use ambulance_runtime::Lanes;
use anyhow::{Context, Result, anyhow};
use delivery::{DeliveryEvent, OutboxStore, Sender, StoreOrder, Timeout, Transaction};
use model::{BootId, LogId, Monotonic, RngStreams, Timestamp};
use quic_link::Connection;
use rand_chacha::ChaCha12Rng;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use wire::Entry;
use wire::log::LogReply;

use crate::bed::{moment, spawn};

/// Recordings and replies that may wait. Above it whoever brings the next one waits.
const WAITING: usize = 256;
/// Priority of a question's stream: after the newest case, before everything else.
pub(crate) const PRIORITY_QUESTION: i32 = 40;

/// The running uplink; it ends when this is dropped.
pub(crate) struct Uplink {
    records: mpsc::Sender<Record>,
    progress: watch::Receiver<Progress>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// Entries that wait for the server.
    pub(crate) waiting: u64,
    /// Replies that did not come in time.
    pub(crate) retries: u64,
    failed: bool,
}

struct Record {
    entry: Entry,
    acknowledged: oneshot::Sender<()>,
}

impl Uplink {
    /// Begins to deliver what the store holds.
    pub(crate) async fn start<S>(connection: Connection, store: S) -> Result<Self>
    where
        S: OutboxStore + Send + Sync + 'static,
    {
        let sender = Sender::new(&store.heads().await?, &store.wedged().await?);
        let (records, recorded) = mpsc::channel(WAITING);
        let (replies, replied) = mpsc::channel(WAITING);
        let (told, progress) = watch::channel(Progress { waiting: sender.waiting(), ..Progress::default() });
        let driver = Driver {
            store,
            sender,
            connection,
            lanes: Lanes::default(),
            streams: JoinSet::new(),
            replies,
            awaited: BTreeMap::new(),
            rng: RngStreams::from_u64(1).stream("uplink"),
            begun: moment(),
            retries: 0,
            told,
        };
        spawn(driver.run(recorded, replied));
        Ok(Self { records, progress })
    }

    /// Records an entry, the next of its log, and waits until the server has it. Says how long that took.
    pub(crate) async fn record(&self, entry: Entry) -> Result<Duration> {
        let (acknowledged, wait) = oneshot::channel();
        let begun = moment();
        self.records.send(Record { entry, acknowledged }).await.map_err(|_| anyhow!("the uplink has ended"))?;
        wait.await.context("the uplink ended before it was acknowledged")?;
        Ok(begun.elapsed())
    }

    pub(crate) fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// Waits until nothing waits.
    pub(crate) async fn drained(&self) -> Result<()> {
        let mut progress = self.progress.clone();
        let end = progress.wait_for(|progress| progress.waiting == 0 || progress.failed).await?;
        anyhow::ensure!(!end.failed, "the uplink failed");
        Ok(())
    }
}

struct Driver<S> {
    store: S,
    sender: Sender,
    connection: Connection,
    lanes: Lanes,
    streams: JoinSet<Result<(), LinkTrouble>>,
    replies: mpsc::Sender<LogReply>,
    awaited: BTreeMap<(LogId, u64), oneshot::Sender<()>>,
    rng: ChaCha12Rng,
    begun: Instant,
    retries: u64,
    told: watch::Sender<Progress>,
}

impl<S: OutboxStore + Send + Sync + 'static> Driver<S> {
    async fn run(mut self, mut records: mpsc::Receiver<Record>, mut replies: mpsc::Receiver<LogReply>) {
        self.sender.handle_link_up(self.now());
        let failed = loop {
            if let Err(error) = self.carry_out().await {
                crate::report::say(&format!("an uplink failed: {error:#}"));
                break true;
            }
            let deadline = self.sender.poll_timeout(self.now()).map(|Timeout { at, .. }| at.us);
            let step = tokio::select! {
                record = records.recv() => match record {
                    Some(record) => self.record(record).await,
                    None => break false,
                },
                Some(reply) = replies.recv() => {
                    self.lanes.heard(&reply);
                    self.sender.handle_reply(&reply, self.now());
                    Ok(())
                }
                Some(ended) = self.streams.join_next() => match self.sender.waiting() {
                    // The other end of the measurement has gone, as it may.
                    0 => break false,
                    waiting => Err(anyhow!("a lane's stream ended with {waiting} entries waiting: {ended:?}")),
                },
                () = until(self.begun, deadline) => {
                    self.sender.handle_timeout(self.now(), &mut self.rng);
                    Ok(())
                }
            };
            if let Err(error) = step {
                crate::report::say(&format!("an uplink failed: {error:#}"));
                break true;
            }
        };
        self.tell(failed);
    }

    async fn record(&mut self, Record { entry, acknowledged }: Record) -> Result<()> {
        self.awaited.insert((entry.log, entry.seq), acknowledged);
        let transaction = Transaction::of(entry);
        self.store.append(transaction.clone(), Timestamp(0)).await?;
        self.sender.handle_appended(&transaction, Timestamp(0), self.now());
        Ok(())
    }

    /// Drains everything that the sender wants done.
    async fn carry_out(&mut self) -> Result<()> {
        loop {
            let mut idle = true;
            while let Some(order) = self.sender.poll_order() {
                self.order(order).await?;
            }
            while let Some(event) = self.sender.poll_event() {
                self.event(event)?;
            }
            while let Some(transmit) = self.sender.poll_transmit() {
                idle = false;
                self.lanes.send(transmit, &self.connection, &self.replies, &mut self.streams);
            }
            while let Some(read) = self.sender.poll_read() {
                idle = false;
                let entries = self.store.read_log(read.log, read.from, read.limit).await?;
                self.sender.handle_entries(read, entries, self.now());
            }
            if idle {
                self.tell(false);
                return Ok(());
            }
        }
    }

    async fn order(&self, order: StoreOrder) -> Result<()> {
        match order {
            StoreOrder::Acknowledge { log, through } => self.store.acknowledge(log, through, Timestamp(0)).await?,
            other => anyhow::bail!("nothing here should make {other:?} necessary"),
        }
        Ok(())
    }

    fn event(&mut self, event: DeliveryEvent) -> Result<()> {
        match event {
            DeliveryEvent::Acknowledged { log, through } => {
                let done: Vec<_> = self.awaited.range((log, 0)..=(log, through)).map(|(name, _)| *name).collect();
                for name in done {
                    // Whoever does not wait any more does not want to know.
                    self.awaited.remove(&name).map(|waiting| waiting.send(()).is_ok());
                }
                Ok(())
            }
            DeliveryEvent::Retrying { .. } => {
                self.retries += 1;
                Ok(())
            }
            other => Err(anyhow!("nothing here should make {other:?} happen")),
        }
    }

    fn tell(&self, failed: bool) {
        let progress = Progress { waiting: self.sender.waiting(), retries: self.retries, failed };
        self.told.send_replace(progress);
    }

    fn now(&self) -> Monotonic {
        let us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        Monotonic { boot: BootId::from_bytes([1; 16]), us }
    }
}

async fn until(begun: Instant, deadline_us: Option<u64>) {
    match deadline_us {
        Some(us) => tokio::time::sleep_until((begun + Duration::from_micros(us)).into()).await,
        None => std::future::pending().await,
    }
}
