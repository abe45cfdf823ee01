//! Facts, questions and the feed of one transport.

use crate::world::{HOSPITAL, Tablet, World, now};
use case::{Body, CaseFacts, EnquiryAnswer, EventName, HowDecided, Stored};
use dispatch_core::store::{AuditLog, HistoryVault, Ledger};
use dispatch_core::{Asks, answer_enquiry, released_history, web_principal};
use dispatch_server::SharedSource;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState, HospitalTable};
use model::{
    Capability, CaseId, CivilDate, Complaint, EnquiryId, Findings, HospitalId, IncidentId, LookupId, Position,
    QuestionId, SessionId, Sex, Stage,
};
use patient_history::{
    ConsentBasis, ConsentScope, HistoryQuery, HistorySnapshot, HistorySource, IdentityLevel, LookBack, LookupEvidence,
    Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource, Section, SectionKind, SectionState,
    SourceError,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wire::{Answer, FeedStart, HistoryQuestion, LogFrame, LogReply, QuarantineReason, Question, SuggestQuestion};

pub(crate) const CASE: CaseId = CaseId::from_bytes([0xCA; 16]);
pub(crate) const LOOKUP: LookupId = LookupId::from_bytes([0x10; 16]);

/// Counts how often it was asked.
#[derive(Clone, Default)]
pub(crate) struct FakeSource(pub(crate) Arc<AtomicUsize>);

impl HistorySource for FakeSource {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let row = Row {
            date: CivilDate::new(2026, 10, 2).expect("a date"),
            code: RowCode::Yj("3332001F1032".into()),
            name: "ワルファリンＫ錠１ｍｇ".into(),
            days_supplied: Some(60),
            quantity: None,
            source: RowSource::Claims,
            facility: None,
            sensitive: false,
        };
        let records = SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None };
        Ok(HistorySnapshot {
            lookup: query.lookup,
            fetched_at: now(),
            person: PersonOnRecord {
                name: "訓練　花子".into(),
                kana: "クンレン　ハナコ".into(),
                birth_date: CivilDate::new(1948, 3, 8).expect("a date"),
                sex: Sex::Female,
            },
            validity: QualificationValidity::Valid,
            period: query.period,
            sections: vec![Section { kind: SectionKind::Medications, state: records }],
            notices: Vec::new(),
        })
    }
}

pub(crate) fn opened() -> Body {
    Body::CaseOpened {
        incident: IncidentId::from_bytes([1; 16]),
        patient_no: 1,
        call_received_at: None,
        scene: None,
        place: None,
        call_text: None,
    }
}

pub(crate) fn basis() -> ConsentBasis {
    ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true }
}

pub(crate) fn history(consent: EventName, basis: ConsentBasis) -> Question {
    Question::History(HistoryQuestion {
        case: CASE,
        lookup: LOOKUP,
        consent: (consent.log, consent.seq),
        basis,
        evidence: LookupEvidence {
            level: IdentityLevel::Visual,
            certificate: vec![1, 2, 3],
            signed: None,
            attributes: None,
        },
        period: Period::Summary,
    })
}

pub(crate) fn code(answer: &Answer) -> &str {
    match answer {
        Answer::Error(error) => &error.code,
        _ => "answered",
    }
}

