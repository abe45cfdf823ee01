//! One pass over a card: which token it is, its 利用者証明用証明書, and what can be said of it. No PIN.

use std::fmt;

use myna_card::tlv::ber;
use myna_card::{Certificate, Command, Response, StatusWord, Transmit};

use crate::failure::Failure;
use crate::guard::{ChannelError, GuardedChannel, Refusal};
use crate::link::LinkFault;
use crate::trust::{Chain, TrustAnchors};
use crate::validity::Validity;

/// Largest certificate that is read, header included; real ones have about 1,500 bytes. A card that declares more is
/// [`Failure::Unreadable`].
pub const MAX_CERT_BYTES: usize = 8192;

/// Bytes that suffice to know a DER header whose length fits [`MAX_CERT_BYTES`], long forms of other makers included.
const HEADER_BYTES: usize = 10;
/// Most that one READ BINARY asks for.
const MOST_PER_READ: usize = 256;

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

/// Where a read stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Selecting the 公的個人認証AP.
    Application,
    /// Reading what the token is.
    Token,
    /// Reading the certificate.
    Certificate,
    /// Understanding the certificate.
    Content,
}

/// A read that brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading the card at step {step:?} (status {status:04x?}): {failure}")]
pub struct ReadError {
    /// For the crew.
    pub failure: Failure,
    /// Where.
    pub step: Step,
    /// The card's status word, if a status decided.
    pub status: Option<u16>,
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
    let mut reader = Reader { channel: &mut *channel, step: Step::Application };
    reader.select_application()?;
    reader.step = Step::Token;
    let kind = reader.token_kind()?;
    reader.step = Step::Certificate;
    let raw = reader.certificate().map_err(|e| blame_phone(kind, e))?;
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
    let period = parsed.inner().tbs_certificate().validity();
    let not_before = i64::try_from(period.not_before.to_unix_duration().as_secs()).ok()?;
    let not_after = i64::try_from(period.not_after.to_unix_duration().as_secs()).ok()?;
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

struct Reader<'c, 'a, T> {
    channel: &'c mut GuardedChannel<'a, T>,
    step: Step,
}

impl<T: Transmit> Reader<'_, '_, T> {
    fn select_application(&mut self) -> Result<(), ReadError> {
        let select = Command::with_data(0x00, 0xA4, 0x04, 0x0C, myna_card::ap::jpki::DF);
        let status = self.call(&select)?.status;
        match status.value() {
            0x9000 => Ok(()),
            // Not found, or a card that knows no SELECT by name at all.
            0x6A82 | 0x6A81 | 0x6A86 | 0x6A87 | 0x6D00 | 0x6E00 => Err(self.failed(Failure::NotMyNumberCard, status)),
            _ => Err(self.failed(Failure::Unreadable, status)),
        }
    }

