//! The radio of a unit: a semi-Markov chain of good, weak and none, and what cuts it.
//!
//! A unit's chain is made from its own stream and does not depend on what it is asked for: two policies meet the same radio.

use crate::engine::{Streams, Ticks};
use crate::scenario::{RadioProfile, Scenario};
use model::Position;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, Exp1};
use travel_time::great_circle_km;

/// A department with fewer people lies in the mountains, where the profile goes by place \[A\].
const MOUNTAIN_BELOW: u32 = 60_000;
/// How often weak becomes good and not none: in towns, mountains, a valley without radio. Chosen so that 1–2 % of the time in towns and
/// 15–30 % in the mountains are without radio (selection.md §4.5, \[A\]).
const WEAK_TO_GOOD: [f64; 3] = [0.65, 0.5, 0.2];
/// In a valley without radio the good stays are so many times shorter \[A\].
const VALLEY: f64 = 0.1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Good,
    Weak,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    Clean,
    Urban,
    Mountain,
    Valley,
}

/// One unit's radio.
#[derive(Clone, Debug)]
pub(crate) struct Radio {
    rng: ChaCha12Rng,
    ground: Ground,
    state: State,
    until: Ticks,
    /// The last stay without radio: the chain may already stand behind it, because somebody asked when it ends.
    none: (Ticks, Ticks),
    /// Whether a cut of the scenario hits it, by cut.
    cut: Vec<bool>,
}

impl Radio {
    pub(crate) fn new(scenario: &Scenario, unit: usize, people: u32, streams: &Streams) -> Self {
        let mut rng = streams.of("radio", unit as u64);
        let ground = match scenario.radio.profile {
            RadioProfile::Clean => Ground::Clean,
            RadioProfile::Urban => Ground::Urban,
            RadioProfile::Mountain => Ground::Mountain,
            RadioProfile::DeadValley => Ground::Valley,
            RadioProfile::ByPlace if people < MOUNTAIN_BELOW => Ground::Mountain,
            RadioProfile::ByPlace => Ground::Urban,
        };
        let cut = scenario.faults.radio_cut.iter().map(|cut| rng.random::<f64>() < cut.share).collect();
        Self { rng, ground, state: State::Good, until: 0, none: (0, 0), cut }
    }

    /// Its state, and until when.
    fn now(&mut self, scenario: &Scenario, now: Ticks) -> (State, Ticks) {
        if self.ground == Ground::Clean {
            return (State::Good, Ticks::MAX);
        }
        while self.until <= now {
            let next: f64 = self.rng.random();
            self.state = match self.state {
                State::Good | State::None => State::Weak,
                State::Weak if next < self.good_share() => State::Good,
                State::Weak => State::None,
            };
            let stay = self.stay(scenario);
            let drawn: f64 = Exp1.sample(&mut self.rng);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days of microseconds")]
            let stay = ((drawn * stay * 1e6) as Ticks).max(1_000);
            let from = self.until;
            self.until = self.until.saturating_add(stay);
            if self.state == State::None {
                self.none = (from, self.until);
            }
        }
        if self.none.0 <= now && now < self.none.1 {
            return (State::None, self.none.1);
        }
        (self.state, self.until)
    }

    /// How often weak becomes good and not none.
    const fn good_share(&self) -> f64 {
        let [town, mountain, valley] = WEAK_TO_GOOD;
        match self.ground {
            Ground::Clean | Ground::Urban => town,
            Ground::Mountain => mountain,
            Ground::Valley => valley,
        }
    }

    fn stay(&self, scenario: &Scenario) -> f64 {
        let radio = &scenario.radio;
        match (self.state, self.ground) {
            (State::Good, Ground::Valley) => radio.good.stay.as_secs_f64() * VALLEY,
            (State::Good, _) => radio.good.stay.as_secs_f64(),
            (State::Weak, _) => radio.weak.stay.as_secs_f64(),
            (State::None, Ground::Mountain | Ground::Valley) => radio.none_mountain.as_secs_f64(),
            (State::None, _) => radio.none_urban.as_secs_f64(),
        }
    }

    /// When the unit can send next, from `now` on, at a place: now itself where there is radio.
    pub(crate) fn back_at(&mut self, scenario: &Scenario, now: Ticks, start: Ticks, at: Position) -> Ticks {
        let mut time = now;
        // Each turn passes one stay or one cut; a chain that never comes back is cut after so many.
        for _ in 0..1_000 {
            let dark = cuts(scenario, start, at, &self.cut).find(|(from, to)| *from <= time && time < *to);
            let (state, until) = self.now(scenario, time);
            time = match (dark, state) {
                (Some((_, to)), _) => to,
                (None, State::None) => until,
                (None, _) => return time,
            };
        }
        time
    }
}

/// Times without radio by what goes wrong, at a place.
fn cuts<'a>(
    scenario: &'a Scenario,
    start: Ticks,
    at: Position,
    hit: &'a [bool],
) -> impl Iterator<Item = (Ticks, Ticks)> + 'a {
    let ticks = |us: i64| us.unsigned_abs();
    let cut = scenario.faults.radio_cut.iter().zip(hit).filter(|(_, hit)| **hit);
    let cut = cut.map(move |(c, _)| (start + ticks(c.at.us()), start + ticks(c.at.us() + c.lasts.us())));
    let quake = scenario.faults.earthquake.iter().filter(move |e| great_circle_km(e.centre, at) <= e.radius_km);
    cut.chain(quake.map(move |e| (start + ticks(e.at.us()), start + ticks(e.at.us() + e.radio_dark.us()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_without(toml: &str) -> f64 {
        let head = "name = \"x\"\nstart = \"2026-05-13T00:00:00+09:00\"\nduration = \"1d\"\n";
        let scenario = Scenario::parse("t", format!("{head}{toml}").as_bytes()).expect("reads");
        let at = Position::new(36.0, 138.0).expect("in Japan");
        let (mut gone, mut all) = (0_u32, 0_u32);
        for unit in 0..20 {
            let mut radio = Radio::new(&scenario, unit, 500_000, &Streams::new(1, 0));
            for minute in 0..1_440 {
                let now = minute * 60_000_000;
                all += 1;
                gone += u32::from(radio.back_at(&scenario, now, 0, at) > now);
            }
        }
        f64::from(gone) / f64::from(all)
    }

    #[test]
    fn unavailability_is_that_of_the_ground() {
        // selection.md §4.5: 1–2 % in towns, 15–30 % in the mountains are assumed; a valley is worse by far.
        let town = share_without("[radio]\nprofile = \"urban\"\n");
        assert!((0.008..0.025).contains(&town), "{town}");
        let mountain = share_without("[radio]\nprofile = \"mountain\"\n");
        assert!((0.12..0.30).contains(&mountain), "{mountain}");
        let valley = share_without("[radio]\nprofile = \"dead_valley\"\n");
        assert!(valley > 0.5, "{valley}");
        assert!(share_without("[radio]\nprofile = \"clean\"\n") < 1e-9);
        let cut = share_without("[radio]\nprofile = \"clean\"\n[[faults.radio_cut]]\nat = \"6h\"\nfor = \"6h\"\n");
        assert!((cut - 0.25).abs() < 0.001, "{cut}");
    }
}
