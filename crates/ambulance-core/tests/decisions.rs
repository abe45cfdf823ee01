//! What the tablet decides, seen from outside: commands and results in, effects and state out.

use ambulance_core::{
    CardInput, CardState, Command, Config, Core, Effect, HistoryState, Identity, Input, LinkInput, LinkTrouble, Now,
    Restored, SuggestionState,
};
use card::{CardRead, Chain, TokenKind, Validity};
use case::{Body, Ending, FindingsChange, Stored};
use delivery::{Gap, LogHead, LogKind, Recovered, StateChange, Transaction};
use field_alerts::{RuleTable, evaluate};
use hospital_selection::{HospitalTable, Ranking};
use model::{
    BootId, CaseId, Complaint, CrewId, DecisionId, DepartmentId, DeviceId, LogId, Monotonic, Position, RngStreams,
    SessionId, Stage, Timestamp, UnitId,
};
use patient_history::{
    ConsentScope, HistorySnapshot, NotObtainableReason, Period, PersonOnRecord, QualificationValidity,
};
use std::sync::Arc;
use travel_time::DistanceModel;
use wire::{
    Answer, Ask, Entry, FeedItem, HistoryAnswer, HistoryQuestion, LogFrame, LogReply, Passcode, Preview,
    QuarantineReason, Question, QuestionError, SignedIn, Suggestion, Welcome,
};

const MINUTE: u64 = 60_000_000;

/// A tablet with a store that writes at once and a server that acknowledges when told to.
struct Bench {
    core: Core,
    now: Now,
    written: Vec<Transaction>,
    asks: Vec<Ask>,
    frames: Vec<LogFrame>,
    dropped_history: usize,
    slow_disk: bool,
    unwritten: Vec<u64>,
}

fn identity() -> Identity {
    Identity {
        device: DeviceId::from_bytes([1; 16]),
        unit: UnitId::from_bytes([2; 16]),
        department: DepartmentId::from_bytes([3; 16]),
        training: true,
    }
}

fn config() -> Config {
    Config {
        identity: identity(),
        callsign: "立川01".into(),
        department_name: "立川消防".into(),
        version: "test".into(),
        hospitals: Arc::new(HospitalTable::embedded().clone()),
        travel: DistanceModel::japan(),
    }
}

