//! How many dispatches a second, where and when.

use super::tables::Published;
use crate::scenario::{Earthquake, Scenario};
use crate::world::geography::Geography;
use model::{Position, Timestamp};
use travel_time::great_circle_km;

/// Dispatches a transport stands for: 7,638,558 to 6,641,420 in 2023 (消防白書 令和6年版).
const DISPATCHES_PER_TRANSPORT: f64 = 7_638_558.0 / 6_641_420.0;
/// Seconds of the year 2023.
const YEAR_S: f64 = 365.0 * 86_400.0;
/// Monday first. Monday is the highest (2021), the others \[A\] within the 3–5 % of selection.md §4.2; the mean is 1.
const WEEKDAY: [f64; 7] = [1.04, 1.0, 0.995, 0.99, 1.01, 0.99, 0.975];
/// January first: peaks in December, January and summer (2021), values \[A\]; the mean over the days of a year is 1 (a test).
const MONTH: [f64; 12] = [1.075, 1.02, 0.955, 0.935, 0.94, 0.955, 1.055, 1.065, 0.99, 0.96, 0.97, 1.08];
/// After the first day an earthquake's calls fade with this time constant \[A\], seconds.
const FADE_S: f64 = 2.0 * 86_400.0;
/// The first day, seconds.
const FIRST_DAY_S: f64 = 86_400.0;

/// One municipality's part.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) municipality: usize,
    /// Dispatches a second, mean of a year.
    pub(super) per_second: f64,
}

/// The mean rate over a year, and its shape.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    pub(super) shares: Vec<Share>,
    per_second: f64,
    hour: [f64; 24],
    flat: bool,
    quakes: Vec<Quake>,
}

/// An earthquake with the usual rate inside.
#[derive(Clone, Debug)]
pub(super) struct Quake {
    pub(super) at: Timestamp,
    pub(super) of: Earthquake,
    pub(super) inside: Vec<Share>,
}

impl Rates {
    pub(super) fn new(scenario: &Scenario, geography: &Geography) -> Self {
        let mut shares = Vec::new();
        for prefecture in Geography::chosen(&scenario.area.prefectures) {
            let Some(known) = geography.prefectures.get(prefecture) else { continue };
            let all = geography.municipalities.get(known.municipalities.clone()).unwrap_or_default();
            let people: f64 = all.iter().map(|m| f64::from(m.people)).sum();
            let rate = f64::from(known.transports) * DISPATCHES_PER_TRANSPORT / YEAR_S * scenario.demand.factor;
            shares.extend(all.iter().enumerate().map(|(i, m)| Share {
                municipality: known.municipalities.start + i,
                per_second: rate * f64::from(m.people) / people,
            }));
        }
        let quakes = scenario.faults.earthquake.iter().map(|of| quake(scenario, geography, &shares, of)).collect();
        let per_second = shares.iter().map(|s| s.per_second).sum();
        Self { shares, per_second, hour: hours(), flat: scenario.demand.flat, quakes }
    }

    pub(super) const fn per_second(&self) -> f64 {
        self.per_second
    }

    pub(super) fn quakes(&self) -> &[Quake] {
        &self.quakes
    }

    /// Hour × weekday × month at a moment; 1 is the mean of a year.
    pub(super) fn shape(&self, at: Timestamp) -> f64 {
        if self.flat {
            return 1.0;
        }
        let of_week = usize::from(at.tokyo_hour_of_week());
        let month = at.tokyo_date().map_or(1, |date| date.month());
        let month = usize::try_from(month - 1).unwrap_or(0);
        let pick = |list: &[f64], i: usize| list.get(i).copied().unwrap_or(1.0);
        pick(&self.hour, of_week % 24) * pick(&WEEKDAY, of_week / 24) * pick(&MONTH, month)
    }

    /// No moment has more than this.
    pub(super) fn highest(&self) -> f64 {
        let most = |list: &[f64]| list.iter().copied().fold(0.0, f64::max);
        if self.flat { 1.0 } else { most(&self.hour) * most(&WEEKDAY) * most(&MONTH) }
    }
}

/// Two-hour bins of 2022, a day's mean being 1; nothing finer is published.
fn hours() -> [f64; 24] {
    let bins: Vec<f64> = Published::get().table("hour_of_call_2h").map(|(_, n)| n).collect();
    let total: f64 = bins.iter().sum();
    core::array::from_fn(|hour| bins.get(hour / 2).map_or(1.0, |n| n / total * 12.0))
}

fn quake(scenario: &Scenario, geography: &Geography, shares: &[Share], of: &Earthquake) -> Quake {
    let near = |place: &Position| great_circle_km(of.centre, *place) <= of.radius_km;
    let part = |share: &Share| {
        let one = geography.municipalities.get(share.municipality)?;
        let places = geography.places.get(one.places.clone())?;
        #[expect(clippy::cast_precision_loss, reason = "ten points")]
        let inside = places.iter().filter(|place| near(place)).count() as f64 / places.len() as f64;
        (inside > 0.0).then_some(Share { municipality: share.municipality, per_second: share.per_second * inside })
    };
    let at = scenario.start.0.plus_us(of.at.us());
    Quake { at, of: of.clone(), inside: shares.iter().filter_map(part).collect() }
}

impl Quake {
    /// Extra dispatches a second as a multiple of the usual inside: those of the calls that become runs.
    pub(super) fn extra(&self, at: Timestamp) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "months of microseconds")]
        let since = at.since_us(self.at) as f64 / 1e6;
        let calls = if since < 0.0 {
            1.0
        } else if since < self.of.first_for.as_secs_f64() {
            self.of.calls_first
        } else if since < FIRST_DAY_S {
            self.of.calls_later
        } else {
            1.0 + (self.of.calls_later - 1.0) * libm::exp(-(since - FIRST_DAY_S) / FADE_S)
        };
        (calls - 1.0) * self.of.become_runs
    }

    pub(super) fn most(&self) -> f64 {
        (self.of.calls_first.max(self.of.calls_later) - 1.0) * self.of.become_runs
    }

    pub(super) fn holds(&self, place: Position) -> bool {
        great_circle_km(self.of.centre, place) <= self.of.radius_km
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_have_a_mean_of_one() {
        let days = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
        let year: f64 = MONTH.iter().zip(days).map(|(m, d)| m * d).sum::<f64>() / 365.0;
        assert!((year - 1.0).abs() < 0.002, "{year}");
        assert!((WEEKDAY.iter().sum::<f64>() / 7.0 - 1.0).abs() < 1e-9);
        assert!((hours().iter().sum::<f64>() / 24.0 - 1.0).abs() < 1e-9);
        // The published peak and trough over the daily mean: 1.546 and 0.402 (selection.md §4.2).
        assert!((hours().iter().copied().fold(0.0, f64::max) - 1.546).abs() < 0.001);
        assert!((hours().iter().copied().fold(9.0, f64::min) - 0.402).abs() < 0.001);
    }
}
