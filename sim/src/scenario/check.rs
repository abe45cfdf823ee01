//! What a scenario's numbers must be, beyond their type.

use super::{Faults, Scenario, Span};
use crate::world::geography::PREFECTURES;

/// One step of the path to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The first field that cannot be used.
pub(super) struct Wrong {
    pub(super) path: Vec<Step>,
    pub(super) expected: String,
}

/// Most units: what the report's curves go up to, and what one machine can hold.
const MOST_UNITS: u32 = 100_000;
/// Longest name and text, characters.
const MOST_TEXT: usize = 2_000;

/// Collects the first thing that is wrong.
struct Checker {
    wrong: Option<Wrong>,
}

impl Checker {
    fn expect(&mut self, ok: bool, path: &str, expected: impl Into<String>) {
        if !ok && self.wrong.is_none() {
            self.wrong = Some(Wrong { path: steps(path), expected: expected.into() });
        }
    }
    fn between(&mut self, value: f64, least: f64, most: f64, path: &str) {
        let ok = (least..=most).contains(&value);
        self.expect(ok, path, format!("a number from {least} to {most}, got {value}"));
    }
    fn share(&mut self, value: f64, path: &str) {
        self.between(value, 0.0, 1.0, path);
    }
    fn positive(&mut self, span: Span, path: &str) {
        self.expect(!span.is_zero(), path, "a length of time above zero");
    }
    fn prefectures(&mut self, names: &[String], path: &str) {
        for (i, name) in names.iter().enumerate() {
            let known = PREFECTURES.contains(&name.as_str());
            self.expect(known, &format!("{path}[{i}]"), format!("one of the 47 都道府県 such as 東京都, got {name:?}"));
        }
    }
}

/// `a.b[2].c` as steps.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, index) = part.split_once('[').map_or((part, None), |(name, rest)| (name, Some(rest)));
        steps.push(Step::Key(name.to_owned()));
        if let Some(index) = index.and_then(|rest| rest.trim_end_matches(']').parse().ok()) {
            steps.push(Step::Index(index));
        }
    }
    steps
}

pub(super) fn check(scenario: &Scenario) -> Option<Wrong> {
    let mut c = Checker { wrong: None };
    let plain = !scenario.name.is_empty()
        && scenario.name.chars().all(|ch| ch.is_ascii_alphanumeric() || "-_.".contains(ch))
        && scenario.name.len() <= 64;
    c.expect(plain, "name", "1 to 64 letters, digits, '-', '_' or '.'");
    c.expect(scenario.about.chars().count() <= MOST_TEXT, "about", format!("at most {MOST_TEXT} characters"));
    let year = scenario.start.0.tokyo_date().map_or(0, model::CivilDate::year);
    c.expect((2_000..=2_100).contains(&year), "start", "a moment of the years 2000 to 2100");
    c.positive(scenario.duration, "duration");
    c.prefectures(&scenario.area.prefectures, "area.prefectures");
    people_and_units(&mut c, scenario);
    hospitals_and_card(&mut c, scenario);
    radio(&mut c, scenario);
    faults(&mut c, &scenario.faults);
    limits(&mut c, scenario);
    c.wrong
}

fn people_and_units(c: &mut Checker, s: &Scenario) {
    c.between(s.demand.factor, 0.0, 1_000.0, "demand.factor");
    c.share(s.demand.day_noise_cv, "demand.day_noise_cv");
    c.share(s.demand.transported, "demand.transported");
    let units = s.fleet.units.unwrap_or(1);
    c.expect((1..=MOST_UNITS).contains(&units), "fleet.units", format!("1 to {MOST_UNITS} units, got {units}"));
    c.positive(s.fleet.positions_every, "fleet.positions_every");
}

fn hospitals_and_card(c: &mut Checker, s: &Scenario) {
    let h = &s.hospitals;
    c.between(h.acceptance_odds, 0.0, 100.0, "hospitals.acceptance_odds");
    c.between(h.congestion, 0.0, 10.0, "hospitals.congestion");
    c.between(h.answer_minutes, 0.1, 120.0, "hospitals.answer_minutes");
    c.between(h.answer_cv, 0.0, 3.0, "hospitals.answer_cv");
    c.share(h.silent, "hospitals.silent");
    c.share(h.reporting, "hospitals.reporting");
    c.positive(h.report_every, "hospitals.report_every");
    let card = &s.card;
    let shares = [
        (card.holds, "card.holds"),
        (card.registered, "card.registered"),
        (card.feasible, "card.feasible"),
        (card.feasible_red, "card.feasible_red"),
        (card.consents, "card.consents"),
        (card.works, "card.works"),
    ];
    for (value, path) in shares {
        c.share(value, path);
    }
    for (i, value) in card.carries.iter().enumerate() {
        c.share(*value, &format!("card.carries[{i}]"));
    }
    c.between(card.extra_minutes, 0.0, 30.0, "card.extra_minutes");
}

