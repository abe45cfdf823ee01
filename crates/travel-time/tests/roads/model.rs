//! Minutes by roads on top of the distance model.

use crate::network::{STEP, at, graph, town};
use ::model::Position;
use proptest::prelude::*;
use std::sync::Arc;
use travel_time::roads::{ATTRIBUTION, CalibrateError, RoadGraph, SNAP_KM, calibrate};
use travel_time::{DistanceModel, RoadModel, Tenths, Travel, TravelTime, attribution, great_circle_km};

fn with_roads(permille: u32) -> RoadModel {
    let mut graph = graph(town(12));
    graph.set_scale(permille);
    graph.to_bytes().expect("written");
    RoadModel::japan().with_roads(Arc::new(graph))
}

fn beside(column: i32, row: i32, off_e7: i32) -> Position {
    let mut node = crate::network::node(column, row);
    node.lat_e7 += off_e7;
    at(&node)
}

#[test]
fn roads_are_asked_where_there_are_some_and_distance_elsewhere() {
    let model = with_roads(1_000);
    let (scene, near, far) = (beside(0, 0, -900), beside(11, 11, 900), beside(11, 40, 0));
    let travel = model.refine(scene, &[far, near]).expect("roads here");
    assert_eq!(travel[0], model.minutes(scene, far), "off the graph: by distance");
    assert!(travel[1].is_reachable() && travel[1].p90 > travel[1].p50);
    assert_ne!(travel[1], model.minutes(scene, near));
    assert_eq!(model.refine(far, &[near]), None, "no roads around the start");
    assert_eq!(RoadModel::japan().refine(scene, &[near]), None);
}

#[test]
fn the_areas_factor_stretches_the_roads_and_not_the_start() {
    let minutes =
        |permille| with_roads(permille).refine(beside(0, 0, 0), &[beside(9, 0, 0)]).expect("roads here")[0].p50;
    let intercept = Tenths::round_minutes(DistanceModel::japan().intercept);
    let (once, twice) = (minutes(1_000) - intercept, minutes(2_000) - intercept);
    assert!((twice.0 - 2 * once.0).abs() <= 1, "{once} and {twice} min");
}

#[test]
fn where_no_road_leads_is_no_number_of_minutes() {
    let mut raw = town(12);
    let gap = |edge: &travel_time::roads::RawEdge| (edge.from < 72) == (edge.to < 72);
    raw.edges.retain(gap);
    let model = RoadModel::japan().with_roads(Arc::new(graph(raw)));
    let travel = model.refine(beside(3, 2, 0), &[beside(3, 9, 0), beside(3, 4, 0)]).expect("roads here");
    assert_eq!(travel[0], Travel::UNREACHABLE);
    assert!(!travel[0].is_reachable() && travel[1].is_reachable());
}

#[test]
fn the_version_names_the_file_and_asks_for_its_credit() {
    let (plain, roads) = (RoadModel::japan(), with_roads(1_000));
    let by_distance: RoadModel = DistanceModel::japan().into();
    assert_eq!(by_distance.version(), DistanceModel::japan().version());
    assert!(plain.version().starts_with(by_distance.version()) && plain.version() != by_distance.version());
    assert_eq!(attribution(plain.version()), None);
    assert_eq!(attribution(roads.version()), Some(ATTRIBUTION));
    assert_ne!(roads.version(), with_roads(1_001).version(), "another factor, another version");
}

proptest! {
    /// The grid finds what looking at every node finds.
    #[test]
    fn a_point_snaps_to_the_nearest_node(lat in -3 * STEP..14 * STEP, lon in -3 * STEP..14 * STEP) {
        let raw = town(12);
        let graph = graph(raw.clone());
        let mut corner = crate::network::node(0, 0);
        corner.lat_e7 += lat;
        corner.lon_e7 += lon;
        let point = at(&corner);
        let nearest = raw.nodes.iter().map(|node| great_circle_km(point, at(node))).fold(f64::INFINITY, f64::min);
        match graph.snap(point) {
            Some(snapped) => prop_assert!((snapped.km - nearest).abs() < 1e-12),
            None => prop_assert!(nearest > SNAP_KM),
        }
    }
}

/// Hospitals at two corners of the town.
fn hospitals() -> [(Position, u32); 3] {
    [(beside(0, 0, 0), 3_000), (beside(11, 11, 0), 500), (beside(40, 40, 0), 9_000)]
}

#[test]
fn calibration_brings_the_mean_to_the_known_one_and_says_how_far_single_drives_are_off() {
    let mut graph = graph(town(12));
    calibrate(&mut graph, &RoadModel::japan(), &hospitals(), None).expect("calibrated");
    let found = graph.header().calibrated.clone().expect("kept");
    assert_eq!((found.hospitals, found.drives), (2, 144 * 2), "the third is off the roads");
    assert_ne!(found.before, found.after);
    assert!(found.difference > Tenths::ZERO && found.difference < found.after);
    assert!(graph.header().calibration_ja().contains(RoadModel::japan().version()));
    calibrate(&mut graph, &RoadModel::japan(), &hospitals(), Some(6.0)).expect("calibrated");
    let own = graph.header().calibrated.clone().expect("kept");
    assert!((own.after.0 - 60).abs() <= 1 && own.before == found.before, "{own:?}");
    let back = RoadGraph::from_bytes(&graph.to_bytes().expect("written")).expect("reads");
    assert_eq!(back.header(), graph.header());
}

#[test]
fn a_factor_that_cannot_be_is_refused_and_changes_nothing() {
    let mut graph = graph(town(12));
    let before = graph.header().clone();
    for minutes in [0.5, 500.0, f64::NAN] {
        let refused = calibrate(&mut graph, &RoadModel::japan(), &hospitals(), Some(minutes));
        assert!(matches!(refused, Err(CalibrateError::Implausible { .. })), "{minutes}");
    }
    let nowhere = calibrate(&mut graph, &RoadModel::japan(), &hospitals()[2..], None);
    assert_eq!(nowhere, Err(CalibrateError::NoHospital));
    assert_eq!(*graph.header(), before);
}

proptest! {
    /// A drive is that of its distance, and no farther point beats it, wherever it starts.
    #[test]
    fn the_distance_is_a_bound_everywhere(a in 24.0..45.5_f64, b in 123.0..146.0_f64, c in 24.0..45.5_f64, d in 123.0..146.0_f64) {
        let (model, from, to) = (RoadModel::japan(), Position::new(a, b).expect("in Japan"), Position::new(c, d).expect("in Japan"));
        let km = great_circle_km(from, to);
        let least = model.by_distance(from, km * 0.999).expect("a bound");
        let there = model.minutes(from, to);
        prop_assert_eq!(model.by_distance(from, km), Some(there));
        prop_assert!(least.p50 <= there.p50 && least.p90 <= there.p90 && there.p50 < there.p90);
    }
}
