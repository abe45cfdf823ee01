//! What can fail in a transport, one after the other: each ends in a clear sentence with a next step, the transport goes on to
//! 医師引継ぎ, and nothing is lost.

use ambulance_core::{CardInput, CardState, CaseState, Command, HistoryState, LinkState, LinkTrouble};
use card::Failure;
use case::{Body, HowDecided};
use model::{CaseId, Complaint};
use sim::national::Fault;
use std::collections::{BTreeMap, BTreeSet};
use system_tests::installation::NATIONAL_DEADLINE;
use system_tests::tablet::STAMPED;
use system_tests::{Installation, Tablet, log, observed, repeated};
use virtual_card::{Behaviour, Token};
use wire::QuestionError;

fn is_sentence(text: &str) -> bool {
    text.ends_with('。') && text.chars().count() > 8
}

/// The rest of a transport without any history: observation, list, agreement by telephone, all stages.
async fn go_on(tablet: &Tablet) {
    tablet.press(observed(Complaint::HeadInjury)).await;
    let case = tablet.until_case("a list without history", |c| c.suggestion.is_some()).await;
    let list = case.suggestion.unwrap().ranking;
    let first = list.candidates.first().unwrap().hospital;
    tablet.press(Command::AgreeByTelephone(first)).await;
    tablet.stamp(&STAMPED).await;
}

/// The server's record: everything once, a destination, nothing missing.
async fn is_whole(installation: &Installation, tablet: &Tablet, case: CaseId) {
    tablet.until_case("the destination is decided", |c| c.view.destination().is_some()).await;
    tablet.delivered().await;
    let timeline = installation.timeline(0, case).await;
    let mut stamps = BTreeMap::new();
    for entry in &timeline.entries {
        if let Body::StageStamped { stage, .. } = entry.event.body {
            *stamps.entry(stage).or_insert(0) += 1;
        }
    }
    assert_eq!(stamps, STAMPED.into_iter().map(|stage| (stage, 1)).collect());
    assert_eq!(timeline.view.destination().map(|d| d.how), Some(HowDecided::Telephone));
    assert!(timeline.view.gaps.is_empty() && timeline.view.conflicts.is_empty());
    assert!(timeline.view.findings.has(Complaint::HeadInjury));
    assert!(tablet.state().faults.is_empty());
}

async fn with_case(installation: &mut Installation) -> (Tablet, CaseId) {
    with_case_of(installation, "立川訓練1").await
}

async fn with_case_of(installation: &mut Installation, callsign: &str) -> (Tablet, CaseId) {
    let (tablet, enrolled) = installation.connected(0, callsign).await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    (tablet, case)
}

