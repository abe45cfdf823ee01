//! Disaster mode over real QUIC: a look-up without a card is answered while the supervisor's period holds, and only then; a
//! relief unit works for the struck department until its time is over.

use ambulance_core::{CaseState, Command, HistoryState};
use audit::{Basis, Kind, Viewing};
use case::LookupOutcome;
use dispatch_core::store::{AuditLog, ReviewsOf};
use dispatch_core::{
    OpenDisaster, OpenRelief, Principal, Role, end_disaster, end_relief, open_disaster, open_relief, reviews,
};
use model::{CaseId, CivilDate, LogId, LookupId, Sex};
use patient_history::{ConsentScope, IdentityLevel, LookupEvidence, NotObtainableReason, Period, PersonAttributes};
use pki::DeviceBundle;
use system_tests::installation::TWIN;
use system_tests::raw::Raw;
use system_tests::{Installation, Tablet, repeated};
use wire::{HistoryQuestion, Question};

fn supervisor(installation: &Installation, brigade: usize) -> Principal {
    Principal { roles: [Role::DispatchSupervisor].into(), ..installation.brigades[brigade].principal() }
}

async fn open(installation: &Installation, brigade: usize) {
    let app = &installation.server().app;
    let request = OpenDisaster {
        department: installation.brigades[brigade].department,
        reason: "訓練の地震".into(),
        area: vec!["訓練県見本市".into()],
        until: app.now().plus_minutes(60),
    };
    open_disaster(&app.store, &app.call(), &supervisor(installation, brigade), request).await.unwrap();
}

async fn end(installation: &Installation, brigade: usize) {
    let (app, department) = (&installation.server().app, installation.brigades[brigade].department);
    end_disaster(&app.store, &app.call(), &supervisor(installation, brigade), department).await.unwrap();
}

/// 高木 花, as she or her family would say it.
fn hana() -> PersonAttributes {
    let birth_date = CivilDate::new(1948, 3, 8).unwrap();
    let address = "訓練県見本市1-2".into();
    PersonAttributes { kana: "ﾀｶｷﾞ ﾊﾅ".into(), birth_date, sex: Sex::Female, address }
}

fn told(person: PersonAttributes) -> Command {
    Command::ByAttributes(Box::new(person))
}

fn spoken() -> Command {
    Command::ConsentSpoken { scope: ConsentScope::All }
}

fn ended(case: &CaseState) -> bool {
    matches!(case.history, HistoryState::Here { .. } | HistoryState::Failed { .. })
}

fn failure(case: &CaseState) -> String {
    match &case.history {
        HistoryState::Failed { error, .. } => error.code.clone(),
        _ => "not failed".to_owned(),
    }
}

async fn in_case(installation: &mut Installation, brigade: usize, callsign: &str) -> (Tablet, CaseId) {
    let (tablet, enrolled) = installation.connected(brigade, callsign).await;
    tablet.sign_in(&installation.brigades[brigade].crew).await;
    let case = installation.open_incident(brigade, enrolled.unit).await;
    tablet.assigned(case).await;
    (tablet, case)
}

/// Every look at a history that was begun: how, and whether with consent.
async fn looks(installation: &Installation) -> Vec<(Viewing, bool)> {
    let chains = installation.server().app.store.chains().await.unwrap();
    let entries = chains.iter().flat_map(|(chain, entries)| {
        audit::verify(*chain, entries, &[]).unwrap();
        entries.iter().filter_map(|stored| stored.entry())
    });
    let begun = entries.filter_map(|entry| match entry.kind {
        Kind::Begin(begin) => Some((begin.viewing, matches!(begin.basis, Basis::Consent { .. }))),
        _ => None,
    });
    begun.collect()
}

