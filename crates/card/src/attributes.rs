//! The four attributes (基本4情報) as text, opened by 照合番号B.

use std::fmt;

use model::{CivilDate, Sex};
use myna_card::Transmit;
use zeroize::Zeroizing;

use crate::exchange::{Conversation, ReadError, Step};
use crate::failure::Failure;
use crate::fields::{Fields, RECORD};
use crate::guard::{GuardedChannel, LastTry};
use crate::present::NUMBER_B;
use crate::rules::Application;
use crate::secret::NumberB;

/// Largest 入力補助AP EF `0002` that is read, header included; a real one has some hundred bytes. A card that declares
/// more is [`Failure::Unreadable`] before its content is asked for.
pub const MAX_ATTRIBUTES_BYTES: usize = 4096;

const ATTRIBUTES: u16 = 0x0002;
const KEY: u16 = 0x0015;
const NAME: u32 = 0xDF22;
const ADDRESS: u32 = 0xDF23;
const BIRTH: u32 = 0xDF24;
const SEX: u32 = 0xDF25;

/// Name, address, date of birth and sex.
#[derive(Clone, PartialEq, Eq)]
pub struct Attributes {
    /// 氏名: family name, U+3000, given name. ● and 外字 (private use) stand as on the card: they are no damage.
    pub name: Zeroizing<String>,
    /// 住所, block numbers in full width.
    pub address: Zeroizing<String>,
    /// 生年月日, Gregorian; none when the card holds no date that exists.
    pub birth: Option<CivilDate>,
    /// 性別.
    pub sex: Sex,
}

impl fmt::Debug for Attributes {
    /// Nothing: all of it is the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attributes").finish_non_exhaustive()
    }
}

/// Opens the 券面事項入力補助AP with 照合番号B and reads the four attributes. This application has a key and a counter of its
/// own, so this is a key press of its own: it reads the counter, sends at most one VERIFY, and sends nothing again.
///
/// # Errors
/// As [`crate::open_surface`].
pub fn open_attributes<T: Transmit>(
    channel: &mut GuardedChannel<'_, T>,
    number: &NumberB,
    last_try: LastTry,
) -> Result<Attributes, ReadError> {
    let mut card = Conversation::new(channel);
    card.select_application(Application::Text, Failure::NumberBNotOffered)?;
    card.present(KEY, number, last_try, &NUMBER_B)?;
    card.step = Step::Attributes;
    let record = Zeroizing::new(card.object(ATTRIBUTES, RECORD, MAX_ATTRIBUTES_BYTES)?);
    card.step = Step::Content;
    let read = Fields::parse(&record).and_then(|fields| {
        Some(Attributes {
            name: text(fields.get(NAME)?)?,
            address: text(fields.get(ADDRESS)?)?,
            birth: fields.date(BIRTH),
            sex: fields.sex(SEX),
        })
    });
    read.ok_or(card.unreadable())
}

fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}
