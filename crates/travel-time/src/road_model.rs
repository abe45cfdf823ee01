//! Minutes by roads where there is a graph, by distance elsewhere.

use crate::roads::{ATTRIBUTION, Area, Closures, RoadGraph};
use crate::{DistanceModel, Tenths, Travel, TravelTime, areas, great_circle_km};
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
    /// Whether [`areas`] stretch it.
    by_area: bool,
    graph: Option<Arc<RoadGraph>>,
    closures: Option<Arc<Closures>>,
    /// Version without roads.
    by_distance: String,
    version: String,
}

impl From<DistanceModel> for RoadModel {
    fn from(distance: DistanceModel) -> Self {
        let version = distance.version().to_owned();
        Self { distance, by_area: false, graph: None, closures: None, by_distance: version.clone(), version }
    }
}

impl RoadModel {
    /// The calibrated distance model with the factors of [`areas`], no roads.
    #[must_use]
    pub fn japan() -> Self {
        let distance = DistanceModel::japan();
        let version = format!("{}+{}", distance.version(), areas::VERSION);
        Self { distance, by_area: true, graph: None, closures: None, by_distance: version.clone(), version }
    }

    /// The same with roads.
    #[must_use]
    pub fn with_roads(self, graph: Arc<RoadGraph>) -> Self {
        let hash = graph.sha256().get(..HASH_DIGITS).unwrap_or("unsaved");
        let version = format!("{}{MARK}{hash}", self.by_distance);
        Self { graph: Some(graph), version, ..self }
    }

    /// The same with areas closed, in place of those before; without roads nothing can be closed.
    #[must_use]
    pub fn with_closed(self, areas: &[Area]) -> Self {
        let Some(graph) = self.graph.clone() else { return self };
        let open = Self { closures: None, ..self }.with_roads(Arc::clone(&graph));
        if areas.is_empty() {
            return open;
        }
        let closures = Closures::new(&graph, areas);
        let version = format!("{}{}", open.version, closures.version());
        Self { closures: Some(Arc::new(closures)), version, ..open }
    }

    /// What is closed.
    #[must_use]
    pub const fn closures(&self) -> Option<&Arc<Closures>> {
        self.closures.as_ref()
    }

    /// The graph in use.
    #[must_use]
    pub const fn graph(&self) -> Option<&Arc<RoadGraph>> {
        self.graph.as_ref()
    }

    /// Version of the distance model with its areas.
    pub(crate) fn distance_version(&self) -> &str {
        &self.by_distance
    }

    /// Median minutes by distance, not rounded.
    pub(crate) fn median_by_distance(&self, from: Position, to: Position) -> f64 {
        self.stretched(from, great_circle_km(from, to))
    }

    /// The start is as long everywhere; what is driven is stretched.
    fn stretched(&self, from: Position, great_circle_km: f64) -> f64 {
        let permille = if self.by_area { areas::drive_permille(from) } else { 1_000 };
        let driven = self.distance.median_minutes(great_circle_km) - self.distance.intercept;
        self.distance.intercept + driven * f64::from(permille) / 1000.0
    }

    /// Minutes on roads at factor 1, and everything else of the drive.
    pub(crate) fn parts(&self, millis: u64, off_km: f64) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "less than 2⁵² milliseconds")]
        let on_roads = millis as f64 / 60_000.0;
        (on_roads, self.distance.intercept + off_km / OFF_GRAPH_KM_PER_H * 60.0)
    }

    fn by_road(&self, graph: &RoadGraph, millis: u64, off_km: f64) -> Travel {
        let (on_roads, fixed) = self.parts(millis, off_km);
        self.distance.spread(fixed + on_roads * f64::from(graph.header().scale_permille) / 1000.0)
    }
}

impl TravelTime for RoadModel {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.distance.spread(self.median_by_distance(from, to))
    }

    fn by_distance(&self, from: Position, great_circle_km: f64) -> Option<Travel> {
        Some(self.distance.spread(self.stretched(from, great_circle_km)))
    }

    /// A point that is off the graph counts by distance, one that no road leads to is [`Travel::UNREACHABLE`]; none where the
    /// start is off the graph.
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        let graph = self.graph.as_deref()?;
        let start = graph.snap(from)?;
        let ends: Vec<_> = to.iter().map(|point| graph.snap(*point)).collect();
        let nodes: Vec<u32> = ends.iter().flatten().map(|end| end.node).collect();
        let times = match &self.closures {
            Some(closures) => closures.times(graph, start.node, &nodes),
            None => graph.times(start.node, &nodes),
        };
        let mut times = times.into_iter();
        let travel = |(point, end): (&Position, &Option<crate::roads::Snapped>)| match end {
            None => self.minutes(from, *point),
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
