//! To the hospital, the handover, and back.

use crate::world::state::{Event, World};
use crate::world::unit::Duty;
use case::Ending;
use model::Stage;

pub(super) fn leave(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::LeftScene);
    let (place, factor, hospital) = (one.incident.place, one.durations.to_hospital, one.destination);
    let to = hospital.and_then(|h| world.table.hospitals().get(h)).map_or(place, |h| h.position);
    let minutes = world.drive_minutes(place, to) * factor;
    world.after_minutes(minutes, Event::AtHospital(case));
}

pub(super) fn at_hospital(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::AtDestination);
    let minutes = one.durations.handover;
    world.after_minutes(minutes, Event::HandedOver(case));
}

pub(super) fn handed_over(world: &mut World<'_>, case: usize) {
    let at = world.now();
    let Some(one) = world.case_mut(case) else { return };
    one.record.stamp(at, Stage::TransferOfCare);
    one.record.ended(at, Ending::HandedOver);
    let (unit, hospital, clean, counted) = (one.unit, one.destination, one.durations.clean, one.counted);
    if let Some(hospital) = hospital {
        if let Some(inbound) = world.inbound.get_mut(&hospital) {
            *inbound -= 1;
            if *inbound == 0 {
                world.inbound.remove(&hospital);
            }
        }
        if let Some(state) = world.hospitals.get_mut(hospital) {
            state.inbound = state.inbound.saturating_sub(1);
            state.accepted += u32::from(counted);
        }
    }
    let position = hospital.and_then(|h| world.table.hospitals().get(h)).map(|h| h.position);
    close(world, case);
    if let Some(unit) = unit {
        if let Some(position) = position {
            world.set_place(unit, position);
        }
        world.after_minutes(clean, Event::Free(unit));
    }
}

/// Folds the case's record and counts it.
pub(super) fn close(world: &mut World<'_>, case: usize) {
    let Some(one) = world.cases.get_mut(case).and_then(Option::take) else { return };
    let view = one.record.view();
    world.tally.closed(&one, &view);
    world.logs.extend(one.record.into_log());
}

/// Free again: a waiting call, or back to the station, free on the way.
pub(super) fn free(world: &mut World<'_>, unit: u32) {
    let now = world.calendar.now();
    let Some(one) = world.units.get(unit as usize) else { return };
    let (from, station) = (one.place, one.station);
    let minutes = world.drive_minutes(from, station);
    let until = now + crate::world::state::minutes_to_ticks(minutes);
    world.set_duty(unit, Duty::Returning { from, since: now, until });
    if super::call::take_waiting(world, unit) {
        return;
    }
    let trip = world.units.get_mut(unit as usize).map_or(0, |one| {
        one.trip += 1;
        one.trip
    });
    world.calendar.at(until, Event::Home(unit, trip));
}

pub(super) fn home(world: &mut World<'_>, unit: u32, trip: u32) {
    if let Some(one) = world.units.get_mut(unit as usize)
        && one.trip == trip
        && matches!(one.duty, Duty::Returning { .. })
    {
        one.duty = Duty::AtStation;
        one.place = one.station;
        super::call::take_waiting(world, unit);
    }
}
