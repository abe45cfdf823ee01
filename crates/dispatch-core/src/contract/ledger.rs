//! What a store promises about capacity, decisions, audit, vault and nonces.

use super::fixtures::{NOW, Town};
use super::ok;
use crate::nonces::{NONCE_BYTES, Nonce};
use crate::principal::Scope;
use crate::store::{AuditLog, Claim, DecisionRecord, HistoryVault, Ledger, LookEnd, UsedNonces, VaultEntry};
use audit::{Act, Basis, Begin, Code, ConsentRef, Outcome, ShownItem, Viewer, Viewing};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{CivilDate, DecisionId, HospitalId, LogId, LookupId, QuestionId, Sex};
use patient_history::{HistorySnapshot, Period, PersonOnRecord, QualificationValidity};

const A: Town = Town(1);
const B: Town = Town(2);
const LOOKUP: LookupId = LookupId::from_bytes([3; 16]);

/// Per hospital and capability the newest report counts, in whatever order they come.
pub async fn the_newest_report_counts(store: &impl Ledger) {
    let report = CapacityReport {
        hospital: HospitalId::from_bytes([1; 16]),
        capability: None,
        state: CapacityState::Free,
        at: NOW,
        source: CapacitySource::Desk,
        until: None,
    };
    let full = CapacityReport { state: CapacityState::Full, at: NOW.plus_minutes(1), ..report };
    let ct = CapacityReport {
        capability: Some(model::Capability::CtNow),
        state: CapacityState::Down,
        until: Some(NOW.plus_minutes(60)),
        ..report
    };
    for one in [full, report, ct] {
        ok(store.report_capacity(one).await);
    }
    let mut known = ok(store.capacity().await);
    known.sort_by_key(|r| r.capability);
    assert_eq!(known, [full, ct]);
}

/// The same question gives the same record; other departments do not see it.
pub async fn a_decision_is_kept_once(store: &impl Ledger) {
    let record = DecisionRecord {
        decision: DecisionId::from_bytes([1; 16]),
        question: QuestionId::from_bytes([2; 16]),
        case: A.case(),
        department: A.department(),
        unit: A.unit(),
        at: NOW,
        lookup: Some(LOOKUP),
        alert_rules: Some("1".into()),
        request: b"{}".to_vec(),
        output: b"[]".to_vec(),
    };
    assert_eq!(ok(store.record_decision(record.clone()).await), record);
    let other = DecisionRecord { decision: DecisionId::from_bytes([9; 16]), output: b"x".to_vec(), ..record.clone() };
    assert_eq!(ok(store.record_decision(other).await), record);
    let (of_a, of_b) = (Scope::Department(A.department()), Scope::Department(B.department()));
    assert_eq!(ok(store.decision_of(of_a, record.question).await), Some(record.clone()));
    assert_eq!(ok(store.decision_of(of_b, record.question).await), None);
    assert_eq!(ok(store.decisions(of_a, A.case()).await), [record]);
    assert!(ok(store.decisions(of_b, A.case()).await).is_empty());
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap_or_else(|error| panic!("a fixture's code: {error}"))
}

pub(super) fn begin() -> Begin {
    Begin {
        viewer: Viewer {
            person: Some(A.crew()),
            session: None,
            device: Some(A.device()),
            department: Some(A.department()),
            hospital: None,
            role: code("crew"),
        },
        case: A.case(),
        lookup: LOOKUP,
        viewing: Viewing::CrewLookup,
        basis: Basis::Emergency {
            reason: code("unconscious"),
            event: ConsentRef { log: LogId::from_bytes([4; 16]), seq: 1 },
        },
        items: vec![code("medications")],
    }
}

/// A question begins one look, however often it is asked.
pub async fn a_question_is_audited_once(store: &impl AuditLog) {
    let question = |n| QuestionId::from_bytes([n; 16]);
    let first = ok(store.begin_once(NOW, question(1), begin()).await);
    assert!(first.is_some());
    assert_eq!(ok(store.begin_once(NOW, question(1), begin()).await), None);
    assert!(ok(store.begin_once(NOW, question(2), begin()).await).is_some());
    let entries: usize = ok(store.chains().await).iter().map(|(_, entries)| entries.len()).sum();
    assert_eq!(entries, 2);
}

/// What was looked at in a case is found with how it ended; nothing of another case, nothing of a look without its begin.
pub async fn looks_of_a_case_are_found(store: &impl AuditLog) {
    let one = ok(store.begin(NOW, begin()).await);
    ok(store.begin(NOW, Begin { case: B.case(), ..begin() }).await);
    let shown = vec![ShownItem { item: code("medications"), rows: 2 }];
    ok(store.complete(NOW.plus_minutes(1), one, Outcome::Shown, shown.clone()).await);
    let again = Begin { viewing: Viewing::Review, ..begin() };
    ok(store.begin_once(NOW.plus_minutes(2), QuestionId::from_bytes([7; 16]), again).await);
    let act = Act {
        by: begin().viewer,
        act: code("receipt.shown"),
        lookup: None,
        case: Some(A.case()),
        account: None,
        department: None,
        until: None,
        unit: None,
    };
    ok(store.note(NOW.plus_minutes(3), act).await);
    let looks = ok(store.looks(A.case()).await);
    let [first, second] = looks.as_slice() else { panic!("{looks:?}") };
    let end = LookEnd { at: NOW.plus_minutes(1), outcome: Outcome::Shown, shown };
    assert_eq!((first.at, &first.begin, &first.end), (NOW, &begin(), &Some(end)));
    assert_eq!((second.begin.viewing, &second.end), (Viewing::Review, &None));
    for (chain, entries) in ok(store.chains().await) {
        if chain == one.chain {
            assert_eq!(entries.len(), 5, "the note is an entry");
            assert!(audit::verify(chain, &entries, &[]).is_ok());
        }
    }
}

