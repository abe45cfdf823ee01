//! Which files were given, and the roads in them.

use super::super::output;
use super::pbf;
use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use travel_time::roads::{RawRoads, edge_list};

/// Largest edge list, bytes.
const LIST_BYTES: usize = 1024 * 1024 * 1024;
const EXPECTED: &str = "expected extracts of OpenStreetMap (.osm.pbf), or two edge lists in CSV: nodes (id, lat, lon) and \
                        edges (u, v, highway, length_m)";

/// What was read.
pub(super) struct Input {
    pub(super) roads: RawRoads,
    /// Files' names.
    pub(super) source: String,
    /// Ways, where the source has any.
    pub(super) ways: Option<usize>,
    /// Nodes of ways beyond the edge of the extract.
    pub(super) missing_nodes: usize,
}

/// Reads the roads of all files.
pub(super) fn read(files: &[PathBuf]) -> Result<Input> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let source = files.iter().map(name).collect::<Vec<_>>().join(", ");
    let pbf: Vec<bool> = files.iter().map(|path| pbf::is_one(path)).collect::<Result<_>>()?;
    if pbf.iter().all(|is| *is) {
        let read = pbf::read(files)?;
        return Ok(Input { roads: read.roads, source, ways: Some(read.ways), missing_nodes: read.missing_nodes });
    }
    ensure!(!pbf.contains(&true), "read the roads: OpenStreetMap's files and other files together; {EXPECTED}");
    let [one, other] = files else { bail!("read the roads: {} files; {EXPECTED}", files.len()) };
    let (one_text, other_text) = (list(one)?, list(other)?);
    let (nodes, edges) = match (is_edges(&one_text), is_edges(&other_text)) {
        (false, true) => (&one_text, &other_text),
        (true, false) => (&other_text, &one_text),
        _ => bail!("read the roads: one of {source} must have the columns u and v, the other id, lat, lon; {EXPECTED}"),
    };
    let roads = edge_list::parse(nodes, edges).with_context(|| format!("import {source}"))?;
    Ok(Input { roads, source, ways: None, missing_nodes: 0 })
}

fn list(path: &Path) -> Result<String> {
    output::read_text_input(path, LIST_BYTES).with_context(|| format!("read the roads; {EXPECTED}"))
}

fn is_edges(text: &str) -> bool {
    let heading = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let mut columns = heading.split(',').map(|column| column.trim().trim_matches('"'));
    columns.any(|column| column == "u")
}
