use super::*;
use crate::scenario::Scenario;
use case::CaseFacts;
use std::collections::BTreeMap;

fn scenario(toml: &str) -> Scenario {
    let head = "name = \"x\"\nstart = \"2026-05-13T08:00:00+09:00\"\n";
    Scenario::parse("test", format!("{head}{toml}").as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

const SMALL: &str = "duration = \"6h\"\nwarm_up = \"2h\"\n[area]\nprefectures = [\"鳥取県\", \"島根県\"]\n";

fn figures(outcome: &Outcome) -> String {
    let t = &outcome.tally;
    format!(
        "{} {} {} {:?} {:?} {} {}",
        t.calls, t.transports, t.waited, t.enquiries, t.stretches, t.busy, outcome.events
    )
}

#[test]
fn a_seed_gives_the_same_figures_and_a_replication_others() {
    let one = scenario(SMALL);
    let run = |replication| figures(&simulate(&one, Options { replication, ..Options::default() }));
    assert_eq!(run(0), run(0));
    assert_ne!(run(0), run(1));
}

#[test]
fn keeping_the_logs_changes_nothing_and_they_fold_to_the_same_times() {
    let one = scenario(SMALL);
    let plain = simulate(&one, Options::default());
    let kept = simulate(&one, Options { keep_logs: true, ..Options::default() });
    assert_eq!(figures(&plain), figures(&kept));
    let mut cases: BTreeMap<_, CaseFacts> = BTreeMap::new();
    for (position, (stored, received_at)) in (1..).zip(kept.logs.iter().flat_map(|log| &log.events)) {
        let event = case::Stored::decode(stored.schema, &stored.bytes).expect("reads");
        let case = event.subject.case().expect("of a case");
        let commit = case::Commit { position, received_at: *received_at };
        cases.entry(case).or_default().insert(event, case::Hash::of(&stored.bytes), Some(commit));
    }
    let views: Vec<_> = cases.values().map(CaseFacts::view).collect();
    assert!(
        views.iter().all(|v| v.gaps.is_empty() && v.lost.is_empty() && v.conflicts.is_empty() && v.not_understood == 0)
    );
    assert!(views.iter().all(case::CaseView::is_closed));
    let handed = views.iter().filter(|v| v.stages.contains_key(&(1, model::Stage::TransferOfCare))).count() as u64;
    // Those of the warm-up stand in the logs as well.
    assert!(handed >= kept.tally.transports && kept.tally.transports > 20, "{handed} {}", kept.tally.transports);
}

#[test]
fn littles_law_holds_for_the_units_at_work() {
    let one = scenario(
        "duration = \"2d\"\nwarm_up = \"6h\"\n[area]\nprefectures = [\"鳥取県\"]\n[demand]\nflat = true\nday_noise_cv = 0.0\n",
    );
    let outcome = simulate(&one, Options::default());
    let t = &outcome.tally;
    // Units at work = calls a minute × minutes of work; the minutes are at least those until the handover and at most an hour more.
    let rate = t.calls as f64 / 2_880.0;
    let per_call = t.busy / rate;
    assert!((30.0..90.0).contains(&per_call), "{per_call} minutes a call");
    assert!(t.busy < t.units as f64);
}

#[test]
fn without_hospitals_that_take_anybody_everybody_goes_to_the_last_resort() {
    let one = scenario("duration = \"2h\"\n[area]\nprefectures = [\"鳥取県\"]\n[hospitals]\nacceptance_odds = 0.0\n");
    let t = simulate(&one, Options::default()).tally;
    let asked = t.enquiries.total();
    assert!(t.last_resorts >= 1 && t.last_resorts >= asked, "{} of {asked}", t.last_resorts);
    assert!(t.enquiries.accepted_at(1) < 0.2);
}

#[test]
fn a_policy_meets_the_same_patients_and_a_nearer_hospital() {
    let ranked = scenario(SMALL);
    let nearest = scenario(&format!("{SMALL}[policies]\nchoice = \"nearest_first\"\n"));
    let mean = |s: &Scenario, stretch: usize| {
        let t = simulate(s, Options::default()).tally;
        let all = &t.stretches[stretch];
        (t.calls, all.iter().sum::<f64>() / all.len() as f64)
    };
    let (a, b) = (mean(&ranked, 4), mean(&nearest, 4));
    assert_eq!(a.0, b.0);
    assert!(b.1 <= a.1 + 0.5, "drives {} by rank, {} by distance", a.1, b.1);
}

#[test]
fn an_earthquake_and_a_wave_of_refusals_hurt() {
    let base = "duration = \"4h\"\nwarm_up = \"1h\"\n[area]\nprefectures = [\"鳥取県\"]\n";
    let calm = simulate(&scenario(base), Options::default()).tally;
    let quake = "[[faults.earthquake]]\nat = \"0s\"\ncentre = { lat = 35.5, lon = 134.23 }\nradius_km = 25.0\nradio_dark = \"0s\"\n";
    let struck = simulate(&scenario(&format!("{base}{quake}")), Options::default()).tally;
    assert!(struck.calls > calm.calls * 2, "{} {}", struck.calls, calm.calls);
    let refused = "[[faults.refusals]]\nat = \"0s\"\nfor = \"4h\"\nodds = 0.1\n";
    let refusals = simulate(&scenario(&format!("{base}{refused}")), Options::default()).tally;
    assert_eq!(refusals.calls, calm.calls);
    assert!(
        refusals.enquiries.mean() > calm.enquiries.mean(),
        "{} {}",
        refusals.enquiries.mean(),
        calm.enquiries.mean()
    );
}

#[test]
fn a_kept_choice_is_ranked_again_to_the_same_bytes() {
    let one = scenario("duration = \"2h\"\nwarm_up = \"1h\"\n[area]\nprefectures = [\"鳥取県\"]\n");
    let kept = simulate(&one, Options { keep_logs: true, ..Options::default() });
    let (table, travel) = (hospital_selection::HospitalTable::embedded(), travel_time::RoadModel::japan());
    let choices: Vec<_> = kept.logs.iter().flat_map(|log| &log.choices).collect();
    assert!(choices.len() >= 3, "{}", choices.len());
    for choice in choices {
        let file = hospital_selection::CaseFile::open(&choice.case_file, table, &travel).expect("reads");
        let again = hospital_selection::rank(table, &file.capacity, &travel, &file.request());
        assert_eq!(String::from_utf8(again.to_json_bytes().expect("JSON")).expect("text"), choice.ranking);
    }
}
