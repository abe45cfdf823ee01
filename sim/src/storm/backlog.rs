//! What waits on a tablet: the events of one transport, written by the tablet's own journal.

use ambulance_core::journal::{Journal, Stamp};
use ambulance_core::{Identity, Now};
use anyhow::{Context, Result};
use case::{Body, FindingsChange, JoinReason};
use delivery::{MemoryStore, OutboxStore, Transaction};
use model::{BootId, CaseId, IdSource, IncidentId, Monotonic, Stage, Timestamp, Vital, VitalReading};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::BTreeSet;

/// Between two events of a crew, microseconds.
const BETWEEN_US: u64 = 20_000_000;

/// One crew at work on one case, and the journal of its tablet.
pub(super) struct Crew {
    journal: Journal,
    ids: IdSource,
    rng: StdRng,
    case: CaseId,
    incident: IncidentId,
    /// Events of the case so far.
    written: u64,
}

impl Crew {
    pub(super) fn new(identity: Identity, mut ids: IdSource, rng: StdRng, begun: Timestamp) -> Self {
        let case = CaseId::from_uuid(ids.uuid(begun));
        let incident = IncidentId::from_uuid(ids.uuid(begun));
        Self { journal: Journal::new(identity, &[], &BTreeSet::new()), ids, rng, case, incident, written: 0 }
    }

    /// The case.
    pub(super) const fn case(&self) -> CaseId {
        self.case
    }

    /// Events of the case so far.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// Switches the tablet on: one event in the unit's log.
    pub(super) fn start(&mut self, now: Now) -> Option<Transaction> {
        let stamp = Stamp { now, offset: None, crew: None, ids: &mut self.ids };
        self.journal.write_unit(Body::TabletStarted { version: "storm".into(), new_store: true }, stamp);
        self.flush(now)
    }

    /// What the crew does next. The first time it is two events: how the tablet joined the case, and the case.
    pub(super) fn go_on(&mut self, now: Now) -> Option<Transaction> {
        let first = self.written == 0;
        let body = if first { opened(self.incident, now.utc) } else { body(self.written, &mut self.rng) };
        let stamp = Stamp { now, offset: None, crew: None, ids: &mut self.ids };
        self.journal.write_case(self.case, JoinReason::Assigned, body, stamp);
        self.written += if first { 2 } else { 1 };
        self.flush(now)
    }

    fn flush(&mut self, now: Now) -> Option<Transaction> {
        let (id, transaction) = self.journal.flush(now.utc)?;
        self.journal.take_in_flight(id);
        Some(transaction)
    }
}

/// A store with `events` events: the unit log's first, then those of one case, seconds apart, the last one just now.
pub(super) async fn record(
    identity: Identity,
    events: u64,
    end: Timestamp,
    (mut ids, rng): (IdSource, StdRng),
) -> Result<MemoryStore> {
    let store = MemoryStore::new();
    let boot = BootId::from_bytes(ids.uuid(end).into_bytes());
    let span = i64::try_from(events.saturating_mul(BETWEEN_US)).unwrap_or(i64::MAX);
    let begun = end.plus_us(-span);
    let mut crew = Crew::new(identity, ids, rng, begun);
    for n in 0..events.saturating_sub(1) {
        let us = n.saturating_mul(BETWEEN_US);
        let now = Now { utc: begun.plus_us(i64::try_from(us).unwrap_or(0)), mono: Monotonic { boot, us } };
        let transaction = if n == 0 { crew.start(now) } else { crew.go_on(now) };
        if let Some(transaction) = transaction {
            store.append(transaction, now.utc).await.context("record a tablet's backlog")?;
        }
    }
    Ok(store)
}

fn opened(incident: IncidentId, at: Timestamp) -> Body {
    Body::CaseOpened { incident, patient_no: 1, call_received_at: Some(at), scene: None, place: None, call_text: None }
}

/// Stages one after another, vital signs between them.
fn body(n: u64, rng: &mut impl Rng) -> Body {
    let step = usize::try_from(n).unwrap_or(0);
    if n % 5 == 2 {
        let stage = Stage::ALL.get((step / 5 + 2) % Stage::ALL.len()).copied().unwrap_or(Stage::OnScene);
        return Body::StageStamped { stage, leg: 1 };
    }
    let vital = Vital::ALL.get(step % Vital::ALL.len()).copied().unwrap_or(Vital::PulseRate);
    let tenths = i32::try_from(rng.next_u32() % 400).unwrap_or(0) + 600;
    Body::Observed { change: FindingsChange::Vital { vital, reading: Some(VitalReading::Measured(tenths)) } }
}