pub(crate) async fn asked(tablet: &Tablet, n: u8, session: Option<SessionId>, question: Question) -> Answer {
    tablet.ask(QuestionId::from_bytes([n; 16]), session, question).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_are_durable_once_and_come_back_on_the_feed() {
    let world = World::new(SharedSource::none()).await;
    let mut tablet = world.tablet(1).await;
    let mut pen = tablet.pen(7, CASE);
    let log = pen.last().log;
    let mut feed = tablet.feed(FeedStart::default()).await;
    assert!(feed.caught_up().await.is_empty());
    assert_eq!(tablet.log(LogFrame::Offer { log, head: 2, digest: None }).await, [LogReply::Resume { log, from: 1 }]);
    let batch = vec![pen.write(opened()), pen.write(Body::StageStamped { stage: Stage::OnScene, leg: 1 })];
    assert_eq!(tablet.append(batch.clone()).await, [LogReply::Durable { log, through: 2 }]);
    assert_eq!(tablet.append(batch.clone()).await, [LogReply::Durable { log, through: 2 }]);
    let facts = feed.next_facts().await;
    assert_eq!(facts.iter().map(|(case, position, _)| (*case, *position)).collect::<Vec<_>>(), [(CASE, 1), (CASE, 2)]);
    assert!(facts.iter().zip(&batch).all(|((_, _, entry), stored)| entry.bytes == stored.bytes));
    // What a tablet may not write is acknowledged with the reason and blocks nothing.
    let forged = Body::DestinationDecided {
        version: 1,
        hospital: HospitalId::from_bytes([1; 16]),
        enquiry: None,
        how: HowDecided::Telephone,
    };
    let more = vec![pen.write(forged), pen.write(Body::StageStamped { stage: Stage::AtPatient, leg: 1 })];
    let refused = LogReply::Quarantined { log, seq: 3, reason: QuarantineReason::NOT_ALLOWED };
    assert_eq!(tablet.append(more).await, [refused.clone(), LogReply::Durable { log, through: 4 }]);
    assert_eq!(feed.next_facts().await.len(), 1);
    // After a restart the other tablet sees nothing of it, this one goes on where it was.
    let world = world.restarted(SharedSource::none()).await;
    let (mut tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    assert_eq!(
        tablet.log(LogFrame::Offer { log, head: 4, digest: None }).await,
        [refused, LogReply::Resume { log, from: 5 }]
    );
    let mut feed =
        tablet.feed(FeedStart { known: vec![(CASE, 2)], capacity_known: None, notices: false, levels: false }).await;
    assert_eq!(feed.caught_up().await.iter().map(|(_, position, _)| *position).collect::<Vec<_>>(), [3]);
    assert!(other.feed(FeedStart::default()).await.caught_up().await.is_empty());
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_needs_session_consent_and_department_and_is_fetched_once() {
    let source = FakeSource::default();
    let world = World::new(SharedSource::new(source.clone())).await;
    let (mut tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    let mut pen = tablet.pen(7, CASE);
    let batch = vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })];
    let consent = pen.last();
    let (session, foreign) = (tablet.sign_in(&world.crew[0]).await, other.sign_in(&world.crew[1]).await);
    assert_eq!(code(&asked(&tablet, 1, None, history(consent, basis())).await), "no_session");
    assert_eq!(code(&asked(&tablet, 2, Some(foreign), history(consent, basis())).await), "no_session");
    assert_eq!(code(&asked(&tablet, 3, Some(session), history(consent, basis())).await), "no_such_case");
    tablet.append(batch).await;
    assert_eq!(code(&asked(&other, 4, Some(foreign), history(consent, basis())).await), "no_such_case");
    let wider = ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: false };
    assert_eq!(code(&asked(&tablet, 5, Some(session), history(consent, wider)).await), "consent_differs");
    assert_eq!(source.0.load(Ordering::SeqCst), 0, "nothing left the server");
    for n in 6..=8 {
        let Answer::History(answer) = asked(&tablet, n, Some(session), history(consent, basis())).await else {
            panic!("no history")
        };
        assert_eq!(answer.snapshot.all_rows().count(), 1);
    }
    assert_eq!(source.0.load(Ordering::SeqCst), 1, "the same look-up is fetched once");
    tablet.append(vec![pen.write(Body::ConsentWithdrawn { of: consent })]).await;
    assert_eq!(code(&asked(&tablet, 9, Some(session), history(consent, basis())).await), "consent_withdrawn");
    let vault = world.server.app.store.history(LOOKUP, CASE, now()).await.expect("the vault");
    assert!(vault.is_none(), "its key is destroyed");
    let chains = world.server.app.store.chains().await.expect("the audit");
    let (chain, entries) = chains.first().expect("one chain");
    let verified = audit::verify(*chain, entries, &[]).expect("whole");
    assert_eq!((entries.len(), verified.unfinished.len()), (2, 0), "one begin, one complete");
    let directory = world.data.path().to_owned();
    assert!(lies_in_files(&directory, &CASE.bytes()), "the search can find what is there");
    for secret in ["ワルファリン", "3332001F1032", "クンレン", "1948-03-08"] {
        assert!(!lies_in_files(&directory, secret.as_bytes()), "{secret} rests readable");
    }
    world.server.stop().await;
}

