//! A patient shows a notebook and answers questions: what is kept, for how long, and what is recorded of it.

use ambulance_core::{Command, Config, Core, Effect, Identity, Input, NotebookReading, NotebookState, Now, Restored};
use case::{Body, Ending, FindingsChange, OralChange, Stored};
use delivery::Transaction;
use hospital_selection::HospitalTable;
use medication_notebook::NotebookError;
use model::{
    BootId, Capability, Complaint, DepartmentId, DeviceId, Monotonic, Position, RngStreams, Timestamp, UnitId,
};
use patient_history::{Filter, Informant, Item, OralAnswer, OralTopic, RowSource};
use std::sync::Arc;
use travel_time::RoadModel;
use zeroize::Zeroizing;

/// One notebook in two codes; written by hand after JAHIS 電子版お薬手帳データフォーマット仕様書 Ver.2.6.
const FIRST: &str = "JAHISTC08,1\r\n1,試験 花子,2,S230308\r\n5,20261026,1\r\n11,みどり薬局,13,4,0000000\r\n\
    201,1,ワルファリンK錠1mg,1,錠,4,3332001F1032\r\n301,1,1日1回朝食後,28,日分,1\r\n911,12345678901234,2,1\r\n";
const SECOND: &str = "JAHISTC08,1\r\n201,2,アムロジピンOD錠5mg,1,錠,4,2171022F4028\r\n\
    301,2,1日1回朝食後,28,日分,1\r\n911,12345678901234,2,2\r\n";
const OTHER: &str = "JAHISTC08,1\r\n1,別人 太郎,1,S300101\r\n5,20261001,1\r\n201,1,別の薬,1,錠,1,\r\n";

struct Tablet {
    core: Core,
    now: Now,
    written: Vec<Transaction>,
    dropped: usize,
}

impl Tablet {
    fn with_case() -> Self {
        let identity = Identity {
            device: DeviceId::from_bytes([1; 16]),
            unit: UnitId::from_bytes([2; 16]),
            department: DepartmentId::from_bytes([3; 16]),
            training: true,
        };
        let config = Config {
            identity,
            callsign: "立川01".into(),
            department_name: "立川消防".into(),
            version: "test".into(),
            hospitals: Arc::new(HospitalTable::embedded().clone()),
            travel: RoadModel::japan(),
        };
        let mono = Monotonic { boot: BootId::from_bytes([9; 16]), us: 1_000 };
        let now = Now { utc: Timestamp::from_millis(1_795_132_800_000), mono };
        let core = Core::new(config, Restored::default(), &RngStreams::from_u64(7), now);
        let mut tablet = Self { core, now, written: Vec::new(), dropped: 0 };
        tablet.command(Command::OpenCase);
        tablet
    }

    fn command(&mut self, command: Command) {
        self.core.handle_command(command, self.now);
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Persist { id, transaction, .. } => {
                    self.written.push(transaction);
                    self.core.handle(Input::Persisted { id }, self.now);
                }
                Effect::HistoryDropped => self.dropped += 1,
                _ => {}
            }
        }
    }

    fn code(&mut self, text: &str) {
        self.command(Command::NotebookCode(Zeroizing::new(text.as_bytes().to_vec())));
    }

    fn notebook(&self) -> &NotebookState {
        &self.core.state().case().expect("a case").notebook
    }

    fn recorded(&self) -> Vec<Body> {
        let entries = self.written.iter().flat_map(|t| &t.entries);
        entries.map(|e| Stored::decode(e.schema, &e.bytes).expect("an event").body).collect()
    }

    fn lines(&self) -> usize {
        self.core.state().case().and_then(|c| c.merged.as_ref()).map_or(0, |merged| merged.line_count())
    }
}

#[test]
fn codes_come_in_any_order_and_stand_beside_the_history_when_the_crew_says_whose_they_are() {
    let mut tablet = Tablet::with_case();
    tablet.code(SECOND);
    assert!(
        matches!(&tablet.notebook().reading, NotebookReading::Parts { read: 1, total: 2, missing } if *missing == [1])
    );
    tablet.code(SECOND);
    tablet.code(FIRST);
    let NotebookReading::Whole(read) = &tablet.notebook().reading else { panic!("read whole") };
    assert_eq!(read.rows().len(), 2);
    assert_eq!(tablet.lines(), 0, "nobody has said yet whose it is");
    tablet.command(Command::NotebookUse);
    assert_eq!(tablet.lines(), 2);
    assert!(matches!(tablet.notebook().reading, NotebookReading::Nothing), "the next one can be read");
    // Read once more, it is the same.
    tablet.code(FIRST);
    tablet.code(SECOND);
    tablet.command(Command::NotebookUse);
    assert_eq!(tablet.lines(), 2);
    let notebooks: Vec<Body> =
        tablet.recorded().into_iter().filter(|body| matches!(body, Body::NotebookRead { .. })).collect();
    assert_eq!(notebooks, [Body::NotebookRead { codes: 2, medicines: 2, undated: 0 }], "counts only, once");
    assert_eq!(tablet.core.state().case().map(|c| c.view.notebooks), Some(1));
}

