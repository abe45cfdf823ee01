//! The server's road graph and what is closed on it, in its data directory.

mod closed;

pub use closed::{ClosedArea, ClosedError, ClosedFile, area_of_geojson};

use crate::data_dir::DataDir;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use travel_time::roads::Area;
use travel_time::roads::{ATTRIBUTION, MAX_FILE_BYTES, RoadFileError, RoadGraph};
use travel_time::{RoadModel, TravelTime as _};

/// How often the file of closures is looked at: a closure counts so late at most.
const LOOK_EVERY: Duration = Duration::from_secs(2);

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
#[derive(Debug)]
pub struct Travelling {
    model: RwLock<Arc<RoadModel>>,
    /// Areas that are closed now, with or without roads here.
    areas: RwLock<Vec<Area>>,
    closed: ClosedFile,
    said: String,
}

impl Travelling {
    /// By roads where the directory holds a graph. One that cannot be used is told everywhere this is shown, and drives are timed
    /// by distance: a server without roads still ranks.
    #[must_use]
    pub fn load(data: &DataDir) -> Self {
        let (model, said) = Self::roads(data);
        let (model, areas) = (RwLock::new(Arc::new(model)), RwLock::default());
        let travelling = Self { model, areas, closed: ClosedFile::of(data), said };
        travelling.follow(&mut None);
        travelling
    }

    fn roads(data: &DataDir) -> (RoadModel, String) {
        let (model, path) = (RoadModel::japan(), data.roads_file());
        if !path.exists() {
            let said = "移動時間: 距離から計算しています（roads import で道路を取り込めます）".to_owned();
            return (model, said);
        }
        match load(&path) {
            Ok(graph) => {
                let model = model.with_roads(Arc::new(graph));
                let area = model.graph().map_or("", |graph| graph.header().area.as_str());
                let said = format!("移動時間: 道路で計算しています（{area}、{}、{ATTRIBUTION}）", model.version());
                tracing::info!(version = model.version(), "drives are timed on roads");
                (model, said)
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the road graph is not used: drives are timed by distance");
                let said =
                    "移動時間: 道路のファイルが読めないため距離から計算しています（roads import をやり直してください）";
                (model, said.to_owned())
            }
        }
    }

    /// Minutes as of now; a ranking uses one model from its beginning to its end.
    #[must_use]
    pub fn now(&self) -> Arc<RoadModel> {
        Arc::clone(&self.model.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Areas that are closed as of now.
    #[must_use]
    pub fn closed(&self) -> Vec<Area> {
        self.areas.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what the file of closures says, if it says something else than `last`. A file that is not understood changes
    /// nothing: what was closed still is.
    pub fn follow(&self, last: &mut Option<String>) {
        let text = match self.closed.text() {
            Ok(text) if last.as_ref() != Some(&text) => text,
            Ok(_) => return,
            Err(error) => return tracing::error!(%error, "closures cannot be read: what was closed still is"),
        };
        match self.closed.parse(&text) {
            Ok(all) => {
                let in_force = all.into_iter().filter(|closed| closed.ended_at.is_none()).map(|closed| closed.area);
                let areas: Vec<Area> = in_force.collect();
                let model = RoadModel::clone(&self.now()).with_closed(&areas);
                let roads = model.closures().map_or(0, |closures| closures.roads());
                tracing::info!(version = model.version(), areas = areas.len(), roads, "closures");
                *self.model.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(model);
                *self.areas.write().unwrap_or_else(PoisonError::into_inner) = areas;
            }
            Err(error) => tracing::error!(%error, "closures are not understood: what was closed still is"),
        }
        *last = Some(text);
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

/// Follows the file of closures until it is dropped.
pub(crate) async fn run(app: Arc<crate::app::App>) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    let mut last = None;
    loop {
        tick.tick().await;
        let app = Arc::clone(&app);
        let mut seen = last.take();
        let look = move || {
            app.travel.follow(&mut seen);
            seen
        };
        // A panic would have been logged; the next look starts anew.
        last = tokio::task::spawn_blocking(look).await.unwrap_or_default();
    }
}
