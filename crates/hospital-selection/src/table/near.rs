//! Hospitals in the order of their distance from a point, a small bucket at a time: a search that knows when to stop needs
//! to look at a few dozen of 3,372.
//!
//! Points are unit vectors, so that distance is a straight chord: no trigonometry per hospital, no poles, no date line.
//! Buckets come from halving the table at the median of its longest side; each half knows the ball around its points, so
//! that far halves are never opened.

use super::Hospital;
use super::brief::Brief;
use model::{HospitalId, Position};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use travel_time::Land;
use travel_time::distance::EARTH_RADIUS_KM;

/// Most hospitals of one bucket.
const BUCKET: usize = 16;
/// Taken off every lower bound and put on every upper one: far more than rounding of the vectors, far less than a tenth of a
/// minute.
const SLACK_KM: f64 = 1e-6;
/// Lengths up to this one have an upper bound of their arc; some 3,000 km.
const LONGEST_CHORD: f64 = 0.5;

/// Room for the halves that most walks have ahead of them.
const USUAL_AHEAD: usize = 64;

type Vector = [f64; 3];

#[derive(Clone, Debug, PartialEq)]
struct Half {
    centre: Vector,
    /// Length from the centre to its farthest point.
    radius: f64,
    inside: Inside,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Inside {
    /// Places in `halves`.
    Halves(usize, usize),
    /// From and until, in `briefs`.
    Bucket(usize, usize),
}

/// The index of one table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Near {
    /// Bucket by bucket.
    briefs: Vec<Brief>,
    /// By the hospital's place in the table: its place in `briefs`.
    places: Vec<usize>,
    /// The last is the whole.
    halves: Vec<Half>,
    /// How many stand on each land.
    on_land: BTreeMap<Land, usize>,
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
        let mut briefs: Vec<Brief> =
            (0..).zip(hospitals).map(|(index, h)| Brief::new(index, h, vector(h.position))).collect();
        let mut halves = Vec::new();
        halve(&mut briefs, 0, &mut halves);
        let mut places = vec![0; briefs.len()];
        for (place, brief) in briefs.iter().enumerate() {
            if let Some(at) = usize::try_from(brief.index).ok().and_then(|index| places.get_mut(index)) {
                *at = place;
            }
        }
        let mut on_land = BTreeMap::new();
        for brief in &briefs {
            *on_land.entry(brief.land).or_default() += 1;
        }
        Self { briefs, places, halves, on_land }
    }

    /// A hospital by its place in the table.
    pub(crate) fn brief(&self, index: u32) -> Option<&Brief> {
        let place = *self.places.get(usize::try_from(index).ok()?)?;
        self.briefs.get(place)
    }

    /// How many stand on a land.
    pub(crate) fn on_land(&self, land: Land) -> usize {
        self.on_land.get(&land).copied().unwrap_or_default()
    }

    /// Notes of whom an edition speaks.
    pub(crate) fn note_named(&mut self, is_named: impl Fn(HospitalId) -> bool) {
        for brief in &mut self.briefs {
            brief.named = is_named(brief.id);
        }
    }

    /// A walk outwards from a point.
    pub(crate) fn walk(&self, from: Position) -> Walk<'_> {
        let from = vector(from);
        let mut ahead = BinaryHeap::with_capacity(USUAL_AHEAD);
        ahead.extend(self.halves.len().checked_sub(1).map(|last| Reverse((Length(0.0), last))));
        Walk { near: self, from, ahead }
    }
}

/// Halves until buckets are small; the place of the whole in `halves`. `from` = how many stand before these.
fn halve(all: &mut [Brief], from: usize, halves: &mut Vec<Half>) -> usize {
    let (centre, radius) = ball(all);
    let inside = if all.len() <= BUCKET {
        Inside::Bucket(from, from + all.len())
    } else {
        let axis = longest_side(all);
        let key = |one: &Brief| one.point.get(axis).copied().unwrap_or_default();
        let middle = all.len() / 2;
        all.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)).then(a.index.cmp(&b.index)));
        let (left, right) = all.split_at_mut(middle);
        Inside::Halves(halve(left, from, halves), halve(right, from + middle, halves))
    };
    halves.push(Half { centre, radius, inside });
    halves.len() - 1
}

