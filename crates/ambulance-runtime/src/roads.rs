//! The tablet's road graph, beside its certificate.

use crate::settings::Settings;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use travel_time::RoadModel;
use travel_time::roads::{MAX_FILE_BYTES, RoadFileError, RoadGraph};

#[derive(Debug, thiserror::Error)]
enum RoadsError {
    #[error("read it")]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Content(#[from] RoadFileError),
}

/// How drives are timed: by roads where `tablet.toml` names a graph. One that cannot be used is logged, and drives are timed by
/// distance: a tablet without roads still ranks, and its list says that no roads are in it.
pub(crate) fn travel(folder: &Path, settings: &Settings) -> RoadModel {
    let model = RoadModel::japan();
    let Some(file) = &settings.roads else { return model };
    let path = folder.join(file);
    match load(&path) {
        Ok(graph) => {
            let model = model.with_roads(Arc::new(graph));
            tracing::info!(version = travel_time::TravelTime::version(&model), "drives are timed on roads");
            model
        }
        Err(error) => {
            let why = crate::store::chain(&error);
            tracing::warn!(path = %path.display(), error = %why, "the road graph is not used: drives are timed by distance");
            model
        }
    }
}

fn load(path: &Path) -> Result<RoadGraph, RoadsError> {
    #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(RoadGraph::from_bytes(&bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use travel_time::TravelTime as _;
    use travel_time::roads::{RawEdge, RawNode, RawRoads, RoadClass, prepare_keeping};

    fn settings(roads: Option<&str>) -> Settings {
        let text = format!(
            "training = true\nunit = \"{id}\"\ncallsign = \"救急1\"\ndepartment = \"{id}\"\ndepartment_name = \"桜川市消防本部\"\n\
             servers = [\"127.0.0.1:4433\"]\nserver_name = \"localhost\"\n{}",
            roads.map(|file| format!("roads = \"{file}\"\n")).unwrap_or_default(),
            id = "00000000-0000-4000-8000-000000000001",
        );
        toml::from_str(&text).expect("settings")
    }

    fn graph() -> Vec<u8> {
        let node = |id: i32| RawNode { id: i64::from(id), lat_e7: 360_000_000 + id * 10_000, lon_e7: 1_400_000_000 };
        let edge = |from, to| RawEdge { from, to, length_dm: 1_100, class: RoadClass::Primary, limit: None };
        let raw = RawRoads { nodes: vec![node(0), node(1)], edges: vec![edge(0, 1), edge(1, 0)], left_out: 0 };
        prepare_keeping(raw, "試験", "a test", 1).expect("prepared").0.to_bytes().expect("written")
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test that hands a file over")]
    fn a_graph_is_used_and_what_is_none_leaves_the_distance_model() {
        let folder = tempfile::tempdir().expect("a folder");
        let plain = RoadModel::japan();
        let mut bytes = graph();
        std::fs::write(folder.path().join("roads.bin"), &bytes).expect("written");
        let with = travel(folder.path(), &settings(Some("roads.bin")));
        assert!(with.graph().is_some());
        assert!(travel_time::attribution(with.version()).is_some());
        assert_eq!(travel(folder.path(), &settings(None)).version(), plain.version());
        assert_eq!(travel(folder.path(), &settings(Some("none.bin"))).version(), plain.version());
        bytes[40] ^= 1;
        std::fs::write(folder.path().join("roads.bin"), &bytes).expect("written");
        assert_eq!(travel(folder.path(), &settings(Some("roads.bin"))).version(), plain.version());
    }
}
