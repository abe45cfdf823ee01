//! A tablet's backlog: 10,000 real events of closed cases, and one open case for what is recorded now.

use std::collections::BTreeSet;

use ambulance_core::Identity;
use ambulance_core::journal::{Journal, Stamp};
use ambulance_core::state::Now;
use anyhow::{Context, Result};
use case::{Body, JoinReason};
use delivery::{OutboxStore, Transaction};
use model::{BootId, CaseId, DepartmentId, DeviceId, IdSource, Monotonic, RngStreams, Stage, Timestamp, UnitId};
use wire::Entry;

/// Entries that wait.
pub(crate) const ENTRIES: u64 = 10_000;
/// Entries of one closed case; fits one transaction.
const ENTRIES_PER_CASE: u64 = 250;
/// 2026-01-01 in microseconds.
const BEGUN_US: i64 = 1_767_225_600_000_000;
/// Between two events.
const STEP_US: i64 = 1_000_000;

/// Writes a tablet's events, as the tablet does.
pub(crate) struct Writer {
    journal: Journal,
    ids: IdSource,
    events: u32,
    open_case: CaseId,
}

impl Writer {
    pub(crate) fn new(identity: Identity, seed: u64) -> Self {
        let mut ids = IdSource::new(RngStreams::from_u64(seed).stream("ids"));
        let open_case = CaseId::from_uuid(ids.uuid(Timestamp(BEGUN_US)));
        Self { journal: Journal::new(identity, &[], &BTreeSet::new()), ids, events: 0, open_case }
    }

    /// A tablet that no server needs to know.
    pub(crate) fn of_nobody(seed: u64) -> Self {
        let mut ids = IdSource::new(RngStreams::from_u64(seed).stream("identity"));
        let mut id = || ids.uuid(Timestamp(BEGUN_US));
        let (device, unit) = (DeviceId::from_uuid(id()), UnitId::from_uuid(id()));
        let identity = Identity { device, unit, department: DepartmentId::from_uuid(id()), training: true };
        Self::new(identity, seed)
    }

    /// Fills a store with the whole backlog.
    pub(crate) async fn fill(&mut self, store: &impl OutboxStore) -> Result<()> {
        for _ in 0..ENTRIES / ENTRIES_PER_CASE {
            let case = CaseId::from_uuid(self.ids.uuid(Timestamp(BEGUN_US)));
            // The first event of a case brings one more: that the tablet has joined it.
            for _ in 1..ENTRIES_PER_CASE {
                self.stamp(case);
            }
            self.journal.close(case);
            let (transaction, at) = self.flush()?;
            store.append(transaction, at).await?;
        }
        Ok(())
    }

    /// Begins the open case in a store.
    pub(crate) async fn open(&mut self, store: &impl OutboxStore) -> Result<()> {
        self.stamp(self.open_case);
        let (transaction, at) = self.flush()?;
        Ok(store.append(transaction, at).await?)
    }

    /// The next stage stamp of the open case; before the first one stands that the tablet has joined it.
    pub(crate) fn next(&mut self) -> Result<Vec<Entry>> {
        self.stamp(self.open_case);
        Ok(self.flush()?.0.entries)
    }

    fn stamp(&mut self, case: CaseId) {
        self.events += 1;
        let body = Body::StageStamped { stage: Stage::OnScene, leg: 1 };
        let stamp = Stamp { now: self.now(), offset: None, crew: None, ids: &mut self.ids };
        self.journal.write_case(case, JoinReason::Assigned, body, stamp);
    }

    fn flush(&mut self) -> Result<(Transaction, Timestamp)> {
        let at = self.now().utc;
        let (id, transaction) = self.journal.flush(at).context("something was written")?;
        self.journal.take_in_flight(id);
        Ok((transaction, at))
    }

    fn now(&self) -> Now {
        let utc = Timestamp(BEGUN_US + i64::from(self.events) * STEP_US);
        Now { utc, mono: Monotonic { boot: BootId::from_bytes([1; 16]), us: u64::from(self.events) } }
    }
}
