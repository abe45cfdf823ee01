//! Ambulances (救急隊) and their synthetic stations.
//!
//! The units of a scenario are spread over prefectures by their 救急隊 of 2023, inside a prefecture over municipalities by people, and
//! stand at a town point of theirs. Where real stations are is not in public tables that were at hand: these are synthetic.

use super::geography::{Geography, PREFECTURES};
use crate::engine::{Streams, Ticks};
use crate::scenario::Scenario;
use model::Position;
use rand::RngExt;
use travel_time::Land;

/// Units of the nation: those with a card reader in 2025 (selection.md §4.1).
const NATION: u32 = 5_334;

/// What a unit does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Duty {
    /// At its station.
    AtStation,
    /// On its way back and free: from where, since when, until when.
    Returning { from: Position, since: Ticks, until: Ticks },
    /// At work on this case.
    Busy(usize),
}

/// One unit with one crew and one tablet.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) station: Position,
    pub(super) land: Land,
    pub(super) prefecture: usize,
    pub(super) department: usize,
    pub(super) duty: Duty,
    /// Where it last stood: at a scene, a hospital, its station.
    pub(super) place: Position,
    /// Which of its ways back this is: an event of an older one goes by.
    pub(super) trip: u32,
}

impl Unit {
    /// Where it is now: on its way back along the straight line.
    pub(super) fn position(&self, now: Ticks) -> Position {
        match self.duty {
            Duty::Returning { from, since, until } => {
                #[expect(clippy::cast_precision_loss, reason = "a drive in microseconds")]
                let part = (now.saturating_sub(since) as f64 / until.saturating_sub(since).max(1) as f64).min(1.0);
                let between = |a: f64, b: f64| a + (b - a) * part;
                let (lat, lon) = (between(from.lat(), self.station.lat()), between(from.lon(), self.station.lon()));
                Position::new(lat, lon).unwrap_or(self.station)
            }
            Duty::AtStation | Duty::Busy(_) => self.station,
        }
    }
    pub(super) const fn is_free(&self) -> bool {
        !matches!(self.duty, Duty::Busy(_))
    }
}

/// All units of a scenario.
pub(super) fn fleet(scenario: &Scenario, geography: &Geography, streams: &Streams) -> Vec<Unit> {
    let chosen = Geography::chosen(&scenario.area.prefectures);
    let teams = |p: &usize| geography.prefectures.get(*p).map_or(0.0, |p| f64::from(p.teams));
    let nation: f64 = (0..PREFECTURES.len()).map(|p| teams(&p)).sum();
    let weights: Vec<f64> = chosen.iter().map(teams).collect();
    let area: f64 = weights.iter().sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the nation's")]
    let usual = (f64::from(NATION) * area / nation.max(1.0)).round() as u32;
    let per_prefecture = apportion(scenario.fleet.units.unwrap_or(usual), &weights);
    let mut units = Vec::new();
    for (prefecture, count) in chosen.into_iter().zip(per_prefecture) {
        let Some(known) = geography.prefectures.get(prefecture) else { continue };
        let all = geography.municipalities.get(known.municipalities.clone()).unwrap_or_default();
        let people: Vec<f64> = all.iter().map(|m| f64::from(m.people)).collect();
        for (one, count) in all.iter().zip(apportion(count, &people)) {
            let mut rng = streams.of("stations", u64::from(one.code));
            let places = geography.places.get(one.places.clone()).unwrap_or_default();
            // Every other point first: two units of a town stand apart.
            let first = rng.random_range(0..places.len().max(1));
            let spread = (0..usize::try_from(count).unwrap_or(0))
                .filter_map(|i| places.get((first + i * 3) % places.len().max(1)));
            units.extend(spread.map(|station| Unit {
                station: *station,
                land: Land::of(*station),
                prefecture,
                department: one.department,
                duty: Duty::AtStation,
                place: *station,
                trip: 0,
            }));
        }
    }
    units
}

/// Shares `count` by weight, the largest remainders first; of equal ones the earlier.
fn apportion(count: u32, weights: &[f64]) -> Vec<u32> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| f64::from(count) * w / total).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the count")]
    let mut shares: Vec<u32> = exact.iter().map(|e| e.floor() as u32).collect();
    let left = count.saturating_sub(shares.iter().sum());
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let rest = |i: &usize| exact.get(*i).map_or(0.0, |e| e - e.floor());
    order.sort_by(|a, b| rest(b).total_cmp(&rest(a)).then(a.cmp(b)));
    for i in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(i) {
            *share += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_add_up() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(3, &[0.6, 0.4]), [2, 1]);
        assert_eq!(apportion(5, &[0.0, 0.0]), [0, 0]);
    }

    #[test]
    fn the_nation_has_its_units_in_its_prefectures() {
        let scenario = Scenario::shipped("national-day").expect("ships");
        let units = fleet(&scenario, Geography::embedded(), &Streams::new(1, 0));
        assert_eq!(units.len(), 5_334);
        let tokyo = units.iter().filter(|u| u.prefecture == 12).count();
        assert!((270..285).contains(&tokyo), "{tokyo}, 278 of 5,415 are published");
    }
}
