//! Closed areas: no road leads into, through or inside them.
//!
//! The hierarchy knows nothing of them. Its time stays where a way by any closed road would take longer at the highest speed of
//! the graph in a straight line: then the quickest way used none. Everything else is driven by plain Dijkstra without the closed
//! roads. A drive that starts inside a closed area is not held up by it: whoever is there came in.

use super::graph::RoadGraph;
use crate::great_circle_km;
use core::fmt::Write as _;
use model::Position;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BinaryHeap;

/// Most areas at a time.
pub const MAX_AREAS: usize = 100;
/// Most corners of an area.
pub const MAX_CORNERS: usize = 1_000;
/// Digits of the hash in the version.
const HASH_DIGITS: usize = 8;

/// An area that cannot be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// No area.
    #[error("{0} corners; expected 3 to {MAX_CORNERS}")]
    Corners(usize),
}

/// A polygon; the last corner is joined to the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Position>", into = "Vec<Position>")]
pub struct Area(Vec<Position>);

impl TryFrom<Vec<Position>> for Area {
    type Error = AreaError;
    fn try_from(corners: Vec<Position>) -> Result<Self, AreaError> {
        if (3..=MAX_CORNERS).contains(&corners.len()) {
            Ok(Self(corners))
        } else {
            Err(AreaError::Corners(corners.len()))
        }
    }
}

impl From<Area> for Vec<Position> {
    fn from(area: Area) -> Self {
        area.0
    }
}

impl Area {
    fn sides(&self) -> impl Iterator<Item = (Position, Position)> + '_ {
        self.0.iter().copied().zip(self.0.iter().copied().cycle().skip(1))
    }

    /// Whether a point is inside (even-odd rule; degrees as a plane, which is right for areas of a city's size).
    #[must_use]
    pub fn contains(&self, point: Position) -> bool {
        let crossed = |(a, b): &(Position, Position)| {
            (a.lat() > point.lat()) != (b.lat() > point.lat())
                && point.lon() < (b.lon() - a.lon()) * (point.lat() - a.lat()) / (b.lat() - a.lat()) + a.lon()
        };
        self.sides().filter(crossed).count() % 2 == 1
    }

    /// Whether a straight road touches it.
    fn touches(&self, from: Position, to: Position) -> bool {
        self.contains(from) || self.contains(to) || self.sides().any(|(a, b)| cross(from, to, a, b))
    }
}

/// On which side of the line from `a` to `b` a point lies: positive, zero or negative.
fn side(a: Position, b: Position, point: Position) -> f64 {
    (b.lon() - a.lon()) * (point.lat() - a.lat()) - (b.lat() - a.lat()) * (point.lon() - a.lon())
}

fn cross(a: Position, b: Position, c: Position, d: Position) -> bool {
    side(a, b, c) * side(a, b, d) <= 0.0 && side(c, d, a) * side(c, d, b) <= 0.0 && (a != b && c != d)
}

struct Closed {
    area: Area,
    /// Numbers of its roads, sorted.
    roads: Vec<u32>,
    /// Ends of these roads, each once.
    ends: Vec<Position>,
}

/// Areas, laid over one graph.
pub struct Closures {
    closed: Vec<Closed>,
    /// No road covers its straight line faster, kilometres per millisecond.
    fastest: f64,
    version: String,
}

impl core::fmt::Debug for Closures {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Closures").field("areas", &self.closed.len()).field("version", &self.version).finish()
    }
}

impl Closures {
    /// Finds the roads of each area; areas behind [`MAX_AREAS`] are left out by the caller.
    #[must_use]
    pub fn new(graph: &RoadGraph, areas: &[Area]) -> Self {
        let closed = areas.iter().map(|area| close(graph, area)).collect();
        let speed = |(from, road): (u32, &super::graph::Road)| {
            Some(great_circle_km(graph.place(from)?, graph.place(road.to)?) / f64::from(road.millis))
        };
        let fastest = graph.arcs().filter_map(speed).fold(f64::MIN_POSITIVE, f64::max);
        Self { closed, fastest, version: version(areas) }
    }

