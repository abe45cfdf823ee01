//! Closed areas against plain Dijkstra over what is left.

use crate::network::{STEP, any_network, at, dijkstra, graph, node, town};
use ::model::Position;
use proptest::prelude::*;
use std::sync::Arc;
use travel_time::roads::{Area, Closures, RawRoads, RoadClass, prepare_keeping};
use travel_time::{RoadModel, Travel, TravelTime};

/// A point of the network's plane, in steps.
fn point(column: f64, row: f64) -> Position {
    let corner = at(&node(0, 0));
    let step = f64::from(STEP) / 1e7;
    Position::new(corner.lat() + row * step, corner.lon() + column * step).expect("in Japan")
}

fn box_around(west: f64, south: f64, east: f64, north: f64) -> Area {
    vec![point(west, south), point(east, south), point(east, north), point(west, north)]
        .try_into()
        .expect("four corners")
}

/// The roads that no box touches: a road between two points outside an upright box crosses it only if its own box meets it, and
/// a straight one does so exactly if its ends lie on different sides of a corner; tried here point by point.
fn open(raw: &RawRoads, area: &Area) -> RawRoads {
    let passes = |edge: &travel_time::roads::RawEdge| {
        let (a, b) = (at(&raw.nodes[edge.from as usize]), at(&raw.nodes[edge.to as usize]));
        (0..=2_000).any(|i| {
            let t = f64::from(i) / 2_000.0;
            let between = |a: f64, b: f64| a + (b - a) * t;
            area.contains(Position::new(between(a.lat(), b.lat()), between(a.lon(), b.lon())).expect("in Japan"))
        })
    };
    RawRoads { edges: raw.edges.iter().filter(|edge| !passes(edge)).copied().collect(), ..raw.clone() }
}

fn agrees(raw: &RawRoads, area: &Area) {
    let (kept, _) = raw.clone().connected(1);
    let graph = graph(raw.clone());
    let left = open(&kept, area);
    let closures = Closures::new(&graph, core::slice::from_ref(area));
    let ordinary = |n: &usize| {
        kept.edges.iter().any(|e| (e.from as usize == *n || e.to as usize == *n) && e.class != RoadClass::Motorway)
    };
    let stops: Vec<usize> = (0..kept.nodes.len()).filter(ordinary).collect();
    let names: Vec<u32> = stops.iter().map(|n| graph.snap(at(&kept.nodes[*n])).expect("at a node").node).collect();
    for (from, name) in stops.iter().zip(&names).step_by(1 + stops.len() / 25) {
        let inside = area.contains(at(&kept.nodes[*from]));
        let all = dijkstra(if inside { &kept } else { &left }, *from);
        let expected: Vec<_> = stops.iter().map(|to| all[*to]).collect();
        assert_eq!(closures.times(&graph, *name, &names), expected, "from {from}");
    }
}

#[test]
fn a_closed_quarter_of_a_town() {
    agrees(&town(14), &box_around(3.5, 2.3, 9.6, 8.7));
    agrees(&town(14), &box_around(-0.5, 4.2, 12.5, 4.6));
}

#[test]
fn the_model_names_what_is_closed_and_hospitals_in_it_are_out_of_reach() {
    let model = RoadModel::japan().with_roads(Arc::new(graph(town(12))));
    let (scene, inside, beyond) = (point(1.0, 5.0), point(5.0, 5.0), point(10.0, 5.0));
    let before = model.refine(scene, &[inside, beyond]).expect("roads here");
    let closed = model.clone().with_closed(&[box_around(3.5, 2.5, 6.5, 8.5)]);
    let after = closed.refine(scene, &[inside, beyond]).expect("roads here");
    assert_eq!(after[0], Travel::UNREACHABLE);
    assert!(after[1].is_reachable() && after[1].p50 > before[1].p50, "around it: {:?} and {:?}", before[1], after[1]);
    assert!(closed.version().starts_with(model.version()) && closed.version().contains("+closed-"));
    assert!(travel_time::attribution(closed.version()).is_some());
    let other = model.clone().with_closed(&[box_around(3.5, 2.5, 6.5, 8.6)]);
    assert_ne!(other.version(), closed.version());
    assert_eq!(closed.refine(inside, &[beyond]), model.refine(inside, &[beyond]), "whoever is inside came in");
    let again = closed.with_closed(&[]);
    assert_eq!((again.version(), again.refine(scene, &[beyond])), (model.version(), model.refine(scene, &[beyond])));
    assert!(Area::try_from(vec![scene, beyond]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_box_on_any_small_network(
        raw in any_network(), west in 0..5i32, south in 0..4i32, wide in 1..4i32, high in 1..4i32
    ) {
        // Sides between the rows and columns, so that no road runs along one.
        let (west, south) = (f64::from(west) - 0.437, f64::from(south) - 0.391);
        let area = box_around(west, south, west + f64::from(wide) + 0.013, south + f64::from(high) + 0.029);
        if prepare_keeping(raw.clone(), "", "", 1).is_ok() {
            agrees(&raw, &area);
        }
    }
}
