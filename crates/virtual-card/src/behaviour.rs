//! Switches that make the card answer like cards of other makers, or misbehave.

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
            pulled_after: None,
            answer_delay_ms: 0,
        }
    }
}
