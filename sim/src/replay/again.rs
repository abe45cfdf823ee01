//! A recorded case decided again: the choices of hospitals, and what the enquiry's rules make of each fact.

use super::file::{Log, Recorded};
use case::enquiry::time_out;
use case::{Body, CaseFacts, CaseView, Commit, EventName, ReleaseReason, Writer};
use dispatch_core::exported::{DecisionLine, broken_chain};
use dispatch_core::what_follows;
use hospital_selection::{CaseFile, HospitalTable, rank};
use model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use travel_time::RoadModel;

/// Where a replay differs from what is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Position of the fact, or the choice.
    pub(super) at: String,
    pub(super) why: String,
}

/// What came of one case.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// Choices that were ranked again.
    pub(super) choices: u64,
    /// Destinations and releases that were derived again.
    pub(super) consequences: u64,
    pub(super) differences: Vec<Difference>,
    /// What the facts mean in the end.
    pub(super) view: CaseView,
}

/// Decides a case again.
pub(super) fn again(log: &Log, table: &HospitalTable, travel: &RoadModel) -> Again {
    let mut again = Again::default();
    let events: Vec<_> = log.facts.iter().map(|fact| (fact.event.clone(), fact.hash)).collect();
    if let Some(name) = broken_chain(&events) {
        again.differ(format!("log {} seq {}", name.log, name.seq), "does not carry the hash of the event before it");
    }
    for decision in &log.decisions {
        again.choices += 1;
        if let Err(why) = rank_again(decision, table, travel) {
            again.differ(format!("choice {}", decision.decision), why);
        }
    }
    again.follow(&log.facts);
    again
}

/// The recorded choice from its own case file, byte for byte.
fn rank_again(decision: &DecisionLine, table: &HospitalTable, travel: &RoadModel) -> Result<(), String> {
    let file = CaseFile::open(&decision.case_file, table, travel).map_err(|error| error.to_string())?;
    let ranking = rank(table, &file.capacity, travel, &file.request());
    let bytes = ranking.to_json_bytes().map_err(|error| error.to_string())?;
    if bytes == decision.ranking.as_bytes() {
        return Ok(());
    }
    let recorded: Option<hospital_selection::Ranking> = serde_json::from_str(&decision.ranking).ok();
    let first = |ranking: &hospital_selection::Ranking| ranking.candidates.first().map(|first| first.name.clone());
    let was = recorded.as_ref().and_then(first).unwrap_or_default();
    let is = first(&ranking).unwrap_or_default();
    let same = recorded.is_some_and(|recorded| recorded.candidates == ranking.candidates);
    Err(if same { "the same order with other details".to_owned() } else { format!("first was {was}, is {is}") })
}

/// Facts as they are known so far, and those of the server that were found to follow already.
#[derive(Default)]
struct Known {
    facts: CaseFacts,
    found: BTreeSet<EventName>,
}

impl Known {
    fn learn(&mut self, fact: &Recorded) {
        let commit = Commit { position: fact.position, received_at: fact.received_at };
        self.facts.insert(fact.event.clone(), fact.hash, Some(commit));
    }
}

impl Again {
    fn differ(&mut self, at: String, why: impl Into<String>) {
        self.differences.push(Difference { at, why: why.into() });
    }

    /// Every fact in the order of the server: what follows from it must be recorded behind it, and the server must have recorded
    /// nothing that follows from nothing.
    fn follow(&mut self, facts: &[Recorded]) {
        let mut known = Known::default();
        for (n, fact) in facts.iter().enumerate() {
            if known.found.contains(&fact.event.name) {
                continue;
            }
            let before = known.facts.view();
            self.unfounded(fact, &known.facts, &before);
            known.learn(fact);
            let after = known.facts.view();
            let rest = facts.get(n + 1..).unwrap_or_default();
            for body in what_follows(&before, &after, &fact.event, fact.received_at) {
                self.consequences += 1;
                match rest.iter().find(|later| is_it(later, &body, &known.found)) {
                    Some(later) => {
                        known.found.insert(later.event.name);
                        known.learn(later);
                    }
                    None => self.differ(position(fact), format!("{} follows and is not recorded", told(&body))),
                }
            }
        }
        self.view = known.facts.view();
    }

    /// A destination or a release that the server wrote although nothing before it says so.
    fn unfounded(&mut self, fact: &Recorded, facts: &CaseFacts, before: &CaseView) {
        let Writer::Server(_) = fact.event.writer else { return };
        let stands = match &fact.event.body {
            Body::DestinationDecided { .. } => false,
            Body::EnquiryReleased { reason: ReleaseReason::TimedOut, .. } => {
                self.consequences += 1;
                time_out(facts, before, fact.received_at).contains(&fact.event.body)
            }
            Body::EnquiryReleased { reason: ReleaseReason::DecidedElsewhere | ReleaseReason::CaseEnded, .. } => false,
            _ => true,
        };
        if !stands {
            self.differ(position(fact), format!("{} is recorded and follows from nothing", told(&fact.event.body)));
        }
    }
}

fn is_it(later: &Recorded, body: &Body, found: &BTreeSet<EventName>) -> bool {
    matches!(later.event.writer, Writer::Server(_)) && later.event.body == *body && !found.contains(&later.event.name)
}

fn position(fact: &Recorded) -> String {
    format!("position {}", fact.position)
}

/// A fact in a word, with the hospital where there is one.
fn told(body: &Body) -> String {
    match body {
        Body::DestinationDecided { version, hospital, .. } => format!("destination {version} ({hospital})"),
        Body::EnquiryReleased { reason, .. } => format!("a release ({reason:?})"),
        other => other.kind().to_owned(),
    }
}

/// Stage times, seconds from the first: what the record says of how long it took.
pub(super) fn stages(view: &CaseView) -> BTreeMap<model::Stage, Timestamp> {
    view.stages.iter().filter(|((leg, _), _)| *leg == 1).map(|((_, stage), time)| (*stage, time.at)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::file::parse;
    use super::*;
    use case::Hash;
    use dispatch_core::exported::example;

    fn example_log() -> Log {
        parse("example.jsonl".to_owned(), &example().expect("an example")).expect("a log")
    }

    fn decided(log: &Log) -> Again {
        again(log, HospitalTable::embedded(), &RoadModel::japan())
    }

    #[test]
    fn a_choice_gives_the_same_bytes_and_a_changed_one_is_told() {
        let mut log = example_log();
        let same = decided(&log);
        assert!(same.differences.is_empty() && same.choices == 1, "{:?}", same.differences);
        log.decisions.iter_mut().for_each(|one| one.ranking = one.ranking.replacen('1', "2", 1));
        assert_eq!(decided(&log).differences.len(), 1);
    }

    #[test]
    fn a_destination_from_nowhere_is_told() {
        let mut log = example_log();
        let mut fact = log.facts.first().expect("a fact").clone();
        fact.position = 2;
        fact.event.name.seq = 2;
        fact.event.prev = fact.hash;
        fact.hash = Hash([7; 32]);
        fact.event.body = Body::DestinationDecided {
            version: 1,
            hospital: model::HospitalId::from_bytes([3; 16]),
            enquiry: None,
            how: case::HowDecided::Accepted,
        };
        log.facts.push(fact);
        let found = decided(&log);
        assert!(found.differences.iter().any(|one| one.at == "position 2" && one.why.contains("nothing")), "{found:?}");
    }
}
