//! The guarded channel: only exact, listed commands pass, judged by what is selected on the card.

use myna_card::{Error, Transmit};

use crate::link::LinkFault;
use crate::rules::{Application, RULES, Rules};

/// Commands that one channel sends at most; the next one is refused as [`Refusal::TooMany`]. A certificate takes
/// about ten; a card that hands it out in crumbs of eight bytes still ends below this.
pub const MOST_COMMANDS: u32 = 400;

/// Data and status word of a short answer.
const MOST_ANSWER: usize = 258;

/// `SEQUENCE { SEQUENCE { sha256, NULL }, OCTET STRING (32) }` without the hash: the only thing that is ever signed.
const SHA256_DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
const SIGN_LC: u8 = 51;

/// Why a command did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not one of the listed commands, or not for the application that is selected.
    #[error("the command is not on the allow-list")]
    NotListed,
    /// A PIN without a key press that allows it.
    #[error("no key press allows a PIN")]
    PinNotAllowed,
    /// A PIN without a counter that was read just before and shows a try left.
    #[error("the retry counter was not read just before, or shows no try left")]
    CounterNotRead,
    /// A PIN at one try left, and the key press does not say that this was confirmed.
    #[error("one try is left and nobody confirmed it")]
    LastTryNotConfirmed,
    /// [`MOST_COMMANDS`] were sent.
    #[error("too many commands to one card")]
    TooMany,
}

/// What a key press says of the last try: a wrong number would block the key, and only a municipal office unblocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastTry {
    /// Nobody was asked: nothing is presented when one try is left.
    Unconfirmed,
    /// The person at the screen saw that one try is left, and goes on.
    Confirmed,
}

/// Why an exchange brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// Refused before it was sent.
    #[error("refusing a card command: {0}")]
    Refused(Refusal),
    /// Sent, or about to be, but the link failed.
    #[error("exchanging a card command: {0:?}")]
    Link(LinkFault),
}

/// A permitted command, by what it does to the card's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Permitted {
    SelectApplication(Application),
    SelectFile(u16),
    /// READ BINARY, sign: acts on the file, and makes it current.
    Use(u16),
    AskTries(u16),
    PresentPin(u16),
    GetResponse,
}

/// Wraps a link to one card. Starts with nothing selected, whatever the card thinks: until an application was
/// selected through this channel, nothing but that selection passes.
pub struct GuardedChannel<'a, T> {
    link: T,
    application: Option<Application>,
    file: Option<u16>,
    tries: Option<(u16, u8)>,
    pin_allowed: Option<LastTry>,
    response_waiting: bool,
    commands: u32,
    abort: Box<dyn FnMut() -> bool + 'a>,
}

impl<'a, T: Transmit> GuardedChannel<'a, T> {
    /// A channel over this link.
    pub fn new(link: T) -> Self {
        Self {
            link,
            application: None,
            file: None,
            tries: None,
            pin_allowed: None,
            response_waiting: false,
            commands: 0,
            abort: Box::new(|| false),
        }
    }

    /// Asks `abort` before each command; once it says true, commands end as [`LinkFault::Deadline`].
    #[must_use]
    pub fn with_abort(mut self, abort: impl FnMut() -> bool + 'a) -> Self {
        self.abort = Box::new(abort);
        self
    }

    /// One key press: lets one PIN pass, but not at one try left. The permission is used up by the first PIN, whatever
    /// the card answers.
    pub fn allow_one_pin(&mut self) {
        self.pin_allowed = Some(LastTry::Unconfirmed);
    }

    /// As [`Self::allow_one_pin`], also at one try left: for a key press on a screen that said so.
    pub fn allow_last_pin(&mut self) {
        self.pin_allowed = Some(LastTry::Confirmed);
    }

    /// Takes an unused permission back: a key press does not outlive the procedure that it began.
    pub fn forbid_pin(&mut self) {
        self.pin_allowed = None;
    }

    /// Commands that reached the link.
    #[must_use]
    pub fn commands(&self) -> u32 {
        self.commands
    }

