//! A tablet with a store that writes at once and a server that acknowledges when told to.

use ambulance_core::{
    CardInput, Command, Config, Core, Effect, HistoryState, Identity, Input, LinkInput, Now, Restored, Sound,
};
use card::{CardRead, Chain, Challenge, LastTry, TokenKind, Validity};
use case::Stored;
use delivery::{LogHead, LogKind, NewLog, StateChange, Transaction};
use field_alerts::{RuleTable, evaluate};
use hospital_selection::HospitalTable;
use model::{
    BootId, CaseId, CrewId, DepartmentId, DeviceId, LookupId, Monotonic, Position, RngStreams, SessionId, StoreId,
    Timestamp, UnitId,
};
use patient_history::{ConsentScope, HistorySnapshot, Period, PersonOnRecord, QualificationValidity};
use std::sync::Arc;
use travel_time::RoadModel;
use wire::{Answer, Ask, Entry, HistoryAnswer, LogFrame, LogReply, Passcode, Question, SignedIn, Welcome};

pub(crate) const MINUTE: u64 = 60_000_000;

/// A tablet with a store that writes at once and a server that acknowledges when told to.
pub(crate) struct Bench {
    pub(crate) core: Core,
    pub(crate) now: Now,
    pub(crate) written: Vec<Transaction>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) frames: Vec<LogFrame>,
    pub(crate) dropped_history: usize,
    /// Presses that reached the card: number of the press, certificate, last try.
    pub(crate) presented: Vec<(u64, Vec<u8>, LastTry)>,
    /// Presses on the PIN page that reached the card.
    pub(crate) signings: Vec<Signing>,
    /// The server gives nonces.
    pub(crate) gives_nonces: bool,
    /// Writes fail.
    pub(crate) broken_disk: bool,
    pub(crate) alarms: usize,
    pub(crate) slow_disk: bool,
    pub(crate) unwritten: Vec<u64>,
}

/// A press on the PIN page, as it reached the card.
pub(crate) struct Signing {
    pub(crate) press: u64,
    pub(crate) certificate: Vec<u8>,
    pub(crate) last_try: LastTry,
    pub(crate) challenge: Challenge,
}

pub(crate) fn identity() -> Identity {
    Identity {
        device: DeviceId::from_bytes([1; 16]),
        unit: UnitId::from_bytes([2; 16]),
        department: DepartmentId::from_bytes([3; 16]),
        training: true,
    }
}

pub(crate) fn config() -> Config {
    Config {
        identity: identity(),
        callsign: "立川01".into(),
        department_name: "立川消防".into(),
        version: "test".into(),
        hospitals: Arc::new(HospitalTable::embedded().clone()),
        travel: RoadModel::japan(),
    }
}

impl Bench {
    pub(crate) fn new(restored: Restored) -> Self {
        let mono = Monotonic { boot: BootId::from_bytes([9; 16]), us: 1_000 };
        let now = Now { utc: Timestamp::from_millis(1_795_132_800_000), mono };
        let core = Core::new(config(), restored, &RngStreams::from_u64(7), now);
        let mut bench = Self {
            core,
            now,
            written: vec![],
            asks: vec![],
            frames: vec![],
            dropped_history: 0,
            presented: vec![],
            signings: vec![],
            gives_nonces: false,
            broken_disk: false,
            alarms: 0,
            slow_disk: false,
            unwritten: vec![],
        };
        bench.drain();
        bench
    }

