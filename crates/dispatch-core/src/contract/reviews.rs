//! What a store promises about looks without consent and their reviews.

use super::fixtures::{NOW, Town};
use super::ledger::begin;
use super::ok;
use crate::principal::Scope;
use crate::store::{AuditLog, Judged, Judgement, LookEnd, Reviews, ReviewsOf, Verdict};
use audit::{Act, Basis, Begin, Code, ConsentRef, Kind, Outcome, ShownItem, Viewer, Viewing};
use model::{CrewId, LogId, LookupId};

const A: Town = Town(1);
const B: Town = Town(2);

fn code(text: &str) -> Code {
    Code::new(text).unwrap_or_else(|error| panic!("{error}"))
}

fn lookup(n: u8) -> LookupId {
    LookupId::from_bytes([n; 16])
}

fn without_consent(n: u8) -> Begin {
    let event = ConsentRef { log: LogId::from_bytes([4; 16]), seq: 1 };
    Begin { lookup: lookup(n), basis: Basis::Emergency { reason: code("unconscious"), event }, ..begin() }
}

fn verdict(n: u8, by: u8, judgement: Judgement) -> (Verdict, Act) {
    let by = CrewId::from_bytes([by; 16]);
    let viewer = Viewer {
        person: Some(by),
        session: None,
        device: None,
        department: Some(A.department()),
        hospital: None,
        role: code("dispatch_supervisor"),
    };
    let act = Act {
        by: viewer,
        act: code(&format!("review.{}", judgement.key())),
        lookup: Some(lookup(n)),
        case: None,
        account: None,
        department: Some(A.department()),
        until: None,
        unit: None,
    };
    (Verdict { lookup: lookup(n), judgement, note: Some("家族不在".into()), by, at: NOW.plus_minutes(30) }, act)
}

/// Every look without consent is in the queue of its department with what was seen, and no other look is.
pub async fn looks_without_consent_wait_for_a_review<S: AuditLog + Reviews>(store: &S) {
    let here = Scope::Department(A.department());
    let event = ConsentRef { log: LogId::from_bytes([4; 16]), seq: 1 };
    let agreed = Basis::Consent { method: code("spoken"), event, told_hospitals: true };
    ok(store.begin(NOW, Begin { basis: agreed, ..begin() }).await);
    ok(store.begin(NOW, Begin { viewing: Viewing::HospitalRelease, ..without_consent(5) }).await);
    let failed = ok(store.begin(NOW, without_consent(6)).await);
    let outcome = Outcome::Failed { reason: code("unreachable") };
    ok(store.complete(NOW, failed, outcome, Vec::new()).await);
    let second = ok(store.begin(NOW.plus_minutes(2), without_consent(6)).await);
    ok(store.begin(NOW.plus_minutes(-1), without_consent(7)).await);
    let shown = vec![ShownItem { item: code("medications"), rows: 3 }];
    ok(store.complete(NOW.plus_minutes(3), second, Outcome::Shown, shown.clone()).await);
    // What another viewer of the same rows saw is not what the crew saw.
    let release = Begin { viewing: Viewing::HospitalRelease, ..without_consent(6) };
    let release = ok(store.begin(NOW.plus_minutes(9), release).await);
    ok(store.complete(NOW.plus_minutes(9), release, Outcome::Nothing, Vec::new()).await);
    let open = ok(store.emergency_looks(here, ReviewsOf::Open, 9).await);
    let [oldest, tried_twice] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((oldest.look.lookup, &oldest.look.end), (lookup(7), &None));
    let look = &tried_twice.look;
    assert_eq!((look.lookup, look.begun_at, look.reason.as_str()), (lookup(6), NOW, "unconscious"));
    assert_eq!((look.case, look.person), (A.case(), Some(A.crew())));
    assert_eq!(look.end, Some(LookEnd { at: NOW.plus_minutes(3), outcome: Outcome::Shown, shown }));
    assert_eq!(
        (ok(store.open_reviews(here).await), ok(store.emergency_looks(here, ReviewsOf::Open, 1).await).len()),
        (2, 1)
    );
    let there = Scope::Department(B.department());
    assert_eq!(ok(store.open_reviews(there).await), 0);
    assert!(ok(store.emergency_looks(there, ReviewsOf::Open, 9).await).is_empty());
    assert!(ok(store.emergency_look(there, lookup(6)).await).is_none());
    assert_eq!(ok(store.open_reviews(Scope::Installation).await), 2);
}

/// Of two reviewers the first one's word stands and is audited; it stays findable.
pub async fn a_look_is_reviewed_once<S: AuditLog + Reviews>(store: &S) {
    let here = Scope::Department(A.department());
    for n in [6, 7] {
        ok(store.begin(NOW, without_consent(n)).await);
    }
    let (unknown, act) = verdict(9, 1, Judgement::Right);
    assert!(store.review(unknown, act).await.is_err(), "no such look");
    let (first, act) = verdict(6, 1, Judgement::NotRight);
    assert_eq!(ok(store.review(first.clone(), act).await), Judged::First);
    let (second, act) = verdict(6, 2, Judgement::Right);
    assert_eq!(ok(store.review(second, act).await), Judged::Already(first.clone()));
    let reviewed = ok(store.emergency_looks(here, ReviewsOf::Reviewed, 9).await);
    assert_eq!(reviewed.iter().map(|item| item.verdict.as_ref()).collect::<Vec<_>>(), [Some(&first)]);
    assert_eq!(ok(store.emergency_look(here, lookup(6)).await).and_then(|item| item.verdict), Some(first));
    assert_eq!(ok(store.open_reviews(here).await), 1);
    let mut acts = Vec::new();
    for (chain, entries) in ok(store.chains().await) {
        audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        acts.extend(entries.iter().filter_map(|entry| entry.entry()).filter_map(|entry| match entry.kind {
            Kind::Act(act) => Some(act.act.as_str().to_owned()),
            _ => None,
        }));
    }
    assert_eq!(acts, ["review.not_right"], "what was not written is not audited");
}