impl Bench {
    fn new(restored: Restored) -> Self {
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
            slow_disk: false,
            unwritten: vec![],
        };
        bench.drain();
        bench
    }

    fn pass(&mut self, us: u64) {
        self.now.mono.us += us;
        self.now.utc = self.now.utc.plus_us(i64::try_from(us).expect("fits"));
        self.core.handle_timeout(self.now);
        self.drain();
    }

    fn command(&mut self, command: Command) {
        self.core.handle_command(command, self.now);
        self.drain();
    }

    fn input(&mut self, input: Input) {
        self.core.handle(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Persist { id, transaction, .. } => {
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
                _ => {}
            }
        }
    }

    fn disk_catches_up(&mut self) {
        self.slow_disk = false;
        for id in std::mem::take(&mut self.unwritten) {
            self.input(Input::Persisted { id });
        }
    }

    fn link_up(&mut self) {
        let welcome = Welcome {
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
            store: None,
        };
        self.input(Input::Link(LinkInput::Up(welcome)));
    }

    /// The server makes everything durable that it is offered.
    fn acknowledge_all(&mut self) {
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

    fn sign_in(&mut self) {
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

    fn on_scene_with_card(&mut self) {
        self.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
        self.command(Command::OpenCase);
        self.input(Input::Card(CardInput::Reading));
        self.pass(120_000);
        self.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    }

    fn bodies(&self) -> Vec<String> {
        let entries = self.written.iter().flat_map(|t| &t.entries);
        entries.filter_map(|e| Stored::decode(e.schema, &e.bytes).ok()).map(|e| e.body.kind().to_owned()).collect()
    }

    fn history(&self) -> &HistoryState {
        &self.core.state().case().expect("a case").history
    }

    fn history_asks(&self) -> usize {
        self.asks.iter().filter(|a| matches!(a.question, Question::History(_))).count()
    }
}

fn card() -> CardRead {
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

fn spoken() -> Command {
    Command::ConsentSpoken { scope: ConsentScope::All }
}

fn answer(ask: &Ask, at: Timestamp) -> Answer {
    let Question::History(question) = &ask.question else { panic!("not a look-up") };
    let snapshot = HistorySnapshot {
        lookup: question.lookup,
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

#[test]
fn a_look_up_leaves_only_after_its_consent_is_on_the_disk() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    assert!(
        matches!(bench.core.state().case().expect("a case").card, CardState::Face(_)),
        "the card is read by itself"
    );
    bench.command(Command::FaceMatches);
    bench.slow_disk = true;
    bench.command(spoken());
    assert_eq!(bench.history_asks(), 0, "nothing leaves before the consent is recorded");
    bench.disk_catches_up();
    assert_eq!(bench.history_asks(), 1, "the server waits for the consent, which is on its way");
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    assert!(matches!(bench.history(), HistoryState::Here { .. }));
}

#[test]
fn a_card_that_lay_on_the_reader_before_the_case_is_read_for_it() {
    let mut bench = Bench::new(Restored::default());
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.command(Command::OpenCase);
    assert!(matches!(bench.core.state().case().expect("a case").card, CardState::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    assert!(matches!(bench.core.state().case().expect("a case").card, CardState::Face(_)));
}

#[test]
fn refusal_sends_nothing_and_another_person_sends_nothing() {
    for refuse in [true, false] {
        let mut bench = Bench::new(Restored::default());
        bench.link_up();
        bench.sign_in();
        bench.on_scene_with_card();
        if refuse {
            bench.command(Command::FaceMatches);
            bench.command(Command::ConsentRefused);
        } else {
            bench.command(Command::FaceDiffers);
            bench.command(spoken());
        }
        bench.acknowledge_all();
        bench.pass(MINUTE);
        assert_eq!(bench.history_asks(), 0);
        assert!(matches!(bench.history(), HistoryState::NotAsked));
    }
}

#[test]
fn an_emergency_look_up_never_waits_longer_than_ten_minutes() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
    bench.command(Command::FaceMatches);
    bench.command(Command::ConsentNotObtainable(NotObtainableReason::Unconscious));
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    bench.pass(11 * MINUTE);
    bench.link_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "emergency-waited-too-long"));
}

#[test]
fn a_look_up_whose_consent_the_server_refuses_ends_with_its_reason() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let Question::History(HistoryQuestion { consent: (log, seq), .. }) = ask.question else { panic!("a look-up") };
    let later = QuestionError {
        code: "consent_not_on_record".into(),
        ja: "待っています。".into(),
        next_ja: String::new(),
        en: "Not yet.".into(),
        retryable: true,
    };
    bench.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Error(later)) });
    assert!(matches!(bench.history(), HistoryState::Waiting { .. }));
    let refused = LogReply::Quarantined { log, seq, reason: QuarantineReason(1) };
    bench.input(Input::LogReply(refused));
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "consent-refused"));
    assert!(bench.bodies().iter().any(|kind| kind == "lookup_ended"), "the end is a fact");
    let asked = bench.history_asks();
    bench.pass(MINUTE);
    assert_eq!(bench.history_asks(), asked, "it is not asked again");
}

#[test]
fn a_look_up_that_waits_ends_with_the_withdrawal_and_says_so() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    bench.command(Command::WithdrawConsent);
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "consent-withdrawn"));
    bench.link_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
}

#[test]
fn the_queue_is_as_old_as_the_oldest_entry_that_still_waits() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.command(Command::OpenCase);
    bench.acknowledge_all();
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, None);
    bench.command(Command::Stamp(Stage::EnRoute));
    let first = bench.now.utc;
    bench.pass(MINUTE);
    let frames = std::mem::take(&mut bench.frames);
    bench.command(Command::Stamp(Stage::OnScene));
    let second = bench.now.utc;
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, Some(first));
    for frame in frames {
        if let LogFrame::Append { entries, .. } = frame
            && let Some(last) = entries.last()
        {
            bench.input(Input::LogReply(LogReply::Durable { log: last.log, through: last.seq }));
        }
    }
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, Some(second));
}

#[test]
fn the_handover_wipes_after_ten_seconds_unless_undone() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass(9_000_000);
    bench.command(Command::Undo);
    bench.pass(5_000_000);
    assert!(matches!(bench.history(), HistoryState::Here { .. }), "undone in time: nothing is wiped");
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass(10_000_001);
    assert!(matches!(bench.history(), HistoryState::Wiped { .. }));
    assert_eq!(bench.dropped_history, 1);
    assert!(bench.core.state().case().expect("a case").view.is_closed());
    // The answer that comes late is dropped unread.
    let late = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(late) });
    assert!(matches!(bench.history(), HistoryState::Wiped { .. }));
}

#[test]
fn withdrawal_wipes_at_once() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.slow_disk = true;
    bench.command(spoken());
    bench.command(Command::WithdrawConsent);
    bench.disk_catches_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0, "the queued look-up is gone");
    assert!(bench.bodies().contains(&"consent_withdrawn".to_owned()));
}