/// What was switched, in the order of time.
async fn acts(installation: &Installation) -> Vec<String> {
    let chains = installation.server().app.store.chains().await.unwrap();
    let entries = chains.iter().flat_map(|(_, entries)| entries.iter().filter_map(|stored| stored.entry()));
    let mut acts: Vec<_> = entries
        .filter_map(|entry| match entry.kind {
            Kind::Act(act) => Some((entry.at, act.act.as_str().to_owned())),
            _ => None,
        })
        .collect();
    // A chain for each opening of the store, in no order.
    acts.sort();
    acts.into_iter().map(|(_, act)| act).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_card_is_found_while_the_period_holds_and_several_are_answered_like_nobody() {
    let mut installation = Installation::start().await;
    let (tablet, case) = in_case(&mut installation, 0, "立川訓練1").await;
    assert!(tablet.state().notice.disaster.is_none());
    open(&installation, 0).await;
    // A connected tablet is told by itself.
    tablet.until("the period is told", |s| s.notice.disaster.is_some()).await;
    tablet.press(told(hana())).await;
    tablet.press(spoken()).await;
    let found = tablet.until_case("the look-up has ended", ended).await;
    let HistoryState::Here { answer, .. } = &found.history else { panic!("refused: {}", failure(&found)) };
    assert_eq!(answer.snapshot.person.kana.as_str(), "タカギ　ハナ");
    tablet.delivered().await;
    let view = installation.timeline(0, case).await.view;
    assert_eq!(view.lookups.values().map(|l| l.level).collect::<Vec<_>>(), [IdentityLevel::FourAttributes]);

    let (second, _) = in_case(&mut installation, 0, "立川訓練2").await;
    second.until("the period is told at the door", |s| s.notice.disaster.is_some()).await;
    let twin = PersonAttributes {
        kana: TWIN.0.into(),
        birth_date: CivilDate::new(TWIN.1.0, TWIN.1.1, TWIN.1.2).unwrap(),
        sex: Sex::Male,
        address: TWIN.2.into(),
    };
    let nobody = PersonAttributes { kana: "ダレモ　イナイ".into(), ..hana() };
    for person in [twin, nobody] {
        let before = second.case().history.lookup();
        second.press(told(person)).await;
        second.press(spoken()).await;
        let ended = second.until_case("it has ended", |c| ended(c) && c.history.lookup() != before).await;
        assert_eq!(failure(&ended), "not_narrowed");
        second.delivered().await;
    }
    assert_eq!(looks(&installation).await, [(Viewing::Disaster, true); 3]);
    let store = &installation.server().app.store;
    let open = reviews(store, &supervisor(&installation, 0), ReviewsOf::Open).await.unwrap();
    let reasons: Vec<&str> = open.iter().map(|item| item.look.reason.as_str()).collect();
    assert_eq!(reasons, ["disaster"; 3], "every one of them waits for a review");
    let elsewhere = reviews(store, &supervisor(&installation, 1), ReviewsOf::Open).await.unwrap();
    assert!(elsewhere.is_empty());
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_period_nothing_is_answered_and_a_look_up_that_waited_past_it_says_so() {
    let mut installation = Installation::start().await;
    let (tablet, case) = in_case(&mut installation, 0, "立川訓練1").await;
    // The tablet begins nothing, and a tablet that would is refused.
    tablet.press(told(hana())).await;
    assert!(matches!(tablet.case().card, ambulance_core::CardState::None));
    open(&installation, 0).await;
    tablet.until("the period is told", |s| s.notice.disaster.is_some()).await;
    // Without radio the look-up waits; meanwhile the supervisor ends the period.
    end_while_away(&mut installation, &tablet).await;
    let refused = tablet.until_case("the look-up has ended", ended).await;
    assert_eq!(failure(&refused), "disaster_over");
    tablet.delivered().await;
    let view = installation.timeline(0, case).await.view;
    let outcomes: Vec<_> = view.lookups.values().map(|l| l.outcome.clone()).collect();
    assert_eq!(outcomes, [Some(LookupOutcome::Expired { code: "disaster_over".into() })]);
    // One that asks all the same is told the same by the server, and nothing was fetched.
    let stranger = installation.enrol(0, "立川訓練1").await;
    let raw = Raw::welcomed(&DeviceBundle::load(&stranger.out).unwrap(), installation.listen().quic).await;
    let session = Some(raw.sign_in(&installation.brigades[0].crew).await);
    let consent = view.consent().unwrap();
    let history = HistoryQuestion {
        case,
        lookup: LookupId::from_bytes([1; 16]),
        consent: (consent.name.log, consent.name.seq),
        basis: consent.basis.clone(),
        evidence: LookupEvidence::by_attributes(hana()),
        period: Period::Summary,
    };
    assert_eq!(raw.refusal(1, session, Question::History(history.clone())).await, "disaster_over");
    let of_another = HistoryQuestion { consent: (LogId::from_bytes([9; 16]), 1), ..history };
    assert_eq!(raw.refusal(2, session, Question::History(of_another)).await, "consent_not_on_record");
    assert!(looks(&installation).await.is_empty());
    assert_eq!(acts(&installation).await, ["disaster.on", "disaster.off"]);
    installation.stop().await;
}

async fn end_while_away(installation: &mut Installation, tablet: &Tablet) {
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    tablet.press(told(hana())).await;
    tablet.press(spoken()).await;
    tablet.until_case("it waits", |c| matches!(c.history, HistoryState::Waiting { queued: true, .. })).await;
    let store = installation.data.open_store().await.unwrap();
    let by = supervisor(installation, 0);
    let department = installation.brigades[0].department;
    let clock = dispatch_server::edge::SystemClock::new().unwrap();
    let ids = dispatch_server::edge::Ids::new().unwrap();
    let call = dispatch_core::Call::new(&clock, ids.fork(), true);
    end_disaster(&store, &call, &by, department).await.unwrap();
    store.close().await;
    installation.start_server().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relief_unit_works_for_the_struck_department_until_its_time_is_over() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(1, "宇部訓練1").await;
    tablet.sign_in(&installation.brigades[1].crew).await;
    open(&installation, 0).await;
    let struck = installation.brigades[0].department;
    let app = std::sync::Arc::clone(&installation.server().app);
    let request = OpenRelief { department: struck, unit: enrolled.unit, until: None };
    open_relief(&app.store, &app.call(), &supervisor(&installation, 0), request).await.unwrap();
    tablet.until("it is told", |s| s.notice.relief.as_ref().is_some_and(|r| r.department == struck)).await;
    tablet.until("the period of the struck department is told", |s| s.notice.disaster.is_some()).await;

    // Dispatch of the struck department sends it; the look-up is accepted and stands in that department's queue.
    let sent = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(sent).await;
    tablet.press(told(hana())).await;
    tablet.press(Command::ConsentNotObtainable(NotObtainableReason::Unconscious)).await;
    let found = tablet.until_case("the look-up has ended", ended).await;
    assert!(matches!(found.history, HistoryState::Here { .. }), "refused: {}", failure(&found));
    tablet.delivered().await;
    let reasons: Vec<String> = reviews(&app.store, &supervisor(&installation, 0), ReviewsOf::Open)
        .await
        .unwrap()
        .iter()
        .map(|item| item.look.reason.as_str().to_owned())
        .collect();
    assert_eq!(reasons, ["disaster.unconscious"]);

    // A case that it opens by itself is the struck department's as well.
    tablet.press(Command::OpenCase).await;
    tablet.until("a second case", |s| s.current.is_some_and(|case| case != sent)).await;
    let own = tablet.state().current.unwrap();
    tablet.delivered().await;
    assert!(installation.timeline(0, own).await.view.incident.is_some());

    end_relief(&app.store, &app.call(), &supervisor(&installation, 0), struck, enrolled.unit).await.unwrap();
    tablet.until("it is told that its time is over", |s| s.notice.relief.is_none()).await;
    tablet.desk.lay("warfarin", virtual_card::Behaviour::default()).await;
    tablet.until_case("the card is read", |c| matches!(c.card, ambulance_core::CardState::Face(_))).await;
    tablet.press(Command::FaceMatches).await;
    tablet.press(spoken()).await;
    let refused = tablet.until_case("the look-up has ended", ended).await;
    assert_eq!(failure(&refused), "relief_over");
    // What it records of that case goes on.
    tablet.delivered().await;
    assert!(tablet.state().stuck.is_empty());
    assert_eq!(acts(&installation).await, ["disaster.on", "relief.on", "relief.off"]);
    // A new case is its own department's again.
    tablet.press(Command::OpenCase).await;
    tablet.until("a third case", |s| s.current.is_some_and(|case| case != own)).await;
    let third = tablet.state().current.unwrap();
    tablet.delivered().await;
    let view = repeated("it is at home", async || {
        let timeline = installation.timeline(1, third).await;
        (!timeline.entries.is_empty()).then_some(timeline.view)
    })
    .await;
    assert!(view.incident.is_some());
    end(&installation, 0).await;
    drop(app);
    installation.stop().await;
}
