//! Reading cards of several makers, broken ones and hostile ones.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{CardRead, Chain, Failure, GuardedChannel, LinkFault, ReadError, Step, TokenKind, TrustAnchors, Validity};
use common::{NOW, card, make_material, material};
use myna_card::Transmit;
use proptest::prelude::*;
use virtual_card::{Behaviour, CONTACTLESS_ATR, CertificateAge, EndOfFile, Hostile, Persona, Token};

const DAY: i64 = 86_400;

fn training() -> TrustAnchors {
    TrustAnchors::training([material().auth_ca_certificate()]).unwrap()
}

fn read_with(link: impl Transmit, anchors: &TrustAnchors, now: i64) -> Result<CardRead, ReadError> {
    card::read_auth_certificate(&mut GuardedChannel::new(link), now, anchors)
}

fn read(id: &str, behaviour: Behaviour) -> Result<CardRead, ReadError> {
    read_with(card(id, behaviour), &training(), NOW)
}

/// Answers with whatever a function makes of the command.
struct Scripted<F>(F);

impl<F: FnMut(&[u8]) -> myna_card::Result<Vec<u8>>> Transmit for Scripted<F> {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        (self.0)(command)
    }
}

#[test]
fn cards_of_other_makers_give_the_same_certificate() {
    let reference = read("warfarin", Behaviour::default()).unwrap();
    assert_eq!(reference.serial, Persona::named("warfarin").unwrap().certificate.serial);
    assert_eq!((reference.kind, reference.chain), (TokenKind::Card, Chain::InstallationTestCa));
    assert!(reference.commands <= 12, "{} commands", reference.commands);
    let plain = Behaviour::default;
    let makers = [
        Behaviour { atr: CONTACTLESS_ATR.to_vec(), end_of_file: EndOfFile::Warning, ..plain() },
        Behaviour { end_of_file: EndOfFile::CorrectLength, filler: 300, ..plain() },
        Behaviour { long_form_lengths: true, end_of_file: EndOfFile::Warning, filler: 1, ..plain() },
        Behaviour { refuses_short_ef: true, most_bytes_per_read: Some(100), ..plain() },
        Behaviour { most_bytes_per_read: Some(8), ..plain() },
        Behaviour { get_response: true, ..plain() },
    ];
    for behaviour in makers {
        let found = read("warfarin", behaviour.clone()).unwrap_or_else(|e| panic!("{behaviour:?}: {e}"));
        assert_eq!(found.certificate, reference.certificate, "{behaviour:?}");
    }
}

#[test]
fn nothing_but_the_listed_reads_is_asked_and_no_pin() {
    let mut virtual_card = card("dialysis", Behaviour::default());
    read_with(&mut virtual_card, &training(), NOW).unwrap();
    for exchange in virtual_card.transcript().exchanges() {
        assert!(exchange.command.starts_with("00A4") || exchange.command.starts_with("00B0"), "{}", exchange.command);
    }
    for file in virtual_card::MY_NUMBER_FILES {
        assert!(!virtual_card.touched().contains(&file));
    }
}

#[test]
fn a_card_pulled_at_any_command_has_moved() {
    let whole = read("warfarin", Behaviour::default()).unwrap().commands;
    for pulled in 0..whole {
        let error = read("warfarin", Behaviour { pulled_after: Some(pulled), ..Behaviour::default() }).unwrap_err();
        assert_eq!(error.failure, Failure::CardMoved, "pulled after {pulled}");
    }
}

#[test]
fn the_period_is_judged_with_its_grace() {
    let grace = read("grace", Behaviour::default()).unwrap();
    assert_eq!(grace.validity, Validity::ExpiredWithinGrace);
    assert_eq!(grace.failures(), [Failure::ExpiredWithinGrace]);
    assert!(grace.allows_lookup());
    let later = read_with(card("grace", Behaviour::default()), &training(), NOW + 70 * DAY).unwrap();
    assert_eq!(later.failures(), [Failure::Expired]);
    let earlier = read_with(card("blank", Behaviour::default()), &training(), NOW - 120 * DAY).unwrap();
    assert_eq!(earlier.failures(), [Failure::NotYetValid]);
}

#[test]
fn the_cards_own_age_switch_reaches_every_ending() {
    for (certificate, failures) in [
        (CertificateAge::AsPersona, vec![]),
        (CertificateAge::NotYetValid, vec![Failure::NotYetValid]),
        (CertificateAge::InGrace, vec![Failure::ExpiredWithinGrace]),
        (CertificateAge::Expired, vec![Failure::Expired]),
    ] {
        let found = read("warfarin", Behaviour { certificate, ..Behaviour::default() }).unwrap();
        assert_eq!(found.failures(), failures, "{certificate:?}");
    }
}

#[test]
fn hostile_cards_end_in_a_sentence() {
    for (hostile, failure) in [
        (Hostile::EndlessMore, Failure::TooSlow),
        (Hostile::HugeLengths, Failure::Unreadable),
        (Hostile::Truncated, Failure::Unreadable),
        (Hostile::Noise, Failure::Unreadable),
        (Hostile::ReadStatus(0x6F00), Failure::Unreadable),
        (Hostile::ReadStatus(0x6C10), Failure::Unreadable),
    ] {
        let error = read("warfarin", Behaviour { hostile: Some(hostile), ..Behaviour::default() }).unwrap_err();
        assert_eq!(error.failure, failure, "{hostile:?}");
    }
}

