//! Policies on a small part of Japan.

use super::choices::rows;
use super::days::{DAYS, Figure, beside};
use super::point::Policy;
use super::sheet::{Found, report};
use crate::scenario::Scenario;
use crate::world::{Options, Outcome, simulate};

fn scenario() -> Scenario {
    let text = "name = \"x\"\nstart = \"2026-05-13T08:00:00+09:00\"\nduration = \"6h\"\nwarm_up = \"1h\"\n[area]\nprefectures = [\"鳥取県\"]\n";
    Scenario::parse("test", text.as_bytes()).expect("a scenario")
}

fn run(day: usize, choice_points: u64) -> Outcome {
    simulate(&DAYS[day].of(&scenario()), Options { choice_points, ..Options::default() })
}

#[test]
fn keeping_choices_changes_nothing_and_they_stand_in_the_products_order() {
    let (plain, kept) = (run(0, 0), run(0, 1));
    assert_eq!(plain.tally.stretches, kept.tally.stretches);
    assert_eq!((plain.choice_points.len(), plain.events), (0, kept.events));
    assert!(!kept.choice_points.is_empty());
    for point in &kept.choice_points {
        // The engine rounds each term to a tenth of a minute.
        let index = |at: usize| point.options[at].value + 4.0 / point.options[at].p.max(0.02);
        assert!((1..point.options.len()).all(|at| index(at - 1) <= index(at) + 0.21), "case {}", point.case);
        assert!(
            point.options.iter().all(|option| option.true_p[1] <= option.true_p[0] && (0.0..1.0).contains(&option.u))
        );
    }
    let (table, count) = rows(kept.choice_points.iter());
    assert!(count > 0);
    let minutes = |policy| table.iter().find(|row| row.policy == policy).expect("a row").minutes.mean;
    for policy in Policy::ALL {
        assert!(minutes(Policy::Free) <= minutes(Policy::Clairvoyant));
        assert!(policy == Policy::Free || minutes(policy) >= minutes(Policy::Clairvoyant), "{policy:?}");
    }
}

#[test]
fn every_day_meets_the_same_calls_and_the_report_sets_them_beside_each_other() {
    let outcomes: Vec<Outcome> = (0..DAYS.len()).map(|day| run(day, u64::from(day == 0))).collect();
    let (calls, transports) = (outcomes[0].tally.calls, outcomes[0].tally.transports);
    assert!(outcomes.iter().all(|one| (one.tally.calls, one.tally.transports) == (calls, transports)));
    let days: Vec<_> = outcomes.iter().map(|one| vec![one.tally.clone()]).collect();
    let (nearest, apart) = beside(&days[0], &days[1], Figure::Drive);
    assert!(apart.mean < 0.0, "who goes to the nearest drives less: {nearest} {apart:?}");
    let points = outcomes.into_iter().flat_map(|one| one.choice_points).collect();
    let report = report(&scenario(), String::new(), &Found { points, days });
    assert_eq!(report.verdicts.len(), 3);
    assert!(report.to_html().contains("knows every answer"));
}
