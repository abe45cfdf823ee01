//! The hierarchy against plain Dijkstra, to the millisecond.

use crate::network::{any_network, at, dijkstra, graph, town};
use proptest::prelude::*;
use travel_time::roads::{RawRoads, RoadClass, prepare, prepare_keeping};

/// Compares the times from every `step`-th node to all.
fn agrees(raw: &RawRoads, step: usize) {
    let (kept, _) = raw.clone().connected(1);
    let graph = graph(raw.clone());
    // Nodes that only motorways touch take no points; `times` still knows them, but they have no name from outside.
    let stops: Vec<usize> = (0..kept.nodes.len())
        .filter(|n| {
            kept.edges.iter().any(|e| (e.from as usize == *n || e.to as usize == *n) && e.class != RoadClass::Motorway)
        })
        .collect();
    let ends: Vec<u32> = stops
        .iter()
        .map(|n| {
            let snapped = graph.snap(at(&kept.nodes[*n])).expect("at a node");
            assert!(snapped.km < 1e-9, "a node snaps to itself");
            snapped.node
        })
        .collect();
    for (from, name) in stops.iter().zip(&ends).step_by(step) {
        let all = dijkstra(&kept, *from);
        let expected: Vec<_> = stops.iter().map(|to| all[*to]).collect();
        assert_eq!(graph.times(*name, &ends), expected, "from {from}");
    }
}

#[test]
fn a_town_of_streets() {
    agrees(&town(24), 37);
}

#[test]
fn islands_reach_themselves_and_nothing_else() {
    let mut raw = town(12);
    let main = u32::try_from(raw.nodes.len()).expect("small");
    let island = town(11);
    raw.nodes.extend(island.nodes.iter().map(|node| travel_time::roads::RawNode {
        id: node.id + 1_000_000,
        lon_e7: node.lon_e7 + 2_000_000,
        ..*node
    }));
    raw.edges.extend(island.edges.iter().map(|edge| travel_time::roads::RawEdge {
        from: edge.from + main,
        to: edge.to + main,
        ..*edge
    }));
    let far = at(&raw.nodes[main as usize + 60]);
    let farther = at(&raw.nodes[main as usize + 70]);
    let near = at(&raw.nodes[60]);
    let (graph, prepared) = prepare(raw, "two islands", "a test").expect("prepared");
    assert_eq!(prepared.parts, [144, 121], "both are large enough to be kept");
    let [near, far, farther] = [near, far, farther].map(|point| graph.snap(point).expect("on a road").node);
    assert_eq!(graph.times(near, &[far]), [None]);
    assert!(graph.times(far, &[farther])[0].is_some());
}

#[test]
fn the_same_end_twice_and_the_start_itself() {
    let graph = graph(town(6));
    let times = graph.times(3, &[9, 3, 9]);
    assert_eq!(times[0], times[2]);
    assert_eq!(times[1], Some(0));
}

#[test]
fn a_car_park_of_its_own_is_dropped() {
    let mut raw = town(12);
    let n = u32::try_from(raw.nodes.len()).expect("small");
    raw.nodes.extend([crate::network::node(100, 100), crate::network::node(101, 100)]);
    raw.edges.extend([
        crate::network::edge(n, n + 1, 20, RoadClass::Service),
        crate::network::edge(n + 1, n, 20, RoadClass::Service),
    ]);
    let car_park = at(&raw.nodes[n as usize]);
    let (graph, prepared) = prepare(raw, "a town", "a test").expect("prepared");
    assert_eq!((prepared.parts, prepared.dropped_nodes), (vec![144], 2));
    assert_eq!(graph.snap(car_park), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_small_network(raw in any_network()) {
        if prepare_keeping(raw.clone(), "", "", 1).is_ok() {
            agrees(&raw, 1);
        }
    }
}
