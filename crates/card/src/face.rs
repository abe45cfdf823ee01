//! The face of the card, opened by 照合番号B: photo, date of birth, sex, expiry.

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

/// Largest 券面AP EF `0002` that is read, header included: as far as READ BINARY reaches. A card that declares more is
/// [`Failure::Unreadable`] before its content is asked for.
pub const MAX_FACE_BYTES: usize = 0x8000;

const FACE: u16 = 0x0002;
const KEY: u16 = 0x0012;
const BIRTH: u32 = 0xDF22;
const SEX: u32 = 0xDF23;
const PHOTO: u32 = 0xDF27;
const EXPIRY: u32 = 0xDF29;

/// What the chip says of the printed face. Read, not proven: the issuer's signature over it is not checked here.
#[derive(Clone, PartialEq, Eq)]
pub struct Face {
    /// 生年月日, Gregorian, as the card says it; none when the card holds no date that exists.
    pub birth: Option<CivilDate>,
    /// 性別.
    pub sex: Sex,
    /// Last day of the card (not of the certificate); none when the card holds no date that exists.
    pub expiry: Option<CivilDate>,
    /// 顔写真, JPEG 2000 as stored, for [`crate::photo::decode`]; empty when the card has none. At most [`MAX_FACE_BYTES`].
    pub photo: Zeroizing<Vec<u8>>,
    /// Commands that this channel sent so far.
    pub commands: u32,
}

impl fmt::Debug for Face {
    /// Only sizes: the rest leads to a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Face")
            .field("photo_bytes", &self.photo.len())
            .field("commands", &self.commands)
            .finish_non_exhaustive()
    }
}

/// Opens the 券面事項確認AP with 照合番号B and reads the face. To be called once per key press: it reads the counter, sends at
/// most one VERIFY, and sends nothing again.
///
/// # Errors
/// [`ReadError`], among them [`Failure::NumberBWrong`] with the tries left, [`Failure::NumberBBlocked`],
/// [`Failure::NumberBNotOffered`] (the card has no such application or key) and [`Failure::LastTry`] (one try is left and
/// `last_try` does not say that this was confirmed; nothing was presented).
pub fn open_surface<T: Transmit>(
    channel: &mut GuardedChannel<'_, T>,
    number: &NumberB,
    last_try: LastTry,
) -> Result<Face, ReadError> {
    let mut card = Conversation::new(channel);
    card.select_application(Application::Surface, Failure::NumberBNotOffered)?;
    card.present(KEY, number, last_try, &NUMBER_B)?;
    card.step = Step::Face;
    let record = Zeroizing::new(card.object(FACE, RECORD, MAX_FACE_BYTES)?);
    card.step = Step::Content;
    let fields = Fields::parse(&record).ok_or(card.unreadable())?;
    Ok(Face {
        birth: fields.date(BIRTH),
        sex: fields.sex(SEX),
        expiry: fields.date(EXPIRY),
        photo: Zeroizing::new(fields.get(PHOTO).unwrap_or_default().to_vec()),
        commands: card.channel.commands(),
    })
}
