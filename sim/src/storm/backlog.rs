//! What waits on a tablet: the events of one transport, written by the tablet's own journal.

use ambulance_core::journal::{Journal, Stamp};
use ambulance_core::{Identity, Now};
use anyhow::{Context, Result};
use case::{Body, FindingsChange, JoinReason};
use delivery::{MemoryStore, OutboxStore};
use model::{BootId, CaseId, IdSource, IncidentId, Monotonic, Stage, Timestamp, Vital, VitalReading};
use rand::Rng;
use std::collections::BTreeSet;

/// Between two events of a crew, microseconds.
const BETWEEN_US: u64 = 20_000_000;

/// A store with `events` events: the unit log's first, then those of one case, seconds apart, the last one just now.
pub(super) async fn record(
    identity: Identity,
    events: u64,
    end: Timestamp,
    (ids, rng): (&mut IdSource, &mut impl Rng),
) -> Result<MemoryStore> {
    let store = MemoryStore::new();
    let mut journal = Journal::new(identity, &[], &BTreeSet::new());
    let boot = BootId::from_bytes(ids.uuid(end).into_bytes());
    let span = i64::try_from(events.saturating_mul(BETWEEN_US)).unwrap_or(i64::MAX);
    let begun = end.plus_us(-span);
    let case = CaseId::from_uuid(ids.uuid(begun));
    let incident = IncidentId::from_uuid(ids.uuid(begun));
    for n in 0..events.saturating_sub(1) {
        let us = n.saturating_mul(BETWEEN_US);
        let now = Now { utc: begun.plus_us(i64::try_from(us).unwrap_or(0)), mono: Monotonic { boot, us } };
        let mut stamp = Stamp { now, offset: None, crew: None, ids: &mut *ids };
        match n {
            // The unit's log, and with the case's first event the one that says how the tablet joined.
            0 => {
                journal.write_unit(Body::TabletStarted { version: "storm".into(), new_store: true }, stamp);
            }
            1 => {
                journal.join_case(case, JoinReason::Assigned, &mut stamp);
                journal.write_case(case, JoinReason::Assigned, opened(incident, now.utc), stamp);
            }
            n => {
                journal.write_case(case, JoinReason::Assigned, body(n, rng), stamp);
            }
        }
        if let Some((_, transaction)) = journal.flush(now.utc) {
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
