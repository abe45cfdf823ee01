//! What every procedure does with a card: select, read a file to its end, and what ISO/IEC 7816-4 hangs on a command.

use myna_card::tlv::ber;
use myna_card::{Command, Response, StatusWord, Transmit};

use crate::failure::Failure;
use crate::guard::{ChannelError, GuardedChannel, Refusal};
use crate::link::LinkFault;
use crate::rules::{Application, Rules};

/// Bytes that suffice to know a header whose length fits the largest file, long forms of other makers included.
const HEADER_BYTES: usize = 10;
/// Most that one READ BINARY asks for.
pub(crate) const MOST_PER_READ: usize = 256;

/// Where a procedure stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Selecting the application.
    Application,
    /// Reading what the token is.
    Token,
    /// Reading the certificate.
    Certificate,
    /// Asking how many tries are left.
    Counter,
    /// Presenting a PIN or 照合番号B.
    Present,
    /// Reading the face of the card (券面事項確認AP).
    Face,
    /// Reading the four attributes (券面事項入力補助AP).
    Attributes,
    /// Having the challenge signed.
    Sign,
    /// Understanding what was read.
    Content,
}

/// A procedure that brought nothing.
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

/// One procedure over a channel; `step` names where it is, for errors.
pub(crate) struct Conversation<'c, 'a, T> {
    pub(crate) channel: &'c mut GuardedChannel<'a, T>,
    pub(crate) step: Step,
}

impl<'c, 'a, T: Transmit> Conversation<'c, 'a, T> {
    pub(crate) fn new(channel: &'c mut GuardedChannel<'a, T>) -> Self {
        Self { channel, step: Step::Application }
    }

    /// Selects by name; `absent` is what a card means that has no such application.
    pub(crate) fn select_application(&mut self, application: Application, absent: Failure) -> Result<(), ReadError> {
        let select = Command::with_data(0x00, 0xA4, 0x04, 0x0C, Rules::of(application).aid);
        let status = self.call(&select)?.status;
        match status.value() {
            0x9000 => Ok(()),
            // Not found, or a card that knows no SELECT by name at all.
            0x6A82 | 0x6A81 | 0x6A86 | 0x6A87 | 0x6D00 | 0x6E00 => Err(self.failed(absent, status)),
            _ => Err(self.failed(Failure::Unreadable, status)),
        }
    }

    /// The one object with this tag that a file begins with, header included; filler behind it is not read. An object
    /// of more than `most` bytes is refused by its header alone, before its content is asked for.
    pub(crate) fn object(&mut self, file: u16, tag: u32, most: usize) -> Result<Vec<u8>, ReadError> {
        let mut out = self.open(file, MOST_PER_READ)?.ok_or(self.unreadable())?;
        loop {
            let wanted = match declared_length(&out, tag, most) {
                Declared::Whole(total) if out.len() >= total => {
                    out.truncate(total);
                    return Ok(out);
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
    pub(crate) fn open(&mut self, file: u16, want: usize) -> Result<Option<Vec<u8>>, ReadError> {
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
    pub(crate) fn piece(&mut self, offset: usize, want: usize) -> Result<Option<Vec<u8>>, ReadError> {
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
    pub(crate) fn call(&mut self, command: &Command) -> Result<Response, ReadError> {
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
        self.exchange_bytes(&bytes)
    }

    /// A command in bytes, once: for what must not lie about in a [`Command`].
    pub(crate) fn exchange_bytes(&mut self, bytes: &[u8]) -> Result<Response, ReadError> {
        let answer = self.channel.exchange(bytes).map_err(|error| {
            let failure = match error {
                ChannelError::Link(fault) => from_link(fault),
                ChannelError::Refused(Refusal::TooMany) => Failure::TooSlow,
                ChannelError::Refused(Refusal::LastTryNotConfirmed) => Failure::LastTry,
                ChannelError::Refused(_) => Failure::Unreadable,
            };
            ReadError { failure, step: self.step, status: None }
        })?;
        Response::parse(&answer).map_err(|_| self.unreadable())
    }

    pub(crate) fn failed(&self, failure: Failure, status: StatusWord) -> ReadError {
        ReadError { failure, step: self.step, status: Some(status.value()) }
    }

    pub(crate) fn unreadable(&self) -> ReadError {
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

fn declared_length(bytes: &[u8], tag: u32, most: usize) -> Declared {
    match ber::parse_header(bytes) {
        // The length alone is compared first: adding the header's could overflow.
        Ok(header) if header.tag != tag || header.length > most => Declared::Nonsense,
        Ok(header) if header.total_len() > most => Declared::Nonsense,
        Ok(header) => Declared::Whole(header.total_len()),
        Err(_) if bytes.len() < HEADER_BYTES => Declared::NeedsMore,
        Err(_) => Declared::Nonsense,
    }
}
