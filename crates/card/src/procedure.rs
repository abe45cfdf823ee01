//! One pass over a card: which token it is, its 利用者証明用証明書, and what can be said of it. No PIN.

use std::fmt;

use myna_card::tlv::ber;
use myna_card::{Certificate, Transmit};

use crate::certificate::period;
use crate::exchange::{Conversation, ReadError, Step};
use crate::failure::Failure;
use crate::guard::GuardedChannel;
use crate::rules::Application;
use crate::trust::{Chain, TrustAnchors};
use crate::validity::Validity;

/// Largest certificate that is read, header included; real ones have about 1,500 bytes. A card that declares more is
/// [`Failure::Unreadable`].
pub const MAX_CERT_BYTES: usize = 8192;

const DER_SEQUENCE: u32 = 0x30;
const TOKEN_INFO: u16 = 0x0006;
const AUTH_CERTIFICATE: u16 = 0x000A;
const TOKEN_LABEL_BYTES: usize = 32;

/// What the token says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A My Number card.
    Card,
    /// The certificate of an Android phone.
    AndroidPhone,
    /// The certificate of an iPhone.
    Iphone,
    /// The 住民基本台帳カード of before 2016.
    OldJukiCard,
    /// A label that is not known, or none: treated as a card.
    Unknown,
}

/// What one pass found.
#[derive(Clone, PartialEq, Eq)]
pub struct CardRead {
    /// Card or phone.
    pub kind: TokenKind,
    /// The 利用者証明用証明書, DER with the shortest outer length.
    pub certificate: Vec<u8>,
    /// Serial number in lower hex without leading zero bytes: the key of the insured person. Not for logs.
    pub serial: String,
    /// First second of the period, since 1970.
    pub not_before: i64,
    /// Last second of the period, since 1970.
    pub not_after: i64,
    /// The issuer's name.
    pub issuer: String,
    /// Who signed it.
    pub chain: Chain,
    /// Where the present stood against the period.
    pub validity: Validity,
    /// Commands that reached the card.
    pub commands: u32,
}

impl CardRead {
    /// What stands against using this card, the gravest first; empty when all is well.
    #[must_use]
    pub fn failures(&self) -> Vec<Failure> {
        let kind = match self.kind {
            TokenKind::AndroidPhone | TokenKind::Iphone => Some(Failure::PhoneCertificate),
            TokenKind::OldJukiCard => Some(Failure::OldJukiCard),
            TokenKind::Card | TokenKind::Unknown => None,
        };
        let chain = match self.chain {
            Chain::TestRefused => Some(Failure::TestCard),
            Chain::Untrusted => Some(Failure::UntrustedIssuer),
            _ => None,
        };
        let validity = match self.validity {
            Validity::NotYetValid => Some(Failure::NotYetValid),
            Validity::Valid => None,
            Validity::ExpiredWithinGrace => Some(Failure::ExpiredWithinGrace),
            Validity::ExpiredBeyondGrace => Some(Failure::Expired),
        };
        [kind, chain, validity].into_iter().flatten().collect()
    }

    /// True when a look-up may be made with it (a certificate in its grace months included).
    #[must_use]
    pub fn allows_lookup(&self) -> bool {
        !self.failures().iter().any(|f| f.stops_lookup())
    }
}

impl fmt::Debug for CardRead {
    /// Without certificate and serial number: they lead to a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardRead")
            .field("kind", &self.kind)
            .field("chain", &self.chain)
            .field("validity", &self.validity)
            .field("commands", &self.commands)
            .finish_non_exhaustive()
    }
}