#[test]
fn a_code_that_does_not_belong_is_told_and_loses_nothing() {
    let mut tablet = Tablet::with_case();
    tablet.code(FIRST);
    tablet.code("https://example.jp/");
    assert_eq!(tablet.notebook().trouble, Some(NotebookError::NoHeading { code: 1 }));
    tablet.code(OTHER);
    assert!(matches!(tablet.notebook().trouble, Some(NotebookError::DifferentNotebooks { .. })));
    tablet.code("JAHIS10\r\n1,1,1234567,13,病院\r\n");
    assert_eq!(tablet.notebook().trouble, Some(NotebookError::Prescription { code: 1 }));
    tablet.code(SECOND);
    assert_eq!(tablet.notebook().trouble, None);
    assert!(matches!(tablet.notebook().reading, NotebookReading::Whole(_)));
    tablet.command(Command::NotebookAgain);
    assert!(!tablet.notebook().holds());
    assert_eq!(tablet.dropped, 1, "pictures and texts of it go as well");
}

#[test]
fn nothing_of_a_notebook_is_written_and_it_goes_with_the_case() {
    let mut tablet = Tablet::with_case();
    tablet.code(FIRST);
    tablet.code(SECOND);
    tablet.command(Command::NotebookUse);
    tablet.command(Command::Tell(OralChange::Topic { topic: OralTopic::Allergy, answer: Some(OralAnswer::Unknown) }));
    for secret in ["ワルファリン", "3332001F1032", "みどり薬局", "試験 花子"] {
        let everything = tablet.written.iter().flat_map(|t| {
            let entries = t.entries.iter().map(|e| e.bytes.as_slice());
            let states = t.state.iter().filter_map(|change| match change {
                delivery::StateChange::Put { value, .. } => Some(value.as_slice()),
                delivery::StateChange::Delete { .. } => None,
            });
            entries.chain(states)
        });
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert_eq!(everything.filter(|bytes| holds(bytes)).count(), 0, "{secret}");
    }
    let state = format!("{:?}", tablet.notebook());
    assert!(!state.contains("ワルファリン") && !state.contains("試験"), "{state}");
    tablet.command(Command::End(Ending::Cancelled));
    assert!(!tablet.notebook().holds());
    assert_eq!((tablet.lines(), tablet.dropped), (0, 1));
    let told = tablet.core.state().case().and_then(|c| c.merged.as_ref()).map_or(0, |merged| merged.told().len());
    assert_eq!(told, 1, "what was told is the crew's own record");
}

#[test]
fn what_is_told_is_recorded_taken_back_and_stands_first() {
    let mut tablet = Tablet::with_case();
    let topic = OralTopic::BloodThinner;
    tablet.command(Command::Tell(OralChange::Informant(Some(Informant::Family))));
    tablet.command(Command::Tell(OralChange::Topic { topic, answer: Some(OralAnswer::Yes) }));
    tablet.code(OTHER);
    tablet.command(Command::NotebookUse);
    {
        let case = tablet.core.state().case().expect("a case");
        assert_eq!(case.view.oral.answer(topic), Some(OralAnswer::Yes));
        let merged = case.merged.as_ref().expect("a view");
        let page = merged.page(&Filter::default(), 0, 9);
        let [Item::Told(told), Item::Line(line)] = page.items.as_slice() else { panic!("two items") };
        assert_eq!((told.topic, told.by), (topic, Some(Informant::Family)));
        assert!(line.is_from(RowSource::Notebook));
    }
    tablet.command(Command::Tell(OralChange::Topic { topic, answer: None }));
    let case = tablet.core.state().case().expect("a case");
    assert_eq!(case.view.oral.answer(topic), None, "not asked is not \"no\"");
    assert!(tablet.recorded().iter().any(|body| body.kind() == "oral_history_noted"));
}

