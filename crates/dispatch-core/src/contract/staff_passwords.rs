//! What a store promises about staff passwords.

use super::fixtures::{NOW, Town};
use super::ok;
use crate::store::{AuditLog, Directory, StaffPasswords, StaffTry, TryLimit};
use audit::{Act, Code, Kind, Viewer};
use model::{CrewId, LookupId, Timestamp};

const A: Town = Town(1);
const B: Town = Town(2);
const LOOKUP: LookupId = LookupId::from_bytes([3; 16]);

pub(super) fn act(word: &str) -> Act {
    let code = |text| Code::new(text).unwrap_or_else(|error| panic!("{error}"));
    let by =
        Viewer { person: None, session: None, device: None, department: None, hospital: None, role: code("system") };
    Act { by, act: code(word), lookup: None, case: None, account: None, department: None, until: None, unit: None }
}

async fn tried(store: &impl StaffPasswords, now: Timestamp) -> StaffTry {
    ok(store.try_staff_password(A.crew(), now, TryLimit { tries: 3, lock_until: now.plus_minutes(10) }).await)
}

fn compare(last: bool) -> StaffTry {
    StaffTry::Compare { secret: "hash".into(), last }
}

/// A department's setting is its own.
pub async fn a_department_requires_the_staff_password_or_not<S: Directory + StaffPasswords>(store: &S) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    for (required, word) in [(true, "staff_password.required"), (false, "staff_password.not_required")] {
        ok(store.require_staff_password(A.department(), required, NOW, act(word)).await);
        assert_eq!(ok(store.requires_staff_password(A.department()).await), required);
        assert!(!ok(store.requires_staff_password(B.department()).await));
    }
}

/// Tries are counted before they are compared; enough wrong ones lock for a time; a right one and a new one begin anew.
pub async fn wrong_staff_passwords_lock<S: Directory + AuditLog + StaffPasswords>(store: &S) {
    ok(A.settle(store).await);
    assert_eq!(tried(store, NOW).await, StaffTry::NotIssued);
    let nobody = CrewId::from_bytes([0xEE; 16]);
    assert!(store.issue_staff_password(nobody, "hash".into(), NOW, act("staff_password.issued")).await.is_err());
    ok(store.issue_staff_password(A.crew(), "hash".into(), NOW, act("staff_password.issued")).await);
    for last in [false, false, true] {
        assert_eq!(tried(store, NOW).await, compare(last));
    }
    let until = NOW.plus_minutes(10);
    assert_eq!(tried(store, NOW.plus_minutes(9)).await, StaffTry::Locked { until });
    for last in [false, false] {
        assert_eq!(tried(store, until).await, compare(last), "counting begins anew");
    }
    assert!(!ok(store.staff_password_stood(A.crew(), LOOKUP).await));
    ok(store.staff_password_stands(A.crew(), LOOKUP, until).await);
    ok(store.staff_password_stands(A.crew(), LOOKUP, until).await);
    assert!(ok(store.staff_password_stood(A.crew(), LOOKUP).await));
    assert!(!ok(store.staff_password_stood(nobody, LOOKUP).await), "for one account");
    assert!(!ok(store.staff_password_stood(A.crew(), LookupId::from_bytes([4; 16])).await), "for one look-up");
    for last in [false, false, true] {
        assert_eq!(tried(store, until).await, compare(last), "after a right one");
    }
    ok(store.issue_staff_password(A.crew(), "hash".into(), until, act("staff_password.issued")).await);
    assert_eq!(tried(store, until).await, compare(false), "a new one is not locked");
    ok(store.staff_password_locked(until, act("staff_password.locked")).await);
    let mut words = Vec::new();
    for (chain, entries) in ok(store.chains().await) {
        audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        words.extend(entries.iter().filter_map(|entry| entry.entry()).filter_map(|entry| match entry.kind {
            Kind::Act(act) => Some(act.act.as_str().to_owned()),
            _ => None,
        }));
    }
    assert_eq!(words, ["staff_password.issued", "staff_password.issued", "staff_password.locked"]);
}
