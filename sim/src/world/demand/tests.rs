use super::*;
use crate::world::geography::PREFECTURES;
use std::collections::BTreeMap;

fn scenario(toml: &str) -> Scenario {
    let head = "name = \"x\"\nstart = \"2026-05-13T00:00:00+09:00\"\nduration = \"1d\"\n";
    Scenario::parse("test", format!("{head}{toml}").as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

fn share(all: &[Incident], of: impl Fn(&Incident) -> bool) -> f64 {
    all.iter().filter(|i| of(i)).count() as f64 / all.len() as f64
}

#[test]
fn a_day_of_the_nation_is_the_published_one() {
    let scenario = scenario("[demand]\nday_noise_cv = 0.0\nflat = true\n");
    let demand = Demand::new(&scenario, Streams::new(1, 0));
    // 7,638,558 dispatches in 365 days.
    assert!((demand.per_day() - 20_927.6).abs() < 1.0, "{}", demand.per_day());
    let all: Vec<Incident> = demand.calls().collect();
    // Poisson: the standard deviation is 145.
    assert!((20_500..21_360).contains(&all.len()), "{}", all.len());
    assert!(all.is_sorted_by_key(|i| i.at));
    let near = |measured: f64, published: f64, within: f64| {
        assert!((measured - published).abs() < within, "{measured} is not {published}")
    };
    near(share(&all, |i| i.kind == Kind::Illness), 0.677, 0.013);
    near(share(&all, |i| i.kind == Kind::Transfer), 0.083, 0.008);
    near(share(&all, |i| i.severity.is_serious()), 0.0921, 0.01);
    near(share(&all, |i| i.severity == Severity::Minor), 0.473, 0.02);
    near(share(&all, |i| i.age >= 65), 0.616, 0.03);
    near(share(&all, |i| i.age < 18), 0.087, 0.02);
    near(share(&all, |i| i.transported), 0.8695, 0.01);
    near(share(&all, |i| i.prefecture == 12), 779_336.0 / 6_641_420.0, 0.009);
    near(share(&all, |i| i.found == PlaceKind::Home), 0.598, 0.03);
    near(share(&all, |i| i.found == PlaceKind::Road), 0.098, 0.012);
}

#[test]
fn the_hours_are_those_of_the_published_curve() {
    let scenario = scenario("[demand]\nday_noise_cv = 0.0\n");
    let demand = Demand::new(&scenario, Streams::new(2, 0));
    let mut bins: BTreeMap<u8, f64> = BTreeMap::new();
    let mut all = 0.0;
    for incident in demand.calls() {
        *bins.entry(incident.at.tokyo_hour_of_week() % 24 / 2).or_default() += 1.0;
        all += 1.0;
    }
    for (bin, published) in [(0, 0.0419), (1, 0.0335), (4, 0.1208), (5, 0.1289), (9, 0.0993)] {
        let measured = bins.get(&bin).copied().unwrap_or(0.0) / all;
        assert!((measured - published).abs() < 0.008, "bin {bin}: {measured} is not {published}");
    }
}

#[test]
fn a_seed_is_a_world_and_a_patient_does_not_depend_on_the_policy() {
    let one = scenario("[area]\nprefectures = [\"鳥取県\"]\n");
    let other = scenario("[area]\nprefectures = [\"鳥取県\"]\n[policies]\nchoice = \"nearest_first\"\n");
    let of = |scenario: &Scenario, seed| Demand::new(scenario, Streams::new(seed, 0)).calls().collect::<Vec<_>>();
    assert_eq!(of(&one, 1), of(&other, 1));
    assert_ne!(of(&one, 1), of(&one, 2));
    assert!(of(&one, 1).iter().all(|i| PREFECTURES[i.prefecture] == "鳥取県"));
}

#[test]
fn cards_are_read_as_the_funnel_says() {
    let scenario = scenario("");
    let all: Vec<Incident> = Demand::new(&scenario, Streams::new(3, 0)).calls().take(8_000).collect();
    let read = share(&all, |i| i.card == CardFate::Read);
    // Product of the shares: .780 × .845 × .836 × .875 × .985 × about .48 at hand, a little less for 赤.
    assert!((0.19..0.25).contains(&read), "{read}");
    let none = scenario_without_cards();
    let all: Vec<Incident> = Demand::new(&none, Streams::new(3, 0)).calls().take(500).collect();
    assert!(all.iter().all(|i| i.card == CardFate::None));
}

fn scenario_without_cards() -> Scenario {
    scenario("[card]\nholds = 0.0\n")
}

#[test]
fn an_earthquake_multiplies_the_calls_inside_and_only_there() {
    let quake = "[area]\nprefectures = [\"熊本県\"]\n[demand]\nday_noise_cv = 0.0\nflat = true\n[[faults.earthquake]]\nat = \"12h\"\n\
                 centre = { lat = 32.79, lon = 130.74 }\nradius_km = 20.0\n";
    let scenario = scenario(quake);
    let all: Vec<Incident> = Demand::new(&scenario, Streams::new(1, 0)).calls().collect();
    let before = all.iter().filter(|i| i.of_earthquake && i.at < scenario.start.0.plus_minutes(720)).count();
    assert_eq!(before, 0);
    let extra: Vec<_> = all.iter().filter(|i| i.of_earthquake).collect();
    let centre = scenario.faults.earthquake[0].centre;
    assert!(extra.iter().all(|i| travel_time::great_circle_km(centre, i.place) <= 20.0));
    // Usual inside: about 100 of 290 a day; 29 × 0.4 more for 90 min, then 9 × 0.4 more.
    let first = extra.iter().filter(|i| i.at < scenario.start.0.plus_minutes(810)).count();
    let later = extra.len() - first;
    assert!((50..150).contains(&first), "{first}");
    let ratio = (first as f64 / 90.0) / (later as f64 / 630.0);
    assert!((2.2..4.6).contains(&ratio), "29 ÷ 9 expected, got {ratio}");
}
