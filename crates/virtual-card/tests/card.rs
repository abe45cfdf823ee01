//! The card through its public face: bytes in, bytes out.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::sync::OnceLock;

use proptest::prelude::*;
use virtual_card::{Application, Behaviour, CardMaterial, EndOfFile, Persona, VirtualCard};

const NOW: i64 = 1_795_140_000;
const SELECT_JPKI: &[u8] = &[0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
const SELECT_TEXT: &[u8] = &[0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
const ASK_TRIES: &[u8] = &[0x00, 0x20, 0x00, 0x80];

fn material() -> &'static CardMaterial {
    static MADE: OnceLock<CardMaterial> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut state = 1_u64;
        let mut random = |out: &mut [u8]| {
            for byte in out {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = state.to_be_bytes()[0];
            }
        };
        CardMaterial::generate(&mut random, NOW).unwrap()
    })
}

fn card(id: &str, behaviour: Behaviour) -> VirtualCard {
    VirtualCard::new(&Persona::named(id).unwrap(), material(), behaviour, NOW).unwrap()
}

fn status(answer: &[u8]) -> u16 {
    u16::from_be_bytes(*answer.last_chunk::<2>().unwrap())
}

fn select(card: &mut VirtualCard, id: u16) -> u16 {
    let [hi, lo] = id.to_be_bytes();
    status(&card.process(&[0x00, 0xA4, 0x02, 0x0C, 0x02, hi, lo]))
}

fn verify(card: &mut VirtualCard, pin: &[u8]) -> u16 {
    let length = u8::try_from(pin.len()).unwrap();
    status(&card.process(&[&[0x00, 0x20, 0x00, 0x80, length][..], pin].concat()))
}

#[test]
fn counters_follow_the_card_to_the_letter() {
    let mut c = card("warfarin", Behaviour::default());
    assert_eq!(status(&c.process(SELECT_JPKI)), 0x9000);
    assert_eq!(select(&mut c, 0x0018), 0x9000);
    assert_eq!(verify(&mut c, b"1234"), 0x9000);
    assert_eq!(status(&c.process(ASK_TRIES)), 0x63C3, "63Cx even when verified");
    for expected in [0x63C2, 0x63C1, 0x63C0, 0x6984] {
        assert_eq!(verify(&mut c, b"0000"), expected);
    }
    assert_eq!(verify(&mut c, b"1234"), 0x6984, "the right PIN does not open a blocked one");
    assert_eq!(status(&c.process(ASK_TRIES)), 0x63C0);
    c.reset();
    c.process(SELECT_JPKI);
    select(&mut c, 0x0018);
    assert_eq!(status(&c.process(ASK_TRIES)), 0x63C0, "reset does not unblock");
}

#[test]
fn verified_state_ends_with_select_power_and_reset() {
    let ends: [fn(&mut VirtualCard); 3] = [
        |c| drop(c.process(SELECT_JPKI)),
        |c| c.reset(),
        |c| {
            c.power_off();
            c.power_on();
        },
    ];
    for end in ends {
        let mut c = card("warfarin", Behaviour::default());
        c.process(SELECT_JPKI);
        assert_eq!(select(&mut c, 0x001B), 0x9000);
        assert_eq!(verify(&mut c, b"ABC123"), 0x9000);
        let by_short_id = [0x00, 0xB0, 0x81, 0x00, 0x04];
        assert_eq!(c.process(&by_short_id)[..2], [0x30, 0x82], "opens the 署名用証明書");
        end(&mut c);
        c.process(SELECT_JPKI);
        assert_eq!(status(&c.process(&by_short_id)), 0x6982);
    }
}

#[test]
fn reading_keeps_to_the_file() {
    let mut c = card("child", Behaviour::default());
    assert_eq!(status(&c.process(&[0, 0xB0, 0, 0, 0])), 0x6986, "nothing selected");
    c.process(SELECT_JPKI);
    assert_eq!(select(&mut c, 0x0001), 0x6A82, "under 15: no 署名用証明書");
    assert_eq!(c.process(&[0, 0xB0, 0x88, 0, 0]), [0x00, 0x8F, 0x00, 0x90, 0x00]);
    assert_eq!(status(&c.process(&[0, 0xB0, 0, 3, 1])), 0x6B00);
    let whole = c.process(&[0, 0xB0, 0x8A, 0, 0, 0, 0]);
    let declared = usize::from(u16::from_be_bytes([whole[2], whole[3]]));
    assert_eq!(whole.len(), declared + 4 + 2, "extended length reads the certificate at once");
    assert_eq!(status(&c.process(&[0, 0xB0, 0x97, 0, 0])), 0x6981, "a key is not readable");
    c.process(SELECT_TEXT);
    assert_eq!(status(&c.process(&[0, 0xB0, 0x82, 0, 0])), 0x6982);
}

#[test]
fn foreign_names_and_instructions_are_refused() {
    let mut c = card("blank", Behaviour::default());
    assert_eq!(status(&c.process(&[0, 0xA4, 4, 0, 7, 0xA0, 0, 0, 1, 0x51, 0, 0, 0])), 0x6A82);
    assert_eq!(status(&c.process(&[0, 0xA4, 0, 0])), 0x6A86);
    c.process(SELECT_JPKI);
    assert_eq!(status(&c.process(&[0, 0xA4, 0, 0])), 0x9000);
    assert_eq!(status(&c.process(&[0, 0xCA, 0xDF, 0x30, 5])), 0x6D00);
    assert_eq!(status(&c.process(&[0x04, 0xB0, 0, 0, 0])), 0x6E00);
}

