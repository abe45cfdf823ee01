//! The card itself: what is selected, what is verified, and the answer to each command.

use std::collections::BTreeSet;

use crate::access::{Application, File};
use crate::apdu::{self, Command};
use crate::behaviour::{Behaviour, EndOfFile};
use crate::files::{self, AUTH_KEY, Files};
use crate::hostile::Hostile;
use crate::material::{CardMaterial, MaterialError};
use crate::persona::Persona;
use crate::pin::{Pins, Verdict};
use crate::sign::sign;
use crate::transcript::Transcript;

/// The files that hold the 個人番号 or open on it, and the 署名用証明書: no field tool may touch them.
pub const MY_NUMBER_FILES: [(Application, u16); 5] = [
    (Application::Text, 0x0001),
    (Application::Text, 0x0014),
    (Application::Surface, 0x0005),
    (Application::Surface, 0x0013),
    (Application::Jpki, 0x0001),
];

const OK: u16 = 0x9000;

/// Sixteen bytes more are waiting, it says, for ever.
const ENDLESS: (Vec<u8>, u16) = (Vec::new(), 0x6110);

/// Data and status word, or a status word alone.
type Outcome = Result<(Vec<u8>, u16), u16>;

/// A virtual My Number card in the field of a reader, powered on.
pub struct VirtualCard {
    files: Files,
    pins: Pins,
    auth_key: rsa::RsaPrivateKey,
    sign_key: rsa::RsaPrivateKey,
    behaviour: Behaviour,
    application: Option<Application>,
    current_file: Option<u16>,
    pending: Vec<u8>,
    challenges: u64,
    powered: bool,
    commands: u32,
    touched: BTreeSet<(Application, u16)>,
    transcript: Transcript,
}

impl VirtualCard {
    /// The persona's card at `now` (seconds since 1970; validity counts from that day in Asia/Tokyo).
    ///
    /// # Errors
    /// [`MaterialError`] when a certificate cannot be made.
    pub fn new(
        persona: &Persona,
        material: &CardMaterial,
        behaviour: Behaviour,
        now: i64,
    ) -> Result<Self, MaterialError> {
        Ok(Self {
            files: files::build(persona, material, &behaviour, now)?,
            pins: Pins::of(persona, &behaviour, now).map_err(MaterialError::Persona)?,
            auth_key: material.auth_key.clone(),
            sign_key: material.sign_key.clone(),
            behaviour,
            application: None,
            current_file: None,
            pending: Vec::new(),
            challenges: 0,
            powered: true,
            commands: 0,
            touched: BTreeSet::new(),
            transcript: Transcript::default(),
        })
    }

