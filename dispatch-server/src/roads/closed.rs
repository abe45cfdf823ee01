//! Closed areas of an installation: one file that `roads close` writes and the running server follows.

use crate::data_dir::DataDir;
use crate::edge::{read_text, write_whole};
use model::Position;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use travel_time::roads::{Area, AreaError, MAX_AREAS};

/// Closures that ended are kept for the record, at most so many; the oldest go first.
const ENDED_MAX: usize = 1_000;

/// One closed area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedArea {
    /// What people call it.
    pub name: String,
    /// Since when, RFC 3339.
    pub at: String,
    /// Who closed it.
    pub by: String,
    /// Until when; null = it holds.
    pub ended_at: Option<String>,
    /// Its corners.
    pub area: Area,
}

/// Closures that cannot be read, written or meant.
#[derive(Debug, thiserror::Error)]
pub enum ClosedError {
    /// The file system.
    #[error("use {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not what was expected.
    #[error("understand {path}")]
    Content {
        /// Which.
        path: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// Taken.
    #[error("{0:?} is closed already; end it first or take another name")]
    Twice(String),
    /// Too many.
    #[error("{MAX_AREAS} areas are closed already; end one first")]
    Full,
    /// Not there.
    #[error("{0:?} is not closed; `roads close list` shows what is")]
    Unknown(String),
    /// No polygon.
    #[error("expected a GeoJSON Polygon (or a Feature of one) with one ring of longitude and latitude")]
    GeoJson,
    /// Corners.
    #[error(transparent)]
    Area(#[from] AreaError),
    /// A corner.
    #[error("a corner of the area")]
    Corner(#[from] model::PositionError),
}

/// The file of a data directory.
#[derive(Clone, Debug)]
pub struct ClosedFile(PathBuf);

impl ClosedFile {
    /// Of this directory.
    #[must_use]
    pub fn of(data: &DataDir) -> Self {
        Self(data.path().join("closures.json"))
    }

    /// Its text; empty where there is none. What did not change need not be read again.
    ///
    /// # Errors
    /// [`ClosedError::File`].
    pub fn text(&self) -> Result<String, ClosedError> {
        match read_text(&self.0) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(self.fault(source)),
        }
    }

    /// All closures of a text, ended ones too.
    ///
    /// # Errors
    /// [`ClosedError::Content`].
    pub fn parse(&self, text: &str) -> Result<Vec<ClosedArea>, ClosedError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let path = self.0.display().to_string();
        serde_json::from_str(text).map_err(|source| ClosedError::Content { path, source })
    }

    /// Closes an area.
    ///
    /// # Errors
    /// [`ClosedError`]; what was closed before still is.
    pub fn add(&self, new: ClosedArea) -> Result<(), ClosedError> {
        self.change(|all| {
            let in_force = || all.iter().filter(|closed| closed.ended_at.is_none());
            if in_force().any(|closed| closed.name == new.name) {
                return Err(ClosedError::Twice(new.name));
            }
            if in_force().count() >= MAX_AREAS {
                return Err(ClosedError::Full);
            }
            all.push(new);
            Ok(())
        })
    }

    /// Opens an area again.
    ///
    /// # Errors
    /// [`ClosedError`].
    pub fn end(&self, name: &str, at: String) -> Result<(), ClosedError> {
        self.change(|all| {
            let mut in_force = all.iter_mut().filter(|closed| closed.ended_at.is_none());
            let found = in_force.find(|closed| closed.name == name);
            found.ok_or_else(|| ClosedError::Unknown(name.to_owned()))?.ended_at = Some(at);
            let ended = all.iter().filter(|closed| closed.ended_at.is_some()).count();
            let mut surplus = ended.saturating_sub(ENDED_MAX);
            all.retain(|closed| {
                let drop = closed.ended_at.is_some() && surplus > 0;
                surplus -= usize::from(drop);
                !drop
            });
            Ok(())
        })
    }

    fn change(&self, change: impl FnOnce(&mut Vec<ClosedArea>) -> Result<(), ClosedError>) -> Result<(), ClosedError> {
        let _alone = self.alone()?;
        let mut all = self.parse(&self.text()?)?;
        change(&mut all)?;
        let path = self.0.display().to_string();
        let mut json = serde_json::to_vec_pretty(&all).map_err(|source| ClosedError::Content { path, source })?;
        json.push(b'\n');
        write_whole(&self.0, &json).map_err(|source| self.fault(source))
    }

    /// One change at a time.
    fn alone(&self) -> Result<File, ClosedError> {
        let path = self.0.with_extension("lock");
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(|source| self.fault(source))?;
        file.lock().map_err(|source| self.fault(source))?;
        Ok(file)
    }

    fn fault(&self, source: std::io::Error) -> ClosedError {
        ClosedError::File { path: self.0.display().to_string(), source }
    }
}

/// The area of a GeoJSON text: a Polygon, or a Feature or a collection of one.
///
/// # Errors
/// [`ClosedError::GeoJson`], [`ClosedError::Area`], [`ClosedError::Corner`].
pub fn area_of_geojson(text: &str) -> Result<Area, ClosedError> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(|_| ClosedError::GeoJson)?;
    let one = match json.get("features").and_then(serde_json::Value::as_array).map(Vec::as_slice) {
        None => &json,
        Some([feature]) => feature,
        Some(_) => return Err(ClosedError::GeoJson),
    };
    let geometry = one.get("geometry").unwrap_or(one);
    let polygon = geometry.get("type").and_then(serde_json::Value::as_str) == Some("Polygon");
    let rings = geometry.get("coordinates").and_then(serde_json::Value::as_array).filter(|_| polygon);
    let Some([ring]) = rings.map(Vec::as_slice) else { return Err(ClosedError::GeoJson) };
    let corners: Vec<Vec<f64>> = serde_json::from_value(ring.clone()).map_err(|_| ClosedError::GeoJson)?;
    let mut area = Vec::with_capacity(corners.len());
    for corner in &corners {
        let [lon, lat, ..] = corner.as_slice() else { return Err(ClosedError::GeoJson) };
        area.push(Position::new(*lat, *lon)?);
    }
    // A ring ends where it begins; an area does not say it twice.
    if area.len() > 1 && area.first() == area.last() {
        area.pop();
    }
    Ok(Area::try_from(area)?)
}
