//! The shadow price of load: minutes that one more patient costs others, by Erlang's loss formula.
//!
//! A hospital with N places for ambulance patients at offered load a turns away a·B(N, a) of them. One more patient adds
//! ∂(a·B)/∂a = B + a·B·(N/a − 1 + B) turned away, each of whom loses [`params::LOST_WHEN_FULL`] minutes.

use crate::params;
use travel_time::Tenths;

/// Share of patients who find all `places` taken at this offered load (Erlang B).
#[must_use]
pub(crate) fn erlang_b(places: u32, load: f64) -> f64 {
    let mut b = 1.0;
    for n in 1..=places {
        b = load * b / (f64::from(n) + load * b);
    }
    b
}

/// Patients turned away per patient added.
#[must_use]
pub(crate) fn turned_away(places: u32, load: f64) -> f64 {
    let b = erlang_b(places, load);
    b + b * (f64::from(places) - load + load * b)
}

/// The usual load of a hospital: ambulances at once, from its year's number and the time that one occupies a place.
#[must_use]
pub(crate) fn usual_load(ambulance_accepted: Option<u32>) -> f64 {
    let per_hour = f64::from(ambulance_accepted.unwrap_or(params::VOLUME_UNKNOWN).max(1)) / (365.25 * 24.0);
    per_hour * params::PLACE_HOURS
}

/// Places, from the usual load: square-root staffing, at least one.
#[must_use]
pub(crate) fn places(usual: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let n = libm::ceil(usual + params::SPARE_PLACES * libm::sqrt(usual)) as u32;
    n.max(1)
}

/// Minutes that this patient's arrival costs others beyond what it costs on a usual day: zero when nobody is on the way.
#[must_use]
pub(crate) fn price(ambulance_accepted: Option<u32>, inbound: u8) -> Tenths {
    if inbound == 0 {
        return Tenths::ZERO;
    }
    let usual = usual_load(ambulance_accepted);
    let n = places(usual);
    let now = usual + f64::from(inbound.min(params::INBOUND_MAX));
    let more = (turned_away(n, now) - turned_away(n, usual)).max(0.0);
    Tenths::round_minutes(more * params::LOST_WHEN_FULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erlang_b_is_that_of_the_tables() {
        for (c, a, b) in
            [(3, 1.5, 9.0 / 67.0), (3, 2.0, 4.0 / 19.0), (10, 8.0, 0.121_661_06), (100, 90.0, 0.026_957_38)]
        {
            assert!((erlang_b(c, a) - b).abs() < 5e-9, "B({c}, {a})");
        }
    }

    #[test]
    fn turned_away_is_the_slope() {
        for (n, a) in [(1, 0.3), (4, 2.5), (10, 14.0)] {
            let step = 1e-6;
            let slope = ((a + step) * erlang_b(n, a + step) - (a - step) * erlang_b(n, a - step)) / (2.0 * step);
            assert!((turned_away(n, a) - slope).abs() < 1e-6, "N {n}, a {a}");
        }
    }

    #[test]
    fn a_small_hospital_fills_first() {
        assert_eq!(price(Some(9_000), 0), Tenths::ZERO);
        assert!(price(Some(300), 2) > price(Some(9_000), 2));
        assert!(price(Some(9_000), 1) > Tenths::ZERO && price(Some(9_000), 3) > price(Some(9_000), 1));
        assert!(price(None, u8::MAX) <= Tenths::round_minutes(params::LOST_WHEN_FULL));
    }
}
