//! What a store promises about tokens of machines.

use super::fixtures::{NOW, Town};
use super::ok;
use super::staff_passwords::act;
use crate::principal::{PrincipalKind, Role};
use crate::store::{Account, AuditLog, Directory, MachineTokens, Session, StoreError};
use audit::Kind;
use model::{CrewId, SessionId};

const A: Town = Town(1);

/// A token opens a session until it is ended; each change stands in the audit, and one that is refused does not.
pub async fn a_token_is_a_session_that_can_be_ended<S: Directory + MachineTokens + AuditLog>(store: &S) {
    ok(A.settle(store).await);
    let account = Account {
        id: CrewId::from_bytes([7; 16]),
        login: "token-7".into(),
        kind: PrincipalKind::Machine,
        roles: [Role::CapacityFeed].into(),
        ..A.crew_account()
    };
    let session = Session {
        id: SessionId::from_bytes([7; 16]),
        account: account.id,
        device: None,
        token: Some([7; 32]),
        question: None,
        opened_at: NOW,
        until: NOW.plus_minutes(10),
        ended: false,
        confirmed: true,
    };
    ok(store.add_token(account.clone(), session.clone(), NOW, act("token.made")).await);
    assert_eq!(ok(store.account(account.id).await).map(|a| a.roles), Some([Role::CapacityFeed].into()));
    assert_eq!(ok(store.session_by_token([7; 32]).await), Some(session.clone()));
    let twin = Session { id: SessionId::from_bytes([8; 16]), token: Some([8; 32]), ..session.clone() };
    let again = store.add_token(account.clone(), twin, NOW, act("token.made")).await;
    assert!(matches!(again, Err(StoreError::Exists(_))));
    assert_eq!(ok(store.session_by_token([8; 32]).await), None, "nothing of a refused one is there");
    ok(store.end_token(session.id, NOW, act("token.ended")).await);
    assert_eq!(ok(store.session(session.id).await).map(|s| s.ended), Some(true));
    let mut words = Vec::new();
    for (chain, entries) in ok(store.chains().await) {
        audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        words.extend(entries.iter().filter_map(|entry| entry.entry()).filter_map(|entry| match entry.kind {
            Kind::Act(act) => Some(act.act.as_str().to_owned()),
            _ => None,
        }));
    }
    assert_eq!(words, ["token.made", "token.ended"]);
}

/// A new passcode ends every session of its account, and no other's.
pub async fn a_new_passcode_ends_the_sessions<S: Directory>(store: &S) {
    let b = Town(2);
    ok(A.settle(store).await);
    ok(b.settle(store).await);
    for (number, account) in [(1, A.crew()), (2, A.crew()), (3, b.crew())] {
        let session = Session {
            id: SessionId::from_bytes([number; 16]),
            account,
            device: None,
            token: Some([number; 32]),
            question: None,
            opened_at: NOW,
            until: NOW.plus_minutes(10),
            ended: false,
            confirmed: true,
        };
        ok(store.open_session(session).await);
    }
    ok(store.set_secret(A.crew(), "other".into(), false).await);
    for (number, ended) in [(1, true), (2, true), (3, false)] {
        assert_eq!(ok(store.session(SessionId::from_bytes([number; 16])).await).map(|s| s.ended), Some(ended));
    }
}