    /// Sends a listed command and returns data with status word.
    ///
    /// # Errors
    /// [`ChannelError`]; a refused command never touches the link and changes nothing here.
    pub fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let kind = self.judge(command).map_err(ChannelError::Refused)?;
        self.send(kind, command)
    }

    fn send(&mut self, kind: Permitted, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if (self.abort)() {
            return Err(ChannelError::Link(LinkFault::Deadline));
        }
        self.commands = self.commands.saturating_add(1);
        if matches!(kind, Permitted::PresentPin(_)) {
            self.pin_allowed = None;
            self.tries = None;
        }
        let answer = self.link.transmit(command).map_err(|e| LinkFault::of(&e).unwrap_or(LinkFault::Garbled));
        let checked = answer.and_then(|bytes| match bytes.len() {
            0 | 1 => Err(LinkFault::CardGone),
            2..=MOST_ANSWER => Ok(bytes),
            _ => Err(LinkFault::Garbled),
        });
        match checked {
            Ok(bytes) => {
                let status = bytes.last_chunk::<2>().map_or([0, 0], |sw| *sw);
                self.follow(kind, status);
                Ok(bytes)
            }
            Err(fault) => {
                self.lose_state();
                Err(ChannelError::Link(fault))
            }
        }
    }

    /// What the card has selected now, as far as its answer proves it; where it does not, nothing.
    fn follow(&mut self, kind: Permitted, [sw1, sw2]: [u8; 2]) {
        let done = matches!([sw1, sw2], [0x90, 0x00] | [0x62, 0x82] | [0x61, _]);
        match kind {
            Permitted::SelectApplication(application) => {
                self.lose_state();
                self.application = done.then_some(application);
            }
            Permitted::SelectFile(file) => {
                self.file = done.then_some(file);
                self.tries = None;
            }
            Permitted::Use(file) => {
                let stays = done || self.file == Some(file);
                self.file = stays.then_some(file);
            }
            Permitted::AskTries(file) => {
                let counted = sw1 == 0x63 && sw2 & 0xF0 == 0xC0;
                self.tries = counted.then_some((file, sw2 & 0x0F));
                self.file = (counted || self.file == Some(file)).then_some(file);
            }
            Permitted::PresentPin(file) => self.file = (done || self.file == Some(file)).then_some(file),
            Permitted::GetResponse => {}
        }
        self.response_waiting = sw1 == 0x61;
    }

    fn lose_state(&mut self) {
        self.application = None;
        self.file = None;
        self.tries = None;
        self.response_waiting = false;
    }

    /// Compares the bytes with the list. Lengths are exact, so extended forms and trailing bytes never match.
    fn judge(&self, command: &[u8]) -> Result<Permitted, Refusal> {
        if self.commands >= MOST_COMMANDS {
            return Err(Refusal::TooMany);
        }
        match command {
            [0x00, 0xA4, 0x04, 0x0C, 0x0A, aid @ ..] => RULES
                .iter()
                .find(|r| r.aid == aid)
                .map(|r| Permitted::SelectApplication(r.application))
                .ok_or(Refusal::NotListed),
            [0x00, 0xA4, 0x02, 0x0C, 0x02, hi, lo] => {
                let file = u16::from_be_bytes([*hi, *lo]);
                self.listed(Permitted::SelectFile(file), |r| r.may_select(file))
            }
            [0x00, 0xB0, p1, _, _] => self.judge_read(*p1),
            [0x00, 0x20, 0x00, p2] => {
                let file = self.named(*p2)?;
                self.listed(Permitted::AskTries(file), |r| r.pin(file).is_some())
            }
            [0x00, 0x20, 0x00, p2, lc, pin @ ..] if usize::from(*lc) == pin.len() => self.judge_pin(*p2, pin),
            [0x80, 0x2A, 0x00, p2, SIGN_LC, data @ .., 0x00] => self.judge_sign(*p2, data),
            [0x00, 0xC0, 0x00, 0x00, _] if self.response_waiting => Ok(Permitted::GetResponse),
            _ => Err(Refusal::NotListed),
        }
    }

    fn judge_read(&self, p1: u8) -> Result<Permitted, Refusal> {
        let file = match p1 {
            0x00..=0x7F => self.file.ok_or(Refusal::NotListed)?,
            // "The current file by short identifier" has a plain form above; cards differ on this one.
            0x80 => return Err(Refusal::NotListed),
            _ => self.named(p1)?,
        };
        self.listed(Permitted::Use(file), |r| r.readable.contains(&file))
    }

    fn judge_pin(&self, p2: u8, pin: &[u8]) -> Result<Permitted, Refusal> {
        let file = self.named(p2)?;
        let fits = |r: &Rules| r.pin(file).is_some_and(|p| p.digits == pin.len() && pin.iter().all(u8::is_ascii_digit));
        let kind = self.listed(Permitted::PresentPin(file), fits)?;
        let last_try = self.pin_allowed.ok_or(Refusal::PinNotAllowed)?;
        match self.tries {
            Some((counted, 1)) if counted == file && last_try == LastTry::Unconfirmed => {
                Err(Refusal::LastTryNotConfirmed)
            }
            Some((counted, left)) if counted == file && left > 0 => Ok(kind),
            _ => Err(Refusal::CounterNotRead),
        }
    }

    fn judge_sign(&self, p2: u8, data: &[u8]) -> Result<Permitted, Refusal> {
        let file = self.named(p2)?;
        let digest_info = data.len() == usize::from(SIGN_LC) && data.starts_with(&SHA256_DIGEST_INFO);
        self.listed(Permitted::Use(file), |r| digest_info && r.keys.contains(&file))
    }

    /// The file that `80` (current) or `80|sfi` names; other bits are not listed.
    fn named(&self, p: u8) -> Result<u16, Refusal> {
        match (p & 0xE0, p & 0x1F) {
            (0x80, 0) => self.file.ok_or(Refusal::NotListed),
            (0x80, sfi) => Ok(u16::from(sfi)),
            _ => Err(Refusal::NotListed),
        }
    }

    fn listed(&self, kind: Permitted, holds: impl FnOnce(&'static Rules) -> bool) -> Result<Permitted, Refusal> {
        let application = self.application.ok_or(Refusal::NotListed)?;
        if holds(Rules::of(application)) { Ok(kind) } else { Err(Refusal::NotListed) }
    }
}

impl<T: Transmit> Transmit for GuardedChannel<'_, T> {
    /// [`GuardedChannel::exchange`] in `myna_card`'s terms; a refusal becomes `Malformed`.
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        self.exchange(command).map_err(|e| match e {
            ChannelError::Link(fault) => fault.into(),
            ChannelError::Refused(refusal) => Error::Malformed(refusal.to_string()),
        })
    }
}
