//! What waits on a light unit, and the real delivery of it over a store in memory.

use super::Line;
use anyhow::{Context, Result};
use delivery::{MemoryStore, OutboxStore, Sender, StoreOrder, Transaction};
use model::{Clock, Timestamp};
use wire::codec::encode;

/// See the module.
pub(crate) struct Carrier {
    pub(crate) store: MemoryStore,
    pub(crate) sender: Sender,
    /// Frames that were given to a line.
    pub(crate) sent_frames: u64,
}

impl Carrier {
    /// Goes on from what the store holds.
    pub(crate) async fn new(store: MemoryStore) -> Result<Self> {
        let heads = store.heads().await?;
        Ok(Self { store, sender: Sender::new(&heads, &[]), sent_frames: 0 })
    }

    /// Writes what was recorded and gives it to the delivery.
    pub(crate) async fn append(&mut self, transaction: Transaction, at: Timestamp, clock: &impl Clock) -> Result<()> {
        self.store.append(transaction.clone(), at).await.context("record an event")?;
        self.sender.handle_appended(&transaction, at, clock.monotonic());
        Ok(())
    }

    /// Carries out what the sender wishes; false when the line is gone. `look` sees the sender before each step.
    pub(crate) async fn drain(
        &mut self,
        line: &mut Line,
        clock: &impl Clock,
        mut look: impl FnMut(&mut Sender),
    ) -> Result<bool> {
        loop {
            look(&mut self.sender);
            while let Some(order) = self.sender.poll_order() {
                self.keep(order, clock.utc()).await?;
            }
            if let Some(request) = self.sender.poll_read() {
                let entries = self.store.read_log(request.log, request.from, request.limit).await?;
                self.sender.handle_entries(request, entries, clock.monotonic());
                continue;
            }
            let Some(transmit) = self.sender.poll_transmit() else { return Ok(true) };
            let frame = encode(&transmit.frame).context("write a log frame")?;
            self.sent_frames += 1;
            if line.log_out.send(&frame).await.is_err() {
                return Ok(false);
            }
        }
    }

    async fn keep(&self, order: StoreOrder, at: Timestamp) -> Result<()> {
        match order {
            StoreOrder::Acknowledge { log, through } => self.store.acknowledge(log, through, at).await?,
            StoreOrder::Reopen { log, from } => self.store.reopen(log, from).await?,
            StoreOrder::Quarantine { log, seq, reason } => self.store.quarantine(log, seq, reason, at).await?,
            StoreOrder::MarkForked { log, seq } => self.store.mark_forked(log, seq).await?,
        }
        Ok(())
    }
}