#[test]
fn test_certificates_count_in_their_own_training_installation_only() {
    let live = read_with(card("blank", Behaviour::default()), &TrustAnchors::live(), NOW).unwrap();
    assert_eq!(live.failures(), [Failure::TestCard]);
    let other = make_material(8);
    let elsewhere = TrustAnchors::training([other.auth_ca_certificate()]).unwrap();
    let found = read_with(card("blank", Behaviour::default()), &elsewhere, NOW).unwrap();
    assert_eq!(found.failures(), [Failure::UntrustedIssuer], "same name, another key");
    assert!(!found.allows_lookup());
}

#[test]
fn tokens_that_are_no_card_are_told_apart() {
    for (token, kind, failure) in [
        (Token::Android, TokenKind::AndroidPhone, Failure::PhoneCertificate),
        (Token::Iphone, TokenKind::Iphone, Failure::PhoneCertificate),
        (Token::OldJukiCard, TokenKind::OldJukiCard, Failure::OldJukiCard),
    ] {
        let found = read("blank", Behaviour { token, ..Behaviour::default() }).unwrap();
        assert_eq!((found.kind, found.failures()), (kind, vec![failure]));
    }
    let foreign = read("blank", Behaviour { foreign: true, ..Behaviour::default() }).unwrap_err();
    assert_eq!((foreign.failure, foreign.status), (Failure::NotMyNumberCard, Some(0x6A82)));
}

#[test]
fn a_reader_that_goes_and_a_deadline_are_named() {
    for (fault, failure) in [
        (LinkFault::ReaderGone, Failure::ReaderGone),
        (LinkFault::ServiceGone, Failure::ServiceDown),
        (LinkFault::CardGone, Failure::CardMoved),
    ] {
        let error = read_with(Scripted(|_: &[u8]| Err(fault.into())), &training(), NOW).unwrap_err();
        assert_eq!((error.failure, error.step), (failure, Step::Application));
    }
    let mut virtual_card = card("blank", Behaviour::default());
    let mut channel = GuardedChannel::new(&mut virtual_card).with_abort(|| true);
    let error = card::read_auth_certificate(&mut channel, NOW, &training()).unwrap_err();
    assert_eq!(error.failure, Failure::TooSlow);
}

/// The certificate EF starts with these bytes and goes on with zeros for ever.
fn lying_card(head: &'static [u8]) -> Result<CardRead, ReadError> {
    let link = Scripted(move |command: &[u8]| match command {
        [_, 0xB0, hi, lo, le] => {
            let offset = usize::from(u16::from_be_bytes([*hi, *lo]));
            let count = if *le == 0 { 256 } else { usize::from(*le) };
            let mut bytes: Vec<u8> = (offset..offset + count).map(|i| head.get(i).copied().unwrap_or(0)).collect();
            bytes.extend([0x90, 0x00]);
            Ok(bytes)
        }
        _ => Ok(vec![0x90, 0x00]),
    });
    read_with(link, &training(), NOW)
}

#[test]
fn lengths_that_lie_end_as_unreadable() {
    let heads: [&[u8]; 7] = [
        &[0x30, 0x80],
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x82, 0x1F, 0xFF],
        &[0x30, 0x00],
        &[0x30, 0x82, 0x00, 0x10],
        &[0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];
    for head in heads {
        assert_eq!(lying_card(head).unwrap_err().failure, Failure::Unreadable, "{head:02X?}");
    }
}

#[test]
fn a_card_that_never_ends_is_given_up() {
    let error = read_with(Scripted(|_: &[u8]| Ok(vec![0x61, 0x10])), &training(), NOW).unwrap_err();
    assert_eq!(error.failure, Failure::TooSlow);
    let crumbs = read("blank", Behaviour { most_bytes_per_read: Some(1), ..Behaviour::default() }).unwrap_err();
    assert_eq!(crumbs.failure, Failure::TooSlow);
}

proptest! {
    #[test]
    fn any_answers_end_in_a_failure_or_a_read(
        answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20),
        ends_well in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut turn = 0;
        let link = Scripted(|_: &[u8]| {
            let mut answer = answers[turn % answers.len()].clone();
            if ends_well[turn % ends_well.len()] {
                answer.truncate(256);
                answer.extend([0x90, 0x00]);
            }
            turn += 1;
            Ok(answer)
        });
        let outcome = read_with(link, &training(), NOW);
        prop_assert!(outcome.is_err(), "random bytes are no certificate");
    }
}

/// A card that serves this file as its certificate.
fn serving(file: &[u8]) -> impl Transmit {
    Scripted(move |command: &[u8]| match command {
        [_, 0xB0, hi, lo, le] => {
            let offset = usize::from(u16::from_be_bytes([*hi, *lo]));
            let count = if *le == 0 { 256 } else { usize::from(*le) };
            let rest = file.get(offset..).unwrap_or_default();
            let piece = &rest[..rest.len().min(count)];
            Ok([piece, &[0x90, 0x00]].concat())
        }
        _ => Ok(vec![0x90, 0x00]),
    })
}

#[test]
fn no_bit_of_a_certificate_can_be_changed() {
    let genuine = read("blank", Behaviour::default()).unwrap().certificate;
    let anchors = training();
    assert!(read_with(serving(&genuine), &anchors, NOW).unwrap().allows_lookup());
    for place in 0..genuine.len() * 8 {
        let mut changed = genuine.clone();
        changed[place / 8] ^= 1_u8 << (place % 8);
        let outcome = read_with(serving(&changed), &anchors, NOW);
        assert!(
            !outcome.is_ok_and(|found| found.allows_lookup() && found.certificate != genuine),
            "bit {place} was changed and nobody noticed"
        );
    }
}
