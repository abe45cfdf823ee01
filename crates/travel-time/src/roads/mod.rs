//! A road graph of an area, prepared once and saved as one checksummed file.
//!
//! [`edge_list::parse`], or [`Ways`] of OpenStreetMap, → [`RawRoads`] → [`prepare()`] (contraction hierarchies by
//! `fast_paths`) → [`RoadGraph::to_bytes`]. Server and tablet load it with [`RoadGraph::from_bytes`]; every weight is an integer
//! number of milliseconds, so that hierarchy and plain Dijkstra agree to the last one.

mod calibrate;
mod class;
mod closures;
pub mod edge_list;
mod file;
mod graph;
mod grid;
mod hierarchy;
mod prepare;
mod raw;
mod ways;

pub use calibrate::{CalibrateError, Calibrated, calibrate};
pub use class::{RoadClass, SPEEDS_VERSION, millis};
pub use closures::{Area, AreaError, Closures, MAX_AREAS, MAX_CORNERS};
pub use file::{FORMAT, MAX_FILE_BYTES, RoadFileError};
pub use graph::{ATTRIBUTION, RoadGraph, RoadsHeader};
pub use grid::{SNAP_KM, Snapped};
pub use prepare::{MAX_NODES, MAX_ROADS, PrepareError, Prepared, prepare, prepare_keeping};
pub use raw::{E7, LEAST_PART, RawEdge, RawNode, RawRoads};
pub use ways::{MAX_WAY_NODES, Way, Ways, WaysError};
