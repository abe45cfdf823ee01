//! The prepared graph: places, the roads themselves, and the hierarchy over them.

use super::calibrate::Calibrated;
use super::class::RoadClass;
use super::grid::{Grid, Snapped};
use super::hierarchy::Hierarchy;
use super::raw::E7;
use model::Position;
use serde::{Deserialize, Serialize};

/// What must be shown wherever minutes of these roads are.
pub const ATTRIBUTION: &str = "© OpenStreetMap contributors";

/// What a graph is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoadsHeader {
    /// The area's name.
    pub area: String,
    /// Where the roads are from, e.g. the file's name and date.
    pub source: String,
    /// Credit line.
    pub attribution: String,
    /// The table of speeds ([`super::SPEEDS_VERSION`]).
    pub speeds: String,
    /// Minutes of this area per minute by the table of speeds, thousandths: what the calibration found.
    pub scale_permille: u32,
    /// How it was found; none = not yet.
    #[serde(default)]
    pub calibrated: Option<Calibrated>,
}

/// One direction of a stretch of road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Road {
    pub(crate) to: u32,
    pub(crate) millis: u32,
    pub(crate) length_dm: u32,
    pub(crate) class: RoadClass,
}

/// Roads of an area, prepared. Nodes are numbered by their rank in the hierarchy.
#[derive(Debug)]
pub struct RoadGraph {
    pub(crate) header: RoadsHeader,
    /// Latitude and longitude, degrees × 10⁷.
    pub(crate) places: Vec<(i32, i32)>,
    /// Where each node's roads start; one more than there are nodes.
    pub(crate) first: Vec<u32>,
    pub(crate) roads: Vec<Road>,
    pub(crate) hierarchy: Hierarchy,
    /// SHA-256 of the file, hexadecimal.
    pub(crate) sha256: String,
    grid: Grid,
}

/// The parts of a graph, before what is derived from them.
pub(crate) struct Parts {
    pub(crate) header: RoadsHeader,
    pub(crate) places: Vec<(i32, i32)>,
    pub(crate) first: Vec<u32>,
    pub(crate) roads: Vec<Road>,
    pub(crate) hierarchy: Hierarchy,
    pub(crate) sha256: String,
}

impl RoadGraph {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { header, places, first, roads, hierarchy, sha256 } = parts;
        let mut graph = Self { header, places, first, roads, hierarchy, sha256, grid: Grid::default() };
        graph.grid = graph.grid_of_stops();
        graph
    }

    /// Nodes that points may stand beside: one that only motorways touch takes none.
    pub(crate) fn stops(&self) -> impl Iterator<Item = u32> + use<> {
        let mut stops = vec![false; self.places.len()];
        for (from, road) in self.arcs() {
            if road.class != RoadClass::Motorway {
                stops[from as usize] = true;
                stops[road.to as usize] = true;
            }
        }
        (0u32..).zip(stops).filter(|(_, stop)| *stop).map(|(node, _)| node)
    }

    fn grid_of_stops(&self) -> Grid {
        let placed = |node| self.places.get(node as usize).map(|(lat, lon)| (node, *lat, *lon));
        Grid::new(self.stops().filter_map(placed))
    }

    /// Every road with the node it starts from.
    pub(crate) fn arcs(&self) -> impl Iterator<Item = (u32, &Road)> {
        (0u32..).zip(self.first.windows(2)).flat_map(|(node, ends)| {
            let roads = self.roads.get(ends[0] as usize..ends[1] as usize).unwrap_or_default();
            roads.iter().map(move |road| (node, road))
        })
    }

    /// Numbers of the roads that start at a node, in the order of [`Self::arcs`].
    pub(crate) fn roads_from(&self, node: u32) -> core::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }

    /// Where a node is.
    #[must_use]
    pub fn place(&self, node: u32) -> Option<Position> {
        let (lat, lon) = self.places.get(node as usize)?;
        Position::new(f64::from(*lat) / E7, f64::from(*lon) / E7).ok()
    }

    /// The nearest node at an ordinary road, within [`super::SNAP_KM`].
    #[must_use]
    pub fn snap(&self, point: Position) -> Option<Snapped> {
        self.grid.nearest(point, |node| self.place(node))
    }

    /// Milliseconds by the table of speeds from one node to each of the others; none where no way leads.
    #[must_use]
    pub fn times(&self, start: u32, ends: &[u32]) -> Vec<Option<u64>> {
        self.hierarchy.times(self.places.len(), start, ends)
    }

    /// What the graph is of.
    #[must_use]
    pub const fn header(&self) -> &RoadsHeader {
        &self.header
    }
    /// Sets the area's factor.
    pub const fn set_scale(&mut self, permille: u32) {
        self.header.scale_permille = permille;
    }
    /// SHA-256 of the file, hexadecimal; empty before it was written once.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
    /// How many nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.places.len()
    }
    /// How many directed roads.
    #[must_use]
    pub fn roads(&self) -> usize {
        self.roads.len()
    }
    /// Length of all directed roads, kilometres.
    #[must_use]
    pub fn road_km(&self) -> f64 {
        let dm: u64 = self.roads.iter().map(|road| u64::from(road.length_dm)).sum();
        #[expect(clippy::cast_precision_loss, reason = "less than 2⁵² decimetres of road")]
        let km = dm as f64 / 10_000.0;
        km
    }
}
