//! Two departments on one server: neither sees the other's cases, whichever door it tries.

use hyper::Method;
use model::{CaseId, Complaint, Findings, LogId, LookupId};
use patient_history::{ConsentBasis, ConsentScope, IdentityLevel, LookupEvidence, Period};
use pki::DeviceBundle;
use serde_json::{Value, json};
use sim::hospitals::{Client, ClientError};
use system_tests::installation::Brigade;
use system_tests::raw::Raw;
use system_tests::{Installation, observed, scene};
use wire::{Answer, HistoryQuestion, Question, SuggestQuestion, Suggestion};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_department_sees_the_others_case() {
    let mut installation = Installation::start().await;
    let mut units = Vec::new();
    for (n, callsign) in ["立川訓練1", "宇部訓練1"].into_iter().enumerate() {
        let (tablet, enrolled) = installation.connected(n, callsign).await;
        let case = installation.open_incident(n, enrolled.unit).await;
        tablet.assigned(case).await;
        tablet.press(observed(Complaint::HeadInjury)).await;
        tablet.delivered().await;
        units.push((tablet, case));
    }
    let pages = installation.pages();
    for (n, (tablet, own)) in units.iter().enumerate() {
        let other = units[1 - n].1;
        assert_eq!(tablet.state().cases.keys().collect::<Vec<_>>(), [own], "the feed of department {n}");
        the_api_shows_one_only(&pages, &installation.brigades[n], *own, other).await;
    }
    installation.stop().await;
}

async fn the_api_shows_one_only(pages: &Client, brigade: &Brigade, own: CaseId, other: CaseId) {
    let who = json!({ "login": brigade.dispatcher.login, "passcode": brigade.dispatcher.passcode.as_str() });
    let signed = pages.ask(Method::POST, "/api/v1/sign-in", None, Some(&who)).await.unwrap();
    let token = signed["token"].as_str().unwrap();
    let get = async |path: String| pages.ask(Method::GET, &path, Some(token), None).await;
    let list = get("/api/v1/cases".into()).await.unwrap().to_string();
    assert!(list.contains(&own.to_string()) && !list.contains(&other.to_string()), "{list}");
    let case: Value = get(format!("/api/v1/cases/{own}")).await.unwrap();
    assert!(case.to_string().contains(&own.to_string()));
    let refused = get(format!("/api/v1/cases/{other}")).await;
    assert!(matches!(refused, Err(ClientError::Refused { status: 404, .. })), "{refused:?}");
    let page = pages.page(&format!("/cases/{other}"), token).await;
    assert!(matches!(page, Err(ClientError::Refused { status: 404, .. })), "{:?}", page.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_about_the_others_case_are_refused() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.delivered().await;
    let stranger = installation.enrol(1, "宇部訓練1").await;
    let bundle = DeviceBundle::load(&stranger.out).unwrap();
    let raw = Raw::welcomed(&bundle, installation.listen().quic).await;
    let session = Some(raw.sign_in(&installation.brigades[1].crew).await);
    let suggest = SuggestQuestion {
        case,
        from: scene(),
        findings: Findings::default(),
        lookup: None,
        exclude: Vec::new(),
        levels: true,
    };
    let history = HistoryQuestion {
        case,
        lookup: LookupId::from_bytes([1; 16]),
        consent: (LogId::from_bytes([2; 16]), 1),
        basis: ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true },
        evidence: LookupEvidence {
            level: IdentityLevel::Visual,
            certificate: vec![1, 2, 3],
            signed: None,
            attributes: None,
        },
        period: Period::Summary,
    };
    assert_eq!(raw.refusal(1, session, Question::History(history)).await, "no_such_case");
    assert_eq!(raw.refusal(2, session, Question::Document { case }).await, "no_such_case");
    // A suggestion needs no case on record: for the other's case it says what it says for one that does not exist.
    let invented = SuggestQuestion { case: CaseId::from_bytes([7; 16]), ..suggest.clone() };
    let (theirs, nobodys) = (suggested(&raw, 3, suggest).await, suggested(&raw, 4, invented).await);
    assert_eq!(theirs.lookup, None);
    let hospitals = |s: &Suggestion| s.ranking.candidates.iter().map(|c| c.hospital).collect::<Vec<_>>();
    assert_eq!(hospitals(&theirs), hospitals(&nobodys));
    let list = installation.timeline(0, case).await;
    assert!(list.entries.iter().all(|e| e.event.department == installation.brigades[0].department));
    installation.stop().await;
}

async fn suggested(raw: &Raw, n: u8, question: SuggestQuestion) -> Suggestion {
    match raw.ask(n, None, Question::Suggest(question)).await {
        Answer::Suggestion(suggestion) => *suggestion,
        Answer::Error(error) => panic!("{}", error.code),
        _ => panic!("another answer"),
    }
}
