//! What a store promises about who exists.

use super::fixtures::{NOW, Town};
use super::ok;
use crate::principal::Scope;
use crate::store::{Account, Directory, Session, SignInNote, StoreError, Unit};
use model::{CrewId, DepartmentId, QuestionId, SessionId, UnitId};

const A: Town = Town(1);
const B: Town = Town(2);

/// A login exists once; wrong passcodes in a row lock, a right one begins anew.
pub async fn accounts_are_unique_and_lock(store: &impl Directory) {
    ok(A.settle(store).await);
    let twin = Account { id: CrewId::from_bytes([99; 16]), ..A.crew_account() };
    assert!(matches!(store.add_account(twin).await, Err(StoreError::Exists(_))));
    let until = NOW.plus_minutes(5);
    let at = |now| SignInNote::Try { now, limit: 3, lock_until: until };
    let wrong = at(NOW);
    for note in [wrong, wrong, SignInNote::Right, wrong, wrong] {
        assert!(ok(store.note_sign_in(A.crew(), note).await));
    }
    let login = A.crew_account().login;
    assert_eq!(ok(store.account_by_login(&login).await).and_then(|a| a.locked_until), None);
    assert!(ok(store.note_sign_in(A.crew(), wrong).await), "the last one is still compared");
    assert_eq!(ok(store.account_by_login(&login).await).and_then(|a| a.locked_until), Some(until));
    assert!(!ok(store.note_sign_in(A.crew(), wrong).await), "tries at the same time come too late");
    assert!(ok(store.note_sign_in(A.crew(), SignInNote::Right).await), "the last one was right");
    assert_eq!(ok(store.account(A.crew()).await).and_then(|a| a.locked_until), None);
    for _ in 0..3 {
        assert!(ok(store.note_sign_in(A.crew(), wrong).await));
    }
    assert!(!ok(store.note_sign_in(A.crew(), at(until.plus_us(-1))).await));
    assert!(ok(store.note_sign_in(A.crew(), at(until)).await), "the lock is over");
    assert!(!ok(store.note_sign_in(CrewId::from_bytes([98; 16]), wrong).await), "nobody");
    ok(store.set_secret(A.crew(), "other".into(), true).await);
    let account = ok(store.account(A.crew()).await);
    assert_eq!(account.map(|a| (a.secret, a.one_time, a.roles.len())), Some(("other".into(), true, 1)));
    assert_eq!(ok(store.accounts(Scope::Department(A.department())).await).len(), 1);
    assert!(ok(store.accounts(Scope::Department(B.department())).await).is_empty());
}

/// A callsign exists once per department; lists keep to their scope.
pub async fn units_belong_to_departments(store: &impl Directory) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    let twin = Unit { id: UnitId::from_bytes([99; 16]), department: A.department(), callsign: "救急1".into() };
    assert!(matches!(store.add_unit(twin).await, Err(StoreError::Exists(_))));
    assert_eq!(ok(store.departments().await).len(), 2);
    let of = |town: Town| store.department(town.department());
    assert_eq!(ok(of(B).await).map(|d| d.pref).as_deref(), Some("東京都"));
    assert_eq!(ok(store.department(DepartmentId::from_bytes([99; 16])).await), None);
    ok(store.set_contact(A.department(), Some("救急課".into())).await);
    ok(store.set_contact(A.department(), Some("警防課 0299-00-0000".into())).await);
    assert_eq!(ok(store.contact(A.department()).await).as_deref(), Some("警防課 0299-00-0000"));
    assert_eq!(ok(store.contact(B.department()).await), None);
    ok(store.set_contact(A.department(), None).await);
    assert_eq!(ok(store.contact(A.department()).await), None);
    let nobody = store.set_contact(DepartmentId::from_bytes([99; 16]), Some("x".into())).await;
    assert!(matches!(nobody, Err(StoreError::Missing(_))), "{nobody:?}");
    assert_eq!(ok(store.units(Scope::Department(A.department())).await).len(), 1);
    assert_eq!(ok(store.units(Scope::Installation).await).len(), 2);
    assert_eq!(ok(store.devices(Scope::Department(B.department())).await).len(), 1);
}

/// Revoked stays revoked, with the first time.
pub async fn revocation_stays(store: &impl Directory) {
    ok(A.settle(store).await);
    assert!(ok(store.revoke(A.device(), NOW).await));
    assert!(ok(store.revoke(A.device(), NOW.plus_minutes(5)).await));
    assert!(!ok(store.revoke(B.device(), NOW).await));
    assert_eq!(ok(store.device(A.device()).await).and_then(|d| d.revoked_at), Some(NOW));
}

/// The same question gives the same session; tokens and ends are found.
pub async fn a_question_opens_one_session(store: &impl Directory) {
    ok(A.settle(store).await);
    let session = Session {
        id: SessionId::from_bytes([1; 16]),
        account: A.crew(),
        device: Some(A.device()),
        token: None,
        question: Some(QuestionId::from_bytes([5; 16])),
        opened_at: NOW,
        until: NOW.plus_minutes(10),
        ended: false,
        confirmed: true,
    };
    assert_eq!(ok(store.open_session(session.clone()).await), session);
    let again = Session { id: SessionId::from_bytes([2; 16]), ..session.clone() };
    assert_eq!(ok(store.open_session(again).await), session);
    assert_eq!(ok(store.session(SessionId::from_bytes([2; 16])).await), None);
    let page = Session {
        id: SessionId::from_bytes([3; 16]),
        device: None,
        token: Some([7; 32]),
        question: None,
        ..session.clone()
    };
    ok(store.open_session(page.clone()).await);
    assert_eq!(ok(store.session_by_token([7; 32]).await), Some(page.clone()));
    assert_eq!(ok(store.session_by_token([8; 32]).await), None);
    ok(store.end_session(page.id).await);
    assert_eq!(ok(store.session(page.id).await).map(|s| s.ended), Some(true));
}
