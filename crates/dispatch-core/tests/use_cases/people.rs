//! Signing in.

use crate::world::{A, B, World};
use dispatch_core::contract::fixtures::{PlainVerifier, block_on_ready};
use dispatch_core::limits::{LOCKED_MINUTES, SESSION_MINUTES, WRONG_PASSCODES};
use dispatch_core::store::{Directory, Session};
use dispatch_core::{UseCaseError, crew_principal, sign_in_crew};
use model::QuestionId;

async fn sign_in(
    world: &World,
    town: dispatch_core::contract::fixtures::Town,
    n: u8,
    login: &str,
    passcode: &str,
) -> Result<model::SessionId, UseCaseError> {
    let question = QuestionId::from_bytes([n; 16]);
    let signed =
        sign_in_crew(&world.store, &PlainVerifier, &mut world.call(), &town.tablet(), question, login, passcode).await;
    signed.map(|signed| signed.session)
}

#[test]
fn a_session_belongs_to_its_tablet_and_ends() {
    block_on_ready(async {
        let world = World::new().await;
        let session = sign_in(&world, A, 1, "crew1", "right").await.expect("signed in");
        assert_eq!(sign_in(&world, A, 1, "crew1", "right").await.expect("the same question"), session);
        let now = || world.call().now();
        let principal = crew_principal(&world.store, now(), &A.tablet(), Some(session)).await.expect("stands");
        assert_eq!((principal.person(), principal.session), (Some(A.crew()), Some(session)));
        assert!(crew_principal(&world.store, now(), &B.tablet(), Some(session)).await.is_err());
        assert!(crew_principal(&world.store, now(), &A.tablet(), None).await.is_err());
        let foreign = sign_in(&world, B, 2, "crew1", "right").await;
        assert!(matches!(foreign, Err(UseCaseError::WrongPasscode)), "another department's tablet: {foreign:?}");
        world.clock.advance_minutes(SESSION_MINUTES);
        assert!(matches!(
            crew_principal(&world.store, now(), &A.tablet(), Some(session)).await,
            Err(UseCaseError::NoSession)
        ));
        let ended: Option<Session> = world.store.session(session).await.expect("the store");
        assert!(ended.is_some());
    });
}

#[test]
fn wrong_passcodes_lock_for_a_while() {
    block_on_ready(async {
        let world = World::new().await;
        for n in 0..WRONG_PASSCODES {
            let wrong = sign_in(&world, A, n as u8, "crew1", "wrong").await;
            assert!(matches!(wrong, Err(UseCaseError::WrongPasscode)), "{wrong:?}");
        }
        assert!(matches!(sign_in(&world, A, 90, "crew1", "right").await, Err(UseCaseError::Locked { .. })));
        assert!(matches!(sign_in(&world, A, 91, "nobody", "right").await, Err(UseCaseError::WrongPasscode)));
        world.clock.advance_minutes(LOCKED_MINUTES + 1);
        sign_in(&world, A, 92, "crew1", "right").await.expect("signed in");
    });
}
