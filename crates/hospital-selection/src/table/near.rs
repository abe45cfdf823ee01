//! Hospitals in the order of their distance from a point, a small bucket at a time: a search that knows when to stop needs
//! to look at a few dozen of 3,372.
//!
//! Points are unit vectors, so that distance is a straight chord: no trigonometry per hospital, no poles, no date line.
//! Buckets come from halving the table at the median of its longest side; each knows the ball around its points.

use super::Hospital;
use model::Position;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use travel_time::distance::EARTH_RADIUS_KM;

/// Most hospitals of one bucket.
const BUCKET: usize = 8;
/// Taken off every lower bound: far more than rounding of the vectors, far less than a tenth of a minute.
const SLACK_KM: f64 = 1e-6;

type Vector = [f64; 3];

#[derive(Clone, Debug, PartialEq)]
struct Bucket {
    centre: Vector,
    /// Chord from the centre to its farthest point.
    radius: f64,
    hospitals: Vec<u32>,
}

/// The index of one table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Near {
    points: Vec<Vector>,
    buckets: Vec<Bucket>,
}

fn vector(at: Position) -> Vector {
    let (lat, lon) = (at.lat().to_radians(), at.lon().to_radians());
    let (sin_lat, cos_lat) = (libm::sin(lat), libm::cos(lat));
    [cos_lat * libm::cos(lon), cos_lat * libm::sin(lon), sin_lat]
}

fn chord([ax, ay, az]: Vector, [bx, by, bz]: Vector) -> f64 {
    let (x, y, z) = (ax - bx, ay - by, az - bz);
    libm::sqrt(x * x + y * y + z * z)
}

impl Near {
    pub(crate) fn new(hospitals: &[Hospital]) -> Self {
        let points: Vec<Vector> = hospitals.iter().map(|h| vector(h.position)).collect();
        let mut all: Vec<(u32, Vector)> = (0..).zip(points.iter().copied()).collect();
        let mut buckets = Vec::new();
        halve(&mut all, &mut buckets);
        Self { points, buckets }
    }

    /// A walk outwards from a point.
    pub(crate) fn walk(&self, from: Position) -> Walk<'_> {
        let from = vector(from);
        let nearest = |bucket: &Bucket| (chord(from, bucket.centre) - bucket.radius).max(0.0);
        let ahead = (0..).zip(&self.buckets).map(|(n, bucket)| Reverse((Chord(nearest(bucket)), n))).collect();
        Walk { near: self, from, ahead, passed: Vec::new() }
    }
}

fn halve(all: &mut [(u32, Vector)], buckets: &mut Vec<Bucket>) {
    if all.len() <= BUCKET {
        if !all.is_empty() {
            buckets.push(bucket(all));
        }
        return;
    }
    let axis = longest_side(all);
    let key = |one: &(u32, Vector)| one.1.get(axis).copied().unwrap_or_default();
    let middle = all.len() / 2;
    all.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)).then(a.0.cmp(&b.0)));
    let (left, right) = all.split_at_mut(middle);
    halve(left, buckets);
    halve(right, buckets);
}

fn longest_side(all: &[(u32, Vector)]) -> usize {
    let side = |axis: &usize| {
        let values = || all.iter().filter_map(|(_, v)| v.get(*axis).copied());
        values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
    };
    (0..3).max_by(|a, b| side(a).total_cmp(&side(b))).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "at most eight points")]
fn bucket(all: &[(u32, Vector)]) -> Bucket {
    let sum = all.iter().fold([0.0; 3], |[x, y, z], (_, [a, b, c])| [x + a, y + b, z + c]);
    let centre = sum.map(|side| side / all.len() as f64);
    let radius = all.iter().map(|(_, v)| chord(centre, *v)).fold(0.0, f64::max);
    Bucket { centre, radius, hospitals: all.iter().map(|(n, _)| *n).collect() }
}

/// A chord that sorts; never not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Chord(f64);

impl Eq for Chord {}

impl PartialOrd for Chord {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Chord {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Buckets in the order of the least distance of their ball. Several searches of one question share one walk.
pub(crate) struct Walk<'n> {
    near: &'n Near,
    from: Vector,
    ahead: BinaryHeap<Reverse<(Chord, usize)>>,
    passed: Vec<(f64, usize)>,
}

impl<'n> Walk<'n> {
    /// The `n`-th bucket: a lower bound of the distance to it and to all later ones (km), and its hospitals by their place
    /// in the table.
    pub(crate) fn bucket(&mut self, n: usize) -> Option<(f64, &'n [u32])> {
        while self.passed.len() <= n {
            let Reverse((Chord(nearest), bucket)) = self.ahead.pop()?;
            self.passed.push((nearest, bucket));
        }
        let (nearest, bucket) = *self.passed.get(n)?;
        Some((least_km(nearest), self.near.buckets.get(bucket).map_or(&[], |b| b.hospitals.as_slice())))
    }

    /// A lower bound of the distance to a hospital, km; at most 0.01 % too small within 200 km.
    pub(crate) fn least_km(&self, hospital: u32) -> f64 {
        let point = usize::try_from(hospital).ok().and_then(|n| self.near.points.get(n));
        point.map_or(0.0, |p| least_km(chord(self.from, *p)))
    }
}

/// A chord is never longer than its arc.
fn least_km(chord: f64) -> f64 {
    (chord * EARTH_RADIUS_KM - SLACK_KM).max(0.0)
}

#[cfg(test)]
mod tests {
    use crate::HospitalTable;
    use model::Position;
    use proptest::prelude::*;
    use travel_time::great_circle_km;

    proptest! {
        #[test]
        fn a_walk_passes_every_hospital_once_and_its_bounds_hold(lat in 24.0..45.5_f64, lon in 123.0..146.0_f64) {
            let table = HospitalTable::embedded();
            let from = Position::new(lat, lon).expect("in Japan");
            let mut walk = table.near().walk(from);
            let (mut seen, mut before, mut n) = (vec![false; table.hospitals().len()], 0.0, 0);
            while let Some((least, hospitals)) = walk.bucket(n) {
                prop_assert!(least >= before);
                for &place in hospitals {
                    let hospital = &table.hospitals()[place as usize];
                    let km = great_circle_km(from, hospital.position);
                    let bound = walk.least_km(place);
                    prop_assert!(least <= bound && bound <= km && (km > 200.0 || bound >= km * 0.9999 - 2e-6));
                    prop_assert!(!core::mem::replace(&mut seen[place as usize], true));
                }
                (before, n) = (least, n + 1);
            }
            prop_assert!(seen.iter().all(|s| *s));
        }
    }
}