/// Selects the 公的個人認証AP, reads what the token is and its 利用者証明用証明書, and checks period and signature. `now` is in
/// seconds since 1970. Sends no PIN. Takes a `6282` at the end of a file, long-form lengths, filler, short answers,
/// `61xx`/`6Cxx` and cards without short file identifiers.
///
/// # Errors
/// [`ReadError`] when no certificate could be read. A certificate that was read is returned whatever is wrong with
/// it: ask [`CardRead::failures`].
pub fn read_auth_certificate<T: Transmit>(
    channel: &mut GuardedChannel<'_, T>,
    now: i64,
    anchors: &TrustAnchors,
) -> Result<CardRead, ReadError> {
    let mut card = Conversation::new(&mut *channel);
    card.select_application(Application::Jpki, Failure::NotMyNumberCard)?;
    card.step = Step::Token;
    let kind = token_kind(&mut card)?;
    card.step = Step::Certificate;
    let raw = certificate(&mut card).map_err(|e| blame_phone(kind, e))?;
    let commands = channel.commands();
    describe(kind, raw, now, anchors, commands).ok_or(ReadError {
        failure: Failure::Unreadable,
        step: Step::Content,
        status: None,
    })
}

/// A phone keeps its certificate behind a credential; a card never does.
fn blame_phone(kind: TokenKind, error: ReadError) -> ReadError {
    let phone = matches!(kind, TokenKind::AndroidPhone | TokenKind::Iphone);
    if phone && error.status.is_some() { ReadError { failure: Failure::PhoneCertificate, ..error } } else { error }
}

fn describe(kind: TokenKind, der: Vec<u8>, now: i64, anchors: &TrustAnchors, commands: u32) -> Option<CardRead> {
    let parsed = Certificate::parse(&der).ok()?;
    let (not_before, not_after) = period(&parsed)?;
    let serial = parsed.serial_number().iter().skip_while(|b| **b == 0).map(|b| format!("{b:02x}")).collect();
    Some(CardRead {
        kind,
        serial,
        not_before,
        not_after,
        issuer: parsed.issuer(),
        chain: anchors.check(&parsed),
        validity: Validity::at(now, not_before, not_after),
        commands,
        certificate: der,
    })
}

/// The first 32 bytes of EF `0006`. A card that refuses them is not refused for that.
fn token_kind<T: Transmit>(card: &mut Conversation<'_, '_, T>) -> Result<TokenKind, ReadError> {
    let mut label = Vec::new();
    let Some(mut first) = card.open(TOKEN_INFO, TOKEN_LABEL_BYTES)? else {
        return Ok(TokenKind::Unknown);
    };
    while !first.is_empty() && label.len() < TOKEN_LABEL_BYTES {
        label.append(&mut first);
        if label.len() < TOKEN_LABEL_BYTES {
            first = match card.piece(label.len(), TOKEN_LABEL_BYTES - label.len()) {
                Err(e) if e.status.is_some() => break,
                other => other?.unwrap_or_default(),
            };
        }
    }
    label.truncate(TOKEN_LABEL_BYTES);
    Ok(match label.trim_ascii_end() {
        b"JPKIAPICCTOKEN2" => TokenKind::Card,
        b"JPKIAPGPSETOKEN" => TokenKind::AndroidPhone,
        b"JPKIAPIOSTOKEN" => TokenKind::Iphone,
        b"JPKIAPICCTOKEN" => TokenKind::OldJukiCard,
        _ => TokenKind::Unknown,
    })
}

fn certificate<T: Transmit>(card: &mut Conversation<'_, '_, T>) -> Result<Vec<u8>, ReadError> {
    let object = card.object(AUTH_CERTIFICATE, DER_SEQUENCE, MAX_CERT_BYTES)?;
    shortest_form(&object).ok_or(card.unreadable())
}

/// The same object with the shortest outer length. The signature covers what is inside, so nothing is lost.
fn shortest_form(der: &[u8]) -> Option<Vec<u8>> {
    let header = ber::parse_header(der).ok()?;
    let inner = der.get(header.header_len..)?;
    let [hi, lo] = u16::try_from(inner.len()).ok()?.to_be_bytes();
    let mut out = match (hi, lo) {
        (0, 0..=0x7F) => vec![0x30, lo],
        (0, _) => vec![0x30, 0x81, lo],
        _ => vec![0x30, 0x82, hi, lo],
    };
    out.extend_from_slice(inner);
    Some(out)
}
