//! From the order until the patient is in the vehicle, and the card.

use crate::world::demand::{CardFate, Kind};
use crate::world::service::BEFORE_ASKING;
use crate::world::state::{Event, World, minutes_to_ticks};
use case::Ending;
use model::Stage;

pub(super) fn en_route(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::EnRoute);
    let (place, factor) = (one.incident.place, one.durations.to_scene);
    let from = one.from.unwrap_or(place);
    let minutes = world.drive_minutes(from, place) * factor;
    world.after_minutes(minutes, Event::OnScene(case));
}

pub(super) fn on_scene(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::OnScene);
    let minutes = one.durations.contact;
    world.after_minutes(minutes, Event::AtPatient(case));
}

pub(super) fn at_patient(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::AtPatient);
    let (minutes, event) = if one.incident.transported {
        let findings = one.incident.findings.clone();
        one.record.observed(at, &findings);
        (one.durations.into_vehicle, Event::InVehicle(case))
    } else {
        (one.durations.no_transport, Event::NoTransport(case))
    };
    world.after_minutes(minutes, event);
}

pub(super) fn no_transport(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.ended(at, Ending::Refused);
    let (unit, place) = (one.unit, one.incident.place);
    super::transport::close(world, case);
    if let Some(unit) = unit {
        world.set_place(unit, place);
        super::transport::free(world, unit);
    }
}

pub(super) fn in_vehicle(world: &mut World<'_>, case: usize) {
    let (at, now, beside) = (world.now(), world.calendar.now(), world.scenario.card.beside);
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::InVehicle);
    let work = one.durations.in_vehicle;
    let card = one.durations.card;
    // One thing after the other: hospitals are asked when the card is back in the pocket.
    let first = work * BEFORE_ASKING + card.filter(|_| !beside).unwrap_or(0.0);
    let ready = minutes_to_ticks(work + card.filter(|_| !beside).unwrap_or(0.0));
    one.ready_at = now + ready.max(card.map_or(0, minutes_to_ticks));
    if let Some(card) = card {
        world.after_minutes(card, Event::CardDone(case));
    }
    let transfer = world.case(case).is_some_and(|c| c.incident.kind == Kind::Transfer);
    if transfer {
        super::enquiry::transfer(world, case);
    } else {
        world.after_minutes(first, Event::Ask(case));
    }
}

pub(super) fn card_done(world: &mut World<'_>, case: usize) {
    let (at, now) = (world.now(), world.calendar.now());
    let Some((unit, place)) = world.case(case).and_then(|c| Some((c.unit?, c.incident.place))) else { return };
    // The look-up needs the radio; what comes after the choice changes nothing any more.
    let online = world.radio_back(unit, place) <= now;
    let Some(one) = world.case_mut(case) else { return };
    let read = one.incident.card == CardFate::Read;
    one.record.card(at, read, one.durations.card.unwrap_or(0.0));
    one.history_known = read && online;
}
