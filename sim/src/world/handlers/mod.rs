//! One handler for each event.

mod call;
pub(super) mod enquiry;
mod hospital;
mod scene;
mod transport;

use super::demand::Calls;
use super::state::{Event, World};

pub(super) fn handle(world: &mut World<'_>, event: Event, calls: &mut Calls<'_>) {
    match event {
        Event::Call => call::come_in(world, calls),
        Event::Dispatch(case) => call::dispatch(world, case),
        Event::EnRoute(case) => scene::en_route(world, case),
        Event::OnScene(case) => scene::on_scene(world, case),
        Event::AtPatient(case) => scene::at_patient(world, case),
        Event::InVehicle(case) => scene::in_vehicle(world, case),
        Event::CardDone(case) => scene::card_done(world, case),
        Event::NoTransport(case) => scene::no_transport(world, case),
        Event::Ask(case) => enquiry::ask(world, case),
        Event::Answer(case, enquiry) => enquiry::answer(world, case, enquiry),
        Event::TimeOut(case, enquiry) => enquiry::time_out(world, case, enquiry),
        Event::LastResort(case) => enquiry::last_resort(world, case),
        Event::Leave(case) => transport::leave(world, case),
        Event::AtHospital(case) => transport::at_hospital(world, case),
        Event::HandedOver(case) => transport::handed_over(world, case),
        Event::Free(unit) => transport::free(world, unit),
        Event::Home(unit, trip) => transport::home(world, unit, trip),
        Event::Report(hospital) => hospital::report(world, hospital),
        Event::Earthquake(which) => hospital::earthquake(world, which),
        Event::CountFromHere => call::count_from_here(world),
        Event::CountUntilHere => world.count_until_here(),
    }
}
