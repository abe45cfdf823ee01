//! Edge lists of the shape of those at hand: what was written is what is driven.

use crate::network::{at, dijkstra, town};
use core::fmt::Write as _;
use travel_time::roads::{RawRoads, RoadClass, edge_list, prepare};

fn word(class: RoadClass) -> &'static str {
    if class == RoadClass::Primary { "primary" } else { "residential" }
}

/// Both texts, with columns that nobody asked for.
fn lists(roads: &RawRoads) -> (String, String) {
    let mut nodes = "id,lat,lon,tag\n".to_owned();
    for node in &roads.nodes {
        let (lat, lon) = (f64::from(node.lat_e7) / 1e7, f64::from(node.lon_e7) / 1e7);
        writeln!(nodes, "{},{lat:.7},{lon:.7},", node.id).expect("to a string");
    }
    let mut edges = "u,v,highway,oneway,length_m,maxspeed,name\n".to_owned();
    for edge in &roads.edges {
        let (u, v) = (roads.nodes[edge.from as usize].id, roads.nodes[edge.to as usize].id);
        writeln!(edges, "{u},{v},{},0,{:.1},,\"通り, 一\"", word(edge.class), f64::from(edge.length_dm) / 10.0)
            .expect("to a string");
    }
    (nodes, edges)
}

#[test]
fn a_list_is_read_as_it_was_meant_and_driven() {
    let roads = town(12);
    let (nodes, edges) = lists(&roads);
    let read = edge_list::parse(&nodes, &edges).expect("reads");
    assert_eq!(read, roads);
    let (graph, prepared) = prepare(read, "a town", "a test").expect("prepared");
    assert_eq!((graph.nodes(), graph.roads(), prepared.dropped_nodes), (144, roads.edges.len(), 0));
    let name = |n: usize| graph.snap(at(&roads.nodes[n])).expect("on a road").node;
    assert_eq!(graph.times(name(0), &[name(143)]), [dijkstra(&roads, 0)[143]]);
}
