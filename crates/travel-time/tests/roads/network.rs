//! Made-up networks, and plain Dijkstra over them: no code is shared with what is tested, but the milliseconds of an edge.

use ::model::Position;
use proptest::prelude::*;
use std::collections::BTreeSet;
use travel_time::roads::{RawEdge, RawNode, RawRoads, RoadClass, RoadGraph, millis, prepare_keeping};

/// South-west corner of every made-up network, degrees × 10⁷: open sea south of Shikoku.
const CORNER: (i32, i32) = (330_000_000, 1_340_000_000);
/// Distance between neighbours of a network, degrees × 10⁷ (about 220 m).
pub(crate) const STEP: i32 = 20_000;

pub(crate) fn node(column: i32, row: i32) -> RawNode {
    RawNode { id: i64::from(row * 1000 + column), lat_e7: CORNER.0 + row * STEP, lon_e7: CORNER.1 + column * STEP }
}

pub(crate) fn at(node: &RawNode) -> Position {
    Position::new(f64::from(node.lat_e7) / 1e7, f64::from(node.lon_e7) / 1e7).expect("in Japan")
}

pub(crate) fn edge(from: u32, to: u32, metres: u32, class: RoadClass) -> RawEdge {
    RawEdge { from, to, length_dm: metres * 10, class, limit: None }
}

/// Streets in both directions, `side` × `side` crossings; every fifth street is a main road.
pub(crate) fn town(side: i32) -> RawRoads {
    let mut roads = RawRoads::default();
    let index = |column: i32, row: i32| u32::try_from(row * side + column).expect("small");
    for row in 0..side {
        for column in 0..side {
            roads.nodes.push(node(column, row));
            let class = |line: i32| if line % 5 == 0 { RoadClass::Primary } else { RoadClass::Residential };
            let metres = 180 + u32::try_from((row * 7 + column * 13) % 90).expect("small");
            let mut street = |to: u32, class| {
                roads.edges.push(edge(index(column, row), to, metres, class));
                roads.edges.push(edge(to, index(column, row), metres, class));
            };
            if column + 1 < side {
                street(index(column + 1, row), class(row));
            }
            if row + 1 < side {
                street(index(column, row + 1), class(column));
            }
        }
    }
    roads
}

/// Two to thirty nodes with any arcs: one-way streets, dead ends, loops, several edges between the same two.
pub(crate) fn any_network() -> impl Strategy<Value = RawRoads> {
    let sizes =
        (2u32..30).prop_flat_map(|n| (Just(n), prop::collection::vec((0..n, 0..n, 1u32..3000, 0u8..10), 1..120)));
    sizes.prop_map(|(n, arcs)| RawRoads {
        nodes: (0..i32::try_from(n).expect("small")).map(|i| node(i % 6, i / 6)).collect(),
        edges: arcs
            .into_iter()
            .map(|(from, to, metres, class)| edge(from, to, metres, RoadClass::of_number(class).expect("a class")))
            .collect(),
        left_out: 0,
    })
}

/// A graph of everything that is connected, however small.
pub(crate) fn graph(raw: RawRoads) -> RoadGraph {
    prepare_keeping(raw, "made up", "a test", 1).expect("has a road").0
}

/// Milliseconds from one node to every other, by Dijkstra without a heap.
pub(crate) fn dijkstra(roads: &RawRoads, start: usize) -> Vec<Option<u64>> {
    let mut best: Vec<Option<u64>> = vec![None; roads.nodes.len()];
    let mut open = BTreeSet::from([(0u64, start)]);
    best[start] = Some(0);
    while let Some((time, from)) = open.pop_first() {
        for edge in roads.edges.iter().filter(|edge| edge.from as usize == from) {
            let to = edge.to as usize;
            let there = time + u64::from(millis(edge.length_dm, edge.class.speed(edge.limit)));
            if best[to].is_none_or(|known| there < known) {
                best[to] = Some(there);
                open.insert((there, to));
            }
        }
    }
    best
}
