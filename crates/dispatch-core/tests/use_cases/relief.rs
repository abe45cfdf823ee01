//! A unit of B works for A during A's disaster period.

use crate::disaster::{open, supervisor, without_card};
use crate::world::{A, B, World, basis, question};
use case::{Body, EventName, Stored, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen, block_on_ready, opened};
use dispatch_core::store::ReviewsOf;
use dispatch_core::{
    AssignUnit, CaseFilter, LookUp, OpenRelief, Principal, ReliefAsks, Role, UnitFeed, UseCaseError, acting_for,
    append_from_unit, assign_unit, cases, end_disaster, end_relief, open_relief, relief_units, reviews,
};
use model::{CaseId, LookupId};

const OWN: CaseId = CaseId::from_bytes([0x77; 16]);

async fn activate(world: &World) -> Result<(), UseCaseError> {
    let request = OpenRelief { department: A.department(), unit: B.unit(), until: None };
    open_relief(&world.store, &world.call(), &supervisor(), request).await.map(drop)
}

async fn look_up(world: &World, asked: LookUp) -> Result<(), UseCaseError> {
    let acting =
        acting_for(&world.store, world.call().now(), &B.crew_member(), asked.case, ReliefAsks::History).await?;
    world.look_up_as(&acting, asked).await
}

/// B's tablet opens a case of its own for A, and records a consent.
async fn open_for_a(world: &World, log: u8) -> (u64, usize, EventName) {
    let mut pen = TabletPen::new(B, log).about(Subject::Case(OWN)).for_department(A.department());
    let batch: Vec<Stored> = vec![pen.write(opened(3)), pen.write(Body::ConsentRecorded { basis: basis() })];
    let appended = append_from_unit(&world.store, &mut world.call(), &B.tablet(), batch, None).await.expect("taken");
    let consent = EventName { log: pen.log(), seq: 2 };
    (appended.committed as u64, appended.quarantined.len(), consent)
}

#[test]
fn a_relief_unit_s_cases_and_look_ups_are_those_of_whom_it_works_for() {
    block_on_ready(async {
        let world = World::new().await;
        assert_eq!(activate(&world).await.expect_err("no period").code(), "disaster_over");
        open(&world).await;
        activate(&world).await.expect("activated");
        assert_eq!(activate(&world).await.expect_err("it works for A").code(), "relief_stands");
        let units = relief_units(&world.store, A.department(), NOW).await.expect("a list");
        assert_eq!(units.iter().map(|(unit, _)| unit.callsign.as_str()).collect::<Vec<_>>(), ["救急2"]);
        let (committed, quarantined, consent) = open_for_a(&world, 7).await;
        assert_eq!((committed, quarantined), (2, 0));
        // On the console of A, and not of B.
        let listed =
            async |who: Principal| cases(&world.store, &who, CaseFilter::default()).await.expect("a list").len();
        assert_eq!((listed(A.dispatcher()).await, listed(B.dispatcher()).await), (1, 0));
        let asked = LookUp { case: OWN, ..without_card(consent) };
        look_up(&world, asked).await.expect("answered");
        let open = reviews(&world.store, &supervisor(), ReviewsOf::Open).await.expect("a list");
        assert_eq!(open.first().map(|item| (item.look.case, item.look.person)), Some((OWN, Some(B.crew()))));
    });
}

#[test]
fn after_its_time_look_ups_and_new_cases_are_refused_and_what_was_recorded_stays_good() {
    block_on_ready(async {
        let world = World::new().await;
        open(&world).await;
        activate(&world).await.expect("activated");
        let (_, _, consent) = open_for_a(&world, 7).await;
        end_relief(&world.store, &world.call(), &supervisor(), A.department(), B.unit()).await.expect("ended");
        let asked = LookUp { case: OWN, ..question(A, consent) };
        assert_eq!(look_up(&world, asked.clone()).await.expect_err("over").code(), "relief_over");
        assert_eq!(world.source.asked(), 0);
        // Where to go and the handover are asked on: the patient is in the vehicle.
        let acting = acting_for(&world.store, NOW, &B.crew_member(), OWN, ReliefAsks::Transport).await.expect("acting");
        assert_eq!(acting.department(), Some(A.department()));
        let mut pen = TabletPen::new(B, 8).about(Subject::Case(OWN));
        let more = vec![pen.write(Body::Observed { change: case::FindingsChange::Triage(None) })];
        let appended = append_from_unit(&world.store, &mut world.call(), &B.tablet(), more, None).await.expect("taken");
        assert_eq!((appended.committed, appended.quarantined.len()), (1, 0), "its own case goes on");
        // Its feed follows that case.
        let mut feed = UnitFeed::new(B.department(), B.unit(), []);
        feed.look(&world.store, NOW).await.expect("looked");
        assert!(feed.next(&world.store).await.expect("read").is_none());
        feed.follow(vec![A.department()]);
        feed.look(&world.store, NOW).await.expect("looked");
        assert_eq!(
            feed.next(&world.store).await.expect("read").map(|(case, facts)| (case, facts.len())),
            Some((OWN, 3))
        );
        // A case that began after the time that was given is not A's.
        let late = CaseId::from_bytes([0x78; 16]);
        let mut pen =
            TabletPen::new(B, 9).about(Subject::Case(late)).for_department(A.department()).at(NOW.plus_minutes(61));
        let batch = vec![pen.write(opened(4))];
        let appended =
            append_from_unit(&world.store, &mut world.call(), &B.tablet(), batch, None).await.expect("taken");
        assert_eq!((appended.committed, appended.quarantined.len()), (0, 1));
    });
}

#[test]
fn dispatch_sends_a_relief_unit_in_its_time_only() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        let to = AssignUnit { case: A.case(), unit: B.unit(), next_leg: false };
        let send = async || assign_unit(&world.store, &mut world.call(), &A.dispatcher(), to).await;
        assert_eq!(send().await.expect_err("not A's").code(), "not_found");
        open(&world).await;
        activate(&world).await.expect("activated");
        send().await.expect("sent");
        look_up(&world, LookUp { lookup: LookupId::from_bytes([9; 16]), ..question(A, consent) })
            .await
            .expect("answered");
        end_disaster(&world.store, &world.call(), &supervisor(), A.department()).await.expect("ended");
        let again = LookUp { lookup: LookupId::from_bytes([8; 16]), ..question(A, consent) };
        assert_eq!(look_up(&world, again).await.expect_err("ended with the period").code(), "relief_over");
    });
}

#[test]
fn only_the_supervisor_of_the_struck_department_activates_and_no_unit_of_its_own() {
    block_on_ready(async {
        let world = World::new().await;
        open(&world).await;
        let request = OpenRelief { department: A.department(), unit: B.unit(), until: None };
        let theirs = Principal { roles: [Role::DispatchSupervisor].into(), ..B.dispatcher() };
        for other in [A.dispatcher(), theirs, B.crew_member()] {
            let refused = open_relief(&world.store, &world.call(), &other, request).await;
            assert_eq!(refused.expect_err("not permitted").code(), "not_permitted");
        }
        let own = OpenRelief { unit: A.unit(), ..request };
        let refused = open_relief(&world.store, &world.call(), &supervisor(), own).await;
        assert_eq!(refused.expect_err("its own").code(), "bad_request");
        let longer = OpenRelief { until: Some(NOW.plus_minutes(600)), ..request };
        let opened = open_relief(&world.store, &world.call(), &supervisor(), longer).await.expect("activated");
        assert_eq!(opened.until, NOW.plus_minutes(60), "never longer than the period");
    });
}
