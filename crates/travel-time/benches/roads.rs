//! One start, twenty hospitals: minutes by roads, with and without closed areas, and the loading of a file.
//!
//! `cargo bench -p travel-time --bench roads` makes a town of 90,000 crossings; `ROADS=roads.bin` takes a real graph.
//!
//! On two shared cores (2026-11-29, medians): 宇部 (8,860 nodes) 150 µs, 立川 (4,106 nodes) 95 µs, the made-up town 265 µs; with a
//! closed area in the middle 1.0 ms, 0.5 ms and 86 ms: most of its drives go to Dijkstra.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench")]

use model::Position;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use travel_time::roads::{Area, RawEdge, RawNode, RawRoads, RoadClass, RoadGraph, prepare};
use travel_time::{RoadModel, TravelTime};

const SIDE: u32 = 300;
const HOSPITALS: usize = 20;
const ROUNDS: usize = 401;

fn town() -> RoadGraph {
    let index = |column: u32, row: u32| row * SIDE + column;
    let mut raw = RawRoads::default();
    for row in 0..SIDE {
        for column in 0..SIDE {
            let e7 = |steps: u32| i32::try_from(steps * 10_000).unwrap();
            raw.nodes.push(RawNode {
                id: i64::from(index(column, row)),
                lat_e7: 350_000_000 + e7(row),
                lon_e7: 1_360_000_000 + e7(column),
            });
            let mut street = |to: u32, line: u32| {
                let class = match line % 50 {
                    0 => RoadClass::Trunk,
                    n if n % 10 == 0 => RoadClass::Secondary,
                    _ => RoadClass::Residential,
                };
                let edge = RawEdge {
                    from: index(column, row),
                    to,
                    length_dm: 900 + (row * 7 + column * 13) % 300,
                    class,
                    limit: None,
                };
                raw.edges.push(edge);
                raw.edges.push(RawEdge { from: to, to: edge.from, ..edge });
            };
            if column + 1 < SIDE {
                street(index(column + 1, row), row);
            }
            if row + 1 < SIDE {
                street(index(column, row + 1), column);
            }
        }
    }
    prepare(raw, "a town", "made up").unwrap().0
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!("{what:<44} median {:>9.1?}   p99 {:>9.1?}   n {}", at(50), at(99), times.len());
}

/// Evenly picked nodes.
fn places(graph: &RoadGraph, count: usize, offset: usize) -> Vec<Position> {
    let node = |i: usize| u32::try_from((i * graph.nodes() / count + offset) % graph.nodes()).unwrap();
    // Numbers go by rank in the hierarchy, so that neighbours in number are far apart on the ground.
    (0..count).filter_map(|i| graph.place(node(i))).collect()
}

fn measure(model: &RoadModel, starts: &[Position], hospitals: &[Position]) -> Vec<Duration> {
    let one = |start: &Position| {
        let begin = Instant::now();
        black_box(model.refine(*start, hospitals));
        begin.elapsed()
    };
    starts.iter().map(one).collect()
}

fn main() {
    let begin = Instant::now();
    let bytes = match std::env::var_os("ROADS") {
        Some(path) => std::fs::read(path).unwrap(),
        None => town().to_bytes().unwrap(),
    };
    let made = begin.elapsed();
    let begin = Instant::now();
    let graph = Arc::new(RoadGraph::from_bytes(&bytes).unwrap());
    println!(
        "{}: {} nodes, {} roads, {} bytes; made or read in {made:.1?}, loaded in {:.1?}",
        graph.header().area,
        graph.nodes(),
        graph.roads(),
        bytes.len(),
        begin.elapsed()
    );
    let model = RoadModel::japan().with_roads(Arc::clone(&graph));
    let (starts, hospitals) = (places(&graph, ROUNDS, 3), places(&graph, HOSPITALS, 7));
    measure(&model, &starts, &hospitals);
    say("one to twenty by roads", measure(&model, &starts, &hospitals));
    let by_distance = |start: &Position| {
        let begin = Instant::now();
        hospitals.iter().for_each(|hospital| {
            black_box(model.minutes(*start, *hospital));
        });
        begin.elapsed()
    };
    say("the same by distance", starts.iter().map(by_distance).collect());
    let middle = places(&graph, 2, graph.nodes() / 3)[1];
    let corner = |lat: f64, lon: f64| Position::new(middle.lat() + lat, middle.lon() + lon).unwrap();
    let area = vec![corner(-0.004, -0.004), corner(-0.004, 0.004), corner(0.004, 0.004), corner(0.004, -0.004)];
    let begin = Instant::now();
    let closed = model.with_closed(&[Area::try_from(area).unwrap()]);
    println!("an area of {} roads closed in {:.1?}", closed.closures().map_or(0, |c| c.roads()), begin.elapsed());
    say("one to twenty with a closed area", measure(&closed, &starts, &hospitals));
}