#[test]
fn what_is_told_asks_it_of_the_hospitals_at_once() {
    let mut tablet = Tablet::with_case();
    tablet.command(Command::At(Position::new(35.69, 139.41).expect("a place")));
    let needs = |tablet: &Tablet| {
        let list = tablet.core.state().case().and_then(|c| c.suggestion.clone()).expect("a list");
        list.ranking.needs.iter().any(|need| need.capability == Capability::DialysisInpatient)
    };
    let tell = |answer| Command::Tell(OralChange::Topic { topic: OralTopic::Dialysis, answer });
    tablet.command(tell(Some(OralAnswer::No)));
    assert!(!needs(&tablet));
    tablet.command(tell(Some(OralAnswer::Yes)));
    assert!(needs(&tablet));
    tablet.command(tell(None));
    assert!(!needs(&tablet));
}

#[test]
fn a_notebook_does_not_outlive_the_session() {
    let mut tablet = Tablet::with_case();
    tablet.code(FIRST);
    tablet.code(SECOND);
    tablet.command(Command::NotebookUse);
    tablet.code(OTHER);
    tablet.command(Command::SignOut);
    assert!(!tablet.notebook().holds());
    assert_eq!((tablet.lines(), tablet.dropped), (0, 1));
}

#[test]
fn generic_names_come_from_the_medicine_master() {
    let mut tablet = Tablet::with_case();
    tablet.code(FIRST);
    tablet.code(SECOND);
    tablet.command(Command::NotebookUse);
    let merged = tablet.core.state().case().and_then(|c| c.merged.clone()).expect("a view");
    let found = merged.page(&Filter { text: "わるふぁりんかりうむ".into(), ..Filter::default() }, 0, 9);
    assert_eq!(found.total, 1);
}

/// Rule ids that the notebook adds.
fn added(tablet: &Tablet) -> Vec<String> {
    let case = tablet.core.state().case().expect("a case");
    let found = case.notebook_alerts.as_ref().map_or(&[][..], |found| found.alerts.as_slice());
    found.iter().map(|alert| alert.rule.as_str().to_owned()).collect()
}

#[test]
fn rules_speak_of_what_was_told_until_a_record_says_more() {
    let mut tablet = Tablet::with_case();
    let told = |topic, answer| Command::Tell(OralChange::Topic { topic, answer: Some(answer) });
    tablet.command(told(OralTopic::Dialysis, OralAnswer::No));
    assert_eq!(added(&tablet), [""; 0]);
    tablet.command(told(OralTopic::BloodThinner, OralAnswer::Yes));
    assert_eq!(added(&tablet), [""; 0], "no finding makes it an alert");
    let head = FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true };
    tablet.command(Command::Observe(head));
    assert_eq!(added(&tablet), ["T01"]);
    tablet.code(FIRST);
    tablet.code(SECOND);
    tablet.command(Command::NotebookUse);
    let with_book = added(&tablet);
    assert!(with_book.contains(&"R01".to_owned()) && !with_book.contains(&"T01".to_owned()), "{with_book:?}");
    tablet.command(Command::ForgetNotebooks);
    assert_eq!(added(&tablet), ["T01"], "what was told is the crew's own record");
}

#[test]
fn rules_speak_of_a_notebook_on_the_tablet_and_follow_the_findings() {
    let mut tablet = Tablet::with_case();
    tablet.code(FIRST);
    tablet.code(SECOND);
    assert_eq!(added(&tablet), [""; 0], "nobody has said yet whose it is");
    tablet.command(Command::NotebookUse);
    let before = added(&tablet);
    assert!(!before.contains(&"R01".to_owned()), "warfarin alone is no alert: {before:?}");
    let head = FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true };
    tablet.command(Command::Observe(head));
    assert!(added(&tablet).contains(&"R01".to_owned()), "{:?}", added(&tablet));
    let case = tablet.core.state().case().expect("a case");
    let found = case.notebook_alerts.as_ref().expect("found");
    let row = found.alerts.iter().find(|a| a.rule.as_str() == "R01").and_then(|a| a.row.as_ref()).expect("a row");
    assert_eq!(row.source, RowSource::Notebook);
    assert_eq!(found.table_version, field_alerts::RuleTable::embedded().expect("a table").version());
    tablet.command(Command::ForgetNotebooks);
    assert!(tablet.core.state().case().expect("a case").notebook_alerts.is_none(), "it goes with the notebook");
}
