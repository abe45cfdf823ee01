//! 暗証番号 over real QUIC: what the card signed without radio is believed when the radio is back, and opens one look-up.

use ambulance_core::{CardState, CaseState, Command, HistoryState, PinState};
use ambulance_runtime::reader::{SignRequest, sign};
use card::{Challenge, ChallengeParts, LastTry, TrustAnchors};
use case::{Body, Stored};
use dispatch_server::admin::offer_pin;
use model::{CaseId, LookupId};
use patient_history::{ConsentBasis, ConsentScope, IdentityLevel, LookupEvidence, Period, SignedChallenge};
use std::sync::Arc;
use system_tests::card_reader::{keyed, now_s};
use system_tests::installation::DEPARTMENTS;
use system_tests::raw::Raw;
use system_tests::{Installation, Tablet, repeated};
use virtual_card::{Behaviour, VirtualCard};
use wire::{Answer, HistoryQuestion, Question};

/// The ids of the stock that a tablet keeps.
const STOCK: usize = 32;

/// A patient who keys the PIN.
async fn asked(tablet: &Tablet, card: &mut VirtualCard) {
    tablet.desk.lay_card(card).await;
    tablet.until_case("the card is read", |c| matches!(c.card, CardState::Face(_))).await;
    tablet.press(Command::ByPin).await;
    tablet.press(Command::ConsentSpoken { scope: ConsentScope::All }).await;
    tablet.until_case("the PIN is asked for", |c| matches!(c.card, CardState::Pin(_))).await;
}

async fn key(tablet: &Tablet, card: &mut VirtualCard, pin: &str) {
    let CardState::Pin(summary) = tablet.case().card else { panic!("no PIN is asked for") };
    let (pin, read_at) = (Arc::new(keyed(pin)), summary.read_at);
    tablet.press(Command::EnterPin { pin, read_at, last_try: LastTry::Unconfirmed }).await;
    repeated("the card is asked", async || tablet.desk.answer_pin(card).await.then_some(())).await;
}

async fn stocked(installation: &mut Installation) -> (Tablet, CaseId) {
    offer_pin(&installation.data, DEPARTMENTS[0], true).await.unwrap();
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.until("the tablet has nonces", |s| s.nonces == STOCK).await;
    (tablet, case)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pin_is_asked_for_where_the_department_has_switched_it_on_and_nowhere_else() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.desk.lay("warfarin", Behaviour::default()).await;
    tablet.until_case("the card is read", |c| matches!(c.card, CardState::Face(_))).await;
    tablet.press(Command::ByPin).await;
    assert!(!tablet.state().pin_offered && matches!(tablet.case().card, CardState::Face(_)));
    offer_pin(&installation.data, DEPARTMENTS[0], true).await.unwrap();
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    installation.start_server().await;
    tablet.until("the tablet has nonces", |s| s.pin_offered && s.nonces == STOCK).await;
    offer_pin(&installation.data, DEPARTMENTS[0], false).await.unwrap();
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    assert!(tablet.state().pin_offered, "nobody has told it yet");
    installation.start_server().await;
    tablet.until("what is left is not used", |s| !s.pin_offered && s.nonces == 0).await;
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_without_radio_is_believed_when_the_radio_is_back() {
    let mut installation = Installation::start().await;
    let (tablet, case) = stocked(&mut installation).await;
    installation.stop_server().await;
    tablet.until("the link is lost", |s| !s.link.is_up()).await;
    let mut card = tablet.desk.card("warfarin", Behaviour::default());
    asked(&tablet, &mut card).await;
    key(&tablet, &mut card, "9999").await;
    tablet.until_case("it was wrong", |c| matches!(c.pin, PinState::Refused(_))).await;
    key(&tablet, &mut card, "1234").await;
    tablet.until_case("it waits", |c| matches!(c.history, HistoryState::Waiting { queued: true, .. })).await;
    assert_eq!((card.transcript().presented(), tablet.state().nonces), (2, STOCK - 2));

    tablet.until("everything is on the disk", |s| s.unwritten == 0).await;

    // The program ends and starts again without radio: the signed look-up is still there, the nonces are not used again.
    let folder = tablet.kill();
    let tablet = installation.tablet(folder).await;
    assert_eq!(tablet.state().nonces, STOCK - 2);
    installation.start_server().await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    let told = |c: &CaseState| matches!(c.history, HistoryState::Here { .. } | HistoryState::Failed { .. });
    let ended = tablet.until_case("the look-up has ended", told).await;
    if let HistoryState::Failed { error, .. } = ended.history {
        panic!("the look-up was refused: {}", error.code);
    }
    tablet.delivered().await;
    let view = installation.timeline(0, case).await.view;
    let levels: Vec<IdentityLevel> = view.lookups.values().map(|look_up| look_up.level).collect();
    assert_eq!(levels, [IdentityLevel::SignedLate]);
    assert!(matches!(view.identity, Some((IdentityLevel::SignedLate, true, _))));
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_signature_opens_one_look_up() {
    let mut installation = Installation::start().await;
    let (tablet, case) = stocked(&mut installation).await;
    let mut card = tablet.desk.card("warfarin", Behaviour::default());
    asked(&tablet, &mut card).await;
    tablet.delivered().await;
    let timeline = installation.timeline(0, case).await;
    let consent = timeline.entries.iter().find(|e| matches!(e.event.body, Body::ConsentRecorded { .. })).unwrap();
    let crew = installation.brigades[0].crew.id;
    let folder = tablet.stop().await;

    let bundle = pki::DeviceBundle::load(&folder).unwrap();
    let device = model::DeviceId::from_uuid(bundle.identity().device_id);
    let raw = Raw::welcomed(&bundle, installation.listen().quic).await;
    let session = raw.sign_in(&installation.brigades[0].crew).await;
    let Answer::Nonces(given) = raw.ask(1, None, Question::Nonces).await else { panic!("no nonces") };
    let nonce = given.nonces[0].to_vec();
    let tablet_time = consent.at;
    let parts = ChallengeParts {
        nonce: &nonce,
        device,
        crew,
        case,
        consent: Stored::encode(&consent.event).unwrap().hash().0,
        tablet_time,
    };
    let anchors = TrustAnchors::training([installation.card_ca().as_slice()]).unwrap();
    let read = ambulance_runtime::reader::read(&mut card, now_s(), &anchors, || false).unwrap();
    let request = SignRequest {
        press: 1,
        certificate: read.certificate.clone(),
        pin: Arc::new(keyed("1234")),
        last_try: LastTry::Unconfirmed,
        challenge: Challenge::new(&parts),
    };
    let signature = sign(&mut card, now_s(), &anchors, &request, || false).unwrap();
    let signed = SignedChallenge { nonce: nonce.clone(), signature, tablet_time };
    let evidence = LookupEvidence {
        level: IdentityLevel::Signed,
        certificate: read.certificate,
        signed: Some(signed),
        attributes: None,
    };
    let look_up = |n: u8| {
        Question::History(HistoryQuestion {
            case,
            lookup: LookupId::from_bytes([n; 16]),
            consent: (consent.event.name.log, consent.event.name.seq),
            basis: ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true },
            evidence: evidence.clone(),
            period: Period::Summary,
        })
    };
    assert_eq!(raw.refusal(2, Some(session), look_up(1)).await, "answered");
    assert_eq!(raw.refusal(3, Some(session), look_up(2)).await, "nonce_used");
    assert_eq!(raw.refusal(4, Some(session), look_up(1)).await, "answered", "the same look-up again");
    installation.stop().await;
}
