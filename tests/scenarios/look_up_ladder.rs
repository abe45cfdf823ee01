//! Every ending of a look-up over real QUIC: what the national system may say, and what stands on the tablet's screen for it.

use ambulance_core::limits::VIEW_WINDOW_US;
use ambulance_core::{CardState, CaseState, Command, HistoryState};
use case::{Body, WipeCause};
use eligibility::protocol::error_code::{CARD_UNKNOWN, CERTIFICATE_REJECTED, NOT_REGISTERED};
use sim::national::Fault;
use std::fmt::Write as _;
use system_tests::card_reader::card_material;
use system_tests::installation::NATIONAL_DEADLINE;
use system_tests::{Installation, Tablet};
use virtual_card::Behaviour;

/// One ending, as the crew reads it.
fn shown(what: &str, case: &CaseState) -> String {
    let mut text = format!("{what}\n");
    if let Some(said) = case.history_said() {
        writeln!(text, "  {} (said by the tablet)\n  {}\n  {}", said.code, said.ja, said.next_ja).unwrap();
        return text;
    }
    match &case.history {
        HistoryState::Failed { error, .. } => {
            writeln!(text, "  {} (over)\n  {}\n  {}", error.code, error.ja, error.next_ja).unwrap();
        }
        HistoryState::Waiting { trouble: Some(error), .. } => {
            writeln!(text, "  {} (asked again)\n  {}\n  {}", error.code, error.ja, error.next_ja).unwrap();
        }
        HistoryState::Waiting { queued, trouble: None, .. } => writeln!(text, "  waiting, queued: {queued}").unwrap(),
        HistoryState::Here { answer, .. } => {
            let snapshot = &answer.snapshot;
            let person = &snapshot.person;
            writeln!(text, "  here: {} {}, {:?}", person.name.as_str(), person.kana.as_str(), snapshot.validity)
                .unwrap();
            for notice in &snapshot.notices {
                writeln!(text, "  {}", notice.ja()).unwrap();
            }
        }
        HistoryState::NotAsked => text.push_str("  nothing was asked\n"),
        HistoryState::Wiped { .. } => text.push_str("  wiped\n"),
    }
    text
}

/// The look-up has ended, or says what is wrong while it goes on.
fn is_told(case: &CaseState) -> bool {
    match &case.history {
        HistoryState::Waiting { trouble, .. } => trouble.is_some(),
        HistoryState::Here { .. } | HistoryState::Failed { .. } => true,
        HistoryState::NotAsked | HistoryState::Wiped { .. } => false,
    }
}

/// A tablet of its own for each ending: none waits for what another one left.
async fn tablet(installation: &mut Installation, n: usize) -> Tablet {
    let (tablet, enrolled) = installation.connected(0, &format!("立川訓練{n}")).await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet
}

