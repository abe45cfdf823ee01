//! The file of a graph: the same back, and no damage goes unnoticed.

use crate::network::{any_network, graph, town};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use travel_time::roads::{RawRoads, RoadFileError, RoadGraph, prepare, prepare_keeping};

fn bytes() -> Vec<u8> {
    graph(town(8)).to_bytes().expect("written")
}

/// The bytes with a checksum that fits.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - 32);
    let hash = Sha256::digest(&bytes);
    bytes.extend_from_slice(&hash);
    bytes
}

#[test]
fn what_was_written_comes_back_and_twice_the_same_roads_are_the_same_bytes() {
    let mut graph = graph(town(8));
    graph.set_scale(1_234);
    let bytes = graph.to_bytes().expect("written");
    let back = RoadGraph::from_bytes(&bytes).expect("reads");
    assert_eq!((back.header(), back.nodes(), back.roads()), (graph.header(), graph.nodes(), graph.roads()));
    assert_eq!(back.sha256(), graph.sha256());
    assert_eq!(back.times(5, &[0, 40, 63]), graph.times(5, &[0, 40, 63]));
    let mut again = prepare_keeping(town(8), "made up", "a test", 1).expect("prepared").0;
    again.set_scale(1_234);
    assert!(again.to_bytes().expect("written") == bytes);
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    let bytes = bytes();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(RoadGraph::from_bytes(&damaged).is_err(), "byte {at} changed");
    }
    for length in (0..bytes.len()).step_by(7) {
        assert!(RoadGraph::from_bytes(&bytes[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    assert!(matches!(RoadGraph::from_bytes(b"PK\x03\x04"), Err(RoadFileError::OtherKind)));
    let mut older = bytes();
    older[8] = 9;
    assert!(matches!(RoadGraph::from_bytes(&older), Err(RoadFileError::OtherFormat { found: 9 })));
    let mut damaged = bytes();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert!(matches!(RoadGraph::from_bytes(&damaged), Err(RoadFileError::Checksum)));
}

#[test]
fn no_roads_and_too_many_roads_make_no_graph() {
    let nothing = prepare(RawRoads::default(), "", "").unwrap_err().to_string();
    assert_eq!(nothing, "no connected road is in it");
    let mut abroad = town(3);
    abroad.nodes[4].lat_e7 = 601_000_000;
    assert!(prepare(abroad, "", "").unwrap_err().to_string().contains("outside Japan"));
}

proptest! {
    /// A file that was changed on purpose, with a checksum that fits, is refused or answers: it never panics.
    #[test]
    fn a_forged_file_breaks_nothing(at in 0usize..20_000, value in any::<u8>()) {
        let mut bytes = bytes();
        let at = 12 + at % (bytes.len() - 44);
        bytes[at] = value;
        if let Ok(graph) = RoadGraph::from_bytes(&signed(bytes)) {
            let ends: Vec<u32> = (0..u32::try_from(graph.nodes()).expect("small")).collect();
            prop_assert_eq!(graph.times(0, &ends).len(), ends.len());
        }
    }

    #[test]
    fn any_network_survives_its_file(raw in any_network()) {
        if let Ok((mut graph, _)) = prepare_keeping(raw, "", "", 1) {
            let back = RoadGraph::from_bytes(&graph.to_bytes().expect("written")).expect("reads");
            let ends: Vec<u32> = (0..u32::try_from(graph.nodes()).expect("small")).collect();
            prop_assert_eq!(back.times(0, &ends), graph.times(0, &ends));
        }
    }
}
