//! A tablet whose core is real and whose outside is made by hand.

use crate::app::{Tablet, TabletApp};
use ambulance_core::{
    CardInput, CardState, Command, Config, Core, Effect, HistoryState, Identity, Input, LinkInput, LinkTrouble, Now,
    OpenedFace, Restored, State,
};
use ambulance_runtime::Notice;
use card::{CardRead, Chain, Failure, Keyed, LastTry, TokenKind, Validity};
use case::FindingsChange;
use delivery::StoreError;
use hospital_selection::HospitalTable;
use model::{
    BootId, Complaint, DepartmentId, DeviceId, EnquiryId, HospitalId, LogId, Monotonic, Position, RngStreams, Sex,
    Stage, Timestamp, UnitId,
};
use patient_history::ConsentScope;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wire::{Ask, LogFrame, LogReply, Passcode, Welcome};

mod answers;
mod records;

pub(super) use records::{blank_record, full_record, woman_of_1948};

/// The core with its outside. Shared by the app under test and the test.
#[derive(Clone)]
pub(super) struct Bench(Rc<RefCell<Inner>>);

struct Inner {
    core: Core,
    now: Now,
    rows: Vec<wire::Entry>,
    asks: Vec<Ask>,
    presented: Vec<(u64, LastTry)>,
    signings: Vec<(u64, LastTry)>,
    dropped: bool,
    /// Sessions that were opened.
    sessions: u8,
    connected: bool,
    /// Writes fail: the disk is full, or fails otherwise.
    broken: Option<bool>,
    /// Writes stand still; what waits.
    held: Option<Vec<u64>>,
    /// A log whose rows cannot be read.
    damaged: Option<LogId>,
    runs: bool,
}

impl Tablet for Bench {
    fn state(&self) -> Arc<State> {
        Arc::new(self.0.borrow().core.state().clone())
    }
    fn now(&self) -> Now {
        self.0.borrow().now
    }
    fn notice(&mut self) -> Option<Notice> {
        std::mem::take(&mut self.0.borrow_mut().dropped).then_some(Notice::HistoryDropped)
    }
    fn runs(&self) -> bool {
        self.0.borrow().runs
    }
    fn send(&self, command: Command) -> bool {
        self.command(command);
        true
    }
}

pub(super) fn identity() -> Identity {
    Identity {
        device: DeviceId::from_bytes([1; 16]),
        unit: UnitId::from_bytes([2; 16]),
        department: DepartmentId::from_bytes([3; 16]),
        training: true,
    }
}

