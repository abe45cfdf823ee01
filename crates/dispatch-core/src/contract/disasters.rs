//! What a store promises about disaster periods and relief units.

use super::fixtures::{NOW, Town};
use super::ok;
use crate::principal::Scope;
use crate::store::{AuditLog, Directory, DisasterPeriod, Disasters, Relief};
use audit::{Act, Code, Kind, Viewer};
use model::{DepartmentId, Timestamp};

const A: Town = Town(1);
const B: Town = Town(2);

fn act(word: &str) -> Act {
    let code = |text| Code::new(text).unwrap_or_else(|error| panic!("{error}"));
    let by =
        Viewer { person: None, session: None, device: None, department: None, hospital: None, role: code("system") };
    Act { by, act: code(word), lookup: None, case: None, account: None, department: None, until: None, unit: None }
}

fn period(town: Town, opened_at: Timestamp) -> DisasterPeriod {
    DisasterPeriod {
        department: town.department(),
        reason: "地震".into(),
        area: vec!["訓練県見本市".into(), "訓練県隣町".into()],
        opened_by: Some(town.dispatcher_id()),
        opened_at,
        until: opened_at.plus_minutes(60),
        ended_at: None,
    }
}

/// The unit of B works for A.
fn relief(opened_at: Timestamp) -> Relief {
    Relief {
        unit: B.unit(),
        home: B.department(),
        department: A.department(),
        opened_by: Some(A.dispatcher_id()),
        opened_at,
        until: opened_at.plus_minutes(60),
        ended_at: None,
    }
}

async fn audited(store: &impl AuditLog) -> Vec<String> {
    let mut words = Vec::new();
    for (chain, entries) in ok(store.chains().await) {
        audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        words.extend(entries.iter().filter_map(|entry| entry.entry()).filter_map(|entry| match entry.kind {
            Kind::Act(act) => Some(act.act.as_str().to_owned()),
            _ => None,
        }));
    }
    words
}

/// A department has one period at a time; it ends by itself or by a word, and can be opened anew.
pub async fn a_disaster_period_is_one_at_a_time<S: Directory + AuditLog + Disasters>(store: &S) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    let nowhere = DisasterPeriod { department: DepartmentId::from_bytes([0xEE; 16]), ..period(A, NOW) };
    assert!(store.open_disaster(nowhere, act("disaster.on")).await.is_err());
    assert!(ok(store.open_disaster(period(A, NOW), act("disaster.on")).await));
    assert!(!ok(store.open_disaster(period(A, NOW.plus_minutes(5)), act("disaster.on")).await), "one stands");
    assert_eq!(ok(store.standing_disasters(NOW.plus_minutes(59)).await), [period(A, NOW)]);
    let later = NOW.plus_minutes(60);
    assert!(ok(store.standing_disasters(later).await).is_empty(), "it ends by itself");
    assert!(!ok(store.end_disaster(A.department(), later, act("disaster.off")).await));
    assert!(ok(store.open_disaster(period(A, later), act("disaster.on")).await));
    assert!(ok(store.open_disaster(period(B, later), act("disaster.on")).await), "another department's is its own");
    assert!(ok(store.end_disaster(A.department(), later.plus_minutes(1), act("disaster.off")).await));
    assert_eq!(ok(store.standing_disasters(later.plus_minutes(1)).await), [period(B, later)]);
    let of_a = ok(store.disasters(Scope::Department(A.department()), 9).await);
    let ended = DisasterPeriod { ended_at: Some(later.plus_minutes(1)), ..period(A, later) };
    assert_eq!(of_a.first(), Some(&ended), "the newest first");
    assert_eq!((of_a.len(), ok(store.disasters(Scope::Installation, 2).await).len()), (2, 2));
    assert_eq!(audited(store).await, ["disaster.on", "disaster.on", "disaster.on", "disaster.off"]);
}

/// A unit works for one other department at a time, during its period only.
pub async fn a_relief_unit_ends_with_the_period<S: Directory + AuditLog + Disasters>(store: &S) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    assert!(!ok(store.open_relief(relief(NOW), act("relief.on")).await), "no period");
    ok(store.open_disaster(period(A, NOW), act("disaster.on")).await);
    assert!(ok(store.open_relief(relief(NOW), act("relief.on")).await));
    assert!(!ok(store.open_relief(relief(NOW.plus_minutes(1)), act("relief.on")).await), "it works for somebody");
    assert_eq!(ok(store.reliefs(NOW).await), [relief(NOW)]);
    assert!(!ok(store.end_relief(B.department(), B.unit(), NOW, act("relief.off")).await), "not for that one");
    let over = NOW.plus_minutes(2);
    assert!(ok(store.end_relief(A.department(), B.unit(), over, act("relief.off")).await));
    assert!(ok(store.open_relief(relief(over), act("relief.on")).await), "again");
    assert!(ok(store.end_disaster(A.department(), over.plus_minutes(1), act("disaster.off")).await));
    let first = Relief { ended_at: Some(over), ..relief(NOW) };
    let second = Relief { ended_at: Some(over.plus_minutes(1)), ..relief(over) };
    assert_eq!(ok(store.reliefs_of(B.unit()).await), [first.clone(), second.clone()], "it ended with the period");
    assert_eq!(ok(store.reliefs(over).await), [second]);
    assert!(ok(store.reliefs_of(A.unit()).await).is_empty());
    assert_eq!(audited(store).await, ["disaster.on", "relief.on", "relief.off", "relief.on", "disaster.off"]);
}
