//! `roads` as an administrator meets it: extracts of OpenStreetMap, edge lists, what is refused, what is written.
#![expect(clippy::disallowed_methods, reason = "a test that hands files to the program")]

mod osm_file;

use core::fmt::Write as _;
use osm_file::WayRow;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use travel_time::roads::RoadGraph;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dispatch-server"));
    command.args(arguments).stdin(Stdio::null()).output().expect("runs")
}

fn done(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Exit code 2 and one line that says what was wrong.
fn refused(arguments: &[&str], named: &[&str]) {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    named.iter().for_each(|named| assert!(error.contains(named), "{named}: {error}"));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn put(directory: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = directory.path().join(name);
    std::fs::write(&path, content).expect("written");
    path
}

/// Columns and rows of a made-up town; streets cross every 0.002°.
const SIDE: i64 = 12;

fn node(column: i64, row: i64) -> (i64, i64, i64) {
    (row * 100 + column + 1, 340_000_000 + row * 20_000, 1_310_000_000 + column * 20_000)
}

/// A street for every row and column, a footpath, a one-way bypass around the north, and a way that leaves the extract.
fn town() -> Vec<u8> {
    let mut nodes: Vec<_> = (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| node(column, row))).collect();
    nodes.push((9_001, 340_000_000 + SIDE * 20_000, 1_310_000_000 + 100_000));
    let line = |across: bool, n: i64| -> Vec<i64> {
        (0..SIDE).map(|i| if across { node(i, n).0 } else { node(n, i).0 }).collect()
    };
    let lines: Vec<Vec<i64>> = (0..SIDE).flat_map(|n| [line(true, n), line(false, n)]).collect();
    let street: &[(&str, &str)] = &[("highway", "residential"), ("name", "桜通り")];
    let mut ways: Vec<WayRow<'_>> = (1..).zip(&lines).map(|(id, line)| (id, line.as_slice(), street)).collect();
    let bypass = [node(0, SIDE - 1).0, 9_001, node(SIDE - 1, SIDE - 1).0];
    ways.push((101, &bypass, &[("highway", "primary"), ("oneway", "yes"), ("maxspeed", "50")]));
    let (path, away) = ([node(0, 0).0, node(5, 5).0], [node(0, 0).0, 77_777]);
    ways.push((102, &path, &[("highway", "footway")]));
    ways.push((103, &away, street));
    osm_file::write(&nodes, &ways)
}

fn imported(directory: &TempDir, files: &[&Path]) -> (Value, RoadGraph) {
    let out = directory.path().join("roads.bin");
    let mut arguments = vec!["roads", "import", "--area", "試験市", "--json", "-", "--out", text(&out)];
    arguments.extend(files.iter().map(|path| text(path)));
    let said = serde_json::from_str(&done(&arguments)).expect("JSON");
    (said, RoadGraph::from_bytes(&std::fs::read(&out).expect("written")).expect("a graph"))
}

fn position(node: (i64, i64, i64)) -> model::Position {
    #[expect(clippy::cast_precision_loss, reason = "degrees × 10⁷")]
    let degrees = |e7: i64| e7 as f64 / 1e7;
    model::Position::new(degrees(node.1), degrees(node.2)).expect("in Japan")
}

#[test]
fn an_extract_of_openstreetmap_becomes_a_graph() {
    let directory = TempDir::new().expect("a directory");
    let file = put(&directory, "town.osm.pbf", town());
    // The same extract twice is two extracts that overlap wholly.
    let (said, graph) = imported(&directory, &[&file, &file]);
    let count = |name: &str| said[name].as_u64().expect("a number");
    assert_eq!((count("ways"), count("missing_nodes")), (26, 1));
    // 2 × 12 × 11 pieces of street in both directions, and the bypass parted at its one long bend.
    assert_eq!((count("nodes"), count("roads")), (145, 528 + 2));
    assert_eq!(said["parts"], serde_json::json!([145]));
    // Made up beside no hospital: used as it is, and it says so.
    assert_eq!((said["scale_permille"].as_u64(), said["calibrated"].is_null()), (Some(1_000), true));
    assert!(said["not_calibrated"].as_str().expect("why").contains("no hospital"));
    let roads = directory.path().join("roads.bin");
    refused(&["roads", "calibrate", text(&roads)], &["no hospital of the table"]);
    refused(&["roads", "calibrate"], &["--data"]);
    assert_eq!(said["attribution"], "© OpenStreetMap contributors");
    assert_eq!(graph.sha256(), said["sha256"].as_str().expect("a hash"));
    let [west, east] =
        [node(0, SIDE - 1), node(SIDE - 1, SIDE - 1)].map(|at| graph.snap(position(at)).expect("on a road").node);
    let there = graph.times(west, &[east])[0].expect("a way");
    let back = graph.times(east, &[west])[0].expect("a way");
    assert!(there < back, "{there} ms by the bypass, {back} ms through the streets, because it is one-way");
}

#[test]
fn edge_lists_become_the_same_kind_of_graph() {
    let directory = TempDir::new().expect("a directory");
    let (mut nodes, mut edges) = ("id,lat,lon\n".to_owned(), "u,v,highway,oneway,length_m\n".to_owned());
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (id, lat, lon) = node(column, row);
            let at = position((id, lat, lon));
            writeln!(nodes, "{id},{},{}", at.lat(), at.lon()).expect("to a string");
            let mut street = |to: i64| {
                write!(edges, "{id},{to},residential,0,200\n{to},{id},residential,0,200\n").expect("to a string");
            };
            if column + 1 < SIDE {
                street(node(column + 1, row).0);
            }
            if row + 1 < SIDE {
                street(node(column, row + 1).0);
            }
        }
    }
    let (nodes, edges) = (put(&directory, "n.csv", &nodes), put(&directory, "e.csv", &edges));
    let (said, graph) = imported(&directory, &[&edges, &nodes]);
    assert_eq!((said["nodes"].as_u64(), said["ways"].as_u64(), graph.nodes()), (Some(144), None, 144));
    refused(&["roads", "import", text(&nodes), "--area", "a", "--dry-run"], &["1 files", "two edge lists"]);
    refused(&["roads", "import", text(&nodes), text(&nodes), "--area", "a", "--dry-run"], &["columns u and v"]);
    let broken = put(&directory, "b.csv", "u,v,highway,length_m\n1,999999,primary,10\n");
    refused(
        &["roads", "import", text(&nodes), text(&broken), "--area", "a", "--dry-run"],
        &["edges, line 2: `v` names no node: 999999"],
    );
}