#[test]
fn nothing_of_the_history_rests_in_the_store() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.sign_in();
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.command(Command::HistoryShown);
    bench.command(Command::Stamp(Stage::InVehicle));
    let needle = "森川".as_bytes();
    for transaction in &bench.written {
        let values = transaction.state.iter().filter_map(|s| match s {
            StateChange::Put { value, .. } => Some(value),
            StateChange::Delete { .. } => None,
        });
        for bytes in transaction.entries.iter().map(|e| &e.bytes).chain(values) {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}

#[test]
fn a_suggestion_stands_without_link_card_or_history() {
    let mut bench = Bench::new(Restored::default());
    bench.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
    bench.command(Command::OpenCase);
    bench.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true }));
    let state = bench.core.state().case().expect("a case");
    let list = state.suggestion.as_ref().expect("a list");
    assert!(!list.ranking.candidates.is_empty() && list.decision.is_none());
}

/// A tablet without a link, with a case and a list of its own.
fn on_the_way() -> Bench {
    let mut bench = Bench::new(Restored::default());
    bench.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
    bench.command(Command::OpenCase);
    bench.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true }));
    bench
}

fn list(bench: &Bench) -> &SuggestionState {
    bench.core.state().case().and_then(|case| case.suggestion.as_ref()).expect("a list")
}

/// The server's answer to what the tablet would ask at the door: the first row of its own list.
fn preview(bench: &Bench) -> Input {
    let asked = Arc::clone(bench.core.state().door_question().expect("a question"));
    let mut ranking = Ranking::clone(&list(bench).ranking);
    ranking.candidates.truncate(1);
    Input::Preview { asked, preview: Box::new(Preview { at: bench.now.utc, ranking }) }
}

#[test]
fn a_preview_stands_from_the_door_until_the_server_decides() {
    let mut bench = on_the_way();
    let came = preview(&bench);
    bench.input(came);
    assert!(list(&bench).by_server && list(&bench).decision.is_none() && list(&bench).ranking.candidates.len() == 1);
    bench.link_up();
    assert!(list(&bench).by_server, "Welcome alone changes no list");
    bench.pass(400_000);
    assert!(matches!(bench.asks.last().map(|ask| &ask.question), Some(Question::Suggest(_))), "the decision is asked");
    bench.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::ChestPain, chosen: true }));
    assert!(!list(&bench).by_server, "what it rested on has changed");
}

#[test]
fn a_preview_of_what_has_changed_or_of_a_link_that_was_lost_is_gone() {
    let mut bench = on_the_way();
    let late = preview(&bench);
    bench.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::ChestPain, chosen: true }));
    bench.input(late);
    assert!(!list(&bench).by_server && list(&bench).ranking.candidates.len() > 1);
    let came = preview(&bench);
    bench.input(came);
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    assert!(!list(&bench).by_server);
}

#[test]
fn the_question_at_the_door_is_asked_for_an_open_case_without_a_better_list_only() {
    assert!(Bench::new(Restored::default()).core.state().door_question().is_none(), "no case");
    let mut bench = on_the_way();
    bench.link_up();
    bench.pass(400_000);
    let ask = bench.asks.pop().expect("asked");
    let ranking = Ranking::clone(&list(&bench).ranking);
    let decided = Suggestion { decision: DecisionId::from_bytes([9; 16]), at: bench.now.utc, lookup: None, ranking };
    bench.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Suggestion(Box::new(decided))) });
    assert!(bench.core.state().door_question().is_none(), "the server has decided");
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    assert!(bench.core.state().door_question().is_some());
    bench.command(Command::End(Ending::NoPatient));
    assert!(bench.core.state().door_question().is_none(), "closed");
}

