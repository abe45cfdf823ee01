//! Hospitals: a hidden state that goes up and down, what their desks report of it, and who is on the way.

use super::geography::{Geography, Municipality};
use super::nearest::quick_km;
use crate::engine::{Streams, Ticks, common_uniform};
use crate::scenario::Scenario;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState, Hospital, HospitalTable, params};
use model::Timestamp;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::collections::BTreeMap;
use travel_time::Land;

/// The hidden state moves on a lattice of so many minutes; its worth decays as the product takes a report's to decay.
const STEP_MINUTES: i64 = 15;
/// Terms of the moving average that makes it.
const TERMS: u64 = 12;
/// A desk says ◎ above and × below these, in standard deviations of the hidden state \[A\].
const SAYS_FREE: f64 = 0.3;
/// See [`SAYS_FREE`].
const SAYS_FULL: f64 = -0.8;

/// One hospital of the table.
#[derive(Clone, Debug)]
pub(super) struct HospitalState {
    /// Share accepted by the product's table.
    pub(super) base: f64,
    /// What is its own for good, in standard deviations.
    pub(super) own: f64,
    /// Whether its desk keeps its capacity up to date, and when it does so first.
    pub(super) reports: Option<Ticks>,
    /// Ambulances on their way or unloading.
    pub(super) inbound: u32,
    /// Left of its capacity after an earthquake; 1 = all.
    pub(super) left: f64,
    /// Patients it accepted in the counted time.
    pub(super) accepted: u32,
}

pub(super) fn all(table: &HospitalTable, scenario: &Scenario, streams: &Streams) -> Vec<HospitalState> {
    let one = |(i, hospital): (usize, &Hospital)| {
        let mut rng = streams.of("hospital", i as u64);
        let (own, reports, first): (f64, f64, f64) = (StandardNormal.sample(&mut rng), rng.random(), rng.random());
        let every = scenario.hospitals.report_every.duration().as_micros();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "days"
        )]
        let first = (first * every as f64) as Ticks;
        HospitalState {
            base: hospital_selection::base_rate(hospital.ambulance_accepted),
            own: own.clamp(-2.5, 2.5),
            reports: (reports < scenario.hospitals.reporting).then_some(first),
            inbound: 0,
            left: 1.0,
            accepted: 0,
        }
    };
    table.hospitals().iter().enumerate().map(one).collect()
}

/// The hidden state of a hospital at a moment: a moving average of noise that belongs to hospital and moment, so that every policy
/// meets the same. Mean 0, variance 1; its correlation falls with the rate at which the product lets reports decay.
pub(super) fn state(seed: u64, hospital: usize, at: Timestamp) -> f64 {
    let step = at.0.div_euclid(STEP_MINUTES * model::time::MINUTE_US);
    #[expect(clippy::cast_precision_loss, reason = "15")]
    let keep = libm::exp(-params::REPORT_RATE * STEP_MINUTES as f64);
    let (mut sum, mut weight, mut squares) = (0.0, 1.0, 0.0);
    for back in 0..TERMS {
        let which = step.wrapping_sub_unsigned(back).cast_unsigned();
        // A sum of two uniforms has the variance 1 ÷ 6; the average over moments makes it nearly normal.
        let u: f64 = (0..2).map(|part| common_uniform(seed, &[0x5747, hospital as u64, which, part])).sum();
        sum += weight * (u - 1.0) * 6.0_f64.sqrt();
        squares += weight * weight;
        weight *= keep;
    }
    sum / squares.sqrt()
}

/// Hospitals near a municipality that are kept.
const NEAR: usize = 24;

/// The nearest hospitals of every municipality of the area, as a crow flies from its first town point.
pub(super) fn near(table: &HospitalTable, geography: &Geography, scenario: &Scenario) -> BTreeMap<usize, Vec<usize>> {
    let chosen = Geography::chosen(&scenario.area.prefectures);
    let all = geography.municipalities.iter().enumerate().filter(|(_, m)| chosen.contains(&m.prefecture));
    let of = |(i, municipality): (usize, &Municipality)| {
        let middle = municipality.places.start + municipality.places.len() / 2;
        let place = *geography.places.get(middle)?;
        let land = Land::of(place);
        let on_land = |h: &Hospital| u8::from(h.land() != land);
        let key = |h: &Hospital| (on_land(h), quick_km(place, h.position));
        let mut nearest: Vec<(usize, (u8, f64))> =
            table.hospitals().iter().map(key).enumerate().filter(|(_, (_, km))| *km < 400.0).collect();
        let order = |a: &(usize, (u8, f64)), b: &(usize, (u8, f64))| (a.1.0).cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1));
        if nearest.len() > NEAR {
            nearest.select_nth_unstable_by(NEAR, order);
            nearest.truncate(NEAR);
        }
        nearest.sort_by(order);
        Some((i, nearest.into_iter().map(|(h, _)| h).collect()))
    };
    all.filter_map(of).collect()
}

/// What the desk says of it.
pub(super) fn report(hospital: &Hospital, state: f64, left: f64, at: Timestamp) -> CapacityReport {
    let level = if left < 1.0 || state < SAYS_FULL {
        CapacityState::Full
    } else if state > SAYS_FREE {
        CapacityState::Free
    } else {
        CapacityState::Limited
    };
    CapacityReport {
        hospital: hospital.id,
        capability: None,
        state: level,
        at,
        source: CapacitySource::Desk,
        until: Some(at.plus_minutes(params::LEVEL_MINUTES)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hidden_state_has_its_variance_and_forgets_as_reports_do() {
        let at = Timestamp::from_millis(1_768_431_600_000);
        let series = |lag: i64| (0..4_000).map(move |h| (state(1, h, at), state(1, h, at.plus_minutes(lag))));
        let n = 4_000.0;
        let mean = series(0).map(|(a, _)| a).sum::<f64>() / n;
        let variance = series(0).map(|(a, _)| a * a).sum::<f64>() / n;
        assert!(mean.abs() < 0.06 && (variance - 1.0).abs() < 0.08, "{mean} {variance}");
        let with = |lag| series(lag).map(|(a, b)| a * b).sum::<f64>() / n;
        let expected = libm::exp(-params::REPORT_RATE * 30.0);
        assert!((with(30) - expected).abs() < 0.08, "{} is not {expected}", with(30));
        assert!(with(600).abs() < 0.06);
    }
}
