//! What a store promises about second factors and terminals.

use super::fixtures::{NOW, Town};
use super::ok;
use crate::principal::Scope;
use crate::store::{AuditLog, Directory, FactorTry, SecondFactors, Session, Terminal, TryLimit};
use audit::{Act, Code, Kind, Viewer};
use model::{SessionId, TerminalId};

const A: Town = Town(1);
const B: Town = Town(2);
const LIMIT: TryLimit = TryLimit { tries: 3, lock_until: NOW.plus_minutes(15) };

fn act(word: &str) -> Act {
    let code = |word| Code::new(word).unwrap_or_else(|error| panic!("a fixture's code: {error}"));
    Act {
        by: Viewer {
            person: None,
            session: None,
            device: None,
            department: None,
            hospital: None,
            role: code("system"),
        },
        act: code(word),
        lookup: None,
        case: None,
        account: Some(A.crew()),
        department: None,
        until: None,
        unit: None,
    }
}

/// Set once, replaced only by whoever may; wrong ones in a row lock; a step is used once, and none before it.
pub async fn a_code_serves_once_and_wrong_ones_lock<S: Directory + SecondFactors>(store: &S) {
    ok(A.settle(store).await);
    let (account, set) = (A.crew(), act("second_factor.set"));
    assert!(matches!(ok(store.try_second_factor(account, NOW, LIMIT).await), FactorTry::NotSet));
    assert!(!ok(store.has_second_factor(account).await));
    assert!(ok(store.set_second_factor(account, vec![1], 10, false, NOW, set.clone()).await));
    assert!(!ok(store.set_second_factor(account, vec![2], 10, false, NOW, set.clone()).await), "there is one");
    assert!(ok(store.has_second_factor(account).await));
    let tried = ok(store.try_second_factor(account, NOW, LIMIT).await);
    assert!(tried == FactorTry::Compare { sealed: vec![1] });
    for (step, used) in [(10, false), (11, true), (11, false), (9, false), (12, true)] {
        assert_eq!(ok(store.use_step(account, step).await), used, "{step}");
    }
    for _ in 0..3 {
        assert!(matches!(ok(store.try_second_factor(account, NOW, LIMIT).await), FactorTry::Compare { .. }));
    }
    let locked = FactorTry::Locked { until: LIMIT.lock_until };
    assert!(ok(store.try_second_factor(account, NOW, LIMIT).await) == locked);
    let later = LIMIT.lock_until;
    assert!(matches!(ok(store.try_second_factor(account, later, LIMIT).await), FactorTry::Compare { .. }));
    assert!(ok(store.set_second_factor(account, vec![2], 3, true, NOW, set).await), "replaced");
    assert!(ok(store.use_step(account, 4).await), "another app counts anew");
}

/// A one-time code opens once, in its time, its own account; another one replaces it.
pub async fn a_recovery_code_opens_once<S: Directory + SecondFactors + AuditLog>(store: &S) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    let (account, until, used) = (A.crew(), NOW.plus_minutes(30), || act("second_factor.recovery_used"));
    ok(store.set_second_factor(account, vec![1], 1, false, NOW, act("second_factor.set")).await);
    let issue = |hash| store.issue_recovery(account, hash, until, NOW, act("second_factor.recovery_issued"));
    ok(issue([1; 32]).await);
    ok(issue([2; 32]).await);
    assert!(!ok(store.use_recovery(account, [1; 32], NOW, used()).await), "replaced");
    assert!(!ok(store.use_recovery(B.crew(), [2; 32], NOW, used()).await), "another account's");
    assert!(!ok(store.use_recovery(account, [2; 32], until, used()).await), "too late");
    for _ in 0..3 {
        ok(store.try_second_factor(account, NOW, LIMIT).await);
    }
    assert!(ok(store.use_recovery(account, [2; 32], NOW, used()).await));
    assert!(matches!(ok(store.try_second_factor(account, NOW, LIMIT).await), FactorTry::Compare { .. }), "unlocked");
    assert!(!ok(store.use_recovery(account, [2; 32], NOW, used()).await), "used up");
    let chains = ok(store.chains().await);
    let entries = chains.iter().flat_map(|(_, entries)| entries).filter_map(|entry| entry.entry());
    let words: Vec<_> = entries
        .filter_map(|entry| if let Kind::Act(act) = entry.kind { Some(act.act.as_str().to_owned()) } else { None })
        .collect();
    let issued = "second_factor.recovery_issued";
    assert_eq!(words, ["second_factor.set", issued, issued, "second_factor.recovery_used"], "what failed is no entry");
}

/// A terminal is found by its token until it is revoked, and in its scope; what was shown on it is of one account.
pub async fn a_terminal_is_registered_and_revoked<S: Directory + SecondFactors>(store: &S) {
    ok(A.settle(store).await);
    let of = |n: u8, town: Town| Terminal {
        id: TerminalId::from_bytes([n; 16]),
        scope: Scope::Department(town.department()),
        name: format!("端末{n}"),
        token: [n; 32],
        registered_by: A.crew(),
        registered_at: NOW,
        revoked_at: None,
    };
    for terminal in [of(1, A), of(2, A), of(3, B)] {
        ok(store.register_terminal(terminal, act("terminal.registered")).await);
    }
    assert_eq!(ok(store.terminal_by_token([2; 32]).await), Some(of(2, A)));
    assert_eq!(ok(store.terminal_by_token([9; 32]).await), None);
    assert_eq!(ok(store.terminals(Scope::Department(A.department())).await), [of(1, A), of(2, A)]);
    assert_eq!(ok(store.terminals(Scope::Installation).await).len(), 3);
    let id = of(1, A).id;
    for at in [NOW.plus_minutes(1), NOW.plus_minutes(2)] {
        ok(store.revoke_terminal(id, at, act("terminal.revoked")).await);
    }
    let revoked = ok(store.terminal_by_token([1; 32]).await).and_then(|terminal| terminal.revoked_at);
    assert_eq!(revoked, Some(NOW.plus_minutes(1)), "the first time stands");
    assert_eq!(ok(store.shown_at(id, A.crew()).await), None);
    for at in [NOW, NOW.plus_minutes(5)] {
        ok(store.shown(id, A.crew(), at).await);
    }
    assert_eq!(ok(store.shown_at(id, A.crew()).await), Some(NOW.plus_minutes(5)));
    assert_eq!(ok(store.shown_at(of(2, A).id, A.crew()).await), None);
}

/// A session waits for its second factor, and is then confirmed until the given time.
pub async fn a_session_is_confirmed<S: Directory + SecondFactors>(store: &S) {
    ok(A.settle(store).await);
    let session = Session {
        id: SessionId::from_bytes([1; 16]),
        account: A.crew(),
        device: None,
        token: Some([7; 32]),
        question: None,
        opened_at: NOW,
        until: NOW.plus_minutes(720),
        ended: false,
        confirmed: false,
    };
    ok(store.open_session(session.clone()).await);
    assert_eq!(ok(store.session(session.id).await), Some(session.clone()));
    ok(store.confirm_session(session.id, NOW.plus_minutes(60)).await);
    let confirmed = Session { confirmed: true, until: NOW.plus_minutes(60), ..session.clone() };
    assert_eq!(ok(store.session(session.id).await), Some(confirmed));
}