#[test]
fn a_restart_goes_on_where_the_disk_stands() {
    let mut first = Bench::new(Restored::default());
    first.command(Command::OpenCase);
    first.command(Command::Stamp(Stage::OnScene));
    let view = first.core.state().case().expect("a case").view.clone();
    let entries: Vec<Entry> = first.written.iter().flat_map(|t| t.entries.clone()).collect();
    let begun: Vec<_> = first.written.iter().flat_map(|t| t.begin.clone()).collect();
    let heads: Vec<LogHead> = begun
        .iter()
        .map(|new| {
            let last = entries.iter().filter(|e| e.log == new.log).max_by_key(|e| e.seq).expect("written");
            LogHead {
                head: last.seq,
                digest: Some(delivery::entry_digest(&last.bytes)),
                ..LogHead::new(new.log, new.kind, first.now.utc)
            }
        })
        .collect();
    let case_logs: Vec<LogId> = heads.iter().filter(|h| matches!(h.kind, LogKind::Case(_))).map(|h| h.log).collect();
    let kept = entries.iter().filter(|e| case_logs.contains(&e.log)).cloned().collect();
    let mut second = Bench::new(Restored { heads, entries: kept, ..Restored::default() });
    assert_eq!(second.core.state().case().expect("the case is back").view, view);
    second.command(Command::Stamp(Stage::AtPatient));
    let next = second.written.iter().flat_map(|t| &t.entries).find(|e| case_logs.contains(&e.log)).expect("written");
    let before = entries.iter().filter(|e| e.log == next.log).max_by_key(|e| e.seq).expect("written");
    let event = Stored::decode(next.schema, &next.bytes).expect("reads");
    assert_eq!((event.name.seq, event.prev.0), (before.seq + 1, delivery::entry_digest(&before.bytes)));
}

#[test]
fn a_new_store_in_a_case_written_before_says_so() {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    let case = old.core.state().current.expect("a case");
    let mut new = Bench::new(Restored::default());
    new.link_up();
    for (position, entry) in old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).enumerate()
    {
        let received_at = new.now.utc;
        let position = u64::try_from(position).expect("few") + 1;
        new.input(Input::Feed(vec![FeedItem::Fact { case, position, received_at, entry }]));
    }
    new.command(Command::SelectCase(case));
    new.command(Command::Stamp(Stage::OnScene));
    let view = &new.core.state().case().expect("the case came by the feed").view;
    assert_eq!(view.gaps.len(), 1, "what stood only in the old store may be missing");
    assert!(view.incident.is_some());
}

#[test]
fn facts_that_arrive_together_are_one_transaction() {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    for stage in [Stage::OnScene, Stage::AtPatient, Stage::LeftScene] {
        old.command(Command::Stamp(stage));
    }
    let case = old.core.state().current.expect("a case");
    let entries: Vec<Entry> = old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).collect();
    let mut new = Bench::new(Restored::default());
    new.link_up();
    let before = new.written.len();
    let fact = |(n, entry): (usize, &Entry)| FeedItem::Fact {
        case,
        position: n as u64 + 1,
        received_at: old.now.utc,
        entry: entry.clone(),
    };
    new.input(Input::Feed(entries.iter().enumerate().map(fact).collect()));
    let written = &new.written[before..];
    assert_eq!((written.len(), written[0].state.len()), (1, entries.len()));
    let (state, known) = (&new.core.state().cases[&case], &old.core.state().cases[&case].view);
    assert_eq!(state.received_through, entries.len() as u64);
    assert_eq!(state.view.stages.keys().collect::<Vec<_>>(), known.stages.keys().collect::<Vec<_>>());
}

/// The store of a tablet that was taken over from a damaged one: of five entries of a case the first two are left.
fn taken_over(old: &Bench, through: Option<u64>) -> (Restored, Vec<Entry>) {
    let case = old.core.state().current.expect("a case");
    let entries: Vec<Entry> = old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).collect();
    let (log, kept) = (entries[0].log, entries[..2].to_vec());
    let head = LogHead { head: 2, ended: true, ..LogHead::new(log, LogKind::Case(case), old.now.utc) };
    let gaps = vec![Gap { log, from: 3, through }];
    let recovered = Recovered { kept: "kept.sqlite".into(), entries: 2, gaps, logs_may_miss: false };
    (Restored { heads: vec![head], entries: kept, recovered: Some(recovered), ..Restored::default() }, entries)
}

fn five_entries() -> Bench {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    while old.bodies().len() < 6 {
        old.command(Command::Stamp(Stage::OnScene));
    }
    old
}

