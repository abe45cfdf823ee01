//! The nearest free unit: a grid over Japan, searched in rings.

use model::Position;
use travel_time::great_circle_km;

/// Cells a degree.
const PER_DEGREE: f64 = 10.0;
/// South-west corner of the grid.
const CORNER: (f64, f64) = (20.0, 122.0);
const ROWS: usize = 260;
const COLUMNS: usize = 320;
/// Kilometres that a cell is wide at least: 0.1° of longitude at 46° north.
const CELL_KM: f64 = 7.72;

/// Which units are free, by cell. A unit that drives back is kept in the cell of its station, and looked for where it is.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    cells: Vec<Vec<u32>>,
}

impl Grid {
    pub(super) fn new() -> Self {
        Self { cells: vec![Vec::new(); ROWS * COLUMNS] }
    }

    pub(super) fn insert(&mut self, at: Position, unit: u32) {
        if let Some(cell) = self.cells.get_mut(cell(at)) {
            cell.push(unit);
        }
    }

    pub(super) fn remove(&mut self, at: Position, unit: u32) {
        if let Some(cell) = self.cells.get_mut(cell(at)) {
            cell.retain(|one| *one != unit);
        }
    }

    /// The unit with the least distance that `distance` gives one (none = it does not count), within `reach` kilometres. Of equal
    /// ones the lower number.
    pub(super) fn nearest(
        &self,
        at: Position,
        reach: f64,
        distance: impl Fn(u32) -> Option<f64>,
    ) -> Option<(u32, f64)> {
        let (row, column) = row_and_column(at);
        let mut best: Option<(u32, f64)> = None;
        let mut ring = 0_usize;
        loop {
            #[expect(clippy::cast_precision_loss, reason = "at most 320")]
            let least = (ring as f64 - 1.0).max(0.0) * CELL_KM;
            if least > best.map_or(reach, |(_, km)| km.min(reach)) || ring > COLUMNS {
                return best.filter(|(_, km)| *km <= reach);
            }
            for unit in ring_of(row, column, ring).filter_map(|i| self.cells.get(i)).flatten() {
                if let Some(km) = distance(*unit)
                    && best.is_none_or(|(known, least)| (km, *unit) < (least, known))
                {
                    best = Some((*unit, km));
                }
            }
            ring += 1;
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the box of Japan")]
fn row_and_column(at: Position) -> (usize, usize) {
    let place = |degrees: f64, corner: f64, most: usize| (((degrees - corner) * PER_DEGREE) as usize).min(most - 1);
    (place(at.lat(), CORNER.0, ROWS), place(at.lon(), CORNER.1, COLUMNS))
}

fn cell(at: Position) -> usize {
    let (row, column) = row_and_column(at);
    row * COLUMNS + column
}

/// The cells whose larger distance from a cell, in cells, is `ring`: whole rows above and below, two cells of those between.
fn ring_of(row: usize, column: usize, ring: usize) -> impl Iterator<Item = usize> {
    let rows = row.saturating_sub(ring)..=(row + ring).min(ROWS - 1);
    rows.flat_map(move |r| {
        let whole = r.abs_diff(row) == ring;
        let (from, to) = (column.saturating_sub(ring), (column + ring).min(COLUMNS - 1));
        let edges = [column.checked_sub(ring), Some(column + ring).filter(|c| *c < COLUMNS)];
        let between = edges.into_iter().flatten().filter(move |_| !whole);
        let all = if whole { from..to + 1 } else { 0..0 };
        all.chain(between).map(move |c| r * COLUMNS + c)
    })
}

/// Great-circle kilometres without the sine of the haversine: right to 0.1 % below 100 km, enough to order candidates.
pub(super) fn quick_km(from: Position, to: Position) -> f64 {
    let north = to.lat() - from.lat();
    if north.abs() > 1.0 {
        return great_circle_km(from, to);
    }
    let east = (to.lon() - from.lon()) * libm::cos((from.lat() + to.lat()).to_radians() / 2.0);
    111.195 * (north * north + east * east).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("in Japan")
    }

    proptest! {
        #[test]
        fn the_grid_finds_what_a_full_scan_finds(
            points in prop::collection::vec((33.0..37.0_f64, 135.0..141.0_f64), 1..60),
            from in (33.0..37.0_f64, 135.0..141.0_f64),
            reach in 5.0..400.0_f64,
        ) {
            let mut grid = Grid::new();
            let points: Vec<Position> = points.into_iter().map(|(lat, lon)| at(lat, lon)).collect();
            for (i, point) in points.iter().enumerate() {
                grid.insert(*point, u32::try_from(i).expect("few"));
            }
            let from = at(from.0, from.1);
            let km = |unit: u32| quick_km(from, points[unit as usize]);
            let all = (0..u32::try_from(points.len()).expect("few")).map(|u| (u, km(u))).filter(|(_, d)| *d <= reach);
            let expected = all.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            prop_assert_eq!(grid.nearest(from, reach, |unit| Some(km(unit))), expected);
        }

        #[test]
        fn quick_kilometres_are_those_of_the_great_circle(a in 30.0..44.0_f64, b in 130.0..144.0_f64, n in -0.7..0.7_f64, e in -0.7..0.7_f64) {
            let (from, to) = (at(a, b), at(a + n, b + e));
            let (quick, exact) = (quick_km(from, to), great_circle_km(from, to));
            prop_assert!((quick - exact).abs() <= 0.002 * exact + 1e-6, "{} {}", quick, exact);
        }
    }

    #[test]
    fn what_is_taken_out_is_not_found() {
        let mut grid = Grid::new();
        let here = at(35.0, 139.0);
        grid.insert(here, 7);
        assert_eq!(grid.nearest(here, 10.0, |_| Some(0.0)), Some((7, 0.0)));
        assert_eq!(grid.nearest(here, 10.0, |_| None), None);
        grid.remove(here, 7);
        assert_eq!(grid.nearest(here, 1e9, |_| Some(0.0)), None);
    }

    /// Units as a Poisson field of so many per km²: the nearest is 1/(2√γ) away in a straight line, ½·√(π/(2γ)) along streets at
    /// right angles (Larson and Odoni, Urban Operations Research, 1981, ch. 3).
    #[test]
    fn the_nearest_unit_of_a_poisson_field_is_as_far_as_the_formula_says() {
        use crate::engine::{Streams, stats::Estimate};
        use rand::RngExt;
        use rand_distr::{Distribution, Poisson};
        const GAMMA: f64 = 0.02;
        let (south, north, west, east) = (35.0_f64, 37.0_f64, 137.0, 139.2);
        // Even by area, as the earth is round.
        let place = |lat: f64, lon: f64, (u, v): (f64, f64), (du, dv): (f64, f64)| {
            let sine = lat.to_radians().sin();
            at((sine + u * du).asin().to_degrees(), lon + v * dv)
        };
        let height = north.to_radians().sin() - south.to_radians().sin();
        let area = 6_371.0 * 6_371.0 * height * (east - west).to_radians();
        let streets = |from: Position, to: Position| {
            quick_km(from, at(to.lat(), from.lon())) + quick_km(at(to.lat(), from.lon()), to)
        };
        let mut found = [Vec::new(), Vec::new()];
        for replication in 0..20 {
            let mut rng = Streams::new(1, replication).purpose("field");
            let count = Poisson::new(area * GAMMA).expect("a rate").sample(&mut rng) as u32;
            let mut draw = || (rng.random::<f64>(), rng.random::<f64>());
            let units: Vec<Position> = (0..count).map(|_| place(south, west, draw(), (height, east - west))).collect();
            let mut grid = Grid::new();
            units.iter().zip(0..).for_each(|(unit, number)| grid.insert(*unit, number));
            let mut sums = [0.0; 2];
            for _ in 0..200 {
                // Away from the edge of the field.
                let (u, v) = draw();
                let from = place(south, west, (0.15 + 0.7 * u, 0.15 + 0.7 * v), (height, east - west));
                let km = |of: &dyn Fn(Position, Position) -> f64| {
                    let distance = |unit: u32| units.get(unit as usize).map(|to| of(from, *to));
                    grid.nearest(from, 400.0, distance).expect("a unit").1
                };
                sums[0] += km(&quick_km) / 200.0;
                sums[1] += km(&streets) / 200.0;
            }
            found.iter_mut().zip(sums).for_each(|(all, mean)| all.push(mean));
        }
        let exact = [0.5 / GAMMA.sqrt(), 0.5 * (std::f64::consts::PI / (2.0 * GAMMA)).sqrt()];
        assert!((exact[1] * GAMMA.sqrt() - 0.6267).abs() < 1e-4);
        for (all, exact) in found.iter().zip(exact) {
            let estimate = Estimate::of(all, 0.999);
            assert!(estimate.holds(exact), "{estimate:?}, expected {exact}");
            assert!(estimate.half_width.is_some_and(|half| half < 0.1 * exact));
        }
    }
}