    /// How many directed roads are closed; one that lies in two areas counts twice.
    #[must_use]
    pub fn roads(&self) -> usize {
        self.closed.iter().map(|closed| closed.roads.len()).sum()
    }

    /// Names exactly these areas.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Milliseconds as [`RoadGraph::times`], on what is open.
    #[must_use]
    pub fn times(&self, graph: &RoadGraph, start: u32, ends: &[u32]) -> Vec<Option<u64>> {
        let mut times = graph.times(start, ends);
        let Some(from) = graph.place(start) else { return times };
        let in_force: Vec<&Closed> = self.closed.iter().filter(|closed| !closed.area.contains(from)).collect();
        let doubtful = |(end, time): (&u32, &Option<u64>)| {
            let (to, time) = (graph.place(*end)?, (*time)?);
            in_force.iter().any(|closed| !self.is_detour(closed, from, to, time)).then_some(*end)
        };
        let again: Vec<u32> = ends.iter().zip(&times).filter_map(doubtful).collect();
        if again.is_empty() {
            return times;
        }
        let mut shut: Vec<u32> = in_force.iter().flat_map(|closed| closed.roads.iter().copied()).collect();
        shut.sort_unstable();
        let anew = dijkstra(graph, start, &again, |road| shut.binary_search(&road).is_ok());
        for (end, time) in ends.iter().zip(&mut times).filter(|(end, _)| again.contains(end)) {
            *time = anew.get(end).copied();
        }
        times
    }

    /// Whether every way by a closed road surely takes longer.
    fn is_detour(&self, closed: &Closed, from: Position, to: Position, time: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "less than 2⁵² milliseconds")]
        let within = time as f64 * self.fastest * (1.0 + 1e-9);
        closed.ends.iter().all(|end| great_circle_km(from, *end) + great_circle_km(*end, to) > within)
    }
}

fn version(areas: &[Area]) -> String {
    let text = areas.iter().flat_map(|area| area.0.iter()).fold(String::new(), |mut text, corner| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{:.7},{:.7};", corner.lat(), corner.lon());
        text
    });
    let hash = Sha256::digest(format!("{};{text}", areas.len()).as_bytes());
    let hex = super::file::hex(&hash);
    format!("+closed-{}", hex.get(..HASH_DIGITS).unwrap_or_default())
}

fn close(graph: &RoadGraph, area: &Area) -> Closed {
    let (mut roads, mut ends) = (Vec::new(), Vec::new());
    for (number, (from, road)) in (0u32..).zip(graph.arcs()) {
        if let (Some(a), Some(b)) = (graph.place(from), graph.place(road.to))
            && area.touches(a, b)
        {
            roads.push(number);
            ends.extend([from, road.to]);
        }
    }
    ends.sort_unstable();
    ends.dedup();
    Closed { area: area.clone(), roads, ends: ends.into_iter().filter_map(|node| graph.place(node)).collect() }
}

/// Milliseconds to the wanted nodes that can be reached on roads that are not shut; ends when the last is.
fn dijkstra(graph: &RoadGraph, start: u32, wanted: &[u32], shut: impl Fn(u32) -> bool) -> BTreeMap<u32, u64> {
    let mut best = vec![u64::MAX; graph.nodes()];
    let mut left: std::collections::BTreeSet<u32> = wanted.iter().copied().collect();
    let mut found = BTreeMap::new();
    let mut heap = BinaryHeap::from([Reverse((0u64, start))]);
    best[start as usize] = 0;
    while let Some(Reverse((time, node))) = heap.pop() {
        if time > best[node as usize] {
            continue;
        }
        if left.remove(&node) {
            found.insert(node, time);
            if left.is_empty() {
                break;
            }
        }
        for number in graph.roads_from(node) {
            let Some(road) = graph.roads.get(number as usize).filter(|_| !shut(number)) else { continue };
            let there = time + u64::from(road.millis);
            if there < best[road.to as usize] {
                best[road.to as usize] = there;
                heap.push(Reverse((there, road.to)));
            }
        }
    }
    found
}
