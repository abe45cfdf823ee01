//! The 券面 files: one object with a table of offsets and short fields in it.

use model::{CivilDate, Sex};
use myna_card::tlv::ber;

/// Most fields that are looked at; the largest file has nine and a table. Later ones are as if absent.
const MOST_FIELDS: usize = 32;

/// `FF20`: the outer object of both EF `0002`.
pub(crate) const RECORD: u32 = 0xFF20;

/// The fields inside the outer object. The table of offsets (`DF21`) is not needed to find them and is not believed.
pub(crate) struct Fields<'a> {
    items: Vec<(u32, &'a [u8])>,
}

impl<'a> Fields<'a> {
    /// None when a field runs past the end or the outer tag is another one.
    pub(crate) fn parse(record: &'a [u8]) -> Option<Self> {
        let (tag, mut rest, _) = split(record)?;
        if tag != RECORD {
            return None;
        }
        let mut items = Vec::new();
        // Filler ends the list, as it does on the card.
        while rest.first().is_some_and(|byte| !matches!(byte, 0x00 | 0xFF)) && items.len() < MOST_FIELDS {
            let (tag, value, behind) = split(rest)?;
            items.push((tag, value));
            rest = behind;
        }
        Some(Self { items })
    }

    pub(crate) fn get(&self, tag: u32) -> Option<&'a [u8]> {
        self.items.iter().find(|(t, _)| *t == tag).map(|(_, value)| *value)
    }

    /// `YYYYMMDD`, Gregorian. None when absent or no date that exists: some registers hold a birth without its day.
    pub(crate) fn date(&self, tag: u32) -> Option<CivilDate> {
        let text = self.get(tag)?;
        let number = |range| {
            let digits: &[u8] = text.get(range)?;
            digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse::<i16>().ok())?
        };
        if text.len() != 8 {
            return None;
        }
        CivilDate::new(number(0..4)?, i8::try_from(number(4..6)?).ok()?, i8::try_from(number(6..8)?).ok()?)
    }

    /// JIS X 0303 in one ASCII digit; anything but 1 and 2 is unspecified.
    pub(crate) fn sex(&self, tag: u32) -> Sex {
        match self.get(tag) {
            Some(b"1") => Sex::Male,
            Some(b"2") => Sex::Female,
            _ => Sex::Unspecified,
        }
    }
}

/// Tag, value and what stands behind. Lengths are compared before they are added to anything.
fn split(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let header = ber::parse_header(bytes).ok()?;
    let (value, behind) = bytes.get(header.header_len..)?.split_at_checked(header.length)?;
    Some((header.tag, value, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_found_behind_each_other() {
        let record = b"\xFF\x20\x12\xDF\x22\x08\x31\x39\x38\x30\x30\x32\x31\x37\xDF\x23\x01\x32\xFF\xFF\xFF";
        let fields = Fields::parse(record).expect("a record");
        assert_eq!(fields.date(0xDF22), CivilDate::new(1980, 2, 17));
        assert!(fields.sex(0xDF23) == Sex::Female && fields.sex(0xDF24) == Sex::Unspecified);
        assert!(fields.get(0xDF25).is_none());
    }

    #[test]
    fn lengths_that_lie_are_no_record() {
        for record in [
            &b"\xFF\x20\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"[..],
            b"\xFF\x20\x04\xDF\x22\x08\x31",
            b"\xFF\x20\x05\xDF\x22\x88\xFF\xFF",
            b"\xFF\x20\x80",
            b"\xFF\x30\x00",
            b"",
        ] {
            assert!(Fields::parse(record).is_none(), "{record:02X?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let record = [b"\xFF\x20\x81\xC8".as_slice(), &bytes, &[0; 200]].concat();
            if let Some(fields) = Fields::parse(&record) {
                prop_assert!(fields.date(0xDF22).is_none_or(|date| date.year() >= 1868));
            }
        }
    }
}
