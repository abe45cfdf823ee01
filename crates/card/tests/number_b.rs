//! 照合番号B against cards of every kind: what it opens, and what the card's own transcript says that it cost.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{Face, Failure, GuardedChannel, LastTry, NumberB, ReadError, Step, open_attributes, open_surface};
use common::{NOW, card, counted, keyed};
use model::{CivilDate, Sex};
use myna_card::Transmit;
use virtual_card::{Behaviour, EndOfFile, Hostile, Persona, Portrait, VirtualCard};

fn number(id: &str) -> NumberB {
    keyed(&Persona::named(id).unwrap().verification_number_b(NOW).unwrap())
}

fn open(link: impl Transmit, number: &NumberB, last_try: LastTry) -> Result<Face, ReadError> {
    open_surface(&mut GuardedChannel::new(link), number, last_try)
}

fn with(behaviour: Behaviour) -> (VirtualCard, Result<Face, ReadError>) {
    let mut virtual_card = card("warfarin", behaviour);
    let outcome = open(&mut virtual_card, &number("warfarin"), LastTry::Unconfirmed);
    (virtual_card, outcome)
}

#[test]
fn the_printed_number_opens_photo_and_person() {
    let (virtual_card, outcome) = with(Behaviour::default());
    let face = outcome.unwrap();
    assert_eq!(face.birth, CivilDate::new(1948, 3, 8));
    assert!(face.sex == Sex::Female);
    assert_eq!(face.expiry, CivilDate::new(2032, 3, 8));
    let photo = card::photo::decode(&face.photo).unwrap();
    assert_eq!((photo.width, photo.height, photo.is_rgb), (210, 270, false));
    assert_eq!(counted(&virtual_card), 1);
    assert!(face.commands <= 25, "{} commands", face.commands);
}

#[test]
fn the_four_attributes_come_as_they_stand_on_the_card() {
    let mut virtual_card = card("kuromaru", Behaviour::default());
    let mut channel = GuardedChannel::new(&mut virtual_card);
    let read = open_attributes(&mut channel, &number("kuromaru"), LastTry::Unconfirmed).unwrap();
    let persona = Persona::named("kuromaru").unwrap();
    assert_eq!(read.name.as_str(), persona.name_on_card());
    assert_eq!(read.address.as_str(), persona.person.address);
    assert_eq!(read.birth.map(|birth| birth.to_string()), Some(persona.person.birth));
    assert_eq!(format!("{read:?}"), "Attributes { .. }");
}

#[test]
fn a_wrong_number_costs_one_try_and_no_more() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let wrong = number("insulin");
    for left in (2..=9).rev() {
        let error = open(&mut virtual_card, &wrong, LastTry::Unconfirmed).unwrap_err();
        assert_eq!((error.failure, error.step), (Failure::NumberBWrong { left }, Step::Present));
    }
    let nine = open(&mut virtual_card, &wrong, LastTry::Unconfirmed).unwrap_err();
    assert_eq!(nine.failure, Failure::NumberBWrong { left: 1 });
    assert_eq!(counted(&virtual_card), 9);
    for _ in 0..3 {
        let refused = open(&mut virtual_card, &wrong, LastTry::Unconfirmed).unwrap_err();
        assert_eq!(refused.failure, Failure::LastTry);
    }
    assert_eq!(counted(&virtual_card), 9, "nothing was presented at one try left");
    let blocking = open(&mut virtual_card, &wrong, LastTry::Confirmed).unwrap_err();
    assert_eq!((blocking.failure, blocking.status), (Failure::NumberBBlocked, Some(0x63C0)));
    let blocked = open(&mut virtual_card, &number("warfarin"), LastTry::Confirmed).unwrap_err();
    assert_eq!((blocked.failure, blocked.step), (Failure::NumberBBlocked, Step::Counter));
    assert_eq!(counted(&virtual_card), 10, "a blocked key is not presented to");
}

#[test]
fn the_last_try_opens_when_confirmed() {
    let behaviour = Behaviour { number_b_left: Some(1), ..Behaviour::default() };
    let mut virtual_card = card("warfarin", behaviour);
    assert!(open(&mut virtual_card, &number("warfarin"), LastTry::Confirmed).is_ok());
    assert!(open(&mut virtual_card, &number("warfarin"), LastTry::Unconfirmed).is_ok(), "success restored the counter");
    assert_eq!(counted(&virtual_card), 2);
}

#[test]
fn cards_without_the_application_do_not_offer_it() {
    for behaviour in [
        Behaviour { without_surface: true, ..Behaviour::default() },
        Behaviour { foreign: true, ..Behaviour::default() },
        Behaviour { hostile: Some(Hostile::CounterStatus(0x6A88)), ..Behaviour::default() },
    ] {
        let (virtual_card, outcome) = with(behaviour);
        assert_eq!(outcome.unwrap_err().failure, Failure::NumberBNotOffered);
        assert_eq!(counted(&virtual_card), 0);
    }
}

