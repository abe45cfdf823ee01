//! OpenStreetMap's ways and nodes → roads. Whoever opens the file hands over ways first, then the places of their nodes.
//!
//! Left out and stated: turn restrictions, barriers, heights and weights, traffic lights, `conditional` tags, ferries.

use super::class::RoadClass;
use super::edge_list::limit;
use super::raw::{E7, RawEdge, RawNode, RawRoads};
use crate::great_circle_km;
use model::Position;

/// Most nodes on all ways of one import, counted with repetition: about twice those of Japan's roads (3 GB of memory).
pub const MAX_WAY_NODES: usize = 200_000_000;
/// A bend is kept as a node when the last one is this far, kilometres, so that points along a long road find it; between
/// junctions every other bend only adds its length.
const KEEP_EVERY_KM: f64 = 0.2;
const NO_INDEX: u32 = u32::MAX;

/// Ways that are no road network of Japan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaysError {
    /// Larger than the limit.
    #[error("its roads have more than {MAX_WAY_NODES} nodes; import a smaller extract")]
    TooMany,
    /// A node is somewhere else.
    #[error("node {node} is outside Japan; expected an extract of Japan")]
    OutsideJapan {
        /// The source's number.
        node: i64,
    },
}

/// A road as OpenStreetMap draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The source's number; the same way in two extracts counts once.
    pub id: i64,
    /// Its nodes in drawing order.
    pub nodes: Vec<i64>,
    /// Kind of road.
    pub class: RoadClass,
    /// Signed limit, km/h.
    pub limit: Option<u8>,
    /// Whether it is driven in drawing order.
    pub ahead: bool,
    /// Whether it is driven against it.
    pub back: bool,
}

#[derive(Default)]
struct Tags<'t> {
    highway: &'t str,
    oneway: &'t str,
    oneway_emergency: &'t str,
    junction: &'t str,
    maxspeed: &'t str,
    access: &'t str,
    motor_vehicle: &'t str,
    emergency: &'t str,
    area: &'t str,
}

impl<'t> Tags<'t> {
    fn of(tags: impl Iterator<Item = (&'t str, &'t str)>) -> Self {
        let mut all = Self::default();
        for (key, value) in tags {
            match key {
                "highway" => all.highway = value,
                "oneway" => all.oneway = value,
                "oneway:emergency" => all.oneway_emergency = value,
                "junction" => all.junction = value,
                "maxspeed" => all.maxspeed = value,
                "access" => all.access = value,
                "motor_vehicle" => all.motor_vehicle = value,
                "emergency" => all.emergency = value,
                "area" => all.area = value,
                _ => {}
            }
        }
        all
    }

    /// Closed to everybody. Private ground is open to an ambulance, and so is what says so.
    fn closed(&self) -> bool {
        let access = if self.motor_vehicle.is_empty() { self.access } else { self.motor_vehicle };
        access == "no" && !matches!(self.emergency, "yes" | "designated")
    }

    /// Driven in drawing order, and against it. A roundabout and a motorway are one-way unless they say otherwise.
    fn directions(&self) -> (bool, bool) {
        if self.oneway_emergency == "no" {
            return (true, true);
        }
        let by_kind = matches!(self.junction, "roundabout" | "circular") || self.highway == "motorway";
        match self.oneway {
            "yes" | "true" | "1" => (true, false),
            "-1" | "reverse" => (false, true),
            "" if by_kind => (true, false),
            _ => (true, true),
        }
    }
}

impl Way {
    /// The road that the tags describe, still without nodes; none where an ambulance does not drive.
    #[must_use]
    pub fn of_tags<'t>(id: i64, tags: impl Iterator<Item = (&'t str, &'t str)>) -> Option<Self> {
        let tags = Tags::of(tags);
        let class = RoadClass::of_tag(tags.highway).filter(|_| tags.area != "yes" && !tags.closed())?;
        let (ahead, back) = tags.directions();
        Some(Self { id, nodes: Vec::new(), class, limit: limit(tags.maxspeed), ahead, back })
    }
}

/// All ways of an import, waiting for the places of their nodes.
#[derive(Clone, Debug)]
pub struct Ways {
    ways: Vec<Way>,
    /// Their nodes' numbers, sorted, each once.
    ids: Vec<i64>,
    /// Whether the node ends a way or lies on two.
    junctions: Vec<bool>,
    places: Vec<Option<Position>>,
}

