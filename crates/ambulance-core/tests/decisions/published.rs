//! What the server's ranking follows, on the tablet: without radio its list is the server's.

use crate::bench::Bench;
use ambulance_core::{Command, Input, OwnEdition, Restored, SuggestionState};
use case::FindingsChange;
use hospital_selection::params::CREW_CANDIDATES;
use hospital_selection::{HospitalTable, Ranking, SelectionRequest, Standard, Standards, rank};
use model::{Complaint, Position, Timestamp};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use travel_time::RoadModel;
use wire::{Answer, FeedItem, NOTHING_PUBLISHED, Notice, Published, PublishedContent, Question};

/// A tablet with a case and a list, and the server there.
fn on_the_way(restored: Restored) -> Bench {
    let mut bench = Bench::new(restored);
    bench.command(Command::At(Position::new(35.70, 139.41).expect("in Japan")));
    if bench.core.state().current.is_none() {
        bench.command(Command::OpenCase);
        bench.command(Command::Observe(FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true }));
    }
    bench
}

fn list(bench: &Bench) -> &SuggestionState {
    bench.core.state().case().and_then(|case| case.suggestion.as_ref()).expect("a list")
}

/// An edition that lists the third and fourth of the list alone, until a day.
fn edition(ranking: &Ranking, until: &str) -> String {
    let record = |n: usize| {
        let candidate = ranking.candidates.get(n).expect("ten are listed");
        HospitalTable::embedded().get(candidate.hospital).expect("on the table").record_id.clone()
    };
    let category = serde_json::to_string(&ranking.category).expect("a word");
    let head = "prefecture = '東京都'\nversion = '2026-04-01'\nsource = '訓練'\nfrom = '2026-04-01T00:00:00+09:00'\n";
    let (third, fourth) = (record(2), record(3));
    format!(
        "{head}until = '{until}'\n[[class]]\ncategory = {category}\nhospitals = ['{third}', '{fourth}']\n\
         [secure]\nenquiries = 2\ncoordinator = '調整窓口'\n"
    )
}

fn content(editions: Vec<String>) -> Vec<u8> {
    let content = PublishedContent {
        table_sha256: HospitalTable::embedded().sha256().to_owned(),
        prefecture: Some("東京都".to_owned()),
        editions,
        ..PublishedContent::default()
    };
    wire::codec::encode(&content).expect("a frame")
}

fn name(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut name, byte| {
        write!(name, "{byte:02x}").expect("a string");
        name
    })
}

/// The server names what is published.
fn named(bench: &mut Bench, name: &str) {
    let notice = Notice { published: Some(name.to_owned()), ..Notice::default() };
    bench.input(Input::Feed(vec![FeedItem::Notice(notice)]));
}

fn questions(bench: &Bench) -> usize {
    bench.asks.iter().filter(|ask| matches!(ask.question, Question::Published)).count()
}

/// The server names it, is asked for it, and answers.
fn published(bench: &mut Bench, content: &[u8]) {
    bench.link_up();
    named(bench, &name(content));
    let id = bench.asks.iter().rfind(|ask| matches!(ask.question, Question::Published)).expect("asked").id;
    let answer = Answer::Published(Box::new(Published { content: content.to_vec().into() }));
    bench.input(Input::Answer { id, answer: Box::new(answer) });
}

/// What a server with this edition ranks for the tablet's case.
fn of_server(bench: &Bench, edition: &str) -> Ranking {
    let table = HospitalTable::embedded().clone();
    let standard = Standard::parse(edition, &table).expect("an edition");
    let table = table.with_standards(Standards::new(vec![standard]));
    let (at, from) = (list(bench).ranking.at, list(bench).ranking.scene);
    let findings = bench.core.state().case().expect("a case").view.findings_at(at);
    let mut request = SelectionRequest::new(at, from, &findings);
    request.prefecture = Some("東京都".to_owned());
    request.max_candidates = CREW_CANDIDATES;
    rank(&table, &[], &RoadModel::japan(), &request)
}

fn bytes(ranking: &Ranking) -> Vec<u8> {
    ranking.to_json_bytes().expect("a time of the calendar")
}

#[test]
fn without_radio_the_tablet_s_list_has_the_bytes_of_the_server_s() {
    let mut bench = on_the_way(Restored::default());
    let plain = list(&bench).ranking.clone();
    let edition = edition(&plain, "2027-04-01T00:00:00+09:00");
    published(&mut bench, &content(vec![edition.clone()]));
    bench.input(Input::Link(ambulance_core::LinkInput::Down { why: ambulance_core::LinkTrouble::Silent }));
    let own = list(&bench);
    assert!(!own.by_server && own.ranking.candidates.len() == 2, "those of the prefecture's list");
    assert_ne!(own.ranking.versions.standards, plain.versions.standards);
    assert_eq!(bytes(&own.ranking), bytes(&of_server(&bench, &edition)));
    assert_eq!(own.ranking.last_resort.as_ref().and_then(|l| l.coordinator.as_deref()), Some("調整窓口"));

    let again = on_the_way(bench.store_with_states());
    assert_eq!(again.core.state().published().name, bench.core.state().published().name, "it rests");
    assert_eq!(bytes(&list(&again).ranking), bytes(&of_server(&again, &edition)));
}

#[test]
fn what_the_tablet_has_is_not_asked_for_again_and_nothing_drops_it() {
    let mut bench = on_the_way(Restored::default());
    let ranking = list(&bench).ranking.clone();
    let content = content(vec![edition(&ranking, "2027-04-01T00:00:00+09:00")]);
    published(&mut bench, &content);
    assert_eq!(questions(&bench), 1);
    named(&mut bench, &name(&content));
    assert_eq!(questions(&bench), 1, "it is here");
    named(&mut bench, NOTHING_PUBLISHED);
    assert_eq!(questions(&bench), 1);
    assert_eq!(list(&bench).ranking.versions.standards, Vec::<String>::new());
    let again = on_the_way(bench.store_with_states());
    assert!(again.core.state().published().editions.is_empty());
}

#[test]
fn an_edition_that_ends_is_no_longer_in_force_and_says_so() {
    let mut bench = on_the_way(Restored::default());
    let ranking = list(&bench).ranking.clone();
    let until = Timestamp(bench.now.utc.0 + 60_000_000).tokyo_rfc3339();
    published(&mut bench, &content(vec![edition(&ranking, &until)]));
    let state = bench.core.state();
    assert!(matches!(state.published().own(bench.now.utc), OwnEdition::InForce(_)));
    bench.input(Input::Link(ambulance_core::LinkInput::Down { why: ambulance_core::LinkTrouble::Silent }));
    bench.pass(130_000_000);
    let state = bench.core.state();
    assert!(matches!(state.published().own(bench.now.utc), OwnEdition::Ended(e) if e.version == "2026-04-01"));
    assert_eq!(list(&bench).ranking.candidates.len(), CREW_CANDIDATES, "the table alone");
}

#[test]
fn what_is_not_understood_changes_nothing_and_an_edition_of_another_table_is_counted() {
    let mut bench = on_the_way(Restored::default());
    published(&mut bench, &[0xFF, 0x00]);
    assert_eq!(bench.core.state().published().name, "");
    let unknown = edition(&list(&bench).ranking.clone(), "2027-04-01T00:00:00+09:00").replace("R7-", "X9-");
    published(&mut bench, &content(vec![unknown]));
    assert_eq!((bench.core.state().published().not_used, list(&bench).ranking.candidates.len()), (1, CREW_CANDIDATES));
}