    pub(crate) fn pass(&mut self, us: u64) {
        self.now.mono.us += us;
        self.now.utc = self.now.utc.plus_us(i64::try_from(us).expect("fits"));
        self.core.handle_timeout(self.now);
        self.drain();
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.core.handle_command(command, self.now);
        self.drain();
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.core.handle(input, self.now);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Persist { id, transaction, .. } => {
                    if self.broken_disk {
                        self.core.handle(Input::PersistFailed { id, disk_full: true }, self.now);
                        continue;
                    }
                    self.written.push(transaction);
                    if self.slow_disk {
                        self.unwritten.push(id);
                        continue;
                    }
                    self.core.handle(Input::Persisted { id }, self.now);
                }
                Effect::ReadLog(request) => {
                    let all = self.written.iter().flat_map(|t| &t.entries);
                    let entries: Vec<Entry> = all
                        .filter(|e| e.log == request.log && e.seq >= request.from)
                        .take(request.limit)
                        .cloned()
                        .collect();
                    self.core.handle(Input::Entries { request, result: Ok(entries) }, self.now);
                }
                Effect::SendLog(transmit) => self.frames.push(transmit.frame),
                Effect::Ask(ask) => self.asks.push(*ask),
                Effect::HistoryDropped => self.dropped_history += 1,
                Effect::OpenFace { press, certificate, last_try, .. } => {
                    self.presented.push((press, certificate, last_try));
                }
                Effect::SignWithPin { press, certificate, last_try, challenge, .. } => {
                    self.signings.push(Signing { press, certificate, last_try, challenge });
                }
                Effect::Play(Sound::Alarm) => self.alarms += 1,
                _ => {}
            }
        }
    }

    pub(crate) fn disk_catches_up(&mut self) {
        self.slow_disk = false;
        for id in std::mem::take(&mut self.unwritten) {
            self.input(Input::Persisted { id });
        }
    }

    pub(crate) fn link_up(&mut self) {
        let welcome = self.welcome();
        self.input(Input::Link(LinkInput::Up(welcome)));
    }

    /// The server's store is in this life.
    pub(crate) fn link_up_to(&mut self, store: StoreId) {
        let welcome = Welcome { store: Some(store), ..self.welcome() };
        self.input(Input::Link(LinkInput::Up(welcome)));
    }

    /// A tablet with a link and a crew.
    pub(crate) fn signed_in() -> Self {
        let mut bench = Self::new(Restored::default());
        bench.link_up();
        bench.sign_in();
        bench
    }

    /// The same on scene, with a card read: the face is to be compared.
    pub(crate) fn at_face() -> Self {
        let mut bench = Self::signed_in();
        bench.on_scene_with_card();
        bench
    }

    /// What a server says at the door.
    pub(crate) fn welcome(&self) -> Welcome {
        Welcome {
            notice: None,
            version: 1,
            server_at: self.now.utc,
            sent_at: self.now.utc,
            training: true,
            device: identity().device,
            unit: identity().unit,
            callsign: "立川01".into(),
            department: identity().department,
            department_name: "立川消防".into(),
            session_valid: true,
            previews: false,
            looks_again: true,
            nonces: self.gives_nonces,
            staff_passwords: false,
            staff_password_required: false,
            store: None,
        }
    }

    /// The server makes everything durable that it is offered.
    pub(crate) fn acknowledge_all(&mut self) {
        for _ in 0..10 {
            let frames = std::mem::take(&mut self.frames);
            if frames.is_empty() {
                return;
            }
            for frame in frames {
                match frame {
                    LogFrame::Offer { log, .. } => self.input(Input::LogReply(LogReply::Resume { log, from: 1 })),
                    LogFrame::End { .. } => unreachable!("no row is damaged here"),
                    LogFrame::Append { entries, .. } => {
                        if let Some(last) = entries.last() {
                            self.input(Input::LogReply(LogReply::Durable { log: last.log, through: last.seq }));
                        }
                    }
                }
            }
        }
    }

    pub(crate) fn sign_in(&mut self) {
        self.command(Command::SignIn { login: "tanaka".into(), passcode: Passcode::new("123456".into()) });
        let id = self.asks.pop().expect("asked").id;
        let signed = SignedIn {
            session: SessionId::from_bytes([5; 16]),
            crew: CrewId::from_bytes([6; 16]),
            name: "隊員".into(),
            until: self.now.utc.plus_minutes(600),
        };
        self.input(Input::Answer { id, answer: Box::new(Answer::SignedIn(signed)) });
    }

    pub(crate) fn on_scene_with_card(&mut self) {
        self.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
        self.command(Command::OpenCase);
        self.input(Input::Card(CardInput::Reading));
        self.pass(120_000);
        self.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        let entries = self.written.iter().flat_map(|t| &t.entries);
        entries.filter_map(|e| Stored::decode(e.schema, &e.bytes).ok()).map(|e| e.body.kind().to_owned()).collect()
    }

    /// What a start would find: the logs of cases with their entries.
    pub(crate) fn store(&self) -> Restored {
        let begun = self.written.iter().flat_map(|t| &t.begin).filter(|new| matches!(new.kind, LogKind::Case(_)));
        let all = || self.written.iter().flat_map(|t| &t.entries);
        let head = |new: &NewLog| {
            let last = all().filter(|e| e.log == new.log).max_by_key(|e| e.seq).expect("written");
            let digest = Some(delivery::entry_digest(&last.bytes));
            LogHead { head: last.seq, digest, ..LogHead::new(new.log, new.kind, self.now.utc) }
        };
        let heads: Vec<LogHead> = begun.map(head).collect();
        let entries = all().filter(|e| heads.iter().any(|head| head.log == e.log)).cloned().collect();
        Restored { heads, entries, ..Restored::default() }
    }

    /// What a start would find of the local state as well.
    pub(crate) fn store_with_states(&self) -> Restored {
        let mut states = std::collections::BTreeMap::new();
        for change in self.written.iter().flat_map(|t| &t.state) {
            match change {
                StateChange::Put { key, value } => drop(states.insert(key.clone(), value.clone())),
                StateChange::Delete { key } => drop(states.remove(key)),
            }
        }
        Restored { states: states.into_iter().collect(), ..self.store() }
    }

    pub(crate) fn history(&self) -> &HistoryState {
        &self.core.state().case().expect("a case").history
    }

    pub(crate) fn history_asks(&self) -> usize {
        self.asks.iter().filter(|a| matches!(a.question, Question::History(_))).count()
    }
}

