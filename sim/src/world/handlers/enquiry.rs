//! Asking hospitals (受入照会) until one takes the patient.

use crate::engine::Ticks;
use crate::world::acceptance::{self, Around, Asked};
use crate::world::choice;
use crate::world::choice_point;
use crate::world::hospital;
use crate::world::service::answer_minutes;
use crate::world::state::{Case, Enquiry, Event, World};
use case::enquiry::ANSWER_MINUTES;
use case::{Body, DeclineReason, EnquiryAnswer};
use dispatch_core::exported::DecisionLine;
use hospital_selection::{Exclusion, ExclusionReason, params};
use model::{DecisionId, Timestamp};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;

/// After so many enquiries the last resort is turned to: the published tables end there.
const MOST: usize = 15;
/// A crew that cannot ask for so long drives to the last resort unannounced \[A\].
const NO_RADIO_MINUTES: i64 = 15;
/// The same answer to the same question for so many minutes: who asks again soon hears the same.
const SAME_ANSWER_MINUTES: i64 = 30;

pub(super) fn ask(world: &mut World<'_>, case: usize) {
    let now = world.calendar.now();
    let Some((unit, place)) = world.case(case).and_then(|c| Some((c.unit?, c.incident.place))) else { return };
    let back = world.radio_back(unit, place);
    if back > now {
        let waits = (back - now).min(ticks(NO_RADIO_MINUTES));
        world.tally.without_radio(world.cases.get(case).and_then(Option::as_ref), waits);
        if back - now > waits {
            go_unannounced(world, case, waits);
        } else {
            world.calendar.at(back, Event::Ask(case));
        }
        return;
    }
    let Some(one) = world.case(case) else { return };
    let point = choice_point::of(world, one);
    let proposal = world.proposal(one);
    world.choice_points.extend(point);
    let Some(one) = world.case(case) else { return };
    if proposal.ask.is_empty() || one.asked.len() >= MOST {
        turn_to_last_resort(world, case);
        return;
    }
    keep_suggestion(world, case, &proposal);
    let batch = u8::try_from(proposal.ask.len()).unwrap_or(u8::MAX);
    for one in &proposal.ask {
        if let Some(hospital) = world.index_of(one.hospital) {
            send(world, case, hospital, (batch, one.eta_tenths));
        }
    }
}

/// What the engine said, byte for byte, where logs are kept.
fn keep_suggestion(world: &mut World<'_>, case: usize, proposal: &choice::Proposal) {
    let at = world.now();
    let kept = world.case(case).filter(|c| c.record.keeps()).and_then(|c| choice::kept(world, c, proposal));
    let (Some((case_file, output)), Some(one)) = (kept, world.case_mut(case)) else { return };
    let decision = DecisionId::from_uuid(one.record.enquiry(at).uuid());
    let ranking = String::from_utf8_lossy(&output).into_owned();
    one.record.chosen(DecisionLine { decision, at, case_file, ranking });
    one.record.suggested(at, decision, output);
}

fn send(world: &mut World<'_>, case: usize, hospital: usize, (batch, eta): (u8, i32)) {
    let (at, now) = (world.now(), world.calendar.now());
    let id = world.id_of(hospital);
    let Some(one) = world.case_mut(case) else { return };
    let (number, which) = (one.incident.number, one.asked.len());
    let enquiry = one.record.enquiry(at);
    one.record.sent(at, enquiry, id, (batch, eta));
    one.asked.push(Enquiry { hospital, id: enquiry, open: true });
    world.open_enquiries.push((hospital, number, at));
    let mut rng = answers(world, number, hospital);
    let (minutes, silent) = answer_minutes(world.scenario, &mut rng);
    let out = now + ticks(ANSWER_MINUTES);
    if silent {
        world.calendar.at(out, Event::TimeOut(case, which));
    } else {
        // A desk that is about to answer does so before the time is over.
        let answer = crate::world::state::minutes_to_ticks(minutes).min(ticks(ANSWER_MINUTES) - 1);
        world.calendar.after(answer, Event::Answer(case, which));
    }
}

const fn ticks(minutes: i64) -> Ticks {
    (minutes * model::time::MINUTE_US).unsigned_abs()
}

/// The stream of what a hospital does with a case: how long it takes, what reason it gives.
pub(in crate::world) fn answers(world: &World<'_>, number: u64, hospital: usize) -> ChaCha12Rng {
    world.streams.of("answer", number.wrapping_mul(1 << 20).wrapping_add(hospital as u64))
}

