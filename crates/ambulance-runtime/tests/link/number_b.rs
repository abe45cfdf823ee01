//! 照合番号B from the key press to the card and back: what the card's own transcript says that it cost.

use crate::place::Place;
use crate::redial::{PATIENCE, tablet_with};
use ambulance_core::{CardState, CaseState, Command, NumberBState};
use ambulance_runtime::reader::{FaceRequest, OpenFace, open_face};
use ambulance_runtime::{Handle, SystemClock};
use card::{Failure, Keyed, LastTry, NumberB, TrustAnchors};
use model::Clock;
use patient_history::IdentityLevel;
use std::sync::{Arc, OnceLock};
use test_kit::Desk;
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

fn now_s() -> i64 {
    SystemClock::new().utc().millis() / 1000
}

fn material() -> &'static CardMaterial {
    static MADE: OnceLock<CardMaterial> = OnceLock::new();
    let mut seed = 7_u64;
    MADE.get_or_init(|| {
        let mut random = |out: &mut [u8]| {
            out.fill_with(|| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                seed.to_be_bytes()[0]
            });
        };
        CardMaterial::generate(&mut random, now_s()).expect("material")
    })
}

fn laid(persona: &str, behaviour: Behaviour) -> VirtualCard {
    let persona = Persona::named(persona).expect("a persona");
    VirtualCard::new(&persona, material(), behaviour, now_s()).expect("a card")
}

fn number(persona: &str) -> Arc<NumberB> {
    let digits = Persona::named(persona).expect("a persona").verification_number_b(now_s()).expect("a number");
    let mut keyed = Keyed::new();
    assert!(digits.bytes().all(|ascii| keyed.push(ascii - b'0')));
    Arc::new(keyed.finish().ok().expect("fourteen digits"))
}

fn anchors() -> TrustAnchors {
    TrustAnchors::training([material().auth_ca_certificate()]).expect("anchors")
}

/// A press for the card of this persona.
fn request(card_of: &str, number_of: &str, last_try: LastTry) -> FaceRequest {
    let read = ambulance_runtime::reader::read(laid(card_of, Behaviour::default()), now_s(), &anchors(), || false);
    FaceRequest { press: 1, certificate: read.expect("a card").certificate, number: number(number_of), last_try }
}

/// What a press brings on this card, and how often the card was presented a number.
fn pressed(card: &mut VirtualCard, request: &FaceRequest) -> (Option<Failure>, u64) {
    let before = card.transcript().presented();
    let failure = open_face(&mut *card, now_s(), &anchors(), request, || false).err();
    (failure, card.transcript().presented() - before)
}

#[test]
fn a_press_presents_once_and_the_last_try_only_when_confirmed() {
    let right = request("warfarin", "warfarin", LastTry::Unconfirmed);
    let wrong = request("warfarin", "insulin", LastTry::Unconfirmed);
    let mut card = laid("warfarin", Behaviour { number_b_left: Some(3), ..Behaviour::default() });
    assert_eq!(pressed(&mut card, &wrong), (Some(Failure::NumberBWrong { left: 2 }), 1));
    assert_eq!(pressed(&mut card, &wrong), (Some(Failure::NumberBWrong { left: 1 }), 1));
    assert_eq!(pressed(&mut card, &right), (Some(Failure::LastTry), 0));
    let confirmed = FaceRequest { last_try: LastTry::Confirmed, ..wrong };
    assert_eq!(pressed(&mut card, &confirmed), (Some(Failure::NumberBBlocked), 1));
    assert_eq!(pressed(&mut card, &confirmed), (Some(Failure::NumberBBlocked), 0));
}

#[test]
fn the_number_goes_to_no_other_card() {
    let request = request("insulin", "insulin", LastTry::Unconfirmed);
    let mut other = laid("warfarin", Behaviour::default());
    assert_eq!(pressed(&mut other, &request), (Some(Failure::CardMoved), 0));
}

#[test]
fn a_press_that_is_over_sends_nothing() {
    let request = request("warfarin", "warfarin", LastTry::Unconfirmed);
    let mut card = laid("warfarin", Behaviour::default());
    let outcome = open_face(&mut card, now_s(), &anchors(), &request, || true);
    assert_eq!(outcome.err(), Some(Failure::TooSlow));
    assert!(card.transcript().exchanges().is_empty());
}

#[test]
fn a_request_is_taken_once() {
    let open = OpenFace::default();
    open.ask(request("warfarin", "warfarin", LastTry::Unconfirmed));
    assert!(open.take().is_some());
    assert!(open.take().is_none());
}

async fn until(tablet: &Handle, wanted: impl Fn(&CaseState) -> bool) -> CaseState {
    let waiting = tablet.wait_for(|s| s.case().is_some_and(&wanted));
    let state = tokio::time::timeout(PATIENCE, waiting).await.expect("in time").expect("runs");
    state.case().expect("a case").clone()
}

async fn press(tablet: &Handle, command: Command) {
    tokio::time::timeout(PATIENCE, tablet.command(command)).await.expect("in time").expect("runs");
}

/// The card answers the press that the tablet was just given.
async fn answer(desk: &Desk, card: &mut VirtualCard) {
    let answering = async {
        while !desk.answer_number_b(card).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answering).await.expect("the card is asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_number_then_the_right_one_opens_the_photo_with_two_presentations() {
    let place = Place::new();
    let (desk, reader) = Desk::new(material().clone());
    let tablet = tablet_with(&place, vec![], reader);
    let mut card = laid("warfarin", Behaviour::default());
    press(&tablet, Command::OpenCase).await;
    desk.lay_card(&mut card).await;
    let case = until(&tablet, |c| matches!(c.card, CardState::Face(_))).await;
    let CardState::Face(summary) = case.card else { panic!("the face is asked") };
    let open = |persona: &str| Command::OpenNumberB {
        number: number(persona),
        read_at: summary.read_at,
        last_try: LastTry::Unconfirmed,
    };

    press(&tablet, open("insulin")).await;
    answer(&desk, &mut card).await;
    until(&tablet, |c| matches!(c.number_b, NumberBState::Refused(Failure::NumberBWrong { left: 9 }))).await;
    press(&tablet, open("warfarin")).await;
    answer(&desk, &mut card).await;
    let case = until(&tablet, |c| c.number_b.face().is_some()).await;
    let size = case.number_b.face().and_then(|face| face.photo.as_ref()).map(|photo| (photo.width, photo.height));
    assert_eq!(size, Some((210, 270)));
    assert_eq!(card.transcript().presented(), 2);

    press(&tablet, Command::FaceMatches).await;
    let case = until(&tablet, |c| matches!(c.card, CardState::Consent(_))).await;
    assert!(matches!(&case.card, CardState::Consent(summary) if summary.level == IdentityLevel::VisualB));
    assert!(case.number_b.face().is_none(), "the photo went with the judgement");
    tablet.stop().await;
}
