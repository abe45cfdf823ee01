//! Where to go: the tablet's own list, the door's preview, the server's decision.

use crate::bench::Bench;
use ambulance_core::{Command, Input, LinkInput, LinkTrouble, Restored, SuggestionState};
use case::{Ending, FindingsChange};
use hospital_selection::Ranking;
use model::{Complaint, DecisionId, Position};
use std::sync::Arc;
use wire::{Answer, Preview, Question, Suggestion};

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

/// Ten candidates with a reason for each of many needs, and all excluded hospitals that are named.
#[test]
fn a_list_of_ten_is_a_small_message() {
    let mut bench = on_the_way();
    for complaint in [Complaint::ChestPain, Complaint::StrokeSigns, Complaint::Burn] {
        bench.command(Command::Observe(FindingsChange::Complaint { complaint, chosen: true }));
    }
    let ranking = Ranking::clone(&list(&bench).ranking);
    assert_eq!(ranking.candidates.len(), hospital_selection::params::CREW_CANDIDATES);
    let decided = Suggestion { decision: DecisionId::from_bytes([9; 16]), at: bench.now.utc, lookup: None, ranking };
    let frame = wire::codec::encode(&Answer::Suggestion(Box::new(decided))).expect("short");
    assert!(frame.len() < 32 * 1024, "{} bytes", frame.len());
}