impl Ways {
    /// Takes the ways; the order does not matter.
    ///
    /// # Errors
    /// [`WaysError::TooMany`].
    pub fn new(mut ways: Vec<Way>) -> Result<Self, WaysError> {
        ways.sort_by_key(|way| way.id);
        ways.dedup_by_key(|way| way.id);
        if ways.iter().map(|way| way.nodes.len()).sum::<usize>() > MAX_WAY_NODES {
            return Err(WaysError::TooMany);
        }
        let mut all: Vec<i64> = ways.iter().flat_map(|way| way.nodes.iter().copied()).collect();
        // An end counts twice, as a node on two ways does.
        all.extend(ways.iter().flat_map(|way| way.nodes.first().into_iter().chain(way.nodes.last()).copied()));
        all.sort_unstable();
        let (mut ids, mut junctions) = (Vec::new(), Vec::new());
        for same in all.chunk_by(|a, b| a == b) {
            ids.extend(same.first());
            junctions.push(same.len() > 1);
        }
        let places = vec![None; ids.len()];
        Ok(Self { ways, ids, junctions, places })
    }

    /// How many ways.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.ways.len()
    }

    /// Says where a node is, degrees × 10⁷; a node that no way has is passed over.
    ///
    /// # Errors
    /// [`WaysError::OutsideJapan`].
    pub fn place(&mut self, node: i64, lat_e7: i32, lon_e7: i32) -> Result<(), WaysError> {
        if let Ok(at) = self.ids.binary_search(&node) {
            let position = Position::new(f64::from(lat_e7) / E7, f64::from(lon_e7) / E7);
            self.places[at] = Some(position.map_err(|_| WaysError::OutsideJapan { node })?);
        }
        Ok(())
    }

    /// The roads, and how many nodes of ways have no place: those beyond the edge of the extract. A way is parted there.
    #[must_use]
    pub fn into_roads(self) -> (RawRoads, usize) {
        let missing = self.places.iter().filter(|place| place.is_none()).count();
        let mut builder = Builder { index: vec![NO_INDEX; self.ids.len()], roads: RawRoads::default(), from: &self };
        for way in &self.ways {
            let found: Vec<usize> = way.nodes.iter().filter_map(|id| self.ids.binary_search(id).ok()).collect();
            found.split(|at| self.places[*at].is_none()).for_each(|stretch| builder.stretch(way, stretch));
        }
        (builder.roads, missing)
    }
}

struct Builder<'w> {
    index: Vec<u32>,
    roads: RawRoads,
    from: &'w Ways,
}

