//! Nonces over the link, the secret in its file, and a signature that does not fit.

use crate::transport::{CASE, FakeSource, LOOKUP, asked, basis, code, opened};
use crate::world::{Tablet, World, now};
use case::{Body, EventName};
use dispatch_core::limits::{NONCE_ANSWERS, NONCE_HOURS, NONCES_AT_ONCE};
use dispatch_core::nonces::{Nonce, NonceFault, check};
use dispatch_core::store::AuditLog;
use dispatch_core::{Principal, offer_pin};
use dispatch_server::{DataDir, SharedSource};
use model::DepartmentId;
use patient_history::{IdentityLevel, LookupEvidence, Period, SignedChallenge};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::Ordering;
use wire::{Answer, HistoryQuestion, Nonces, Question};

async fn nonces(tablet: &Tablet, n: u8) -> Nonces {
    match asked(tablet, n, None, Question::Nonces).await {
        Answer::Nonces(nonces) => nonces,
        other => panic!("no nonces: {}", code(&other)),
    }
}

/// Both departments have the PIN asked for.
async fn with_pins(source: SharedSource) -> World {
    let world = World::new(source).await;
    for n in [1, 2] {
        let department = world.tablet(n).await.welcome.department;
        offer(&world, department, true).await;
    }
    world
}

async fn offer(world: &World, department: DepartmentId, offered: bool) {
    let app = &world.server.app;
    offer_pin(&app.store, &app.call(), &Principal::system(), department, offered).await.expect("set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_department_that_has_not_switched_the_pin_on_is_given_no_nonces() {
    let world = World::new(SharedSource::none()).await;
    let tablet = world.tablet(1).await;
    assert!(!tablet.welcome.nonces, "its tablets are told at the door");
    let Answer::Error(error) = asked(&tablet, 1, None, Question::Nonces).await else { panic!("given") };
    assert_eq!((error.code.as_str(), error.retryable), ("pin_not_offered", false));
    offer(&world, tablet.welcome.department, true).await;
    let (tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    assert!(tablet.welcome.nonces && !other.welcome.nonces, "another department's setting is its own");
    nonces(&tablet, 2).await;
    world.server.stop().await;
}

fn first(nonces: &Nonces) -> Nonce {
    let bytes = nonces.nonces.first().expect("a nonce").as_slice();
    Nonce::from_bytes(bytes.try_into().expect("of our length"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_is_given_nonces_of_its_own_that_a_restart_does_not_spoil() {
    let world = with_pins(SharedSource::none()).await;
    let (tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    assert!(tablet.welcome.nonces);
    let before = now();
    let given = nonces(&tablet, 1).await;
    let distinct: BTreeSet<_> = given.nonces.iter().chain(&nonces(&tablet, 1).await.nonces).cloned().collect();
    assert_eq!((given.nonces.len(), distinct.len()), (NONCES_AT_ONCE, 2 * NONCES_AT_ONCE));
    assert!(given.until >= before.plus_minutes(NONCE_HOURS * 60));
    let (device, foreign) = (tablet.welcome.device, other.welcome.device);
    let world = world.restarted(SharedSource::none()).await;
    let secret = &world.server.app.nonces.secret;
    assert_eq!(check(secret, device, &first(&given), now()), Ok(()));
    assert_eq!(check(secret, foreign, &first(&given), now()), Err(NonceFault::Wrong));
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_that_asks_again_and_again_is_refused_and_another_is_not() {
    let world = with_pins(SharedSource::none()).await;
    let (tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    for _ in 0..NONCE_ANSWERS {
        nonces(&tablet, 1).await;
    }
    let Answer::Error(error) = asked(&tablet, 1, None, Question::Nonces).await else { panic!("given") };
    assert_eq!((error.code.as_str(), error.retryable), ("too_often", true));
    nonces(&other, 1).await;
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_that_does_not_fit_is_refused_in_words_and_audited() {
    let source = FakeSource::default();
    let world = with_pins(SharedSource::new(source.clone())).await;
    let mut tablet = world.tablet(1).await;
    let mut pen = tablet.pen(7, CASE);
    tablet.append(vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })]).await;
    let session = tablet.sign_in(&world.crew[0]).await;
    let nonce = nonces(&tablet, 1).await.nonces.remove(0).into_vec();
    let question = signed(pen.last(), nonce);
    let Answer::Error(error) = asked(&tablet, 2, Some(session), question).await else { panic!("answered") };
    assert_eq!((error.code.as_str(), error.retryable), ("challenge_wrong", false));
    assert_eq!(source.0.load(Ordering::SeqCst), 0, "nothing left the server");
    let chains = world.server.app.store.chains().await.expect("the audit");
    let (chain, entries) = chains.first().expect("one chain");
    let verified = audit::verify(*chain, entries, &[]).expect("whole");
    assert_eq!((entries.len(), verified.unfinished.len()), (4, 0), "two switches, one begin, one complete");
    world.server.stop().await;
}

/// A look-up whose card "signed" with bytes that are no signature.
fn signed(consent: EventName, nonce: Vec<u8>) -> Question {
    let signed = SignedChallenge { nonce, signature: vec![1; 256], tablet_time: now() };
    let evidence = LookupEvidence {
        level: IdentityLevel::Signed,
        certificate: vec![1, 2, 3],
        signed: Some(signed),
        attributes: None,
    };
    Question::History(HistoryQuestion {
        case: CASE,
        lookup: LOOKUP,
        consent: (consent.log, consent.seq),
        basis: basis(),
        evidence,
        period: Period::Summary,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_is_made_once_for_this_user_alone_and_a_damaged_one_is_not_replaced() {
    let world = with_pins(SharedSource::none()).await;
    let path = world.data.nonce_secret_file();
    let mode = std::fs::metadata(&path).expect("made by init").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let given = first(&nonces(&world.tablet(1).await, 1).await);
    let device = world.tablet(1).await.welcome.device;
    world.server.stop().await;
    let data = DataDir::new(world.data.path());
    let again = data.nonce_secret().expect("the same");
    assert_eq!(check(&again, device, &given, now()), Ok(()));
    // An installation of an earlier release has none: the first start makes it.
    std::fs::remove_file(&path).expect("removed");
    let another = data.nonce_secret().expect("a new one");
    assert_eq!(check(&another, device, &given, now()), Err(NonceFault::Wrong));
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("there");
    file.set_len(7).expect("cut");
    assert!(data.nonce_secret().is_err(), "nobody replaces it in silence");
}
