//! Files of the 券面事項入力補助AP: the four attributes as text.

use crate::access::{Access, File};
use crate::behaviour::Behaviour;
use crate::der;
use crate::files::free;
use crate::material::MaterialError;
use crate::persona::{Persona, Sex};

/// 暗証番号, 照合番号A and 照合番号B.
pub(crate) const PIN: u16 = 0x0011;
pub(crate) const CODE_A: u16 = 0x0014;
pub(crate) const CODE_B: u16 = 0x0015;

pub(crate) fn files(persona: &Persona, behaviour: &Behaviour) -> Result<Vec<(u16, File)>, MaterialError> {
    let any: Access = Access::AnyOf(&[PIN, CODE_A, CODE_B]);
    let guarded = |content, read| File::Transparent { content, read };
    Ok(vec![
        // Twelve zeros: no valid 個人番号, only something that must never be read.
        (0x0001, guarded([b"\xFF\x10\x0C000000000000".as_slice(), &[0xFF; 2]].concat(), Access::AnyOf(&[PIN, CODE_A]))),
        (0x0002, guarded(attributes(persona, behaviour)?, Access::AnyOf(&[PIN, CODE_B]))),
        (0x0003, guarded(unsigned_record(), any)),
        (0x0004, free(crate::surface_files::card_verifiable_certificate())),
        (0x0005, free(tlv(0xFF40, &[tlv(0xDF41, &[0x01, 0x03, 0x0E, 0x01]), tlv(0xDF42, &[b'0'; 16])].concat()))),
        (0x0006, guarded(vec![0xFF; 16], any)),
        (0x0007, guarded(tlv(0xFF50, &[]), any)),
        (PIN, File::PinReference),
        (0x0012, File::PinReference),
        (CODE_A, File::PinReference),
        (CODE_B, File::PinReference),
    ])
}

/// EF `0002`, 基本4情報: offsets, 氏名, 住所, 生年月日, 性別.
fn attributes(persona: &Persona, behaviour: &Behaviour) -> Result<Vec<u8>, MaterialError> {
    let birth = persona.birth_date().map_err(MaterialError::Persona)?;
    let sex: &[u8] = match persona.person.sex {
        Sex::Male => b"1",
        Sex::Female => b"2",
    };
    let items = [
        tlv(0xDF22, persona.name_on_card().as_bytes()),
        tlv(0xDF23, persona.person.address.as_bytes()),
        tlv(0xDF24, format!("{:04}{:02}{:02}", birth.year, birth.month, birth.day).as_bytes()),
        tlv(0xDF25, sex),
    ];
    Ok(with_offsets(0xFF20, 0xDF21, &items, behaviour.long_form_lengths))
}

/// EF `0003` in form only; its signature is a later issue's matter.
fn unsigned_record() -> Vec<u8> {
    tlv(0xFF30, &[tlv(0xDF31, &[0; 32]), tlv(0xDF32, &[0; 32]), tlv(0xDF33, &[0; 256])].concat())
}

/// A BER element with a two-byte tag.
pub(crate) fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut out = tag.to_be_bytes().to_vec();
    out.extend(der::length(value.len()));
    out.extend_from_slice(value);
    out
}

/// `outer { offsets, items… }`; each offset is the place of an item's tag, counted from the start of the file.
pub(crate) fn with_offsets(outer: u16, offsets: u16, items: &[Vec<u8>], long_form: bool) -> Vec<u8> {
    let table_len = 3 + items.len() * 2;
    let body_len = table_len + items.iter().map(Vec::len).sum::<usize>();
    let length = if long_form {
        let [.., hi, lo] = body_len.to_be_bytes();
        vec![0x83, 0x00, hi, lo]
    } else {
        der::length(body_len)
    };
    let mut place = 2 + length.len() + table_len;
    let mut table = Vec::new();
    for item in items {
        table.extend_from_slice(&u16::try_from(place).unwrap_or(u16::MAX).to_be_bytes());
        place += item.len();
    }
    let mut out = outer.to_be_bytes().to_vec();
    out.extend(length);
    out.extend(tlv(offsets, &table));
    out.extend(items.concat());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_at_tags_in_both_length_forms() {
        let persona = Persona::named("kuromaru").unwrap();
        for long_form_lengths in [false, true] {
            let behaviour = Behaviour { long_form_lengths, ..Behaviour::default() };
            let file = attributes(&persona, &behaviour).unwrap();
            let read = myna_card::ap::text::Attributes::parse(&file).unwrap();
            assert_eq!(read.name, "髙𣘺　礼子");
        }
    }
}
