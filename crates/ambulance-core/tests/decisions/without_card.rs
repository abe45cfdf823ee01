//! Disaster mode and relief: a look-up without a card only while the server's period holds, queued and checked like every
//! other; new cases of a relief unit are those of whom it works for.

use crate::bench::{Bench, answer, identity, spoken};
use ambulance_core::{CardState, Command, HistoryState, Input, LinkInput, LinkTrouble, Restored};
use case::{Body, LookupOutcome, Stored};
use model::{CivilDate, DepartmentId, LookupId, Sex, Timestamp};
use patient_history::{ConsentBasis, IdentityLevel, NotObtainableReason, PersonAttributes};
use wire::{Ask, DisasterNotice, FeedItem, HistoryQuestion, Notice, Question, ReliefNotice, Welcome};

const OTHER: DepartmentId = DepartmentId::from_bytes([0x33; 16]);

fn person() -> PersonAttributes {
    let birth_date = CivilDate::new(1948, 3, 8).expect("a date");
    PersonAttributes {
        kana: "タカギ　ハナ".into(), birth_date, sex: Sex::Female, address: "訓練県見本市".into()
    }
}

fn told() -> Command {
    Command::ByAttributes(Box::new(person()))
}

fn disaster(until: Timestamp) -> Notice {
    let disaster = DisasterNotice { until, area: vec!["訓練県見本市".into()] };
    Notice { disaster: Some(disaster), relief: None, published: None }
}

/// An hour from now.
fn period(bench: &Bench) -> Notice {
    disaster(bench.now.utc.plus_minutes(60))
}

fn up(bench: &mut Bench, notice: Option<Notice>) {
    let welcome = Welcome { notice: notice.map(Box::new), ..bench.welcome() };
    bench.input(Input::Link(LinkInput::Up(welcome)));
}

fn down(bench: &mut Bench) {
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
}

/// Signed in, on scene, nobody has a card.
fn on_scene(notice: impl Fn(&Bench) -> Option<Notice>) -> Bench {
    let mut bench = Bench::new(Restored::default());
    let notice = notice(&bench);
    up(&mut bench, notice);
    bench.sign_in();
    bench.command(Command::OpenCase);
    bench
}

fn sent(bench: &Bench) -> Option<(Ask, HistoryQuestion)> {
    bench.asks.iter().rev().find_map(|ask| match &ask.question {
        Question::History(question) => Some((ask.clone(), question.clone())),
        _ => None,
    })
}

fn ended(bench: &Bench, lookup: LookupId) -> Option<LookupOutcome> {
    bench.core.state().case()?.view.lookups.get(&lookup)?.outcome.clone()
}

#[test]
fn while_the_period_holds_the_consent_is_asked_and_the_look_up_shows_four_attributes() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    bench.command(told());
    let card = bench.core.state().case().map(|c| c.card.clone());
    assert!(matches!(card, Some(CardState::Consent(summary)) if summary.is_without_card()));
    assert_eq!(bench.history_asks(), 0, "consent first");
    bench.command(spoken());
    bench.acknowledge_all();
    let (ask, question) = sent(&bench).expect("asked");
    assert_eq!((question.evidence.level, question.evidence.certificate.len()), (IdentityLevel::FourAttributes, 0));
    assert_eq!(question.evidence.attributes.as_deref(), Some(&person()));
    assert!(bench.bodies().contains(&"attributes_lookup_asked".to_owned()));
    let level = bench.core.state().case().and_then(|c| c.view.lookups.get(&question.lookup)).map(|l| l.level);
    assert_eq!(level, Some(IdentityLevel::FourAttributes));
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    assert!(matches!(bench.history(), HistoryState::Here { .. }));
    assert!(!bench.core.state().case().is_some_and(|c| c.offers_full()), "a look-up of its own would be needed");
    for row in bench.written.iter().flat_map(|t| &t.entries) {
        assert!(!row.bytes.windows("タカギ".len()).any(|w| w == "タカギ".as_bytes()), "no event holds what was told");
    }
}

#[test]
fn without_a_period_or_with_an_older_server_nothing_is_begun() {
    for notice in [None, Some(Notice::default())] {
        let mut bench = on_scene(|_| notice.clone());
        bench.command(told());
        assert!(matches!(bench.core.state().case().map(|c| &c.card), Some(CardState::None)));
    }
    let mut over = on_scene(|bench| Some(disaster(bench.now.utc)));
    over.command(told());
    assert!(matches!(over.core.state().case().map(|c| &c.card), Some(CardState::None)));
    let mut odd = on_scene(|bench| Some(period(bench)));
    odd.command(Command::ByAttributes(Box::new(PersonAttributes { address: "".into(), ..person() })));
    assert!(matches!(odd.core.state().case().map(|c| &c.card), Some(CardState::None)));
}

#[test]
fn refused_sends_nothing_and_forgets_what_was_told() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    bench.command(told());
    bench.command(Command::ConsentRefused);
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
    assert!(matches!(bench.core.state().case().map(|c| &c.card), Some(CardState::Refused)));
}

