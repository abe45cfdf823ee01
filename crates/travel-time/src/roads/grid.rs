//! The nearest node of the graph, by a grid of cells.

use super::raw::E7;
use crate::great_circle_km;
use model::Position;

/// A point farther than this from every node is off the graph, kilometres.
pub const SNAP_KM: f64 = 0.5;
/// Size of a cell, degrees × 10⁷: a cell and its eight neighbours hold everything within [`SNAP_KM`] anywhere in Japan
/// (0.005° of latitude are 556 m; 0.008° of longitude are 617 m at 46° north).
const CELL_LAT: i32 = 50_000;
const CELL_LON: i32 = 80_000;

/// Squares of distances on a plane are right to this factor inside a cell and its neighbours.
const PLANE: f64 = 1.001;

type Cell = (i32, i32);

const fn cell(lat_e7: i32, lon_e7: i32) -> Cell {
    (lat_e7.div_euclid(CELL_LAT), lon_e7.div_euclid(CELL_LON))
}

/// A point put on the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapped {
    /// The node.
    pub node: u32,
    /// How far the point is from it, kilometres.
    pub km: f64,
}

/// Nodes in the order of their cells.
#[derive(Debug, Default)]
pub(crate) struct Grid(Vec<(Cell, u32)>);

impl Grid {
    pub(crate) fn new(nodes: impl Iterator<Item = (u32, i32, i32)>) -> Self {
        let mut all: Vec<(Cell, u32)> = nodes.map(|(node, lat, lon)| (cell(lat, lon), node)).collect();
        all.sort_unstable();
        Self(all)
    }

    fn within(&self, lat: i32, lons: core::ops::RangeInclusive<i32>) -> impl Iterator<Item = u32> + '_ {
        let start = self.0.partition_point(|(cell, _)| *cell < (lat, *lons.start()));
        let end = self.0.partition_point(|(cell, _)| *cell <= (lat, *lons.end()));
        self.0.get(start..end).unwrap_or_default().iter().map(|(_, node)| *node)
    }

    /// The nearest node within [`SNAP_KM`]; ties go to the lower number. Most nodes around are ruled out by the distance on a
    /// plane, which is right to [`PLANE`] over so short a way.
    pub(crate) fn nearest(&self, point: Position, place: impl Fn(u32) -> Option<(i32, i32)>) -> Option<Snapped> {
        let (lat_e7, lon_e7) = (point.lat() * E7, point.lon() * E7);
        #[expect(clippy::cast_possible_truncation, reason = "degrees of a checked position")]
        let (lat, lon) = cell(lat_e7 as i32, lon_e7 as i32);
        let narrow = libm::cos(point.lat().to_radians());
        let near = || (lat - 1..=lat + 1).flat_map(|row| self.within(row, lon - 1..=lon + 1));
        let square = |node: u32| {
            let (node_lat, node_lon) = place(node)?;
            let (north, east) = (f64::from(node_lat) - lat_e7, (f64::from(node_lon) - lon_e7) * narrow);
            Some(north * north + east * east)
        };
        let least = near().filter_map(square).fold(f64::INFINITY, f64::min);
        let measured = near().filter(|node| square(*node).is_some_and(|square| square <= least * PLANE + 1.0));
        let measured = measured.filter_map(|node| {
            let (node_lat, node_lon) = place(node)?;
            let at = Position::new(f64::from(node_lat) / E7, f64::from(node_lon) / E7).ok()?;
            Some(Snapped { node, km: great_circle_km(point, at) })
        });
        let nearer = |a: &Snapped, b: &Snapped| a.km.total_cmp(&b.km).then(a.node.cmp(&b.node));
        measured.filter(|snapped| snapped.km <= SNAP_KM).min_by(nearer)
    }
}
