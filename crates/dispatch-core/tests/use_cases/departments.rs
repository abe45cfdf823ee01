//! Neither of two departments sees or touches the other's cases, whatever use case it tries.

use crate::world::{A, B, World, hospital, question, sent};
use case::EnquiryAnswer;
use dispatch_core::contract::fixtures::{NOW, TabletPen, block_on_ready, desk, opened};
use dispatch_core::suggest::Engine;
use dispatch_core::{
    AssignUnit, CaseFilter, OpenIncident, Principal, Scope, Suggest, UseCaseError, assign_unit, board, case_timeline,
    cases, make_handover_document, open_incident, read_handover_document, released_history, see_enquiry, suggest,
};
use hospital_selection::HospitalTable;
use model::{Findings, Position, QuestionId};
use travel_time::DistanceModel;

async fn ask(world: &World, principal: &Principal, question: u8) -> Result<(), UseCaseError> {
    let travel = DistanceModel::japan();
    let engine = Engine { table: HospitalTable::embedded(), travel: &travel, rules: &world.rules };
    let asked = Suggest {
        question: QuestionId::from_bytes([question; 16]),
        case: A.case(),
        from: Position::new(36.0, 140.0).expect("in Japan"),
        findings: Findings::default(),
        lookup: None,
        exclude: Vec::new(),
        max_candidates: None,
    };
    suggest(&world.store, engine, &mut world.call(), principal, asked).await.map(drop)
}

fn hidden(result: Result<(), UseCaseError>) {
    match result {
        Err(UseCaseError::NoSuchCase | UseCaseError::NotPermitted(_) | UseCaseError::NotFound(_)) => {}
        other => panic!("not hidden: {other:?}"),
    }
}

#[test]
fn nothing_of_one_department_is_seen_by_the_other() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(sent(1, hospital(0)))]).await;
        let (store, case) = (&world.store, A.case());
        for own in [A.dispatcher(), A.crew_member(), A.tablet()] {
            assert_eq!(cases(store, &own, CaseFilter::default()).await.expect("own").len(), 1);
            assert_eq!(case_timeline(store, &own, case).await.expect("own").entries.len(), 3);
        }
        for other in [B.dispatcher(), B.crew_member(), B.tablet()] {
            assert!(cases(store, &other, CaseFilter::default()).await.expect("a list").is_empty());
            hidden(case_timeline(store, &other, case).await.map(drop));
            hidden(read_handover_document(store, &other, case).await.map(drop));
            hidden(make_handover_document(store, &mut world.call(), &other, case).await.map(drop));
        }
        let to_b = AssignUnit { case, unit: B.unit(), next_leg: false };
        hidden(assign_unit(store, &mut world.call(), &B.dispatcher(), to_b).await);
        hidden(assign_unit(store, &mut world.call(), &A.dispatcher(), to_b).await);
        hidden(world.look_up(B, question(A, consent)).await);
        assert_eq!(world.source.asked(), 0);
        // A suggestion needs no case; but the other's case lends it nothing and a known one is refused.
        ask(&world, &A.tablet(), 1).await.expect("own");
        ask(&world, &B.tablet(), 2).await.expect("ranks as for an unknown case");
        // The other's tablet cannot write to the case: quarantined, not a fact.
        let mut theirs = TabletPen::new(B, 8).about(case::Subject::Case(case));
        let refused = world.append(B, vec![theirs.write(opened(9))]).await;
        assert_eq!((refused.committed, refused.quarantined.len()), (0, 1));
        assert_eq!(world.view(A).await.incident, Some(model::IncidentId::from_bytes([1; 16])));
    });
}

#[test]
fn hospitals_and_the_operator_see_no_cases() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(sent(1, hospital(0)))]).await;
        let (store, asked, other) = (&world.store, desk(hospital(0)), desk(hospital(1)));
        let operator = Principal { scope: Scope::Installation, ..A.dispatcher() };
        for principal in [&asked, &other, &operator] {
            hidden(cases(store, principal, CaseFilter::default()).await.map(drop));
            hidden(case_timeline(store, principal, A.case()).await.map(drop));
        }
        let rows = |principal: &Principal| {
            let principal = principal.clone();
            let world = &world;
            async move { board(&world.store, &world.rules, NOW, &principal).await }
        };
        assert_eq!(rows(&asked).await.expect("a board").len(), 1);
        assert!(rows(&other).await.expect("a board").is_empty());
        hidden(rows(&A.dispatcher()).await.map(drop));
        hidden(released_history(store, &world.rules, &world.call(), &other, A.case()).await.map(drop));
        hidden(released_history(store, &world.rules, &world.call(), &asked, A.case()).await.map(drop));
        assert!(world.answer(1, hospital(1), EnquiryAnswer::Accepted).await.is_err());
        assert!(see_enquiry(store, &mut world.call(), &A.dispatcher(), crate::world::enquiry(1)).await.is_err());
    });
}

#[test]
fn incidents_are_opened_by_dispatch_for_its_own_units() {
    block_on_ready(async {
        let world = World::new().await;
        let request = OpenIncident {
            unit: Some(A.unit()),
            call_received_at: NOW,
            scene: None,
            place: Some("本町1".into()),
            call_text: None,
            card: None,
        };
        let mut call = world.call();
        for wrong in [A.crew_member(), A.tablet(), desk(hospital(0)), B.dispatcher()] {
            hidden(open_incident(&world.store, &mut call, &wrong, request.clone()).await.map(drop));
        }
        let opened = open_incident(&world.store, &mut call, &A.dispatcher(), request).await.expect("opened");
        let timeline = case_timeline(&world.store, &A.tablet(), opened.case).await.expect("the unit sees it");
        assert_eq!(timeline.view.units.get(&1).map(Vec::len), Some(1));
        let again = AssignUnit { case: opened.case, unit: A.unit(), next_leg: false };
        assign_unit(&world.store, &mut call, &A.dispatcher(), again).await.expect("nothing to do");
        let timeline = case_timeline(&world.store, &A.dispatcher(), opened.case).await.expect("own");
        assert_eq!(timeline.entries.len(), 2, "assigned once");
    });
}