    /// The first 32 bytes of EF `0006`. A card that refuses them is not refused for that.
    fn token_kind(&mut self) -> Result<TokenKind, ReadError> {
        let mut label = Vec::new();
        let Some(mut first) = self.open(TOKEN_INFO, TOKEN_LABEL_BYTES)? else {
            return Ok(TokenKind::Unknown);
        };
        while !first.is_empty() && label.len() < TOKEN_LABEL_BYTES {
            label.append(&mut first);
            if label.len() < TOKEN_LABEL_BYTES {
                first = match self.piece(label.len(), TOKEN_LABEL_BYTES - label.len()) {
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

    fn certificate(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut out = self.open(AUTH_CERTIFICATE, MOST_PER_READ)?.ok_or(self.unreadable())?;
        loop {
            let wanted = match declared_length(&out) {
                Declared::Whole(total) if out.len() >= total => {
                    out.truncate(total);
                    return shortest_form(&out).ok_or(self.unreadable());
                }
                Declared::Whole(total) => total - out.len(),
                Declared::NeedsMore => MOST_PER_READ,
                Declared::Nonsense => return Err(self.unreadable()),
            };
            let piece = self.piece(out.len(), wanted.min(MOST_PER_READ))?.unwrap_or_default();
            if piece.is_empty() {
                return Err(self.unreadable());
            }
            out.extend(piece);
        }
    }

    /// Makes the file current and returns its first bytes: by SELECT, or by short identifier where SELECT is
    /// refused. None when the card gives it in neither way.
    fn open(&mut self, file: u16, want: usize) -> Result<Option<Vec<u8>>, ReadError> {
        let select = Command::with_data(0x00, 0xA4, 0x02, 0x0C, file.to_be_bytes());
        if self.call(&select)?.status.is_success() {
            return match self.piece(0, want) {
                Err(e) if e.status.is_some() && self.step == Step::Token => Ok(None),
                other => other,
            };
        }
        let [_, sfi] = file.to_be_bytes();
        let read = Command::with_le(0x00, 0xB0, 0x80 | sfi, 0x00, length(want));
        let response = self.call(&read)?;
        match content(&response) {
            Some(bytes) => Ok(Some(bytes)),
            None if self.step == Step::Token => Ok(None),
            None => Err(self.failed(Failure::Unreadable, response.status)),
        }
    }

    /// One READ BINARY of the current file; None past its end.
    fn piece(&mut self, offset: usize, want: usize) -> Result<Option<Vec<u8>>, ReadError> {
        let [hi, lo] = u16::try_from(offset).ok().filter(|o| *o < 0x8000).ok_or(self.unreadable())?.to_be_bytes();
        let response = self.call(&Command::with_le(0x00, 0xB0, hi, lo, length(want)))?;
        match (content(&response), response.status.value()) {
            (Some(mut bytes), _) => {
                bytes.truncate(want);
                Ok(Some(bytes))
            }
            (None, 0x6B00) => Ok(None),
            (None, _) => Err(self.failed(Failure::Unreadable, response.status)),
        }
    }

    /// One command with what ISO/IEC 7816-4 hangs on it: `6Cxx` is asked again once with the right length, `61xx` is
    /// collected (`xx` zero stands for 256; that is why `myna_card`'s own loop, which refuses it, is not used).
    fn call(&mut self, command: &Command) -> Result<Response, ReadError> {
        let mut response = self.exchange(command)?;
        if let Some(le) = response.status.correct_le() {
            let corrected = Command { le: Some(zero_is_most(le)), ..command.clone() };
            response = self.exchange(&corrected)?;
        }
        while let Some(more) = response.status.more_data_available() {
            let next = self.exchange(&Command::with_le(0x00, 0xC0, 0x00, 0x00, zero_is_most(more)))?;
            response.data.extend_from_slice(&next.data);
            response.status = next.status;
        }
        Ok(response)
    }

    fn exchange(&mut self, command: &Command) -> Result<Response, ReadError> {
        let bytes = command.to_bytes().map_err(|_| self.unreadable())?;
        let answer = self.channel.exchange(&bytes).map_err(|error| {
            let failure = match error {
                ChannelError::Link(fault) => from_link(fault),
                ChannelError::Refused(Refusal::TooMany) => Failure::TooSlow,
                ChannelError::Refused(_) => Failure::Unreadable,
            };
            ReadError { failure, step: self.step, status: None }
        })?;
        Response::parse(&answer).map_err(|_| self.unreadable())
    }

    fn failed(&self, failure: Failure, status: StatusWord) -> ReadError {
        ReadError { failure, step: self.step, status: Some(status.value()) }
    }

    fn unreadable(&self) -> ReadError {
        ReadError { failure: Failure::Unreadable, step: self.step, status: None }
    }
}

fn from_link(fault: LinkFault) -> Failure {
    match fault {
        LinkFault::ReaderGone => Failure::ReaderGone,
        LinkFault::ServiceGone => Failure::ServiceDown,
        LinkFault::CardGone => Failure::CardMoved,
        LinkFault::Deadline => Failure::TooSlow,
        LinkFault::Garbled => Failure::Unreadable,
    }
}

/// Data of a read that went well; `6282` is the end of the file reached early.
fn content(response: &Response) -> Option<Vec<u8>> {
    matches!(response.status.value(), 0x9000 | 0x6282).then(|| response.data.clone())
}

fn zero_is_most(length: u8) -> u32 {
    if length == 0 { 256 } else { u32::from(length) }
}

fn length(want: usize) -> u32 {
    u32::try_from(want.clamp(1, MOST_PER_READ)).unwrap_or(1)
}

enum Declared {
    /// The object's length with its header.
    Whole(usize),
    NeedsMore,
    Nonsense,
}

fn declared_length(bytes: &[u8]) -> Declared {
    match ber::parse_header(bytes) {
        // The length alone is compared first: adding the header's could overflow.
        Ok(header) if header.tag != 0x30 || header.length > MAX_CERT_BYTES => Declared::Nonsense,
        Ok(header) if header.total_len() > MAX_CERT_BYTES => Declared::Nonsense,
        Ok(header) => Declared::Whole(header.total_len()),
        Err(_) if bytes.len() < HEADER_BYTES => Declared::NeedsMore,
        Err(_) => Declared::Nonsense,
    }
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