#[test]
fn the_lost_end_of_a_log_that_was_taken_over_becomes_a_fact_once() {
    let old = five_entries();
    let (restored, entries) = taken_over(&old, Some(5));
    let (log, case) = (entries[0].log, old.core.state().current.expect("a case"));
    let mut new = Bench::new(restored);
    let lost = |bench: &Bench| bench.core.state().cases[&case].view.lost.iter().copied().collect::<Vec<_>>();
    new.link_up();
    assert_eq!(lost(&new), [], "the server may have them");
    // The server has one entry more than the store.
    let fact = |(n, entry): (usize, &Entry)| FeedItem::Fact {
        case,
        position: n as u64 + 1,
        received_at: old.now.utc,
        entry: entry.clone(),
    };
    let mut items: Vec<FeedItem> = entries[..3].iter().enumerate().map(fact).collect();
    items.push(FeedItem::CaughtUp { at: old.now.utc, left_out: false });
    new.input(Input::Feed(items));
    assert_eq!(lost(&new), [case::Lost { log, from: 4, through: 5 }]);
    // It is told once: another start finds that it was.
    let (restored, _) = taken_over(&old, Some(5));
    let states = new.written.iter().flat_map(|t| &t.state);
    let put = |change: &StateChange| match change {
        StateChange::Put { key, value } => Some((key.clone(), value.clone())),
        StateChange::Delete { .. } => None,
    };
    let states = states.filter_map(put).collect::<std::collections::BTreeMap<_, _>>().into_iter().collect();
    let mut third = Bench::new(Restored { states, ..restored });
    third.link_up();
    third.input(Input::Feed(vec![FeedItem::CaughtUp { at: old.now.utc, left_out: false }]));
    assert!(!third.bodies().iter().any(|kind| kind == "entries_lost"));
}

#[test]
fn an_end_that_nobody_knows_is_noted_as_a_gap() {
    let old = five_entries();
    let (restored, entries) = taken_over(&old, None);
    let mut new = Bench::new(restored);
    new.link_up();
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: old.now.utc, left_out: false }]));
    let view = &new.core.state().case().expect("a case").view;
    assert_eq!(view.gaps.iter().map(|g| (g.log, g.known_through)).collect::<Vec<_>>(), [(entries[0].log, 2)]);
    assert_eq!(view.lost.len(), 0);
}

fn of_case(entry: &Entry, case: CaseId) -> bool {
    Stored::decode(entry.schema, &entry.bytes).is_ok_and(|e| e.subject.case() == Some(case))
}

#[test]
fn a_failed_write_is_shown_and_taken_back() {
    let mut bench = Bench::new(Restored::default());
    bench.command(Command::OpenCase);
    bench.core.handle_command(Command::Stamp(Stage::OnScene), bench.now);
    let mut failed = None;
    while let Some(effect) = bench.core.poll_effect() {
        if let Effect::Persist { id, .. } = effect {
            failed = Some(id);
        }
    }
    bench.input(Input::PersistFailed { id: failed.expect("a write"), disk_full: true });
    let state = bench.core.state();
    assert!(
        state.case().expect("a case").view.stage(Stage::OnScene).is_none(),
        "what is not on disk is not shown as recorded"
    );
    assert!(state.faults.contains(&ambulance_core::Fault::DiskFull));
    bench.command(Command::Stamp(Stage::OnScene));
    let last = bench.written.iter().flat_map(|t| &t.entries).next_back().expect("written");
    assert!(matches!(Stored::decode(last.schema, &last.bytes).expect("reads").body, Body::StageStamped { .. }));
}

#[test]
fn after_a_fork_the_unsent_facts_stand_in_a_new_log_with_their_first_times() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.command(Command::OpenCase);
    bench.acknowledge_all();
    bench.frames.clear();
    bench.command(Command::Stamp(Stage::OnScene));
    bench.pass(1_000_000);
    bench.command(Command::Undo);
    bench.command(Command::Stamp(Stage::AtPatient));
    bench.pass(60_000_000);
    let before = bench.core.state().case().expect("a case").view.clone();
    let log =
        bench.written.iter().flat_map(|t| &t.begin).find(|n| matches!(n.kind, LogKind::Case(_))).expect("begun").log;
    let head =
        bench.written.iter().flat_map(|t| &t.entries).filter(|e| e.log == log).map(|e| e.seq).max().expect("written");
    bench.input(Input::LogReply(LogReply::Forked { log, seq: head - 2, from: 1 }));
    let view = &bench.core.state().case().expect("a case").view;
    let times = |v: &case::CaseView| v.stages.iter().map(|(k, t)| (*k, t.at)).collect::<Vec<_>>();
    assert_eq!(times(view), times(&before), "first times stay, and the undo undoes its stamp under its new name");
    let again: Vec<_> = bench.written.iter().flat_map(|t| &t.entries).filter(|e| e.log != log).collect();
    let kinds: Vec<String> = again
        .iter()
        .filter_map(|e| Stored::decode(e.schema, &e.bytes).ok())
        .map(|e| e.body.kind().to_owned())
        .collect();
    assert_eq!(kinds, ["tablet_started", "tablet_joined", "stage_stamped", "stage_undone", "stage_stamped"]);
    assert!(bench.core.state().faults.contains(&ambulance_core::Fault::Forked));
}