pub(super) fn answer(world: &mut World<'_>, case: usize, which: usize) {
    let at = world.now();
    let Some(enquiry) = world.case(case).and_then(|c| c.asked.get(which)).copied().filter(|e| e.open) else { return };
    close(world, case, which);
    let p = world.case(case).map_or(0.0, |one| probability(world, one, enquiry.hospital, at));
    let Some(one) = world.case(case) else { return };
    let accepted = draw(world, one, enquiry.hospital, at) < p;
    let number = one.incident.number;
    let id = world.id_of(enquiry.hospital);
    let reason = reason(&mut answers(world, number, enquiry.hospital));
    let Some(one) = world.case_mut(case) else { return };
    if accepted {
        if one.record.answered(at, enquiry.id, id, EnquiryAnswer::Accepted) {
            decided(world, case, enquiry.hospital);
        }
        return;
    }
    one.record.answered(at, enquiry.id, id, EnquiryAnswer::Declined(reason));
    one.exclude.push(Exclusion { hospital: id, at, reason: excluded(reason) });
    ask_on(world, case);
}

/// Goes on when nobody who was asked is still thinking.
fn ask_on(world: &mut World<'_>, case: usize) {
    let done = world.case(case).is_some_and(|c| c.destination.is_none() && c.asked.iter().all(|e| !e.open));
    if done {
        ask(world, case);
    }
}

pub(super) fn time_out(world: &mut World<'_>, case: usize, which: usize) {
    let at = world.now();
    let Some(enquiry) = world.case(case).and_then(|c| c.asked.get(which)).copied().filter(|e| e.open) else { return };
    close(world, case, which);
    let id = world.id_of(enquiry.hospital);
    let Some(one) = world.case_mut(case) else { return };
    one.record.timed_out(at);
    one.exclude.push(Exclusion { hospital: id, at, reason: ExclusionReason::NoAnswer });
    ask_on(world, case);
}

fn close(world: &mut World<'_>, case: usize, which: usize) {
    let Some(one) = world.case_mut(case) else { return };
    let number = one.incident.number;
    let Some(enquiry) = one.asked.get_mut(which) else { return };
    enquiry.open = false;
    let hospital = enquiry.hospital;
    world.open_enquiries.retain(|(h, n, _)| (*h, *n) != (hospital, number));
}

fn decided(world: &mut World<'_>, case: usize, hospital: usize) {
    let now = world.calendar.now();
    let open: Vec<usize> = world
        .case(case)
        .map_or_else(Vec::new, |c| (0..c.asked.len()).filter(|i| c.asked.get(*i).is_some_and(|e| e.open)).collect());
    open.into_iter().for_each(|which| close(world, case, which));
    *world.inbound.entry(hospital).or_default() += 1;
    if let Some(state) = world.hospitals.get_mut(hospital) {
        state.inbound += 1;
    }
    let Some(one) = world.case_mut(case) else { return };
    one.destination = Some(hospital);
    // What is done in the vehicle after the answer: belts, telephone, the rest of the papers.
    let rest =
        crate::world::state::minutes_to_ticks(one.durations.in_vehicle * (1.0 - crate::world::service::BEFORE_ASKING));
    let leave = (now + rest).max(one.ready_at);
    world.calendar.at(leave, Event::Leave(case));
}

/// No radio for long: the list on the tablet says where the last resort is.
fn go_unannounced(world: &mut World<'_>, case: usize, waits: Ticks) {
    world.tally.unannounced += u64::from(world.case(case).is_some_and(|c| c.counted));
    world.calendar.after(waits, Event::LastResort(case));
}

fn turn_to_last_resort(world: &mut World<'_>, case: usize) {
    if let Some(one) = world.case_mut(case) {
        one.last_resort = true;
    }
    world.after_minutes(params::LAST_RESORT.minutes(), Event::LastResort(case));
}

/// The nearest tertiary hospital takes the patient by agreement; where there is none the nearest of all.
pub(super) fn last_resort(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case(case) else { return };
    let fallback = world.proposal(one).ranking.fallback.map(|f| f.hospital);
    let Some(hospital) = fallback.and_then(|id| world.index_of(id)) else { return };
    let id = world.id_of(hospital);
    let Some(one) = world.case_mut(case) else { return };
    one.record.agreed(at, id);
    decided(world, case, hospital);
}

/// A transfer goes where it was agreed before the call: to a larger hospital near by.
pub(super) fn transfer(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case(case) else { return };
    let near = world.near_hospitals.get(&one.incident.municipality).map_or(&[][..], Vec::as_slice);
    let large = |i: &&usize| {
        world
            .table
            .hospitals()
            .get(**i)
            .is_some_and(|h| h.ambulance_accepted.is_some_and(|n| n >= params::LARGE_VOLUME))
    };
    let Some(hospital) = near.iter().find(large).or_else(|| near.first()).copied() else { return };
    let id = world.id_of(hospital);
    let Some(one) = world.case_mut(case) else { return };
    one.record.agreed(at, id);
    decided(world, case, hospital);
}