pub(crate) fn card() -> CardRead {
    CardRead {
        kind: TokenKind::Card,
        certificate: vec![0x30, 0x82],
        serial: "01".into(),
        not_before: 0,
        not_after: 4_000_000_000,
        issuer: "test".into(),
        chain: Chain::InstallationTestCa,
        validity: Validity::Valid,
        commands: 7,
    }
}

pub(crate) fn spoken() -> Command {
    Command::ConsentSpoken { scope: ConsentScope::All }
}

pub(crate) fn answer(ask: &Ask, at: Timestamp) -> Answer {
    let Question::History(question) = &ask.question else { panic!("not a look-up") };
    history(question.lookup, at)
}

pub(crate) fn history(lookup: LookupId, at: Timestamp) -> Answer {
    let snapshot = HistorySnapshot {
        lookup,
        fetched_at: at,
        person: PersonOnRecord {
            name: "森川 和子".into(),
            kana: "ﾓﾘｶﾜ ｶｽﾞｺ".into(),
            birth_date: model::CivilDate::new(1948, 3, 1).expect("a date"),
            sex: model::Sex::Female,
        },
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: vec![],
        notices: vec![],
    };
    let today = at.tokyo_date().expect("a date");
    let evaluation = evaluate(&RuleTable::embedded().expect("a table"), &snapshot, &model::Findings::default(), today);
    Answer::History(Box::new(HistoryAnswer { snapshot, evaluation }))
}

/// Whether an entry is about a case.
pub(crate) fn of_case(entry: &Entry, case: CaseId) -> bool {
    Stored::decode(entry.schema, &entry.bytes).is_ok_and(|e| e.subject.case() == Some(case))
}
