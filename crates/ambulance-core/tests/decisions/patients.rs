//! Several patients of one incident: each with a card of its own, unknown at first, or one and the same after all.

use crate::bench::{Bench, answer, card, spoken};
use ambulance_core::{CardInput, CardState, CaseState, Command, HistoryState, Input};
use case::{Body, CardMark, IdentitySource, Stored};
use model::{CaseId, Stage};
use wire::Question;

const MINE: &[u8] = b"certificate of the first";
const YOURS: &[u8] = b"certificate of the second";

fn open(bench: &mut Bench) -> CaseId {
    bench.command(Command::OpenCase);
    bench.core.state().current.expect("opened")
}

fn put_down(bench: &mut Bench, certificate: &[u8]) {
    bench.input(Input::Card(CardInput::Reading));
    let mut read = Box::new(card());
    read.certificate = certificate.to_vec();
    bench.input(Input::Card(CardInput::Read { read, took_ms: 3 }));
}

fn lift(bench: &mut Bench) {
    bench.input(Input::Card(CardInput::NoCard));
}

fn case(bench: &Bench, id: CaseId) -> &CaseState {
    &bench.core.state().cases[&id]
}

fn answer_last(bench: &mut Bench) {
    bench.acknowledge_all();
    let ask = bench.asks.iter().rev().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let said = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(said) });
}

fn events(bench: &Bench, id: CaseId) -> Vec<Body> {
    let entries = bench.written.iter().flat_map(|t| &t.entries);
    let events = entries.filter_map(|e| Stored::decode(e.schema, &e.bytes).ok());
    events.filter(|e| e.subject.case() == Some(id)).map(|e| e.body).collect()
}

#[test]
fn a_card_that_was_matched_to_one_patient_is_told_loudly_for_the_next_and_may_be_refused() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    put_down(&mut bench, MINE);
    bench.command(Command::FaceMatches);
    let second = open(&mut bench);
    lift(&mut bench);
    let alarms = bench.alarms;
    put_down(&mut bench, MINE);
    assert!(matches!(case(&bench, second).card, CardState::OfOther { other, .. } if other == first));
    assert_eq!(bench.alarms, alarms + 1, "loud");
    bench.command(Command::FaceMatches);
    assert!(matches!(case(&bench, second).card, CardState::OfOther { .. }), "nothing goes on before it is said");
    bench.command(spoken());
    assert_eq!(bench.history_asks(), 0);
    bench.command(Command::FaceDiffers);
    assert!(matches!(case(&bench, second).card, CardState::Mismatch));
    assert!(case(&bench, second).view.cards.is_empty());
    lift(&mut bench);
    put_down(&mut bench, YOURS);
    assert!(matches!(case(&bench, second).card, CardState::Face(_)), "the patient's own card goes on");
    assert_eq!(case(&bench, first).view.cards.len(), 1);
}

#[test]
fn confirmed_it_is_on_record_beside_whom_and_not_asked_again() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    put_down(&mut bench, MINE);
    bench.command(Command::FaceMatches);
    let second = open(&mut bench);
    lift(&mut bench);
    put_down(&mut bench, MINE);
    bench.command(Command::CardIsThisPatients);
    assert!(matches!(case(&bench, second).card, CardState::Face(_)));
    bench.command(Command::FaceMatches);
    let bound = case(&bench, second).view.cards[&CardMark::of(second, MINE)];
    assert_eq!(bound.also_of, Some(first));
    lift(&mut bench);
    put_down(&mut bench, MINE);
    assert!(matches!(case(&bench, second).card, CardState::Face(_)));
}

#[test]
fn a_card_known_only_from_facts_is_told_too() {
    let mut before = Bench::signed_in();
    let first = open(&mut before);
    put_down(&mut before, MINE);
    before.command(Command::FaceMatches);
    let mut bench = Bench::new(before.store());
    bench.link_up();
    let second = open(&mut bench);
    put_down(&mut bench, MINE);
    assert!(matches!(case(&bench, second).card, CardState::OfOther { other, .. } if other == first));
}

#[test]
fn two_cases_hold_one_card_that_nobody_compared_and_only_the_first_gets_it() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    put_down(&mut bench, MINE);
    let second = open(&mut bench);
    lift(&mut bench);
    put_down(&mut bench, MINE);
    assert!(matches!(case(&bench, second).card, CardState::Face(_)), "nobody has said yet whose it is");
    bench.command(Command::FaceMatches);
    bench.command(Command::SelectCase(first));
    bench.command(Command::FaceMatches);
    assert!(matches!(case(&bench, first).card, CardState::OfOther { other, .. } if other == second));
}

#[test]
fn a_card_answers_for_the_case_that_was_on_screen_when_it_was_put_down() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    let second = open(&mut bench);
    bench.input(Input::Card(CardInput::Reading));
    bench.command(Command::SelectCase(first));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    assert!(matches!(case(&bench, second).card, CardState::Face(_)));
    assert!(matches!(case(&bench, first).card, CardState::None));
    bench.input(Input::Card(CardInput::Reading));
    bench.command(Command::SelectCase(second));
    bench.command(Command::End(case::Ending::Cancelled));
    bench.command(Command::SelectCase(first));
    bench.input(Input::Card(CardInput::NoCard));
    assert!(matches!(case(&bench, first).card, CardState::Failed(_)), "its own reading was cut off");
}