#[test]
fn a_look_up_that_waited_past_the_period_is_not_sent_and_says_so() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    down(&mut bench);
    bench.command(told());
    bench.command(spoken());
    let lookup = bench.history().lookup().expect("it waits");
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    // The deadline wakes the tablet by itself.
    let (at_us, why) = bench.core.poll_timeout(bench.now).expect("a deadline");
    assert!(why != "a disaster period ends" || at_us >= bench.now.mono.us);
    bench.pass(60 * 60_000_000);
    assert_eq!(ended(&bench, lookup), Some(LookupOutcome::Expired { code: "disaster_over".into() }));
    assert!(
        matches!(bench.history(), HistoryState::Failed { error, .. } if error.ja.contains("災害時の照会の期間が終わった"))
    );
    up(&mut bench, Some(Notice::default()));
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
}

#[test]
fn a_period_that_was_ended_ends_what_waits_when_the_server_says_so() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    down(&mut bench);
    bench.command(told());
    bench.command(spoken());
    let lookup = bench.history().lookup().expect("it waits");
    up(&mut bench, Some(Notice::default()));
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
    assert_eq!(ended(&bench, lookup), Some(LookupOutcome::Expired { code: "disaster_over".into() }));
    // And on the feed of a connection that stands.
    let mut open = on_scene(|bench| Some(period(bench)));
    open.input(Input::Feed(vec![FeedItem::Notice(Notice::default())]));
    open.command(told());
    assert!(matches!(open.core.state().case().map(|c| &c.card), Some(CardState::None)));
}

#[test]
fn the_emergency_basis_waits_ten_minutes_without_a_card_as_well() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    down(&mut bench);
    bench.command(told());
    bench.command(Command::ConsentNotObtainable(NotObtainableReason::Unconscious));
    let lookup = bench.history().lookup().expect("it waits");
    bench.pass(10 * 60_000_000 + 1);
    assert_eq!(ended(&bench, lookup), Some(LookupOutcome::Expired { code: "emergency-waited-too-long".into() }));
}

#[test]
fn a_tablet_that_starts_without_radio_knows_the_period_and_sends_what_waited() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    down(&mut bench);
    bench.command(told());
    bench.command(spoken());
    let lookup = bench.history().lookup().expect("it waits");
    let mut next = Bench::new(bench.store_with_states());
    assert!(next.core.state().disaster(next.now).is_some());
    let notice = period(&next);
    up(&mut next, Some(notice));
    next.sign_in();
    let (_, question) = sent(&next).expect("asked");
    assert_eq!((question.lookup, question.evidence.attributes.as_deref()), (lookup, Some(&person())));
    assert!(matches!(question.basis, ConsentBasis::Spoken { .. }));
}

#[test]
fn a_card_that_is_put_down_takes_the_place_of_what_was_told() {
    let mut bench = on_scene(|bench| Some(period(bench)));
    bench.command(told());
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let (_, question) = sent(&bench).expect("asked");
    assert_eq!((question.evidence.level, question.evidence.attributes), (IdentityLevel::Visual, None));
}

#[test]
fn a_relief_unit_opens_cases_for_whom_it_works_for_also_after_a_start() {
    let departments = |bench: &Bench| -> Vec<DepartmentId> {
        let rows = bench.written.iter().flat_map(|t| &t.entries);
        let events = rows.filter_map(|row| Stored::decode(row.schema, &row.bytes).ok());
        events.filter(|event| event.subject.case().is_some()).map(|event| event.department).collect()
    };
    let mut bench = Bench::new(Restored::default());
    let until = bench.now.utc.plus_minutes(30);
    let relief = ReliefNotice { department: OTHER, department_name: "見本市消防本部".into(), until };
    up(&mut bench, Some(Notice { disaster: None, relief: Some(relief), published: None }));
    bench.command(Command::OpenCase);
    assert!(!departments(&bench).is_empty() && departments(&bench).iter().all(|d| *d == OTHER));
    let mut next = Bench::new(bench.store_with_states());
    next.command(Command::Observe(case::FindingsChange::Triage(None)));
    assert!(!departments(&next).is_empty() && departments(&next).iter().all(|d| *d == OTHER), "it stays that one's");
    // After its time a new case is its own department's again.
    bench.pass(31 * 60_000_000);
    let before = departments(&bench).len();
    bench.command(Command::OpenCase);
    assert!(departments(&bench).iter().skip(before).all(|d| *d == identity().department));
    assert!(departments(&bench).len() > before);
    let is_unit = |body: &Body| matches!(body, Body::TabletStarted { .. });
    let own = bench.written.iter().flat_map(|t| &t.entries).filter_map(|r| Stored::decode(r.schema, &r.bytes).ok());
    assert!(own.filter(|e| is_unit(&e.body)).all(|e| e.department == identity().department));
}