/// The number that decides: it belongs to case, hospital and half hour, and every policy meets the same.
pub(in crate::world) fn draw(world: &World<'_>, case: &Case, hospital: usize, at: Timestamp) -> f64 {
    let bucket = at.0.div_euclid(SAME_ANSWER_MINUTES * model::time::MINUTE_US);
    crate::engine::common_uniform(
        world.seed,
        &[0x4143_4350, case.incident.number, hospital as u64, bucket.cast_unsigned()],
    )
}

fn probability(world: &World<'_>, case: &Case, hospital: usize, at: Timestamp) -> f64 {
    let before = case.asked.iter().filter(|e| e.hospital != hospital && !e.open).count();
    probability_after(world, case, (hospital, before), at)
}

/// The same after so many enquiries.
pub(in crate::world) fn probability_after(
    world: &World<'_>,
    case: &Case,
    (hospital, before): (usize, usize),
    at: Timestamp,
) -> f64 {
    let Some(state) = world.hospitals.get(hospital) else { return 0.0 };
    let region = world.regions.get(case.incident.prefecture);
    let share = region.map_or(0.0, |r| f64::from(r.busy) / f64::from(r.units.max(1)));
    let scenario = &world.scenario.hospitals;
    let around = Around {
        base: state.base,
        own: state.own,
        state: hospital::state(world.seed, hospital, at),
        inbound: state.inbound,
        busy: share,
        congestion: scenario.congestion,
        odds: scenario.acceptance_odds * state.left * refusals(world, hospital),
    };
    let known = case.own == Some(hospital);
    acceptance::probability(
        &Asked { incident: &case.incident, at, before, difficulty: case.difficulty, known },
        &around,
    )
}

/// What a wave of refusals leaves of the odds now.
fn refusals(world: &World<'_>, hospital: usize) -> f64 {
    let (now, start) = (world.calendar.now(), world.start_ticks());
    let pref = world.table.hospitals().get(hospital).map_or("", |h| h.pref.as_str());
    let holds = |r: &&crate::scenario::Refusals| {
        let from = start + r.at.us().unsigned_abs();
        let here = r.prefectures.is_empty() || r.prefectures.iter().any(|p| p == pref);
        here && (from..from + r.lasts.us().unsigned_abs()).contains(&now)
    };
    world.scenario.faults.refusals.iter().filter(holds).map(|r| r.odds).product()
}

/// Reasons of refusals of serious cases, 2007 (selection.md §1.4): 処置困難 22.9 %, 満床 22.2, 手術・診察中 21; the rest is \[A\].
fn reason(rng: &mut ChaCha12Rng) -> DeclineReason {
    // The stream's first numbers told how long the answer takes.
    let u: f64 = (0..8).map(|_| rng.random::<f64>()).last().unwrap_or(0.0);
    let upto = [
        (0.229, DeclineReason::CannotTreat),
        (0.451, DeclineReason::BedsFull),
        (0.661, DeclineReason::Busy),
        (0.86, DeclineReason::NotOurField),
        (0.93, DeclineReason::NoDoctor),
    ];
    upto.iter().find(|(limit, _)| u < *limit).map_or(DeclineReason::Other, |(_, reason)| *reason)
}

const fn excluded(reason: DeclineReason) -> ExclusionReason {
    match reason {
        DeclineReason::CannotTreat => ExclusionReason::TreatmentDifficult,
        DeclineReason::BedsFull => ExclusionReason::Full,
        DeclineReason::Busy | DeclineReason::InSurgery => ExclusionReason::Busy,
        DeclineReason::NotOurField => ExclusionReason::OutOfSpecialty,
        DeclineReason::NoDoctor => ExclusionReason::NoDoctor,
        _ => ExclusionReason::Other,
    }
}

/// What a suggestion and an enquiry are in the record.
impl crate::world::record::Record {
    fn suggested(&mut self, at: Timestamp, decision: DecisionId, output: Vec<u8>) {
        self.write(crate::world::record::By::Tablet, at, Body::SuggestionRecorded { decision, lookup: None, output });
    }

    fn sent(&mut self, at: Timestamp, enquiry: model::EnquiryId, hospital: model::HospitalId, (batch, eta): (u8, i32)) {
        let body = Body::EnquirySent {
            enquiry,
            hospital,
            lookup: None,
            needs: Vec::new(),
            tell_alerts: true,
            batch,
            by_telephone: false,
            eta_tenths: Some(eta),
            override_reason: None,
        };
        self.write(crate::world::record::By::Tablet, at, body);
    }
}