    /// Answer to reset.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.behaviour.atr
    }

    /// How this card behaves.
    #[must_use]
    pub fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }

    /// False once it has left the field (`Behaviour::pulled_after`).
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.behaviour.pulled_after.is_none_or(|most| self.commands <= most)
    }

    /// Everything that was asked, with PINs masked.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Every file that any command named or used, whether it was allowed or not.
    #[must_use]
    pub fn touched(&self) -> &BTreeSet<(Application, u16)> {
        &self.touched
    }

    /// Power comes: nothing is selected or verified.
    pub fn power_on(&mut self) {
        self.forget();
        self.powered = true;
    }

    /// Power goes: nothing is answered until it comes back.
    pub fn power_off(&mut self) {
        self.forget();
        self.powered = false;
    }

    /// Warm reset; retry counters stay as they are.
    pub fn reset(&mut self) {
        self.forget();
    }

    /// Answers one command APDU; empty when the card has no power or has left the field.
    pub fn process(&mut self, command: &[u8]) -> Vec<u8> {
        if !self.powered {
            return Vec::new();
        }
        self.commands = self.commands.saturating_add(1);
        if !self.is_present() {
            return Vec::new();
        }
        let (mut answer, status) = match apdu::parse(command) {
            None => (Vec::new(), 0x6700),
            Some(parsed) => self.dispatch(&parsed).unwrap_or_else(|status| (Vec::new(), status)),
        };
        answer.extend_from_slice(&status.to_be_bytes());
        let presented = self.transcript.presented();
        self.transcript.record(command, &answer);
        let is_first_secret = presented == 0 && self.transcript.presented() == 1;
        let is_lost = self.behaviour.answer_lost_at == Some(self.commands)
            || (is_first_secret && self.behaviour.first_secret_unanswered);
        if is_lost {
            self.power_off();
            return Vec::new();
        }
        answer
    }

    fn forget(&mut self) {
        self.application = None;
        self.current_file = None;
        self.pending.clear();
        self.pins.forget_verified();
    }

    fn dispatch(&mut self, c: &Command<'_>) -> Outcome {
        if (c.cla, c.ins) != (0x00, 0xC0) {
            self.pending.clear();
        }
        let (data, status) = match (c.cla, c.ins) {
            (0x00, 0xA4) => self.select(c).map(|()| (Vec::new(), OK)),
            (0x00, 0xB0) => self.read_binary(c),
            (0x00, 0xB2) => self.read_record(c),
            (0x00, 0x20) => self.verify(c),
            (0x00, 0x84) => self.challenge(c),
            (0x00, 0xC0) if self.behaviour.hostile == Some(Hostile::EndlessMore) => return Ok(ENDLESS),
            (0x00, 0xC0) if self.behaviour.get_response => return self.get_response(c),
            (0x80, 0x2A) => self.compute_signature(c),
            (0x00 | 0x80, _) => Err(0x6D00),
            _ => Err(0x6E00),
        }?;
        if self.behaviour.get_response && !data.is_empty() {
            self.pending = data;
            return Err(self.more_waiting());
        }
        Ok((data, status))
    }

    fn select(&mut self, c: &Command<'_>) -> Result<(), u16> {
        match (c.p1, c.p2) {
            // The master file: refused after reset, without effect inside an application.
            (0x00, 0x00) if c.data.is_empty() => self.application.map(|_| ()).ok_or(0x6A86),
            (0x00 | 0x02, _) if c.data == [0x3F, 0x00] => Err(0x6A82),
            (0x04, _) => self.select_application(c),
            (0x02, 0x0C) => {
                let id = <[u8; 2]>::try_from(c.data).map_err(|_| 0x6700_u16)?;
                self.find(u16::from_be_bytes(id)).map(|_| ())
            }
            _ => Err(0x6A86),
        }
    }

    fn select_application(&mut self, c: &Command<'_>) -> Result<(), u16> {
        let found = Application::ALL.into_iter().find(|a| a.aid() == c.data);
        let offered = |a: &Application| *a == Application::Jpki || !self.behaviour.without_surface;
        let application = found.filter(|_| !self.behaviour.foreign).filter(offered).ok_or(0x6A82_u16)?;
        if c.p2 != 0x0C {
            return Err(0x6A86);
        }
        self.forget();
        self.application = Some(application);
        Ok(())
    }

    /// Makes the file current, if the current application has it.
    fn find(&mut self, id: u16) -> Result<(Application, u16), u16> {
        let application = self.application.ok_or(0x6A82_u16)?;
        let at = (application, id);
        if !self.files.contains_key(&at) {
            return Err(0x6A82);
        }
        self.touched.insert(at);
        self.current_file = Some(id);
        Ok(at)
    }

    /// The file that a 5-bit identifier names; zero is the current one.
    fn find_short(&mut self, sfi: u8) -> Result<(Application, u16), u16> {
        if sfi == 0 {
            let at = self.application.zip(self.current_file).ok_or(0x6986_u16)?;
            self.touched.insert(at);
            return Ok(at);
        }
        if self.behaviour.refuses_short_ef {
            return Err(0x6A86);
        }
        self.find(u16::from(sfi))
    }

    fn read_binary(&mut self, c: &Command<'_>) -> Outcome {
        if !c.data.is_empty() {
            return Err(0x6700);
        }
        match self.behaviour.hostile {
            Some(Hostile::ReadStatus(status)) => return Err(status),
            Some(Hostile::EndlessMore) => return Ok(ENDLESS),
            _ => {}
        }
        let le = c.le.ok_or(0x6700_u16)?;
        let (at, offset) = if c.p1 & 0x80 == 0 {
            (self.find_short(0)?, usize::from(u16::from_be_bytes([c.p1, c.p2])))
        } else if c.p1 & 0x60 == 0 {
            (self.find_short(c.p1 & 0x1F)?, usize::from(c.p2))
        } else {
            return Err(0x6A86);
        };
        match self.files.get(&at) {
            Some(File::Transparent { content, read }) if self.pins.allows(at.0, *read) => {
                self.slice(content, offset, le)
            }
            Some(File::Transparent { .. }) => Err(0x6982),
            _ => Err(0x6981),
        }
    }

    fn slice(&self, content: &[u8], offset: usize, le: usize) -> Outcome {
        let rest = content.get(offset..).filter(|rest| !rest.is_empty()).ok_or(0x6B00_u16)?;
        let most = self.behaviour.most_bytes_per_read.unwrap_or(usize::MAX).max(1);
        let beyond = le > rest.len();
        let piece = rest.get(..le.min(most)).unwrap_or(rest);
        match self.behaviour.end_of_file {
            EndOfFile::CorrectLength if beyond => match u8::try_from(rest.len()) {
                Ok(length) => Err(u16::from_be_bytes([0x6C, length])),
                Err(_) => Ok((piece.to_vec(), OK)),
            },
            EndOfFile::Warning if beyond && piece.len() == rest.len() => Ok((piece.to_vec(), 0x6282)),
            _ => Ok((piece.to_vec(), OK)),
        }
    }

    /// No file of this card has records.
    fn read_record(&mut self, c: &Command<'_>) -> Outcome {
        self.find_short(c.p2 >> 3)?;
        Err(0x6981)
    }

    fn verify(&mut self, c: &Command<'_>) -> Outcome {
        if c.p1 != 0 || c.p2 & 0xE0 != 0x80 {
            return Err(0x6A86);
        }
        let at = self.find_short(c.p2 & 0x1F)?;
        let left = self.pins.left(at).ok_or(0x6981_u16)?;
        if c.data.is_empty() {
            return Err(if let Some(Hostile::CounterStatus(lie)) = self.behaviour.hostile { lie } else { tries(left) });
        }
        if c.data.len() > 16 {
            return Err(0x6700);
        }
        let verdict = self.pins.verify(at, c.data);
        if let Some(Hostile::VerifyStatus(lie)) = self.behaviour.hostile {
            return Err(lie);
        }
        match verdict {
            Some(Verdict::Right) => Ok((Vec::new(), OK)),
            Some(Verdict::Wrong { left }) => Err(tries(left)),
            Some(Verdict::Blocked) => Err(0x6984),
            None => Err(0x6981),
        }
    }

    fn compute_signature(&mut self, c: &Command<'_>) -> Outcome {
        if c.p2 & 0xE0 != 0x80 {
            return Err(0x6A86);
        }
        let at = self.find_short(c.p2 & 0x1F)?;
        let Some(File::PrivateKey { sign: access }) = self.files.get(&at) else {
            return Err(0x6981);
        };
        if !self.pins.allows(at.0, *access) {
            return Err(0x6982);
        }
        let key = if at.1 == AUTH_KEY { &self.auth_key } else { &self.sign_key };
        let signature = match self.behaviour.hostile {
            Some(Hostile::SignatureOf(length)) => vec![0; length],
            _ => sign(key, c.p1, c.data)?,
        };
        match c.le {
            Some(le) if le < signature.len() => Err(0x6C00),
            _ => Ok((signature, OK)),
        }
    }

    /// GET CHALLENGE. Not random: a counter spread over the bytes, enough for a stand-in and the same on every run.
    fn challenge(&mut self, c: &Command<'_>) -> Outcome {
        let le = c.le.filter(|le| (1..=256).contains(le)).ok_or(0x6700_u16)?;
        self.challenges = self.challenges.wrapping_add(1);
        let mut state = self.challenges;
        let byte = |()| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        Ok((std::iter::repeat_n((), le).map(byte).collect(), OK))
    }

    fn get_response(&mut self, c: &Command<'_>) -> Outcome {
        let le = c.le.ok_or(0x6700_u16)?;
        if self.pending.is_empty() {
            return Err(0x6985);
        }
        let part: Vec<u8> = self.pending.drain(..le.min(self.pending.len())).collect();
        let status = if self.pending.is_empty() { OK } else { self.more_waiting() };
        Ok((part, status))
    }

    /// `61xx`; xx is zero for 256 bytes and more.
    fn more_waiting(&self) -> u16 {
        u16::from_be_bytes([0x61, u8::try_from(self.pending.len()).unwrap_or(0)])
    }
}

/// `63Cx`, also `63C0` for a blocked reference.
fn tries(left: u8) -> u16 {
    u16::from_be_bytes([0x63, 0xC0 | (left & 0x0F)])
}

impl myna_card::Transmit for VirtualCard {
    /// A card without power or outside the field gives an answer without status word: `ShortResponse(0)`.
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        Ok(self.process(command))
    }
}