#[test]
fn two_look_ups_at_once_keep_their_patients() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    put_down(&mut bench, MINE);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    let second = open(&mut bench);
    lift(&mut bench);
    put_down(&mut bench, YOURS);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    let asked: Vec<(CaseId, Vec<u8>)> = bench
        .asks
        .iter()
        .filter_map(|a| if let Question::History(q) = &a.question { Some(q) } else { None })
        .map(|q| (q.case, q.evidence.certificate.clone()))
        .collect();
    assert_eq!(asked, [(first, MINE.to_vec()), (second, YOURS.to_vec())]);
    answer_last(&mut bench);
    assert!(matches!(case(&bench, second).history, HistoryState::Here { .. }));
    assert!(matches!(case(&bench, first).history, HistoryState::Waiting { .. }));
    for (id, certificate) in asked {
        let lookups: Vec<_> = case(&bench, id).view.lookups.values().map(|l| l.card).collect();
        assert_eq!(lookups, [Some(CardMark::of(id, &certificate))], "the look-up is of the card read for it");
    }
}

#[test]
fn an_unknown_patient_has_a_letter_of_the_incident_and_keeps_it_when_the_card_comes() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    bench.command(Command::Unknown(true));
    let second = open(&mut bench);
    bench.command(Command::Unknown(true));
    bench.command(Command::Unknown(true));
    let letters = |bench: &Bench| [first, second].map(|id| case(bench, id).view.temporary_id);
    assert_eq!(letters(&bench), [Some(0), Some(1)]);
    bench.command(Command::IdentityFound(Some(IdentitySource::Police)));
    assert!(case(&bench, second).view.is_identified() && !case(&bench, first).view.is_identified());
    bench.command(Command::SelectCase(first));
    put_down(&mut bench, MINE);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    assert_eq!(letters(&bench), [Some(0), Some(1)], "what was recorded stays");
    assert!(case(&bench, first).view.is_identified());
    bench.command(Command::SelectCase(second));
    bench.command(Command::Unknown(false));
    assert_eq!(letters(&bench), [Some(0), None]);
}

#[test]
fn a_case_opened_twice_becomes_one_and_can_be_parted_again() {
    let mut bench = Bench::signed_in();
    let first = open(&mut bench);
    put_down(&mut bench, MINE);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    answer_last(&mut bench);
    let second = open(&mut bench);
    bench.command(Command::SamePatient(first));
    assert_eq!(bench.core.state().current, Some(second), "the one on screen goes on");
    assert_eq!(case(&bench, first).view.goes_on_in(), Some(second));
    assert!(case(&bench, second).view.same_patient.contains_key(&first), "both sides show it");
    assert!(matches!(case(&bench, first).history, HistoryState::Wiped { .. }) && bench.dropped_history > 0);
    assert!(matches!(case(&bench, second).history, HistoryState::NotAsked), "a look-up stays with its card's case");
    lift(&mut bench);
    put_down(&mut bench, MINE);
    assert!(matches!(case(&bench, second).card, CardState::Face(_)), "the same patient's card is no surprise");
    bench.command(Command::OtherPatient(first));
    for id in [first, second] {
        let view = &case(&bench, id).view;
        assert!(view.same_patient.is_empty() && !view.is_closed());
        let kinds: Vec<String> = events(&bench, id).iter().map(|b| b.kind().to_owned()).collect();
        assert_eq!(kinds.iter().filter(|k| k.starts_with("same_patient")).count(), 2, "{kinds:?}");
    }
    bench.acknowledge_all();
    bench.command(Command::SelectCase(first));
    let back = bench.asks.iter().any(|a| matches!(a.question, Question::HistoryAgain { case, .. } if case == first));
    assert!(back, "its history comes back by its look-up's id");
}

#[test]
fn the_case_that_hospitals_know_goes_on_and_two_such_cases_stay_two() {
    let mut bench = Bench::signed_in();
    bench.command(Command::At(model::Position::new(35.70, 139.41).expect("in Japan")));
    let enquire = |bench: &mut Bench| {
        let hospital = hospital_selection::HospitalTable::embedded().hospitals().first().expect("one").id;
        bench.command(Command::Enquire { hospitals: vec![hospital], by_telephone: true, override_reason: None });
    };
    let first = open(&mut bench);
    enquire(&mut bench);
    let second = open(&mut bench);
    bench.command(Command::SamePatient(first));
    assert_eq!(bench.core.state().current, Some(first));
    assert_eq!(case(&bench, second).view.goes_on_in(), Some(first));
    bench.command(Command::OtherPatient(second));
    bench.command(Command::SelectCase(second));
    enquire(&mut bench);
    bench.command(Command::SamePatient(first));
    assert!(case(&bench, first).view.same_patient.is_empty() && case(&bench, second).view.same_patient.is_empty());
    bench.command(Command::SamePatient(second));
    assert!(case(&bench, second).view.same_patient.is_empty(), "a case is not its own other one");
    bench.command(Command::Stamp(Stage::OnScene));
    assert!(case(&bench, second).view.stage(Stage::OnScene).is_some());
}
