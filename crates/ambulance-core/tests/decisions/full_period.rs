//! The full period beside the summary: one consent, one card, two look-ups.

use crate::bench::{Bench, MINUTE, answer, spoken};
use ambulance_core::{Command, HistoryState, Input, LinkInput, LinkTrouble};
use case::{Ending, LookupOutcome};
use model::{CivilDate, Stage};
use patient_history::{LookBack, Period, Row, RowCode, RowSource, Section, SectionKind, SectionState};
use wire::{Answer, Ask, HistoryQuestion, Question, QuestionError};

fn row(day: (i16, i8, i8), code: &str) -> Row {
    Row {
        date: CivilDate::new(day.0, day.1, day.2).expect("a date"),
        code: RowCode::Yj(code.into()),
        name: code.into(),
        days_supplied: Some(28),
        quantity: None,
        source: RowSource::Claims,
        facility: None,
        sensitive: false,
    }
}

fn recent() -> Row {
    row((2026, 10, 28), "2171022F1029")
}

fn old() -> Row {
    row((2023, 5, 2), "2149001F1026")
}

fn history_asks(bench: &Bench) -> Vec<(Ask, HistoryQuestion)> {
    let of = |a: &Ask| if let Question::History(q) = &a.question { Some((a.clone(), q.clone())) } else { None };
    bench.asks.iter().filter_map(of).collect()
}

fn comes(bench: &mut Bench, n: usize, rows: Vec<Row>) {
    let (ask, question) = history_asks(bench)[n].clone();
    let Answer::History(mut came) = answer(&ask, bench.now.utc) else { panic!("a history") };
    let look_back = SectionKind::Medications.look_back(question.period);
    let state = SectionState::Records { rows, look_back, complete_up_to: None };
    came.snapshot.period = question.period;
    came.snapshot.sections = vec![Section { kind: SectionKind::Medications, state }];
    bench.input(Input::Answer { id: ask.id, answer: Box::new(Answer::History(came)) });
}

/// The summary is on the screen.
fn with_summary() -> Bench {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    comes(&mut bench, 0, vec![recent()]);
    bench.command(Command::HistoryShown);
    bench
}

#[test]
fn the_second_look_up_has_its_own_id_and_the_same_consent_and_card() {
    let mut bench = with_summary();
    assert!(bench.core.state().case().expect("a case").offers_full());
    bench.command(Command::LookUpFull);
    bench.command(Command::LookUpFull);
    let asks = history_asks(&bench);
    assert_eq!(asks.len(), 2, "pressed twice it is asked once");
    let (first, second) = (&asks[0].1, &asks[1].1);
    assert_eq!((first.period, second.period), (Period::Summary, Period::Full));
    assert_ne!((asks[0].0.id, first.lookup), (asks[1].0.id, second.lookup));
    assert_eq!((first.consent, &first.basis, first.case), (second.consent, &second.basis, second.case));
    assert!(first.evidence == second.evidence);
    assert!(matches!(bench.history(), HistoryState::Here { .. }), "the summary stays while it is on its way");
    comes(&mut bench, 1, vec![recent(), old()]);
    bench.command(Command::HistoryShown);
    let case = bench.core.state().case().expect("a case");
    let merged = case.merged.as_ref().expect("a view");
    assert_eq!(merged.line_count(), 2, "what both have is one line");
    assert_eq!(case.record().map(|a| a.snapshot.period), Some(Period::Full));
    let summary = merged.section(SectionKind::Medications).coverage;
    assert!(
        matches!(summary, patient_history::Coverage::Recorded { look_back: LookBack::Years(5), .. }),
        "{summary:?}"
    );
    let lookups = &case.view.lookups;
    assert_eq!(lookups[&second.lookup].period, Period::Full);
    assert!(lookups.values().all(|l| l.outcome == Some(LookupOutcome::Answered) && l.viewed));
    assert!(lookups.values().all(|l| l.card.is_some() && l.card == lookups[&first.lookup].card));
    assert!(!case.offers_full());
}

#[test]
fn it_fails_alone_and_can_be_asked_again_under_another_id() {
    let mut bench = with_summary();
    bench.command(Command::LookUpFull);
    let asks = history_asks(&bench);
    let error = QuestionError {
        code: "national".into(),
        ja: String::new(),
        next_ja: String::new(),
        en: String::new(),
        retryable: false,
    };
    bench.input(Input::Answer { id: asks[1].0.id, answer: Box::new(Answer::Error(error)) });
    let case = bench.core.state().case().expect("a case");
    assert!(matches!(case.history, HistoryState::Here { .. }) && matches!(case.full, HistoryState::Failed { .. }));
    assert!(case.offers_full());
    bench.command(Command::LookUpFull);
    let again = history_asks(&bench);
    assert_eq!(again.len(), 3);
    assert_ne!(again[1].1.lookup, again[2].1.lookup);
}

#[test]
fn both_leave_the_memory_together() {
    for withdrawn in [true, false] {
        let mut bench = with_summary();
        bench.command(Command::LookUpFull);
        comes(&mut bench, 1, vec![old()]);
        if withdrawn {
            bench.command(Command::WithdrawConsent);
        } else {
            bench.command(Command::Stamp(Stage::TransferOfCare));
            bench.pass(MINUTE);
        }
        let case = bench.core.state().case().expect("a case");
        assert!(case.record().is_none() && case.merged.is_none());
        assert_eq!(case.view.lookups.values().filter(|l| l.wiped.is_some()).count(), 2);
        bench.command(Command::LookUpFull);
        assert_eq!(history_asks(&bench).len(), 2, "without a summary there is nothing to ask beside");
    }
}

#[test]
fn on_its_way_it_ends_with_the_consent() {
    let mut bench = with_summary();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    bench.command(Command::LookUpFull);
    let queued = matches!(bench.core.state().case().map(|c| &c.full), Some(HistoryState::Waiting { queued: true, .. }));
    assert!(queued, "it waits for the radio");
    bench.command(Command::WithdrawConsent);
    bench.link_up();
    bench.acknowledge_all();
    bench.pass(MINUTE);
    assert_eq!(history_asks(&bench).len(), 1, "only the summary was ever sent");
    bench.command(Command::End(Ending::Cancelled));
    let view = &bench.core.state().case().expect("a case").view;
    let expired = view.lookups.values().filter(|l| matches!(l.outcome, Some(LookupOutcome::Expired { .. })));
    assert_eq!(expired.count(), 1);
}

#[test]
fn a_refusal_takes_one_reason_more_and_no_look_up() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(Command::ConsentRefused);
    let refused = |reason| Command::Consent(patient_history::ConsentBasis::Refused { reason });
    let reason = Some(patient_history::RefusalReason::ALL[0]);
    bench.command(refused(reason));
    bench.command(refused(None));
    bench.command(spoken());
    let view = &bench.core.state().case().expect("a case").view;
    let bases: Vec<_> = view.consents.iter().map(|c| c.basis.clone()).collect();
    let said = |reason| patient_history::ConsentBasis::Refused { reason };
    assert_eq!(bases, [said(None), said(reason)], "the reason is a fact of its own; nothing else follows a refusal");
    assert_eq!(bench.history_asks(), 0);
}
