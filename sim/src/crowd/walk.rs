//! Places of a crowd: each unit begins near a hospital somewhere in Japan and drives on at a constant speed, turning now and then.

use dispatch_server::live::Live;
use hospital_selection::HospitalTable;
use model::{Position, Timestamp, UnitId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Degrees that a unit drives between two steps: 12 m/s over two seconds.
const STEP_DEGREES: f64 = 0.000_22;
/// First places lie within so many degrees of a hospital.
const AROUND_DEGREES: f64 = 0.05;

struct Walker {
    unit: UnitId,
    place: Position,
    heading: f64,
}

/// See the module.
pub(super) struct Walk {
    walkers: Vec<Walker>,
    turns: StdRng,
    /// So many of the first ones were heard last at that time.
    silent: (usize, Timestamp),
}

/// Silent ones were heard so many minutes before the beginning.
const SILENT_MINUTES: i64 = 6;

impl Walk {
    pub(super) fn new(seed: u64, units: Vec<UnitId>, silent: usize, now: Timestamp) -> Self {
        let mut turns = StdRng::seed_from_u64(seed);
        let hospitals = HospitalTable::embedded().hospitals();
        let walkers = units.into_iter().enumerate().map(|(n, unit)| {
            let near = hospitals.get(n * 7 % hospitals.len().max(1)).map(|hospital| hospital.position);
            let near = near.unwrap_or_else(|| panic!("the embedded table has hospitals"));
            let aside = |turns: &mut StdRng| (part(turns) - 0.5) * 2.0 * AROUND_DEGREES;
            let place = Position::new(near.lat() + aside(&mut turns), near.lon() + aside(&mut turns)).unwrap_or(near);
            Walker { unit, place, heading: part(&mut turns) * core::f64::consts::TAU }
        });
        let walkers = walkers.collect();
        Self { walkers, turns, silent: (silent, now.plus_minutes(-SILENT_MINUTES)) }
    }

    /// Everybody drives on, and is heard.
    pub(super) fn step(&mut self, live: &Live, now: Timestamp) {
        let (silent, heard) = self.silent;
        for (n, walker) in self.walkers.iter_mut().enumerate() {
            if n < silent {
                live.heard(walker.unit, heard);
                live.moved(walker.unit, walker.place, heard, None);
                continue;
            }
            walker.heading += (part(&mut self.turns) - 0.5) * 0.6;
            let (sin, cos) = walker.heading.sin_cos();
            let (lat, lon) = (walker.place.lat() + STEP_DEGREES * sin, walker.place.lon() + STEP_DEGREES * cos);
            walker.place = Position::new(lat, lon).unwrap_or(walker.place);
            live.heard(walker.unit, now);
            live.moved(walker.unit, walker.place, now, None);
        }
    }

    /// Where everybody is.
    pub(super) fn places(&self) -> impl Iterator<Item = (UnitId, Position)> {
        self.walkers.iter().map(|walker| (walker.unit, walker.place))
    }
}

/// 0 to 1.
fn part(rng: &mut impl Rng) -> f64 {
    f64::from(rng.next_u32()) / f64::from(u32::MAX)
}
