//! Fifty desks answer one enquiry over HTTPS, each twice and at once, while the crew agrees with one by telephone: one
//! destination, every loser told, the conflict shown.

use ambulance_core::Command;
use case::HowDecided;
use dispatch_core::{Alarm, alarms};
use dispatch_server::admin::add_desk;
use hospital_selection::HospitalTable;
use hyper::Method;
use model::{EnquiryId, HospitalId};
use serde_json::{Value, json};
use sim::hospitals::{Client, ClientError};
use std::collections::{BTreeMap, BTreeSet};
use system_tests::{Installation, Tablet, soon};
use tokio::task::JoinSet;

const DESKS: usize = 50;

struct Desk {
    hospital: HospitalId,
    token: String,
    enquiry: EnquiryId,
}

async fn desk(installation: &Installation, pages: &Client, hospital: HospitalId, n: usize) -> (HospitalId, String) {
    let made = add_desk(&installation.data, &hospital.to_string(), &format!("desk{n}"), None).await.unwrap();
    let sign_in = json!({ "login": made.login, "passcode": made.passcode.as_str() });
    let signed = pages.ask(Method::POST, "/api/v1/sign-in", None, Some(&sign_in)).await.unwrap();
    (hospital, signed["token"].as_str().unwrap().to_owned())
}

/// What everybody said, all at once and each twice.
async fn answers(pages: &Client, desks: &[Desk]) -> BTreeMap<HospitalId, Vec<Result<Value, ClientError>>> {
    let mut tasks = JoinSet::new();
    for desk in desks.iter().chain(desks) {
        let (pages, hospital, token) = (pages.clone(), desk.hospital, desk.token.clone());
        let path = format!("/api/v1/desk/enquiries/{}/answer", desk.enquiry);
        tasks.spawn(async move {
            let said = json!({ "accepted": {} });
            (hospital, pages.ask(Method::POST, &path, Some(&token), Some(&said)).await)
        });
    }
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    while let Some(done) = soon("every desk is answered", tasks.join_next()).await {
        let (hospital, answer) = done.unwrap();
        all.entry(hospital).or_default().push(answer);
    }
    all
}

async fn state_at(pages: &Client, desk: &Desk) -> String {
    let board = pages.ask(Method::GET, "/api/v1/desk/enquiries", Some(&desk.token), None).await.unwrap();
    board["items"][0]["state"].as_str().unwrap().to_owned()
}

async fn asked(
    installation: &mut Installation,
    tokens: Vec<(HospitalId, String)>,
) -> (Tablet, model::CaseId, Vec<Desk>) {
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    let hospitals: Vec<HospitalId> = tokens.iter().map(|(hospital, _)| *hospital).collect();
    tablet.press(Command::Enquire { hospitals, by_telephone: false, override_reason: None }).await;
    let all = |s: &ambulance_core::CaseState| s.view.enquiries.values().filter(|e| e.acknowledged).count() == DESKS;
    let asked = tablet.until_case("every enquiry is on the server", all).await;
    let of = |hospital| *asked.view.enquiries.iter().find(|(_, e)| e.hospital == hospital).unwrap().0;
    let desks = tokens.into_iter().map(|(hospital, token)| Desk { hospital, token, enquiry: of(hospital) }).collect();
    (tablet, case, desks)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_desks_race_over_https_and_one_destination_stands() {
    let mut installation = Installation::start().await;
    let pages = installation.pages();
    let mut tokens = Vec::new();
    for (n, hospital) in HospitalTable::embedded().hospitals().iter().take(DESKS).enumerate() {
        tokens.push(desk(&installation, &pages, hospital.id, n).await);
    }
    let (tablet, case, desks) = asked(&mut installation, tokens).await;

    let told = answers(&pages, &desks).await;
    let won: BTreeSet<_> = told.iter().filter(|(_, all)| all.iter().any(Result::is_ok)).map(|(h, _)| *h).collect();
    let view = tablet.until_case("decided", |c| c.view.destination().is_some()).await.view;
    let first = view.destination().unwrap();
    assert_eq!(won, [first.hospital].into(), "one desk alone was told that the patient comes");
    for (hospital, answers) in &told {
        let over = |e: &ClientError| matches!(e, ClientError::Refused { status: 409, .. });
        let fits =
            answers.iter().all(|a| if *hospital == first.hospital { a.is_ok() } else { a.as_ref().is_err_and(over) });
        assert!(fits, "{hospital}: {answers:?}");
    }
    for desk in &desks {
        let expected = if desk.hospital == first.hospital { "decided_here" } else { "released" };
        assert_eq!(state_at(&pages, desk).await, expected, "{}", desk.hospital);
    }

    // The crew had agreed with another one by telephone: that counts, and is shown as a conflict.
    let other = desks.iter().map(|d| d.hospital).find(|h| *h != first.hospital).unwrap();
    tablet.press(Command::AgreeByTelephone(other)).await;
    let moved = |c: &ambulance_core::CaseState| c.view.destination().is_some_and(|d| d.hospital == other);
    tablet.until_case("the telephone agreement is the destination", moved).await;
    for desk in &desks {
        let expected = if desk.hospital == other { "decided_here" } else { "released" };
        assert_eq!(state_at(&pages, desk).await, expected, "{}", desk.hospital);
    }
    let timeline = installation.timeline(0, case).await;
    let versions: Vec<_> = timeline.view.destinations.values().map(|d| (d.version, d.hospital, d.how)).collect();
    assert_eq!(versions, [(1, first.hospital, HowDecided::Accepted), (2, other, HowDecided::Telephone)]);
    assert!(timeline.view.conflicts.is_empty());
    let found = alarms(&timeline.view, model::Timestamp(0), |_| None);
    let shown = |a: &Alarm| matches!(a, Alarm::AgreedElsewhere { instead_of, .. } if *instead_of == first.hospital);
    assert!(found.iter().any(shown), "{found:?}");
    installation.stop().await;
}