impl Builder<'_> {
    /// One unbroken run of a way's nodes → edges between those that are kept.
    fn stretch(&mut self, way: &Way, nodes: &[usize]) {
        let Some((first, rest)) = nodes.split_first() else { return };
        let (mut start, mut before, mut km) = (*first, *first, 0.0);
        for (n, node) in rest.iter().enumerate() {
            if let (Some(a), Some(b)) = (self.from.places[before], self.from.places[*node]) {
                km += great_circle_km(a, b);
            }
            before = *node;
            let ends = n + 1 == rest.len();
            if ends || self.from.junctions[*node] || km >= KEEP_EVERY_KM {
                self.edges(way, start, *node, km);
                (start, km) = (*node, 0.0);
            }
        }
    }

    fn edges(&mut self, way: &Way, from: usize, to: usize, km: f64) {
        let (from, to) = (self.node(from), self.node(to));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length on the earth, decimetres"
        )]
        let length_dm = libm::round(km * 10_000.0) as u32;
        let edge = RawEdge { from, to, length_dm, class: way.class, limit: way.limit };
        if way.ahead {
            self.roads.edges.push(edge);
        }
        if way.back {
            self.roads.edges.push(RawEdge { from: to, to: from, ..edge });
        }
    }

    fn node(&mut self, at: usize) -> u32 {
        if self.index[at] == NO_INDEX {
            self.index[at] = u32::try_from(self.roads.nodes.len()).unwrap_or(NO_INDEX);
            let (lat_e7, lon_e7) = self.from.places[at]
                .map_or((0, 0), |at| (super::edge_list::e7(at.lat()), super::edge_list::e7(at.lon())));
            self.roads.nodes.push(RawNode { id: self.from.ids[at], lat_e7, lon_e7 });
        }
        self.index[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(id: i64, nodes: &[i64], tags: &[(&str, &str)]) -> Way {
        let way = Way::of_tags(id, tags.iter().copied()).expect("a road");
        Way { nodes: nodes.to_vec(), ..way }
    }

    const ROAD: &[(&str, &str)] = &[("highway", "residential")];

    /// Node n lies n × 0.0005° (about 55 m) north of the corner.
    fn roads(ways: Vec<Way>, nodes: core::ops::Range<i32>) -> (RawRoads, usize) {
        let mut ways = Ways::new(ways).unwrap();
        for n in nodes {
            ways.place(i64::from(n), 350_000_000 + n * 5_000, 1_390_000_000).unwrap();
        }
        ways.into_roads()
    }

    fn arcs(roads: &RawRoads) -> Vec<(i64, i64)> {
        let mut arcs: Vec<_> =
            roads.edges.iter().map(|e| (roads.nodes[e.from as usize].id, roads.nodes[e.to as usize].id)).collect();
        arcs.sort_unstable();
        arcs
    }

    #[test]
    fn tags_say_who_drives_which_way() {
        let said = |tags: &[(&str, &str)]| Way::of_tags(1, tags.iter().copied()).map(|way| (way.ahead, way.back));
        assert_eq!(said(ROAD), Some((true, true)));
        assert_eq!(said(&[("highway", "primary"), ("oneway", "yes")]), Some((true, false)));
        assert_eq!(said(&[("highway", "primary"), ("oneway", "-1")]), Some((false, true)));
        assert_eq!(said(&[("highway", "primary"), ("junction", "roundabout")]), Some((true, false)));
        assert_eq!(said(&[("highway", "motorway")]), Some((true, false)));
        assert_eq!(said(&[("highway", "motorway"), ("oneway", "no")]), Some((true, true)));
        assert_eq!(said(&[("highway", "primary"), ("oneway", "yes"), ("oneway:emergency", "no")]), Some((true, true)));
        assert_eq!(said(&[("highway", "service"), ("access", "private")]), Some((true, true)));
        assert_eq!(said(&[("highway", "service"), ("access", "no")]), None);
        assert_eq!(said(&[("highway", "service"), ("access", "no"), ("emergency", "yes")]), Some((true, true)));
        assert_eq!(said(&[("highway", "service"), ("area", "yes")]), None);
        assert_eq!(said(&[("highway", "footway")]), None);
        assert_eq!(said(&[("building", "yes")]), None);
        assert_eq!(Way::of_tags(1, [("highway", "primary"), ("maxspeed", "40")].into_iter()).unwrap().limit, Some(40));
    }

    #[test]
    fn bends_are_joined_and_junctions_stay() {
        // 0-1-2-3 crossed at 2 by 2-5; the length of 0→2 is that of both stretches.
        let (roads, missing) = roads(vec![way(1, &[0, 1, 2, 3], ROAD), way(2, &[2, 5], ROAD)], 0..6);
        assert_eq!(arcs(&roads), [(0, 2), (2, 0), (2, 3), (2, 5), (3, 2), (5, 2)]);
        assert_eq!(missing, 0);
        let first = roads.edges.iter().find(|e| roads.nodes[e.from as usize].id == 0).unwrap();
        assert!((1100..1125).contains(&first.length_dm), "{} dm", first.length_dm);
    }

    #[test]
    fn a_long_road_keeps_a_bend_every_two_hundred_metres() {
        let nodes: Vec<i64> = (0..12).collect();
        let (roads, _) = roads(vec![way(1, &nodes, ROAD)], 0..12);
        assert_eq!(roads.nodes.iter().map(|node| node.id).collect::<Vec<_>>(), [0, 4, 8, 11]);
    }

    #[test]
    fn a_way_is_parted_where_the_extract_ends_and_counts_once_in_two_extracts() {
        let road = way(1, &[0, 1, 2, 3, 4, 99, 6, 7], ROAD);
        let (roads, missing) = roads(vec![road.clone(), road], 0..8);
        assert_eq!(arcs(&roads), [(0, 4), (4, 0), (6, 7), (7, 6)]);
        assert_eq!(missing, 1);
    }

    #[test]
    fn another_country_is_refused() {
        let mut ways = Ways::new(vec![way(1, &[0, 1], ROAD)]).unwrap();
        assert_eq!(ways.place(1, 601_700_000, 249_400_000), Err(WaysError::OutsideJapan { node: 1 }));
        assert_eq!(ways.place(7, 601_700_000, 249_400_000), Ok(()), "no road's node");
    }
}