async fn fails_with(tablet: &Tablet, expected: Failure) {
    tablet.until_case(expected.code(), |c| matches!(c.card, CardState::Failed(failure) if failure == expected)).await;
    assert!(is_sentence(expected.ja()) && is_sentence(expected.next_ja()), "{expected:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failing_card_has_its_sentence_and_the_transport_goes_on() {
    let mut installation = Installation::start().await;
    let (tablet, case) = with_case(&mut installation).await;
    let desk = &tablet.desk;
    desk.tell(CardInput::Reading).await;
    desk.tell(CardInput::ReaderMissing).await;
    fails_with(&tablet, Failure::ReaderGone).await;
    desk.tell(CardInput::Reading).await;
    desk.tell(CardInput::NoCard).await;
    fails_with(&tablet, Failure::CardMoved).await;
    desk.fail(Failure::NoReader).await;
    fails_with(&tablet, Failure::NoReader).await;
    desk.lay("warfarin", Behaviour { foreign: true, ..Behaviour::default() }).await;
    fails_with(&tablet, Failure::NotMyNumberCard).await;
    desk.lay("warfarin", Behaviour { token: Token::Iphone, ..Behaviour::default() }).await;
    fails_with(&tablet, Failure::PhoneCertificate).await;
    desk.lay("warfarin", Behaviour { token: Token::OldJukiCard, ..Behaviour::default() }).await;
    fails_with(&tablet, Failure::OldJukiCard).await;
    for commands in [0, 1, 3] {
        desk.lay("warfarin", Behaviour { pulled_after: Some(commands), ..Behaviour::default() }).await;
        fails_with(&tablet, Failure::CardMoved).await;
    }
    go_on(&tablet).await;
    is_whole(&installation, &tablet, case).await;
    let failed = installation.timeline(0, case).await;
    let failed = failed.entries.iter().filter(|e| matches!(e.event.body, Body::CardRead { .. })).count();
    assert_eq!(failed, 9, "each failed reading stands in the record once");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_pin_does_not_keep_the_history_away() {
    let mut installation = Installation::start().await;
    let (tablet, case) = with_case(&mut installation).await;
    tablet.desk.lay("warfarin", Behaviour { auth_pin_blocked: true, ..Behaviour::default() }).await;
    tablet.until_case("the card is read", |c| matches!(c.card, CardState::Face(_))).await;
    tablet.press(Command::FaceMatches).await;
    tablet.press(Command::ConsentSpoken { scope: patient_history::ConsentScope::All }).await;
    tablet.until_case("the history is here", |c| matches!(c.history, HistoryState::Here { .. })).await;
    go_on(&tablet).await;
    is_whole(&installation, &tablet, case).await;
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transport_without_a_server_is_delivered_once_when_it_comes() {
    let mut installation = Installation::start().await;
    let enrolled = installation.enrol(0, "立川訓練1").await;
    installation.stop_server().await;
    let tablet = installation.tablet(enrolled.out).await;
    tablet.press(Command::At(system_tests::scene())).await;
    tablet.press(Command::OpenCase).await;
    go_on(&tablet).await;
    let case = tablet.state().current.unwrap();
    assert!(tablet.case().suggestion.unwrap().decision.is_none(), "the tablet itself ranked");
    let down = tablet
        .until("the link says why", |s| matches!(&s.link, LinkState::Down { why, .. } if *why != LinkTrouble::Starting))
        .await;
    assert!(down.outbox.waiting > 8, "{:?}", down.outbox);
    installation.start_server().await;
    is_whole(&installation, &tablet, case).await;
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_in_mid_transport_loses_nothing() {
    let mut installation = Installation::start().await;
    let (tablet, case) = with_case(&mut installation).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.delivered().await;
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    go_on(&tablet).await;
    installation.start_server().await;
    is_whole(&installation, &tablet, case).await;
    assert!(tablet.state().crew.is_some(), "the crew's session outlives the restart");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_that_the_national_system_refuses_is_said() {
    let mut installation = Installation::start().await;
    for (n, (persona, fault)) in
        [("lapsed", Fault::None), ("warfarin", Fault::Validity(4)), ("warfarin", Fault::Unmarked)]
            .into_iter()
            .enumerate()
    {
        let (tablet, case) = with_case_of(&mut installation, &format!("立川訓練{n}")).await;
        installation.faults.set(fault.clone());
        tablet.consent(persona).await;
        let state =
            tablet.until_case("the failure is said", |c| matches!(c.history, HistoryState::Failed { .. })).await;
        let HistoryState::Failed { error, .. } = state.history else { panic!("no failure") };
        assert!(is_sentence(&error.ja) && is_sentence(&error.next_ja), "{fault:?}: {error:?}");
        go_on(&tablet).await;
        is_whole(&installation, &tablet, case).await;
    }
    installation.stop().await;
}

/// While the national system fails for now, the look-up waits and is asked again; the transport does not wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_national_system_holds_no_transport_up() {
    let mut installation = Installation::start().await;
    let faults = [
        Fault::Slow(NATIONAL_DEADLINE * 4),
        Fault::Error("EWB0009".into()),
        Fault::Status(503),
        Fault::Garbage,
        Fault::Close,
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        let (tablet, case) = with_case_of(&mut installation, &format!("立川訓練{n}")).await;
        installation.faults.set(fault.clone());
        tablet.consent("warfarin").await;
        asked(n + 1).await;
        let said = tablet.until_case("the trouble is said", |c| trouble(c).is_some()).await;
        let said = trouble(&said).unwrap();
        assert!(!said.ja.is_empty() && !said.next_ja.is_empty(), "{fault:?}: {said:?}");
        go_on(&tablet).await;
        is_whole(&installation, &tablet, case).await;
        assert!(!matches!(tablet.case().history, HistoryState::Here { .. }), "{fault:?}");
    }
    installation.stop().await;
}

/// What a look-up that is asked again says meanwhile.
fn trouble(case: &CaseState) -> Option<QuestionError> {
    match &case.history {
        HistoryState::Waiting { trouble, .. } => trouble.as_deref().cloned(),
        _ => None,
    }
}

/// Waits until so many look-ups have failed at the national system.
async fn asked(times: usize) {
    repeated("the look-up has failed", async || {
        let failed: BTreeSet<String> = log::text()
            .lines()
            .filter(|line| line.contains("history not answered"))
            .filter_map(|line| line.split("lookup=").nth(1)?.split(' ').next().map(str::to_owned))
            .collect();
        (failed.len() >= times).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_comes_by_itself_when_the_national_system_is_back() {
    let mut installation = Installation::start().await;
    let (tablet, case) = with_case(&mut installation).await;
    installation.stop_national().await;
    tablet.consent("warfarin").await;
    asked(1).await;
    installation.start_national().await;
    tablet.until_case("the history came", |c| matches!(c.history, HistoryState::Here { .. })).await;
    go_on(&tablet).await;
    is_whole(&installation, &tablet, case).await;
    assert_eq!(installation.timeline(0, case).await.view.lookups.len(), 1, "one look-up, asked again under its id");
    installation.stop().await;
}