/// Begin and complete are chained and verify.
pub async fn the_audit_is_a_chain(store: &impl AuditLog) {
    let one = ok(store.begin(NOW, begin()).await);
    let two = ok(store.begin(NOW, begin()).await);
    ok(store.complete(NOW.plus_minutes(1), one, Outcome::Shown, Vec::new()).await);
    for (chain, entries) in ok(store.chains().await) {
        if chain == one.chain {
            assert_eq!(entries.len(), 3);
            let verified = audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!(verified.unfinished, [two.seq]);
        }
    }
}

fn entry() -> VaultEntry {
    let birth_date = CivilDate::new(1948, 3, 8).unwrap_or_else(|| panic!("a date"));
    VaultEntry {
        lookup: LOOKUP,
        case: A.case(),
        department: A.department(),
        expires_at: NOW.plus_minutes(60),
        snapshot: HistorySnapshot {
            lookup: LOOKUP,
            fetched_at: NOW,
            person: PersonOnRecord { name: "訓練".into(), kana: "クンレン".into(), birth_date, sex: Sex::Female },
            validity: QualificationValidity::Valid,
            period: Period::Summary,
            sections: Vec::new(),
            notices: Vec::new(),
        },
    }
}

/// One fetcher at a time; what was fetched is there for everybody who may ask.
pub async fn a_lookup_is_claimed_once(store: &impl HistoryVault) {
    let stale = NOW.plus_minutes(-2);
    let claim = |now, stale| store.claim(LOOKUP, A.case(), now, stale);
    assert!(matches!(ok(claim(NOW, stale).await), Claim::Granted));
    assert!(matches!(ok(claim(NOW, stale).await), Claim::Held));
    assert!(matches!(ok(store.claim(LOOKUP, B.case(), NOW, stale).await), Claim::OtherCase));
    let later = NOW.plus_minutes(3);
    assert!(matches!(ok(claim(later, later.plus_minutes(-2)).await), Claim::Granted), "the first holder vanished");
    ok(store.give_up(LOOKUP).await);
    assert!(matches!(ok(claim(NOW, stale).await), Claim::Granted));
    ok(store.put(entry()).await);
    let Claim::Here(found) = ok(claim(NOW, stale).await) else { panic!("it was put") };
    assert!(found.snapshot == entry().snapshot && found.expires_at == entry().expires_at);
    assert!(ok(store.history(LOOKUP, A.case(), NOW).await).is_some());
    assert!(ok(store.history(LOOKUP, B.case(), NOW).await).is_none());
}

/// After expiry or withdrawal nothing can be read, and it cannot be fetched again under the same id.
pub async fn history_expires_and_is_destroyed(store: &impl HistoryVault) {
    let (now, stale) = (NOW, NOW.plus_minutes(-2));
    assert!(matches!(ok(store.claim(LOOKUP, A.case(), now, stale).await), Claim::Granted));
    ok(store.put(entry()).await);
    let after = NOW.plus_minutes(60);
    assert!(ok(store.history(LOOKUP, A.case(), after).await).is_none());
    assert_eq!(ok(store.destroy_expired(NOW).await), 0);
    assert_eq!(ok(store.destroy_expired(after).await), 1);
    assert!(matches!(ok(store.claim(LOOKUP, A.case(), now, stale).await), Claim::Gone));
    let second = LookupId::from_bytes([4; 16]);
    assert!(matches!(ok(store.claim(second, A.case(), now, stale).await), Claim::Granted));
    ok(store.put(VaultEntry { lookup: second, ..entry() }).await);
    ok(store.destroy_case(B.case()).await);
    assert!(ok(store.history(second, A.case(), now).await).is_some());
    ok(store.destroy_case(A.case()).await);
    assert!(ok(store.history(second, A.case(), now).await).is_none());
    assert!(matches!(ok(store.claim(second, A.case(), now, stale).await), Claim::Gone));
    for n in [5, 6] {
        let lookup = LookupId::from_bytes([n; 16]);
        assert!(matches!(ok(store.claim(lookup, A.case(), now, stale).await), Claim::Granted));
        ok(store.put(VaultEntry { lookup, ..entry() }).await);
    }
    ok(store.destroy_lookup(LookupId::from_bytes([5; 16])).await);
    for (n, there) in [(5, false), (6, true)] {
        assert_eq!(ok(store.history(LookupId::from_bytes([n; 16]), A.case(), now).await).is_some(), there, "{n}");
    }
}

/// The first look-up has the nonce, however often it comes; no other gets it, at whatever time.
pub async fn a_nonce_is_used_for_one_lookup(store: &impl UsedNonces) {
    let nonce = |n| Nonce::from_bytes([n; NONCE_BYTES]);
    let other = LookupId::from_bytes([4; 16]);
    for (n, lookup, may) in
        [(1, LOOKUP, true), (1, other, false), (1, LOOKUP, true), (2, other, true), (2, LOOKUP, false)]
    {
        assert_eq!(ok(store.use_nonce(nonce(n), lookup).await), may, "nonce {n}");
    }
}