fn endings() -> Vec<(&'static str, &'static str, Fault)> {
    let error = |code: &str| Fault::Error(code.to_owned());
    vec![
        ("ordinary", "warfarin", Fault::None),
        ("a letter that the system cannot return", "kuromaru", Fault::None),
        ("expired within its three months", "grace", Fault::None),
        ("entitlement lapsed", "lapsed", Fault::None),
        ("2 invalid", "warfarin", Fault::Validity(2)),
        ("3 invalid, a new one exists", "warfarin", Fault::Validity(3)),
        ("4 none fits", "warfarin", Fault::Validity(4)),
        ("5 several fit", "warfarin", Fault::Validity(5)),
        ("6 public assistance only", "warfarin", Fault::Validity(6)),
        ("revoked", "warfarin", error(CERTIFICATE_REJECTED)),
        ("not registered as insurance card", "warfarin", error(NOT_REGISTERED)),
        ("unknown card", "warfarin", error(CARD_UNKNOWN)),
        ("system in error", "warfarin", error("EWB0009")),
        ("system under maintenance", "warfarin", Fault::Status(503)),
        ("system too slow", "warfarin", Fault::Slow(NATIONAL_DEADLINE * 4)),
        ("system closes", "warfarin", Fault::Close),
        ("answer without sense", "warfarin", Fault::Garbage),
        ("answer cut off", "warfarin", Fault::Truncated),
        ("answer of another look-up", "warfarin", Fault::OtherLookup),
        ("not a stand-in", "warfarin", Fault::Unmarked),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_of_the_national_system_has_its_sentence() {
    let mut installation = Installation::start().await;
    let mut text = String::new();
    for (n, (what, persona, fault)) in endings().into_iter().enumerate() {
        let tablet = tablet(&mut installation, n).await;
        installation.faults.set(fault);
        tablet.consent(persona).await;
        text.push_str(&shown(what, &tablet.until_case(what, is_told).await));
        tablet.stop().await;
    }
    insta::assert_snapshot!("national", text);
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_radio_that_is_lost_in_mid_query_leaves_the_look_up_queued_and_it_comes_later() {
    let mut installation = Installation::start().await;
    let tablet = tablet(&mut installation, 1).await;
    installation.faults.set(Fault::Slow(NATIONAL_DEADLINE * 4));
    tablet.consent("warfarin").await;
    tablet.until_case("it is asked", |c| matches!(c.history, HistoryState::Waiting { queued: false, .. })).await;
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    let waits =
        tablet.until_case("it waits", |c| matches!(c.history, HistoryState::Waiting { queued: true, .. })).await;
    insta::assert_snapshot!("radio_lost", shown("the radio is lost in mid-query", &waits));
    installation.faults.set(Fault::None);
    installation.start_server().await;
    tablet.until_case("the history came", |c| matches!(c.history, HistoryState::Here { .. })).await;
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_gone_when_its_24_hours_are_over_and_the_crew_reads_why() {
    /// The history is seen for this long.
    const SEEN_US: i64 = 6_000_000;
    let mut installation = Installation::start().await;
    let tablet = tablet(&mut installation, 1).await;
    installation.answer_age.set(VIEW_WINDOW_US - SEEN_US);
    tablet.consent("warfarin").await;
    tablet.until_case("the history is here", |c| matches!(c.history, HistoryState::Here { .. })).await;
    let gone = tablet.until_case("it is gone", |c| matches!(c.history, HistoryState::Wiped { .. })).await;
    insta::assert_snapshot!("window_over", shown("the viewing window is over", &gone));
    tablet.delivered().await;
    let case = tablet.state().current.unwrap();
    let view = installation.timeline(0, case).await.view;
    let wiped: Vec<_> = view.lookups.values().map(|look_up| look_up.wiped).collect();
    assert_eq!(wiped, [Some(WipeCause::WindowOver)], "and it is on record");
    installation.stop().await;
}

/// The tablet trusts an authority that the server does not know: a training tablet of another installation, or worse.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_of_an_unknown_authority_is_refused_by_the_server_before_anybody_is_asked() {
    let mut installation = Installation::start().await;
    let enrolled = installation.enrol(0, "立川訓練1").await;
    let tablet = Tablet::start(enrolled.out.clone(), card_material(8)).await;
    tablet.until("connected", |s| s.link.is_up()).await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    // Whoever asked it would hear of this.
    installation.stop_national().await;
    tablet.consent("warfarin").await;
    let refused = tablet.until_case("it is refused", |c| matches!(c.history, HistoryState::Failed { .. })).await;
    insta::assert_snapshot!("authority", shown("a card of an unknown authority", &refused));
    installation.stop_server().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_person_s_card_is_looked_up_by_nobody() {
    let mut installation = Installation::start().await;
    let tablet = tablet(&mut installation, 1).await;
    tablet.desk.lay("warfarin", Behaviour::default()).await;
    tablet.until_case("the card is read", |c| matches!(c.card, CardState::Face(_))).await;
    tablet.press(Command::FaceDiffers).await;
    let case = tablet.until_case("it is loud", |c| matches!(c.card, CardState::Mismatch)).await;
    assert!(matches!(case.history, HistoryState::NotAsked));
    tablet.delivered().await;
    let id = tablet.state().current.unwrap();
    let timeline = installation.timeline(0, id).await;
    assert!(timeline.view.lookups.is_empty());
    let judged =
        timeline.entries.iter().any(|e| matches!(e.event.body, Body::IdentityJudged { same_person: false, .. }));
    assert!(judged, "it is on record");
    installation.stop().await;
}
