//! What desks report, and an earthquake.

use crate::engine::common_uniform;
use crate::world::hospital;
use crate::world::state::{Event, World};
use travel_time::great_circle_km;

/// A desk says how it stands, and again after a while. Its last word stays until it ends.
pub(super) fn report(world: &mut World<'_>, hospital: u32) {
    let (at, index) = (world.now(), hospital as usize);
    let (Some(known), Some(left)) = (world.table.hospitals().get(index), world.hospitals.get(index).map(|h| h.left))
    else {
        return;
    };
    let said = hospital::report(known, hospital::state(world.seed, index, at), left, at);
    // Sorted by id as the table is.
    match world.reports.binary_search_by_key(&said.hospital, |r| r.hospital) {
        Ok(place) => {
            if let Some(old) = world.reports.get_mut(place) {
                *old = said;
            }
        }
        Err(place) => world.reports.insert(place, said),
    }
    let every = world.scenario.hospitals.report_every.us().unsigned_abs().max(1);
    world.calendar.after(every, Event::Report(hospital));
}

/// Hospitals inside lose water, and with it most of their capacity.
pub(super) fn earthquake(world: &mut World<'_>, which: usize) {
    let Some(quake) = world.scenario.faults.earthquake.get(which) else { return };
    for (i, hospital) in world.table.hospitals().iter().enumerate() {
        let inside = great_circle_km(quake.centre, hospital.position) <= quake.radius_km;
        let hit = common_uniform(world.seed, &[0x5155_414b, which as u64, i as u64]) < quake.hospitals_hit;
        if let Some(state) = world.hospitals.get_mut(i).filter(|_| inside && hit) {
            // 0 = it takes nobody; the logit needs a number above.
            state.left = quake.capacity_left.max(1e-6);
        }
    }
}