fn radio(c: &mut Checker, s: &Scenario) {
    for (state, name) in [(&s.radio.good, "good"), (&s.radio.weak, "weak")] {
        c.between(state.rtt_ms, 0.0, 60_000.0, &format!("radio.{name}.rtt_ms"));
        c.between(state.rtt_sigma, 0.0, 3.0, &format!("radio.{name}.rtt_sigma"));
        c.share(state.loss, &format!("radio.{name}.loss"));
        c.between(state.kbit_s, 1.0, 1e7, &format!("radio.{name}.kbit_s"));
        c.positive(state.stay, &format!("radio.{name}.stay"));
    }
    c.positive(s.radio.none_urban, "radio.none_urban");
    c.positive(s.radio.none_mountain, "radio.none_mountain");
}

fn faults(c: &mut Checker, faults: &Faults) {
    for (i, e) in faults.earthquake.iter().enumerate() {
        let at = |field: &str| format!("faults.earthquake[{i}].{field}");
        c.between(e.radius_km, 0.1, 500.0, &at("radius_km"));
        c.between(e.calls_first, 1.0, 1_000.0, &at("calls_first"));
        c.between(e.calls_later, 1.0, 1_000.0, &at("calls_later"));
        c.share(e.become_runs, &at("become_runs"));
        c.share(e.hospitals_hit, &at("hospitals_hit"));
        c.share(e.capacity_left, &at("capacity_left"));
        c.between(e.drive_factor, 1.0, 100.0, &at("drive_factor"));
    }
    for (i, cut) in faults.radio_cut.iter().enumerate() {
        c.share(cut.share, &format!("faults.radio_cut[{i}].share"));
        c.positive(cut.lasts, &format!("faults.radio_cut[{i}].for"));
    }
    for (i, change) in faults.address_change.iter().enumerate() {
        c.share(change.share, &format!("faults.address_change[{i}].share"));
    }
    for (i, refusal) in faults.refusals.iter().enumerate() {
        c.share(refusal.odds, &format!("faults.refusals[{i}].odds"));
        c.positive(refusal.lasts, &format!("faults.refusals[{i}].for"));
        c.prefectures(&refusal.prefectures, &format!("faults.refusals[{i}].prefectures"));
    }
    for (i, stop) in faults.server_stopped.iter().enumerate() {
        c.positive(stop.lasts, &format!("faults.server_stopped[{i}].for"));
    }
    for (i, trouble) in faults.national.iter().enumerate() {
        c.positive(trouble.lasts, &format!("faults.national[{i}].for"));
    }
}

fn limits(c: &mut Checker, s: &Scenario) {
    let l = &s.limits;
    let shares = [
        (l.four_or_more_share, "four_or_more_share"),
        (l.waiting_share, "waiting_share"),
        (l.difficult_share, "difficult_share"),
    ];
    for (value, name) in shares {
        c.share(value.unwrap_or(0.0), &format!("limits.{name}"));
    }
    let numbers = [
        (l.arrival_mean_minutes, "arrival_mean_minutes"),
        (l.handover_mean_minutes, "handover_mean_minutes"),
        (l.connected_s, "connected_s"),
        (l.acknowledged_s, "acknowledged_s"),
        (l.look_up_p99_ms, "look_up_p99_ms"),
        (l.suggestion_p99_ms, "suggestion_p99_ms"),
        (l.ack_p99_ms, "ack_p99_ms"),
        (l.generator_lag_p99_ms, "generator_lag_p99_ms"),
        (l.calm_ratio, "calm_ratio"),
        (l.server_kb_per_unit, "server_kb_per_unit"),
    ];
    for (value, name) in numbers {
        c.between(value.unwrap_or(0.0), 0.0, 1e9, &format!("limits.{name}"));
    }
}
