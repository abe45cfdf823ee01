//! Files of the 券面事項確認AP: the printed face. Its photo is drawn; printed texts are empty pictures.

use rsa::RsaPublicKey;
use rsa::traits::PublicKeyParts as _;

use crate::access::{Access, File};
use crate::behaviour::{Behaviour, Portrait};
use crate::der;
use crate::faces::EMPTY_LINE;
use crate::files::free;
use crate::material::{CardMaterial, MaterialError};
use crate::persona::{Persona, Sex};
use crate::text_files::{tlv, with_offsets};

/// 生年月日, 照合番号B and 照合番号A.
pub(crate) const BIRTH: u16 = 0x0011;
pub(crate) const CODE_B: u16 = 0x0012;
pub(crate) const CODE_A: u16 = 0x0013;

pub(crate) fn files(
    persona: &Persona,
    material: &CardMaterial,
    behaviour: &Behaviour,
    now: i64,
) -> Result<Vec<(u16, File)>, MaterialError> {
    let guarded = |content, read| File::Transparent { content, read };
    let birth = digits(persona.birth_date().map_err(MaterialError::Persona)?);
    Ok(vec![
        (0x0001, guarded(tlv(0xFF10, &tlv(0xDF11, birth.as_bytes())), Access::AnyOf(&[BIRTH]))),
        (0x0002, guarded(face(persona, material, behaviour, now)?, Access::AnyOf(&[CODE_A, CODE_B]))),
        (0x0003, free(tlv(0xFF30, &tlv(0xDF34, b"00000")))),
        (0x0004, free(card_verifiable_certificate())),
        (0x0005, guarded(tlv(0xFF40, &tlv(0xDF41, EMPTY_LINE)), Access::AnyOf(&[CODE_A]))),
        (0x0006, guarded(vec![0xFF; 16], Access::AnyOf(&[CODE_A, CODE_B]))),
        (BIRTH, File::PinReference),
        (CODE_B, File::PinReference),
        (CODE_A, File::PinReference),
    ])
}

/// A card-verifiable certificate in outline only.
pub(crate) fn card_verifiable_certificate() -> Vec<u8> {
    tlv(0x7F21, &[0xFF; 16])
}

fn digits(date: myna_card::Date) -> String {
    format!("{:04}{:02}{:02}", date.year, date.month, date.day)
}

/// EF `0002`: the face, unsigned.
fn face(persona: &Persona, material: &CardMaterial, behaviour: &Behaviour, now: i64) -> Result<Vec<u8>, MaterialError> {
    let birth = persona.birth_date().map_err(MaterialError::Persona)?;
    let expiry = persona.card_expiry(now).map_err(MaterialError::Persona)?;
    let sex: &[u8] = match persona.person.sex {
        Sex::Male => b"1",
        Sex::Female => b"2",
    };
    let items = [
        tlv(0xDF22, digits(birth).as_bytes()),
        tlv(0xDF23, sex),
        tlv(0xDF24, &public_key(&RsaPublicKey::from(&material.auth_key))),
        tlv(0xDF25, EMPTY_LINE),
        tlv(0xDF26, EMPTY_LINE),
        tlv(0xDF27, portrait(persona, behaviour)),
        tlv(0xDF28, &[0; 256]),
        tlv(0xDF29, digits(expiry).as_bytes()),
        tlv(0xDF2A, EMPTY_LINE),
    ];
    Ok(with_offsets(0xFF20, 0xDF21, &items, behaviour.long_form_lengths))
}

fn portrait(persona: &Persona, behaviour: &Behaviour) -> &'static [u8] {
    let drawn = persona.portrait().unwrap_or(EMPTY_LINE);
    match behaviour.portrait {
        Portrait::Drawn => drawn,
        Portrait::Torn => drawn.get(..drawn.len() / 2).unwrap_or_default(),
        Portrait::Png => EMPTY_LINE,
        Portrait::Absent => &[],
    }
}

/// `90` exponent, `91` modulus.
fn public_key(key: &RsaPublicKey) -> Vec<u8> {
    [der::element(0x90, &key.e().to_bytes_be()), der::element(0x91, &key.n().to_bytes_be())].concat()
}