#[test]
fn signatures_verify_under_the_certificate() {
    use myna_card::ap::jpki::{JpkiAp, SignatureScheme};
    let mut c = myna_card::Card::new(card("insulin", Behaviour::default()));
    let mut jpki = JpkiAp::select(&mut c).unwrap();
    assert!(jpki.sign_with_auth_key(SignatureScheme::Sha256DigestInfo, b"m").is_err(), "no PIN yet");
    jpki.verify_auth_pin(&myna_card::Pin::numeric("1234").unwrap()).unwrap();
    jpki.sign_with_auth_key_checked(SignatureScheme::Sha256DigestInfo, b"m").unwrap();
    jpki.sign_with_auth_key_checked(SignatureScheme::PreHashedDigestInfo, &[7; 32]).unwrap();
    let leaf = jpki.read_auth_certificate().unwrap();
    let ca = jpki.read_auth_ca_certificate().unwrap();
    leaf.verify_signature(&ca).unwrap();
    assert_eq!(leaf.serial_number(), [0x01, 0x26, 0xA0, 0, 0, 0x02]);
    assert_eq!(ca.der(), material().auth_ca_certificate());
}

#[test]
fn the_printed_digits_open_the_four_attributes() {
    let persona = Persona::named("pregnant").unwrap();
    let mut c = myna_card::Card::new(card("pregnant", Behaviour::default()));
    let mut text = myna_card::ap::text::TextAp::select(&mut c).unwrap();
    let code_b = myna_card::Pin::numeric(persona.verification_number_b(NOW).unwrap()).unwrap();
    text.verify_code_b(&code_b).unwrap();
    let read = text.read_attributes().unwrap();
    assert_eq!((read.name.as_str(), read.address.as_str()), ("池田　美咲", persona.person.address.as_str()));
    let mut surface = myna_card::ap::surface::SurfaceAp::select(&mut c).unwrap();
    surface.verify_code_b(&code_b).unwrap();
    assert_eq!(surface.read_card_face().unwrap().birth_date, persona.birth_date().unwrap());
}

#[test]
fn each_printed_number_has_ten_tries_of_its_own() {
    let select = |card: &mut VirtualCard, application: Application, key: u16| {
        card.process(&[&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], application.aid()].concat());
        select(card, key)
    };
    let mut c = card("warfarin", Behaviour::default());
    assert_eq!(select(&mut c, Application::Surface, 0x0012), 0x9000);
    for left in (0..10).rev() {
        assert_eq!(verify(&mut c, b"00000000000000"), 0x63C0 + left);
    }
    assert_eq!(verify(&mut c, b"00000000000000"), 0x6984);
    assert_eq!(select(&mut c, Application::Text, 0x0015), 0x9000);
    assert_eq!(status(&c.process(ASK_TRIES)), 0x63CA, "the text application counts for itself");
    let number = Persona::named("warfarin").unwrap().verification_number_b(NOW).unwrap();
    assert_eq!(verify(&mut c, number.as_bytes()), 0x9000);
    assert_eq!(c.transcript().presented(), 12);
}

#[test]
fn switches_show_in_the_answers() {
    let select = |c: &mut VirtualCard| status(&c.process(SELECT_TEXT));
    assert_eq!(select(&mut card("blank", Behaviour { without_surface: true, ..Behaviour::default() })), 0x6A82);
    let mut c = card("blank", Behaviour { auth_pin_left: Some(1), ..Behaviour::default() });
    c.process(SELECT_JPKI);
    assert_eq!(status(&c.process(&[0x00, 0x20, 0x00, 0x98])), 0x63C1);
    let mut lost = card("blank", Behaviour { answer_lost_at: Some(2), ..Behaviour::default() });
    lost.process(SELECT_JPKI);
    assert!(lost.process(&[0x00, 0x20, 0x00, 0x98, 0x04, b'0', b'0', b'0', b'0']).is_empty());
    lost.power_on();
    lost.process(SELECT_JPKI);
    assert_eq!(status(&lost.process(&[0x00, 0x20, 0x00, 0x98])), 0x63C2, "the try was counted though nobody heard it");
}

#[test]
fn material_survives_persisting() {
    let text = material().to_pem().unwrap();
    let again = CardMaterial::from_pem(&text).unwrap();
    assert_eq!(again.auth_ca_certificate(), material().auth_ca_certificate());
    assert_eq!(again.to_pem().unwrap(), text);
    assert!(CardMaterial::from_pem(&text[..text.len() / 2]).is_err());
    assert!(CardMaterial::from_pem("").is_err());
}

#[test]
fn a_pulled_card_says_nothing_more() {
    let mut c = card("blank", Behaviour { pulled_after: Some(1), ..Behaviour::default() });
    assert_eq!(c.process(SELECT_JPKI), [0x90, 0x00]);
    assert!(c.process(SELECT_JPKI).is_empty());
    assert!(!c.is_present());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_it_panic(
        commands in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..24), 1..64),
        warning in any::<bool>(),
        get_response in any::<bool>(),
    ) {
        let end_of_file = if warning { EndOfFile::Warning } else { EndOfFile::CorrectLength };
        let mut c = card("blank", Behaviour { end_of_file, get_response, ..Behaviour::default() });
        c.process(SELECT_JPKI);
        for command in &commands {
            prop_assert!(c.process(command).len() >= 2);
        }
    }
}
