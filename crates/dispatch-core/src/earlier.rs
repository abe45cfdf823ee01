//! The readings before the newest: a desk sees whether a patient gets better or worse.

use case::{Body, CaseFacts, FindingsChange};
use model::{Timestamp, Vital, VitalReading};
use std::collections::BTreeMap;

/// Of each vital sign the reading before the newest one, with its time.
pub(crate) fn earlier_vitals(facts: &CaseFacts) -> BTreeMap<Vital, (VitalReading, Timestamp)> {
    let mut all: BTreeMap<Vital, Vec<(Timestamp, VitalReading)>> = BTreeMap::new();
    for fact in facts.in_order() {
        match &fact.event.body {
            Body::Observed { change: FindingsChange::Vital { vital, reading: Some(reading) } } => {
                all.entry(*vital).or_default().push((fact.event.at.corrected(), *reading));
            }
            // What was taken back was never measured.
            Body::Observed { change: FindingsChange::Vital { vital, reading: None } } => {
                all.entry(*vital).or_default().pop();
            }
            _ => {}
        }
    }
    let before = |(vital, taken): (Vital, Vec<(Timestamp, VitalReading)>)| {
        let (at, reading) = taken.iter().rev().nth(1).copied()?;
        Some((vital, (reading, at)))
    };
    all.into_iter().filter_map(before).collect()
}
