//! Switches that make the card answer like cards of other makers, or misbehave.

use crate::hostile::Hostile;

/// The contact ATR of a My Number card.
pub const DEFAULT_ATR: [u8; 9] = [0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14];

/// An ATR as a contactless reader makes it up (PC/SC part 3), for a card known by its applications alone.
pub const CONTACTLESS_ATR: [u8; 13] = [0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x33, 0x81, 0x81, 0x00, 0x3A];

/// What EF `0006` says that this token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// `JPKIAPICCTOKEN2`: a My Number card.
    Card,
    /// `JPKIAPGPSETOKEN`: the certificate of an Android phone.
    Android,
    /// `JPKIAPIOSTOKEN`: the certificate of an iPhone.
    Iphone,
    /// `JPKIAPICCTOKEN`: the old 住民基本台帳カード.
    OldJukiCard,
}

impl Token {
    /// The label, to be padded with spaces to 32 bytes.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Card => "JPKIAPICCTOKEN2",
            Self::Android => "JPKIAPGPSETOKEN",
            Self::Iphone => "JPKIAPIOSTOKEN",
            Self::OldJukiCard => "JPKIAPICCTOKEN",
        }
    }
}

/// How READ BINARY behaves where the file ends before Le is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfFile {
    /// The bytes that are left, and `9000` (JICSAP 6.4.1).
    Success,
    /// The bytes that are left, and `6282` (ISO/IEC 7816-4).
    Warning,
    /// `6Cxx` with the right length and no bytes.
    CorrectLength,
}

/// Where the certificates stand against the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateAge {
    /// As the persona's file says.
    AsPersona,
    /// From tomorrow.
    NotYetValid,
    /// Until a month ago.
    InGrace,
    /// Until four months ago.
    Expired,
}

impl CertificateAge {
    /// First and last second, moved so that the length of the period stays.
    pub(crate) fn shift(self, (from, to): (i64, i64), now: i64) -> (i64, i64) {
        const DAY: i64 = 86_400;
        let by = match self {
            Self::AsPersona => 0,
            Self::NotYetValid => now + DAY - from,
            Self::InGrace => now - 30 * DAY - to,
            Self::Expired => now - 120 * DAY - to,
        };
        (from + by, to + by)
    }
}

/// What stands in the place of the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portrait {
    /// The persona's drawn face, JPEG 2000.
    Drawn,
    /// The first half of it.
    Torn,
    /// A PNG of one empty line.
    Png,
    /// No bytes.
    Absent,
}

/// How this card differs from the reference card. The default is the reference card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// Answer to reset.
    pub atr: Vec<u8>,
    /// What EF `0006` says.
    pub token: Token,
    /// End of file.
    pub end_of_file: EndOfFile,
    /// Refuses short EF identifiers with `6A86`.
    pub refuses_short_ef: bool,
    /// Certificates and records start with a length in a longer form than needed (`30 83 00 hh ll`).
    pub long_form_lengths: bool,
    /// Filler bytes `FF` behind each certificate.
    pub filler: usize,
    /// Returns at most this many bytes per READ BINARY.
    pub most_bytes_per_read: Option<usize>,
    /// Hands data out through `61xx` and GET RESPONSE.
    pub get_response: bool,
    /// None of the applications exists: some other card.
    pub foreign: bool,
    /// The authentication PIN is blocked from the start.
    pub auth_pin_blocked: bool,
    /// Tries that the authentication PIN begins with; none: all three.
    pub auth_pin_left: Option<u8>,
    /// Tries that both 照合番号B begin with; none: all ten.
    pub number_b_left: Option<u8>,
    /// Neither 券面 application exists.
    pub without_surface: bool,
    /// Where the certificates stand.
    pub certificate: CertificateAge,
    /// The photo.
    pub portrait: Portrait,
    /// It lies, or never ends.
    pub hostile: Option<Hostile>,
    /// This command (from 1) is carried out, and the card leaves the field before it answers.
    pub answer_lost_at: Option<u32>,
    /// The first secret is taken, and the card leaves the field before it answers: however many commands went before.
    pub first_secret_unanswered: bool,
    /// The card leaves the field after this many commands.
    pub pulled_after: Option<u32>,
    /// Milliseconds that the carrier should wait before it passes an answer on.
    pub answer_delay_ms: u32,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            atr: DEFAULT_ATR.to_vec(),
            token: Token::Card,
            end_of_file: EndOfFile::Success,
            refuses_short_ef: false,
            long_form_lengths: false,
            filler: 0,
            most_bytes_per_read: None,
            get_response: false,
            foreign: false,
            auth_pin_blocked: false,
            auth_pin_left: None,
            number_b_left: None,
            without_surface: false,
            certificate: CertificateAge::AsPersona,
            portrait: Portrait::Drawn,
            hostile: None,
            answer_lost_at: None,
            first_secret_unanswered: false,
            pulled_after: None,
            answer_delay_ms: 0,
        }
    }
}