#[test]
fn what_is_no_road_file_is_refused_and_nothing_is_written() {
    let directory = TempDir::new().expect("a directory");
    let out = directory.path().join("roads.bin");
    let import = |file: &Path, named: &[&str]| {
        refused(&["roads", "import", text(file), "--area", "a", "--out", text(&out)], named);
        assert!(!out.exists());
    };
    let mut cut = town();
    cut.truncate(cut.len() - 40);
    import(&put(&directory, "cut.osm.pbf", cut), &["cut.osm.pbf", "damaged or cut off"]);
    import(&directory.path().join("none.osm.pbf"), &["none.osm.pbf"]);
    let abroad = osm_file::write(
        &[(1, 601_700_000, 249_400_000), (2, 601_800_000, 249_400_000)],
        &[(1, &[1, 2], &[("highway", "primary")])],
    );
    import(&put(&directory, "abroad.osm.pbf", abroad), &["node 1 is outside Japan"]);
    let empty = osm_file::write(&[node(0, 0)], &[]);
    import(&put(&directory, "empty.osm.pbf", empty), &["no connected road"]);
    let good = put(&directory, "good.osm.pbf", town());
    refused(&["roads", "import", text(&good), "--area", "a"], &["--out"]);
    refused(&["roads", "import", text(&good), "--area", "a", "--data", text(directory.path())], &["not made by"]);
    assert!(done(&["roads", "import", text(&good), "--area", "試験市", "--dry-run"]).contains("確認だけ"));
    assert!(!out.exists());
}

