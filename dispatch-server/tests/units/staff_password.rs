//! The staff password for 目視 over the link, and what the tablet is told at the door.

use crate::transport::{CASE, FakeSource, LOOKUP, asked, basis, code, history, opened};
use crate::world::World;
use case::Body;
use dispatch_core::store::AuditLog;
use dispatch_core::{Principal, require_staff_password};
use dispatch_server::SharedSource;
use dispatch_server::admin::issue_staff_password;
use std::sync::atomic::Ordering;
use wire::{Answer, Passcode, Question};

fn typed(password: &str) -> Question {
    Question::StaffPassword { lookup: LOOKUP, password: Passcode::new(password.to_owned()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_up_by_eye_waits_for_the_staff_password_where_it_is_required() {
    let source = FakeSource::default();
    let world = World::new(SharedSource::new(source.clone())).await;
    assert!(!world.tablet(1).await.welcome.staff_password_required);
    let app = &world.server.app;
    let department = world.tablet(1).await.welcome.department;
    require_staff_password(&app.store, &app.call(), &Principal::system(), department, true).await.expect("set");
    let issued = issue_staff_password(&world.data, &world.crew[0].login).await.expect("issued").staff_password;
    let mut tablet = world.tablet(1).await;
    assert!(tablet.welcome.staff_passwords && tablet.welcome.staff_password_required);
    assert!(!world.tablet(2).await.welcome.staff_password_required, "another department");
    let mut pen = tablet.pen(7, CASE);
    tablet.append(vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })]).await;
    let (session, consent) = (tablet.sign_in(&world.crew[0]).await, pen.last());
    let needed = asked(&tablet, 2, Some(session), history(consent, basis())).await;
    assert_eq!(code(&needed), "staff_password_needed");
    assert_eq!(code(&asked(&tablet, 3, None, typed(&issued)).await), "no_session");
    let wrong = if issued.as_str() == "0000" { "0001" } else { "0000" };
    assert_eq!(code(&asked(&tablet, 4, Some(session), typed(wrong)).await), "staff_password_wrong");
    assert_eq!(source.0.load(Ordering::SeqCst), 0, "nothing left the server");
    let stands = asked(&tablet, 5, Some(session), typed(&issued)).await;
    assert!(matches!(stands, Answer::StaffPasswordStands { lookup } if lookup == LOOKUP));
    assert_eq!(code(&asked(&tablet, 6, Some(session), history(consent, basis())).await), "answered");
    for (chain, entries) in app.store.chains().await.expect("the audit") {
        audit::verify(chain, &entries, &[]).expect("whole");
    }
    world.server.stop().await;
}
