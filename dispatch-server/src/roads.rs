//! The server's road graph, in its data directory.

use crate::data_dir::DataDir;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use travel_time::roads::{ATTRIBUTION, MAX_FILE_BYTES, RoadFileError, RoadGraph};
use travel_time::{RoadModel, TravelTime as _};

/// A file that is no road graph.
#[derive(Debug, thiserror::Error)]
pub enum RoadsError {
    /// Not readable.
    #[error("it cannot be read")]
    File(#[from] std::io::Error),
    /// Not understood.
    #[error(transparent)]
    Content(#[from] RoadFileError),
}

/// How drives are timed, and what is said of it where the server starts and on the administrators' page.
#[derive(Clone, Debug)]
pub struct Travelling {
    /// Minutes.
    pub model: RoadModel,
    said: String,
}

impl Travelling {
    /// By roads where the directory holds a graph. One that cannot be used is told everywhere this is shown, and drives are timed
    /// by distance: a server without roads still ranks.
    #[must_use]
    pub fn load(data: &DataDir) -> Self {
        let (model, path) = (RoadModel::japan(), data.roads_file());
        if !path.exists() {
            let said = "移動時間: 距離から計算しています（roads import で道路を取り込めます）".to_owned();
            return Self { model, said };
        }
        match load(&path) {
            Ok(graph) => {
                let model = model.with_roads(Arc::new(graph));
                let area = model.graph().map_or("", |graph| graph.header().area.as_str());
                let said = format!("移動時間: 道路で計算しています（{area}、{}、{ATTRIBUTION}）", model.version());
                tracing::info!(version = model.version(), "drives are timed on roads");
                Self { model, said }
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the road graph is not used: drives are timed by distance");
                let said =
                    "移動時間: 道路のファイルが読めないため距離から計算しています（roads import をやり直してください）";
                Self { model, said: said.to_owned() }
            }
        }
    }

    /// One sentence for people.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.said
    }
}

/// Reads a graph.
///
/// # Errors
/// [`RoadsError`].
pub fn load(path: &Path) -> Result<RoadGraph, RoadsError> {
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(RoadGraph::from_bytes(&bytes)?)
}
