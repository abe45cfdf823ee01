//! Minutes by roads where there is a graph, by distance elsewhere.

use crate::roads::{ATTRIBUTION, RoadGraph};
use crate::{DistanceModel, Tenths, Travel, TravelTime};
use model::Position;
use std::sync::Arc;

/// Speed between a point and the nearest node of the graph (forecourts, lanes), km/h. \[A\]
const OFF_GRAPH_KM_PER_H: f64 = 15.0;
/// What the version of every model with OpenStreetMap's roads contains.
const MARK: &str = "+osm-roads-";
/// Digits of the file's hash in the version.
const HASH_DIGITS: usize = 12;

/// The distance model, and a road graph over it where there is one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RoadModel {
    distance: DistanceModel,
    graph: Option<Arc<RoadGraph>>,
    version: String,
}

impl From<DistanceModel> for RoadModel {
    fn from(distance: DistanceModel) -> Self {
        let version = distance.version().to_owned();
        Self { distance, graph: None, version }
    }
}

impl RoadModel {
    /// The calibrated distance model, no roads.
    #[must_use]
    pub fn japan() -> Self {
        DistanceModel::japan().into()
    }

    /// The same with roads.
    #[must_use]
    pub fn with_roads(self, graph: Arc<RoadGraph>) -> Self {
        let hash = graph.sha256().get(..HASH_DIGITS).unwrap_or("unsaved");
        let version = format!("{}{MARK}{hash}", self.distance.version());
        Self { distance: self.distance, graph: Some(graph), version }
    }

    /// The graph in use.
    #[must_use]
    pub const fn graph(&self) -> Option<&Arc<RoadGraph>> {
        self.graph.as_ref()
    }

    fn by_road(&self, graph: &RoadGraph, millis: u64, off_km: f64) -> Travel {
        #[expect(clippy::cast_precision_loss, reason = "less than 2⁵² milliseconds")]
        let on_roads = millis as f64 / 60_000.0 * f64::from(graph.header().scale_permille) / 1000.0;
        let off_roads = off_km / OFF_GRAPH_KM_PER_H * 60.0;
        self.distance.spread(self.distance.intercept + on_roads + off_roads)
    }
}

impl TravelTime for RoadModel {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.distance.minutes(from, to)
    }

    fn least(&self, great_circle_km: f64) -> Option<Travel> {
        self.distance.least(great_circle_km)
    }

    /// A point that is off the graph counts by distance, one that no road leads to is [`Travel::UNREACHABLE`]; none where the
    /// start is off the graph.
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        let graph = self.graph.as_deref()?;
        let start = graph.snap(from)?;
        let ends: Vec<_> = to.iter().map(|point| graph.snap(*point)).collect();
        let nodes: Vec<u32> = ends.iter().flatten().map(|end| end.node).collect();
        let mut times = graph.times(start.node, &nodes).into_iter();
        let travel = |(point, end): (&Position, &Option<crate::roads::Snapped>)| match end {
            None => self.distance.minutes(from, *point),
            Some(end) => match times.next().flatten() {
                Some(millis) => self.by_road(graph, millis, start.km + end.km),
                None => Travel::UNREACHABLE,
            },
        };
        Some(to.iter().zip(&ends).map(travel).collect())
    }

    fn version(&self) -> &str {
        &self.version
    }
}

/// The credit that must be shown beside minutes of this version; none where no roads are in them.
#[must_use]
pub fn attribution(version: &str) -> Option<&'static str> {
    version.contains(MARK).then_some(ATTRIBUTION)
}

impl Travel {
    /// No road leads there: the graph covers both points and knows no way. Sorts behind every drive.
    pub const UNREACHABLE: Self = Self {
        p50: Tenths::from_whole_minutes(Tenths::MAX_MINUTES),
        p90: Tenths::from_whole_minutes(Tenths::MAX_MINUTES),
    };

    /// Whether any drive leads there.
    #[must_use]
    pub fn is_reachable(self) -> bool {
        self.p50 < Self::UNREACHABLE.p50
    }
}
