//! From a recorded case to the transport that the live driver carries out again.

use super::again::stages;
use super::file::Log;
use crate::fleet::{Call, Stages, card_of_replay};
use case::{Body, CaseView, Ending, EnquiryAnswer};
use model::{Stage, Timestamp};
use std::time::Duration;

/// The transports of these cases, in time order from the first call; cases without a place are left out. `speed` divides the times
/// between calls; those inside a transport are divided by the pace.
pub(super) fn calls(cases: &[(&Log, &CaseView)], speed: f64) -> Vec<Call> {
    let mut begun: Vec<_> = cases.iter().filter_map(|(log, view)| Some((began(log, view)?, *log, *view))).collect();
    begun.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
    let Some(first) = begun.first().map(|(at, ..)| *at) else { return Vec::new() };
    let mut calls = Vec::new();
    for (at, log, view) in begun {
        let Some(scene) = view.scene else { continue };
        let since_us = u64::try_from(at.since_us(first)).unwrap_or(0);
        let n = calls.len() as u64;
        calls.push(Call {
            n,
            at: Duration::from_micros(since_us).div_f64(speed),
            scene,
            findings: findings(log),
            transported: view.ending.is_none_or(|(ending, _)| ending == Ending::HandedOver),
            reads_card: !view.lookups.is_empty(),
            stages: durations(view),
            accepts: accepts(view),
            draw: card_of_replay(n),
        });
    }
    calls
}

fn began(log: &Log, view: &CaseView) -> Option<Timestamp> {
    let received = view.stages.iter().find(|((_, stage), _)| *stage == Stage::CallReceived).map(|(_, time)| time.at);
    received.or_else(|| log.facts.first().map(|fact| fact.event.at.corrected()))
}

fn findings(log: &Log) -> Vec<case::FindingsChange> {
    let observed = log.facts.iter().filter_map(|fact| match &fact.event.body {
        Body::Observed { change } => Some(change.clone()),
        _ => None,
    });
    observed.collect()
}

/// The recorded length of each part; the mean where a stamp is missing.
fn durations(view: &CaseView) -> Stages {
    let at = stages(view);
    let between = |from: Stage, to: Stage, mean: Duration| {
        let (Some(from), Some(to)) = (at.get(&from), at.get(&to)) else { return mean };
        Duration::from_micros(u64::try_from(to.since_us(*from)).unwrap_or(0))
    };
    let mean = Stages::MEAN;
    let enquiries = u32::try_from(view.enquiries.len().max(1)).unwrap_or(1);
    let in_vehicle = between(Stage::InVehicle, Stage::LeftScene, mean.to_enquiry + mean.telephone);
    let asking = (in_vehicle / (enquiries + 1)).min(mean.telephone);
    Stages {
        turnout: between(Stage::Notified, Stage::EnRoute, mean.turnout),
        drive: between(Stage::EnRoute, Stage::OnScene, mean.drive),
        to_patient: between(Stage::OnScene, Stage::AtPatient, mean.to_patient),
        to_vehicle: between(Stage::AtPatient, Stage::InVehicle, mean.to_vehicle),
        to_enquiry: in_vehicle.saturating_sub(asking * enquiries),
        telephone: asking,
        to_hospital: between(Stage::LeftScene, Stage::AtDestination, mean.to_hospital),
        handover: between(Stage::AtDestination, Stage::TransferOfCare, mean.handover),
        back: between(Stage::TransferOfCare, Stage::BackInService, mean.back),
    }
}

/// The share of the case's answered enquiries that were acceptances; one half where none was answered.
fn accepts(view: &CaseView) -> f64 {
    let answered = view.enquiries.values().filter_map(|enquiry| enquiry.answer.as_ref());
    let (mut all, mut yes) = (0_u32, 0_u32);
    for (answer, _) in answered {
        all += 1;
        yes += u32::from(matches!(answer, EnquiryAnswer::Accepted | EnquiryAnswer::Conditional { .. }));
    }
    if all == 0 { 0.5 } else { f64::from(yes) / f64::from(all) }
}