impl Inner {
    fn drain(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Persist { id, .. } if self.broken.is_some() => {
                    let disk_full = self.broken == Some(true);
                    self.core.handle(Input::PersistFailed { id, disk_full }, self.now);
                }
                Effect::Persist { id, transaction, .. } => {
                    self.rows.extend(transaction.entries.iter().cloned());
                    match &mut self.held {
                        Some(held) => held.push(id),
                        None => self.core.handle(Input::Persisted { id }, self.now),
                    }
                }
                Effect::ReadLog(request) if self.damaged == Some(request.log) => {
                    let error = StoreError::DamagedEntry { log: request.log, seq: request.from };
                    self.core.handle(Input::Entries { request, result: Err(error) }, self.now);
                }
                Effect::ReadLog(request) => {
                    let rows = self.rows.iter().filter(|e| e.log == request.log && e.seq >= request.from);
                    let result = Ok(rows.take(request.limit).cloned().collect());
                    self.core.handle(Input::Entries { request, result }, self.now);
                }
                Effect::SendLog(transmit) if self.connected => self.acknowledge(transmit.frame),
                Effect::Ask(ask) => self.asks.push(*ask),
                Effect::HistoryDropped => self.dropped = true,
                Effect::OpenFace { press, last_try, .. } => self.presented.push((press, last_try)),
                Effect::SignWithPin { press, last_try, .. } => self.signings.push((press, last_try)),
                _ => {}
            }
        }
    }

    fn acknowledge(&mut self, frame: LogFrame) {
        let reply = match frame {
            LogFrame::Offer { log, .. } => Some(LogReply::Resume { log, from: 1 }),
            LogFrame::End { .. } => None,
            LogFrame::Append { entries, .. } => {
                entries.last().map(|last| LogReply::Durable { log: last.log, through: last.seq })
            }
        };
        if let Some(reply) = reply {
            self.core.handle(Input::LogReply(reply), self.now);
        }
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::on(Restored::default())
    }

    /// A tablet whose store held this.
    pub(super) fn on(restored: Restored) -> Self {
        Self::timed(restored, travel_time::RoadModel::japan())
    }

    /// A tablet that times drives by this.
    pub(super) fn timed(restored: Restored, travel: travel_time::RoadModel) -> Self {
        let mono = Monotonic { boot: BootId::from_bytes([9; 16]), us: 1_000 };
        let now = Now { utc: Timestamp::from_millis(1_795_132_800_000), mono };
        let config = Config {
            identity: identity(),
            callsign: "立川01".into(),
            department_name: "立川消防".into(),
            version: "test".into(),
            hospitals: Arc::new(HospitalTable::embedded().clone()),
            travel,
        };
        let core = Core::new(config, restored, &RngStreams::from_u64(7), now);
        let inner = Inner {
            core,
            now,
            rows: vec![],
            asks: vec![],
            presented: vec![],
            signings: vec![],
            dropped: false,
            sessions: 0,
            connected: false,
            broken: None,
            held: None,
            damaged: None,
            runs: true,
        };
        let bench = Self(Rc::new(RefCell::new(inner)));
        bench.0.borrow_mut().drain();
        bench
    }

    /// Writes fail from now on: with a full disk, otherwise, or not any more.
    pub(super) fn break_disk(&self, broken: Option<bool>) {
        self.0.borrow_mut().broken = broken;
    }

    /// Writes wait for the disk from now on, or are done now.
    pub(super) fn hold_writes(&self, hold: bool) {
        let mut inner = self.0.borrow_mut();
        let held = std::mem::replace(&mut inner.held, hold.then(Vec::new)).unwrap_or_default();
        let now = inner.now;
        for id in held {
            inner.core.handle(Input::Persisted { id }, now);
        }
        inner.drain();
    }

    /// The rows of the case's log turn out to be damaged when they are to be sent.
    pub(super) fn damage(&self) {
        let log = *self.state().case().expect("a case").view.tablets.keys().next().expect("this tablet");
        self.0.borrow_mut().damaged = Some(log);
        self.link_up();
        self.link_down();
    }

    pub(super) fn stop(&self) {
        self.0.borrow_mut().runs = false;
    }

    pub(super) fn app(&self) -> TabletApp {
        TabletApp::new(Box::new(self.clone()))
    }

    pub(super) fn command(&self, command: Command) {
        let mut inner = self.0.borrow_mut();
        let now = inner.now;
        inner.core.handle_command(command, now);
        inner.drain();
    }

    pub(super) fn input(&self, input: Input) {
        let mut inner = self.0.borrow_mut();
        let now = inner.now;
        inner.core.handle(input, now);
        inner.drain();
    }

    pub(super) fn pass_seconds(&self, seconds: u64) {
        let mut inner = self.0.borrow_mut();
        inner.now.mono.us += seconds * 1_000_000;
        inner.now.utc = inner.now.utc.plus_us(i64::try_from(seconds * 1_000_000).expect("fits"));
        let now = inner.now;
        inner.core.handle_timeout(now);
        inner.drain();
    }

    pub(super) fn link_up(&self) {
        self.link_up_with_clock(0);
    }

    /// The server's clock is so many microseconds before ours.
    pub(super) fn link_up_with_clock(&self, offset_us: i64) {
        self.welcomed(offset_us, |_| {});
    }

    /// The department requires the staff password for 目視.
    pub(super) fn link_up_with_staff_password(&self) {
        self.welcomed(0, |welcome| welcome.staff_password_required = true);
    }

    /// A disaster period holds for so many minutes, and the unit works for another department as long.
    pub(super) fn link_up_in_disaster(&self, minutes: i64) {
        let until = self.now().utc.plus_minutes(minutes);
        let mut area: Vec<String> = vec!["訓練県見本市".into(), "訓練県隣町".into()];
        area.extend((1..=8).map(|n| format!("訓練県遠くの長い名前の第{n}村")));
        let relief = wire::ReliefNotice {
            department: DepartmentId::from_bytes([0x33; 16]),
            department_name: "見本市消防本部".into(),
            until,
        };
        let disaster = wire::DisasterNotice { until, area };
        let notice = wire::Notice { disaster: Some(disaster), relief: Some(relief), published: None };
        self.welcomed(0, |welcome| welcome.notice = Some(Box::new(notice)));
    }

    /// What was asked and not answered.
    pub(super) fn asked(&self) -> Vec<Ask> {
        self.0.borrow().asks.clone()
    }

    /// The department does not have the PIN asked for.
    pub(super) fn link_up_without_pin(&self) {
        self.welcomed(0, |welcome| welcome.nonces = false);
    }

    fn welcomed(&self, offset_us: i64, change: impl FnOnce(&mut Welcome)) {
        self.0.borrow_mut().connected = true;
        let at = self.now().utc;
        let id = identity();
        let mut welcome = Welcome {
            notice: None,
            version: 1,
            server_at: at.plus_us(offset_us),
            sent_at: at,
            training: true,
            device: id.device,
            unit: id.unit,
            callsign: "立川01".into(),
            department: id.department,
            department_name: "立川消防".into(),
            session_valid: true,
            previews: false,
            looks_again: true,
            nonces: true,
            staff_passwords: true,
            staff_password_required: false,
            store: None,
        };
        change(&mut welcome);
        self.input(Input::Link(LinkInput::Up(welcome)));
    }

    pub(super) fn link_down(&self) {
        self.0.borrow_mut().connected = false;
        self.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    }

    pub(super) fn sign_in(&self) {
        self.command(Command::SignIn { login: "takahashi".into(), passcode: Passcode::new("123456".into()) });
        self.answer_sign_in();
    }

    pub(super) fn on_scene(&self) {
        self.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
        self.command(Command::OpenCase);
        for stage in [Stage::EnRoute, Stage::OnScene, Stage::AtPatient] {
            self.command(Command::Stamp(stage));
            self.pass_seconds(60);
        }
        self.command(Command::Observe(FindingsChange::Sex(Some(Sex::Female))));
        self.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true }));
    }

    pub(super) fn card(&self) {
        self.card_with(&[0x30, 0x82]);
    }

    /// A card with this certificate is put down and read.
    pub(super) fn card_with(&self, certificate: &[u8]) {
        let read = CardRead {
            kind: TokenKind::Card,
            certificate: certificate.to_vec(),
            serial: "01".into(),
            not_before: 0,
            not_after: 4_000_000_000,
            issuer: "test".into(),
            chain: Chain::InstallationTestCa,
            validity: Validity::Valid,
            commands: 7,
        };
        self.input(Input::Card(CardInput::Reading));
        self.input(Input::Card(CardInput::Read { read: Box::new(read), took_ms: 120 }));
    }

    /// Presses of 照合番号B that reached the card.
    pub(super) fn presented(&self) -> Vec<LastTry> {
        self.0.borrow().presented.iter().map(|(_, last_try)| *last_try).collect()
    }

    /// The card answers the last press.
    pub(super) fn face(&self, result: Result<Box<OpenedFace>, Failure>) {
        let press = self.0.borrow().presented.last().expect("presented").0;
        self.input(Input::Card(CardInput::Face { press, result, took_ms: 900 }));
    }

    /// Presses on the PIN page that reached the card.
    pub(super) fn signings(&self) -> Vec<LastTry> {
        self.0.borrow().signings.iter().map(|(_, last_try)| *last_try).collect()
    }

    /// The card answers the last press on the PIN page.
    pub(super) fn signed(&self, result: Result<Vec<u8>, Failure>) {
        let press = self.0.borrow().signings.last().expect("signing").0;
        self.input(Input::Card(CardInput::Signed { press, result, took_ms: 700 }));
    }

    /// The patient is asked for the PIN of the card that was read.
    pub(super) fn pin_asked(&self) {
        self.nonces(32);
        self.card();
        self.command(Command::ByPin);
        self.command(Command::ConsentSpoken { scope: ConsentScope::All });
    }

    /// A PIN is presented, and the card answers.
    pub(super) fn pin(&self, result: Result<Vec<u8>, Failure>) {
        let mut keyed = Keyed::new();
        assert!((1..5).all(|digit| keyed.push(digit)));
        let pin = Arc::new(keyed.finish().ok().expect("four digits"));
        let read_at = match self.state().case().map(|c| c.card.clone()) {
            Some(CardState::Pin(summary)) => summary.read_at,
            _ => panic!("no PIN is asked for"),
        };
        self.command(Command::EnterPin { pin, read_at, last_try: LastTry::Unconfirmed });
        self.signed(result);
    }

    /// A number is presented, and the card answers.
    pub(super) fn number_b(&self, result: Result<Box<OpenedFace>, Failure>) {
        let mut keyed = Keyed::new();
        assert!((0..14).all(|digit| keyed.push(digit % 10)));
        let number = Arc::new(keyed.finish().ok().expect("fourteen digits"));
        let read_at = match self.state().case().map(|c| c.card.clone()) {
            Some(CardState::Face(summary)) => summary.read_at,
            _ => panic!("the face is not asked"),
        };
        self.command(Command::OpenNumberB { number, read_at, last_try: LastTry::Unconfirmed });
        self.face(result);
    }

    pub(super) fn card_fails(&self, failure: Failure) {
        self.input(Input::Card(CardInput::Reading));
        self.input(Input::Card(CardInput::Failed { failure, took_ms: 900 }));
    }

    pub(super) fn consent(&self) {
        self.command(Command::FaceMatches);
        self.command(Command::ConsentSpoken { scope: ConsentScope::All });
    }

    pub(super) fn first_hospital(&self) -> HospitalId {
        let state = self.state();
        let list = state.case().and_then(|c| c.suggestion.as_ref()).expect("a list");
        list.ranking.candidates.first().expect("a candidate").hospital
    }

    pub(super) fn first_enquiry(&self) -> EnquiryId {
        *self.state().case().expect("a case").view.enquiries.keys().next().expect("asked")
    }

    /// A code of a notebook.
    pub(super) fn code(&self, text: &str) {
        self.command(Command::NotebookCode(zeroize::Zeroizing::new(text.as_bytes().to_vec())));
    }

    /// The codes of a notebook, one after another.
    pub(super) fn notebook(&self, codes: &[&str]) {
        for code in codes {
            self.code(code);
        }
    }

    /// Whether an event of this kind was written.
    pub(super) fn recorded(&self, kind: &str) -> bool {
        let inner = self.0.borrow();
        let mut bodies = inner.rows.iter().filter_map(|row| case::Stored::decode(row.schema, &row.bytes).ok());
        bodies.any(|event| event.body.kind() == kind)
    }

    pub(super) fn has_history(&self) -> bool {
        matches!(self.state().case().map(|c| &c.history), Some(HistoryState::Here { .. }))
    }
}