/// Whether any file of the data directory, journals included, holds these bytes.
fn lies_in_files(directory: &std::path::Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(directory).expect("a directory").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return lies_in_files(&path, bytes);
        }
        let mut content = Vec::new();
        let opened = std::fs::OpenOptions::new().read(true).open(&path).expect("readable");
        std::io::Read::read_to_end(&mut { opened }, &mut content).expect("read");
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suggestion_an_enquiry_and_an_acceptance_decide_the_destination() {
    let world = World::new(SharedSource::new(FakeSource::default())).await;
    let mut tablet = world.tablet(1).await;
    let session = tablet.sign_in(&world.crew[0]).await;
    let hospital = HospitalTable::embedded().by_record_id(HOSPITAL).expect("a hospital");
    let suggest = Question::Suggest(SuggestQuestion {
        case: CASE,
        from: Position::new(36.08, 140.11).expect("in Japan"),
        findings: Findings { complaints: [Complaint::HeadInjury].into(), ..Findings::default() },
        lookup: None,
        exclude: Vec::new(),
        levels: true,
    });
    // Before any fact of the case has arrived, and twice: the same answer.
    let Answer::Suggestion(first) = asked(&tablet, 1, None, suggest.clone()).await else { panic!("no suggestion") };
    let Answer::Suggestion(again) = asked(&tablet, 1, None, suggest).await else { panic!("no suggestion") };
    assert_eq!(first, again);
    assert!(!first.ranking.candidates.is_empty());
    ranks_again(world.data.path(), &first);
    let mut pen = tablet.pen(7, CASE);
    let enquiry = EnquiryId::from_bytes([0xE1; 16]);
    let mut batch = vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })];
    let consent = pen.last();
    let asked_for = Body::LookupAsked { lookup: LOOKUP, consent, level: IdentityLevel::Visual };
    batch.push(pen.write(asked_for));
    tablet.append(batch).await;
    assert_eq!(code(&asked(&tablet, 2, Some(session), history(consent, basis())).await), "answered");
    tablet.append(vec![pen.write(sent(enquiry, hospital.id))]).await;
    let app = &world.server.app;
    let desk = sign_in_desk(&world).await;
    let board = dispatch_core::board(&app.store, &app.rules, app.now(), &desk).await.expect("a board");
    assert_eq!(board.iter().map(|row| (row.enquiry, row.callsign.as_str(), row.training)).collect::<Vec<_>>().len(), 1);
    let early = released_history(&app.store, &app.rules, &app.call(), &desk, CASE).await;
    assert!(early.is_err(), "nothing is released before acceptance");
    let mut feed =
        tablet.feed(FeedStart { known: vec![(CASE, 4)], capacity_known: None, notices: false, levels: false }).await;
    assert!(feed.caught_up().await.is_empty());
    answer_enquiry(&app.store, &mut app.call(), &desk, enquiry, EnquiryAnswer::Accepted).await.expect("accepted");
    let mut facts = CaseFacts::new();
    for (_, _, entry) in feed.next_facts().await {
        let stored =
            Stored { name: EventName { log: entry.log, seq: entry.seq }, schema: entry.schema, bytes: entry.bytes };
        let event = Stored::decode(stored.schema, &stored.bytes).expect("an event");
        facts.insert(event, stored.hash(), None);
    }
    assert_eq!(facts.view().destination().map(|d| (d.version, d.hospital)), Some((1, hospital.id)));
    let released = released_history(&app.store, &app.rules, &app.call(), &desk, CASE).await.expect("released");
    assert_eq!(released.snapshot.all_rows().count(), 1);
    let Answer::Document(document) = asked(&tablet, 3, Some(session), Question::Document { case: CASE }).await else {
        panic!("no document")
    };
    assert_eq!(document.hospital, hospital.id);
    assert!(document.address.starts_with("https://localhost:"), "{}", document.address);
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_tablet_is_told_the_nearest_level_and_no_pattern() {
    let world = World::new(SharedSource::none()).await;
    let tablet = world.tablet(1).await;
    let app = &world.server.app;
    let said = |capability, source| CapacityReport {
        hospital: HospitalId::from_bytes([9; 16]),
        capability,
        state: CapacityState::Limited,
        at: app.now(),
        source,
        until: None,
    };
    let typed = said(None, CapacitySource::Desk);
    let filed = said(Some(Capability::IntensiveCare), CapacitySource::Filed);
    for report in [typed, filed] {
        app.store.report_capacity(report).await.expect("kept");
    }
    let mut older = tablet.feed(FeedStart::default()).await;
    older.caught_up().await;
    assert_eq!(older.reports, [CapacityReport { state: CapacityState::Free, ..typed }]);
    let mut newer = tablet.feed(FeedStart { levels: true, ..FeedStart::default() }).await;
    newer.caught_up().await;
    assert_eq!(newer.reports, [typed, filed]);
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_says_when_it_leaves_older_cases_out() {
    let world = World::new(SharedSource::none()).await;
    let mut tablet = world.tablet(1).await;
    let most = u8::try_from(dispatch_core::limits::FEED_CASES).expect("fits");
    for n in 1..=most {
        let mut pen = tablet.pen(n, CaseId::from_bytes([n; 16]));
        tablet.append(vec![pen.write(opened())]).await;
    }
    let mut feed = tablet.feed(FeedStart::default()).await;
    assert_eq!((feed.caught_up().await.len(), feed.left_out), (usize::from(most), false));
    let mut pen = tablet.pen(most + 1, CaseId::from_bytes([most + 1; 16]));
    tablet.append(vec![pen.write(opened())]).await;
    let mut feed = tablet.feed(FeedStart::default()).await;
    assert_eq!((feed.caught_up().await.len(), feed.left_out), (usize::from(most), true));
    world.server.stop().await;
}

fn sent(enquiry: EnquiryId, hospital: HospitalId) -> Body {
    Body::EnquirySent {
        enquiry,
        hospital,
        lookup: Some(LOOKUP),
        needs: Vec::new(),
        tell_alerts: true,
        batch: 1,
        by_telephone: false,
        eta_tenths: Some(120),
        override_reason: None,
    }
}

async fn sign_in_desk(world: &World) -> dispatch_core::Principal {
    let app = &world.server.app;
    let (login, passcode) = (&world.desk.login, &world.desk.passcode);
    let mut call = app.call();
    let who = (login.as_str(), passcode.as_str());
    let signed = dispatch_core::sign_in_web(&app.store, &app.passcodes, &mut call, who, [5; 32], Asks::default()).await;
    signed.expect("a desk");
    web_principal(&app.store, app.now(), [5; 32]).await.expect("a session").principal
}

/// The record of a choice, exported and ranked by the program, gives the bytes that the tablet was answered with.
fn ranks_again(data: &std::path::Path, suggested: &wire::Suggestion) {
    let out = tempfile::TempDir::new().expect("a directory");
    let run = |arguments: &[&std::ffi::OsStr]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_dispatch-server")).args(arguments).output();
        let done = done.expect("runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    let case = CASE.to_string();
    let words = |text: &[&str]| text.iter().map(std::ffi::OsString::from).collect::<Vec<_>>();
    let mut decisions = words(&["decisions", "--case", &case, "--to"]);
    decisions.extend([out.path().into(), "--data".into(), data.into()]);
    run(&decisions.iter().map(std::ffi::OsString::as_os_str).collect::<Vec<_>>());
    let file = |kind: &str| out.path().join(format!("{}.{kind}.json", suggested.decision));
    let mut rank = words(&["rank", "--json", "-", "--case"]);
    rank.extend([file("case").into(), "--data".into(), data.into()]);
    #[expect(clippy::disallowed_methods, reason = "the test reads what the program wrote")]
    let answered = std::fs::read(file("ranking")).expect("the ranking");
    let again = run(&rank.iter().map(std::ffi::OsString::as_os_str).collect::<Vec<_>>());
    assert_eq!(again, answered);
    assert_eq!(again, suggested.ranking.to_json_bytes().expect("bytes"));
}