#[test]
fn an_installation_uses_them_and_a_tablet_gets_them() {
    let directory = TempDir::new().expect("a directory");
    let file = put(&directory, "town.osm.pbf", town());
    let (data, tablet) = (directory.path().join("data"), directory.path().join("tablet"));
    done(&["init", "--training", "--data", text(&data)]);
    done(&["departments", "add", "桜川市消防本部", "--data", text(&data)]);
    let said = || dispatch_server::roads::Travelling::load(&dispatch_server::data_dir::DataDir::new(&data));
    assert!(said().said().contains("距離から"), "no roads yet");
    done(&["roads", "import", text(&file), "--area", "試験市", "--data", text(&data)]);
    let roads = data.join("roads.bin");
    assert!(said().said().contains("試験市") && said().said().contains("© OpenStreetMap contributors"));
    assert!(said().now().graph().is_some());
    let out = text(&tablet);
    done(&["units", "enrol", "救急1", "--department", "桜川市消防本部", "--out", out, "--data", text(&data)]);
    let settings = std::fs::read_to_string(tablet.join("tablet.toml")).expect("settings");
    assert!(settings.contains("roads = \"roads.bin\""), "{settings}");
    assert!(std::fs::read(tablet.join("roads.bin")).expect("copied") == std::fs::read(&roads).expect("written"));
    let mut bytes = std::fs::read(&roads).expect("written");
    bytes[100] ^= 1;
    std::fs::write(&roads, bytes).expect("written");
    assert!(said().said().contains("読めない") && said().now().graph().is_none());
}

#[test]
fn a_ranking_names_its_roads_and_shows_their_credit() {
    let directory = TempDir::new().expect("a directory");
    let case = put(&directory, "case.json", done(&["rank", "--example"]));
    imported(&directory, &[&put(&directory, "town.osm.pbf", town())]);
    let roads = directory.path().join("roads.bin");
    let with = ["rank", "--case", text(&case), "--roads", text(&roads)];
    assert!(done(&with).ends_with("道路: © OpenStreetMap contributors\n"));
    assert!(!done(&with[..3]).contains("OpenStreetMap"));
    let json: Value = serde_json::from_str(&done(&[&with[..], &["--json", "-"]].concat())).expect("JSON");
    let version = json["versions"]["travel"].as_str().expect("a version");
    assert!(version.starts_with("distance-") && version.contains("+osm-roads-"), "{version}");
    refused(&["rank", "--case", text(&case), "--roads", text(&case)], &["no file of roads"]);
}

#[test]
fn an_area_is_closed_followed_and_opened_again() {
    let directory = TempDir::new().expect("a directory");
    let data = directory.path().join("data");
    done(&["init", "--training", "--data", text(&data)]);
    let town = put(&directory, "town.osm.pbf", town());
    done(&["roads", "import", text(&town), "--area", "試験市", "--data", text(&data)]);
    let ring = "[[131.009,33.99],[131.0111,33.99],[131.0111,34.03],[131.009,34.03],[131.009,33.99]]";
    let polygon = format!("{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}}}");
    let area = put(&directory, "area.json", polygon);
    let add =
        ["roads", "close", "add", "桜通り 冠水", "--area", text(&area), "--by", "指令 佐藤", "--data", text(&data)];
    let travelling = dispatch_server::roads::Travelling::load(&dispatch_server::data_dir::DataDir::new(&data));
    let minutes = |travelling: &dispatch_server::roads::Travelling| {
        use travel_time::TravelTime as _;
        let (west, east) = (position(node(0, 3)), position(node(SIDE - 1, 3)));
        travelling.now().refine(west, &[east]).expect("roads here")[0]
    };
    let open = minutes(&travelling);
    let mut seen = None;
    done(&add);
    refused(&add, &["closed already"]);
    travelling.follow(&mut seen);
    let closed = minutes(&travelling);
    assert!(closed.p50 > open.p50, "{open:?} and {closed:?}");
    assert!(done(&["roads", "close", "list", "--data", text(&data)]).contains("桜通り 冠水"));
    let file = data.join("closures.json");
    let good = std::fs::read(&file).expect("written");
    std::fs::write(&file, "[{").expect("written");
    travelling.follow(&mut seen);
    assert_eq!(minutes(&travelling), closed, "what was closed still is");
    std::fs::write(&file, good).expect("written");
    done(&["roads", "close", "end", "桜通り 冠水", "--data", text(&data)]);
    travelling.follow(&mut seen);
    assert_eq!(minutes(&travelling), open);
    refused(&["roads", "close", "end", "桜通り 冠水", "--data", text(&data)], &["is not closed"]);
    assert_eq!(done(&["roads", "close", "list", "--data", text(&data)]), "");
    assert!(done(&["roads", "close", "list", "--all", "--data", text(&data)]).contains("解除"));
    let line = put(&directory, "line.json", r#"{"type":"LineString","coordinates":[[131,34],[132,34]]}"#);
    refused(
        &["roads", "close", "add", "x", "--area", text(&line), "--by", "y", "--data", text(&data)],
        &["line.json", "Polygon"],
    );
}
