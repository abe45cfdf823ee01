//! 目視 needs the staff password where the department requires it, and there alone.

use crate::world::{A, B, LOOKUP, World, question};
use dispatch_core::contract::fixtures::{PlainVerifier, block_on_ready};
use dispatch_core::limits::{STAFF_LOCK_MINUTES, STAFF_TRIES};
use dispatch_core::{
    Principal, Role, StaffPasswordTry, UseCaseError, issue_staff_password, require_staff_password,
    verify_staff_password,
};
use model::LookupId;
use patient_history::IdentityLevel;

fn admin() -> Principal {
    Principal { roles: [Role::DepartmentAdmin].into(), ..A.dispatcher() }
}

async fn required(world: &World) {
    require_staff_password(&world.store, &world.call(), &admin(), A.department(), true).await.expect("set");
}

async fn issue(world: &World, by: &Principal) -> Result<(), UseCaseError> {
    issue_staff_password(&world.store, &world.call(), by, A.crew(), "1234".into()).await
}

async fn say(world: &World, lookup: LookupId, password: &str) -> Result<(), UseCaseError> {
    let said = StaffPasswordTry { lookup, password };
    verify_staff_password(&world.store, &PlainVerifier, &world.call(), &A.crew_member(), said).await
}

#[test]
fn a_look_up_by_eye_is_answered_only_for_the_password_that_was_verified_for_it() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        required(&world).await;
        let needed = |result: Result<(), UseCaseError>| matches!(result, Err(UseCaseError::StaffPasswordNeeded));
        assert!(needed(world.look_up(A, question(A, consent)).await));
        let none = say(&world, LOOKUP, "1234").await;
        assert!(matches!(none, Err(UseCaseError::StaffPasswordNotIssued)), "{none:?}");
        issue(&world, &admin()).await.expect("issued");
        let other = LookupId::from_bytes([0x77; 16]);
        say(&world, other, "1234").await.expect("right");
        assert!(needed(world.look_up(A, question(A, consent)).await), "it stands for another look-up");
        let wrong = say(&world, LOOKUP, "1235").await;
        assert!(matches!(wrong, Err(UseCaseError::StaffPasswordWrong)), "{wrong:?}");
        for odd in ["", "123", "12345", "12a4"] {
            assert!(matches!(say(&world, LOOKUP, odd).await, Err(UseCaseError::BadRequest(_))), "{odd}");
        }
        assert_eq!(world.source.asked(), 0);
        say(&world, LOOKUP, "1234").await.expect("right");
        say(&world, LOOKUP, "9999").await.expect("it stands already: an answer that was lost is given again");
        world.look_up(A, question(A, consent)).await.expect("a history");
        assert_eq!(world.source.asked(), 1);
    });
}

#[test]
fn the_number_on_the_card_needs_no_staff_password_and_neither_does_another_department() {
    block_on_ready(async {
        let world = World::new().await;
        required(&world).await;
        let (_, consent) = world.consented(A, 7).await;
        let mut with_number = question(A, consent);
        with_number.evidence.level = IdentityLevel::VisualB;
        world.look_up(A, with_number).await.expect("a history");
        let (_, consent) = world.consented(B, 8).await;
        let mut elsewhere = question(B, consent);
        elsewhere.lookup = LookupId::from_bytes([0x55; 16]);
        world.look_up(B, elsewhere).await.expect("a history");
    });
}

#[test]
fn wrong_ones_lock_for_a_time_or_until_a_new_one_is_issued() {
    block_on_ready(async {
        let world = World::new().await;
        issue(&world, &admin()).await.expect("issued");
        for n in 1..STAFF_TRIES {
            assert!(matches!(say(&world, LOOKUP, "0000").await, Err(UseCaseError::StaffPasswordWrong)), "{n}");
        }
        let locked = |result: Result<(), UseCaseError>| matches!(result, Err(UseCaseError::StaffPasswordLocked));
        assert!(locked(say(&world, LOOKUP, "0000").await));
        assert!(locked(say(&world, LOOKUP, "1234").await), "also the right one");
        issue(&world, &Principal::system()).await.expect("issued again");
        say(&world, LOOKUP, "1234").await.expect("a new one is not locked");
        let second = LookupId::from_bytes([0x66; 16]);
        for _ in 0..STAFF_TRIES {
            assert!(say(&world, second, "0000").await.is_err());
        }
        assert!(locked(say(&world, second, "1234").await));
        world.clock.advance_minutes(STAFF_LOCK_MINUTES);
        say(&world, second, "1234").await.expect("the lock is over");
    });
}

#[test]
fn only_the_departments_administrator_sets_and_issues() {
    block_on_ready(async {
        let world = World::new().await;
        let elsewhere = Principal { roles: [Role::DepartmentAdmin].into(), ..B.dispatcher() };
        for other in [A.dispatcher(), elsewhere, A.crew_member()] {
            let set = require_staff_password(&world.store, &world.call(), &other, A.department(), true).await;
            assert!(matches!(set, Err(UseCaseError::NotPermitted(_))), "{set:?}");
            assert!(matches!(issue(&world, &other).await, Err(UseCaseError::NotPermitted(_))));
        }
        let nobody = issue_staff_password(&world.store, &world.call(), &admin(), B.dispatcher_id(), "1".into()).await;
        assert!(matches!(nobody, Err(UseCaseError::NotFound(_))), "{nobody:?}");
    });
}
