//! Every look without consent waits for a review by somebody else of the department.

use crate::world::{A, B, LOOKUP, World, question};
use audit::Kind;
use case::{Body, EventName};
use dispatch_core::contract::fixtures::block_on_ready;
use dispatch_core::store::{AuditLog, Judged, Judgement, ReviewsOf};
use dispatch_core::{Principal, Role, UseCaseError, Who, open_reviews, review, reviews};
use model::CrewId;
use patient_history::{ConsentBasis, NotObtainableReason};

fn supervisor(n: u8) -> Principal {
    let who = Who::Person(CrewId::from_bytes([n; 16]));
    Principal { who, roles: [Role::Dispatcher, Role::DispatchSupervisor].into(), ..A.dispatcher() }
}

/// A look-up on the basis "not obtainable".
async fn look_without_consent(world: &World) -> Result<(), UseCaseError> {
    let (mut pen, consent) = world.consented(A, 7).await;
    let basis = ConsentBasis::NotObtainable { reason: NotObtainableReason::CardiacArrest };
    world.append(A, vec![pen.write(Body::ConsentRecorded { basis: basis.clone() })]).await;
    let mut question = question(A, EventName { seq: 3, ..consent });
    question.basis = basis;
    world.look_up(A, question).await
}

async fn say(world: &World, who: &Principal, judgement: Judgement, note: &str) -> Result<Judged, UseCaseError> {
    review(&world.store, &world.call(), who, LOOKUP, judgement, note).await
}

#[test]
fn a_look_without_consent_is_reviewed_by_another_person_of_the_department_once() {
    block_on_ready(async {
        let world = World::new().await;
        look_without_consent(&world).await.expect("a history");
        assert_eq!(open_reviews(&world.store, &A.dispatcher()).await.expect("a number"), 1);
        assert_eq!(open_reviews(&world.store, &B.dispatcher()).await.expect("a number"), 0);
        let open = reviews(&world.store, &supervisor(1), ReviewsOf::Open).await.expect("the queue");
        let [item] = open.as_slice() else { panic!("{open:?}") };
        let shown = item.look.end.as_ref().expect("ended").shown.first().expect("a section");
        assert_eq!((item.look.reason.as_str(), shown.item.as_str(), shown.rows), ("cardiac_arrest", "medications", 1));

        let refused = |result: Result<Judged, UseCaseError>| matches!(result, Err(UseCaseError::NotPermitted(_)));
        assert!(refused(say(&world, &A.dispatcher(), Judgement::Right, "").await), "a dispatcher does not review");
        let own = Principal { who: Who::Person(A.crew()), ..supervisor(1) };
        assert!(refused(say(&world, &own, Judgement::Right, "").await), "nobody reviews what they did");
        let elsewhere = Principal { scope: B.dispatcher().scope, ..supervisor(1) };
        let foreign = say(&world, &elsewhere, Judgement::Right, "").await;
        assert!(matches!(foreign, Err(UseCaseError::NotFound(_))), "{foreign:?}");
        let long = say(&world, &supervisor(1), Judgement::Right, &"長".repeat(401)).await;
        assert!(matches!(long, Err(UseCaseError::BadRequest(_))), "{long:?}");

        let first = say(&world, &supervisor(1), Judgement::NotRight, " 家族が近くにいた ").await.expect("reviewed");
        assert_eq!(first, Judged::First);
        let Judged::Already(said) = say(&world, &supervisor(2), Judgement::Right, "").await.expect("told") else {
            panic!("reviewed twice")
        };
        assert_eq!((said.judgement, said.note.as_deref()), (Judgement::NotRight, Some("家族が近くにいた")));
        assert_eq!(open_reviews(&world.store, &supervisor(2)).await.expect("a number"), 0);
        let found = reviews(&world.store, &supervisor(2), ReviewsOf::Reviewed).await.expect("reviewed ones");
        assert_eq!(found.first().and_then(|item| item.verdict.clone()), Some(said));
        let chains = world.store.chains().await.expect("the audit");
        let last = chains.iter().flat_map(|(_, entries)| entries).filter_map(|entry| entry.entry()).next_back();
        let Some(Kind::Act(act)) = last.map(|entry| entry.kind) else { panic!("the review is audited") };
        assert_eq!((act.act.as_str(), act.lookup, act.account), ("review.not_right", Some(LOOKUP), Some(A.crew())));
    });
}

#[test]
fn a_look_that_failed_is_reviewed_once_it_cannot_be_tried_again() {
    block_on_ready(async {
        let world = World::new().await;
        world.source.fail_next();
        assert!(matches!(look_without_consent(&world).await, Err(UseCaseError::Source(_))));
        let early = say(&world, &supervisor(1), Judgement::Right, "").await;
        assert!(matches!(early, Err(UseCaseError::UnderWay)), "{early:?}");
        world.clock.advance_minutes(13);
        assert_eq!(say(&world, &supervisor(1), Judgement::Right, "").await.expect("reviewed"), Judged::First);
    });
}