#[test]
fn cards_of_other_makers_give_the_same_face() {
    let reference = with(Behaviour::default()).1.unwrap();
    let plain = Behaviour::default;
    for behaviour in [
        Behaviour { end_of_file: EndOfFile::Warning, ..plain() },
        Behaviour { end_of_file: EndOfFile::CorrectLength, ..plain() },
        Behaviour { long_form_lengths: true, ..plain() },
        Behaviour { refuses_short_ef: true, most_bytes_per_read: Some(100), ..plain() },
        Behaviour { get_response: true, ..plain() },
    ] {
        let (virtual_card, outcome) = with(behaviour.clone());
        let face = outcome.unwrap_or_else(|e| panic!("{behaviour:?}: {e}"));
        assert!(face.photo == reference.photo && face.birth == reference.birth, "{behaviour:?}");
        assert_eq!(counted(&virtual_card), 1, "{behaviour:?}");
    }
}

#[test]
fn a_hostile_card_ends_in_a_sentence_and_one_verify_at_most() {
    let unreadable = [
        Hostile::HugeLengths,
        Hostile::Truncated,
        Hostile::Noise,
        Hostile::ReadStatus(0x6982),
        Hostile::ReadStatus(0x6F00),
        Hostile::ReadStatus(0x6C00),
        Hostile::CounterStatus(0x9000),
        Hostile::CounterStatus(0x6300),
        Hostile::CounterStatus(0x6110),
        Hostile::VerifyStatus(0x6F00),
        Hostile::VerifyStatus(0x6110),
        Hostile::VerifyStatus(0x6C0E),
        Hostile::VerifyStatus(0x6300),
    ];
    for hostile in unreadable {
        let (virtual_card, outcome) = with(Behaviour { hostile: Some(hostile), ..Behaviour::default() });
        assert_eq!(outcome.unwrap_err().failure, Failure::Unreadable, "{hostile:?}");
        assert!(counted(&virtual_card) <= 1, "{hostile:?}");
    }
    for behaviour in [
        Behaviour { hostile: Some(Hostile::EndlessMore), ..Behaviour::default() },
        Behaviour { most_bytes_per_read: Some(1), ..Behaviour::default() },
    ] {
        let (virtual_card, outcome) = with(behaviour);
        assert_eq!(outcome.unwrap_err().failure, Failure::TooSlow);
        assert_eq!(counted(&virtual_card), 1);
    }
    for (status, failure) in [(0x6983, Failure::NumberBBlocked), (0x6984, Failure::NumberBBlocked)] {
        let (_, outcome) = with(Behaviour { hostile: Some(Hostile::VerifyStatus(status)), ..Behaviour::default() });
        assert_eq!(outcome.unwrap_err().failure, failure);
    }
}

#[test]
fn a_card_pulled_at_any_command_has_moved_and_is_not_asked_again() {
    let whole = with(Behaviour::default()).1.unwrap().commands;
    for command in 1..=whole {
        for behaviour in [
            Behaviour { pulled_after: Some(command - 1), ..Behaviour::default() },
            Behaviour { answer_lost_at: Some(command), ..Behaviour::default() },
        ] {
            let (virtual_card, outcome) = with(behaviour);
            assert_eq!(outcome.unwrap_err().failure, Failure::CardMoved, "command {command}");
            assert!(counted(&virtual_card) <= 1, "command {command}");
        }
    }
}

#[test]
fn a_deadline_between_counter_and_number_presents_nothing() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let mut asked = 0;
    let mut channel = GuardedChannel::new(&mut virtual_card).with_abort(|| {
        asked += 1;
        asked > 3
    });
    let error = open_surface(&mut channel, &number("warfarin"), LastTry::Unconfirmed).unwrap_err();
    assert_eq!((error.failure, error.step), (Failure::TooSlow, Step::Present));
    drop(channel);
    assert_eq!(counted(&virtual_card), 0);
}

#[test]
fn a_photo_that_is_none_leaves_the_person() {
    for (portrait, what) in [
        (Portrait::Png, card::photo::PhotoError::NotJpeg2000),
        (Portrait::Absent, card::photo::PhotoError::NotJpeg2000),
    ] {
        let face = with(Behaviour { portrait, ..Behaviour::default() }).1.unwrap();
        assert_eq!(card::photo::decode(&face.photo).unwrap_err(), what);
        assert_eq!(face.birth, CivilDate::new(1948, 3, 8));
        assert_eq!(Failure::from(what), Failure::PhotoUnreadable);
    }
    let torn = with(Behaviour { portrait: Portrait::Torn, ..Behaviour::default() }).1.unwrap();
    // Half a codestream may still give a blurred face; it must not give anything else.
    if let Ok(photo) = card::photo::decode(&torn.photo) {
        assert_eq!((photo.width, photo.height), (210, 270));
    }
}