fn longest_side(all: &[Brief]) -> usize {
    let side = |axis: &usize| {
        let values = || all.iter().filter_map(|b| b.point.get(*axis).copied());
        values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
    };
    (0..3).max_by(|a, b| side(a).total_cmp(&side(b))).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "at most the rows of a table")]
fn ball(all: &[Brief]) -> (Vector, f64) {
    let sum = all.iter().fold([0.0; 3], |[x, y, z], b| [x + b.point[0], y + b.point[1], z + b.point[2]]);
    let centre = sum.map(|side| side / all.len().max(1) as f64);
    (centre, all.iter().map(|b| chord(centre, b.point)).fold(0.0, f64::max))
}

/// A length that sorts; never not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Length(pub(crate) f64);

impl Eq for Length {}

impl PartialOrd for Length {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Length {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Kilometres: not less than the first, not more than the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Between {
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Hospitals that stand close to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket<'n> {
    /// No hospital of this or of any later bucket is nearer.
    pub(crate) least_km: f64,
    pub(crate) briefs: &'n [Brief],
}

/// Buckets in the order of the least distance of their ball.
pub(crate) struct Walk<'n> {
    near: &'n Near,
    from: Vector,
    ahead: BinaryHeap<Reverse<(Length, usize)>>,
}

impl<'n> Iterator for Walk<'n> {
    type Item = Bucket<'n>;

    fn next(&mut self) -> Option<Bucket<'n>> {
        loop {
            let Reverse((Length(nearest), place)) = self.ahead.pop()?;
            let half = self.near.halves.get(place)?;
            match half.inside {
                Inside::Halves(left, right) => {
                    self.look_into(left, nearest);
                    self.look_into(right, nearest);
                }
                Inside::Bucket(from, until) => {
                    let least_km = arc(nearest).least;
                    return Some(Bucket { least_km, briefs: self.near.briefs.get(from..until).unwrap_or_default() });
                }
            }
        }
    }
}

impl Walk<'_> {
    /// What is inside is not nearer than what it is inside of, although its ball may be.
    fn look_into(&mut self, half: usize, outer: f64) {
        if let Some(ball) = self.near.halves.get(half) {
            let nearest = (chord(self.from, ball.centre) - ball.radius).max(outer);
            self.ahead.push(Reverse((Length(nearest), half)));
        }
    }

    /// The distance to a hospital; within 200 km as good as exact.
    pub(crate) fn km(&self, brief: &Brief) -> Between {
        arc(chord(self.from, brief.point))
    }
}

/// The arc over a chord of the unit sphere: 2·asin(c/2) = c + c³/24 + 3c⁵/640 + …, of which the rest is less than a tenth of the
/// last.
fn arc(chord: f64) -> Between {
    let square = chord * chord;
    let two = chord * (1.0 + square / 24.0);
    let more = if chord <= LONGEST_CHORD { chord * square * square * (1.1 * 3.0 / 640.0) } else { f64::INFINITY };
    Between { least: (two * EARTH_RADIUS_KM - SLACK_KM).max(0.0), most: (two + more) * EARTH_RADIUS_KM + SLACK_KM }
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
            let (mut seen, mut before) = (vec![false; table.hospitals().len()], 0.0);
            while let Some(bucket) = walk.next() {
                prop_assert!(bucket.least_km >= before);
                for brief in bucket.briefs {
                    let hospital = &table.hospitals()[brief.index as usize];
                    prop_assert_eq!(brief.id, hospital.id);
                    let km = great_circle_km(from, hospital.position);
                    let bound = walk.km(brief);
                    prop_assert!(bucket.least_km <= bound.least + 1e-9);
                    prop_assert!(bound.least <= km && km <= bound.most);
                    prop_assert!(km > 200.0 || bound.most - bound.least < 1e-5);
                    prop_assert!(!core::mem::replace(&mut seen[brief.index as usize], true));
                    prop_assert_eq!(table.near().brief(brief.index), Some(brief));
                }
                before = bucket.least_km;
            }
            prop_assert!(seen.iter().all(|s| *s));
        }
    }
}
