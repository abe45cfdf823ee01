//! `roads`: the road graph that drives are timed on.

mod calibrate;
mod close;
mod input;
mod pbf;
mod progress;

use super::cli::JsonArgs;
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result};
use calibrate::CalibrateArgs;
use close::CloseCommand;
use progress::Bar;
use serde::Serialize;
use std::path::{Path, PathBuf};
use travel_time::roads::{Calibrated, Prepared, RoadGraph, prepare};

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum RoadsCommand {
    /// Make the road graph of an area from extracts of OpenStreetMap (.osm.pbf) or from edge lists; with `--data` it counts from
    /// the next start of the server. The extract should reach 30 km beyond the area: what lies outside is not driven.
    Import {
        /// Extracts of OpenStreetMap, or two edge lists in CSV: nodes (id, lat, lon) and edges (u, v, highway, length_m).
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// The area's name, e.g. 山口県.
        #[arg(long, value_name = "NAME")]
        area: String,
        /// Where the graph goes.
        #[arg(long, value_name = "FILE", required_unless_present_any = ["data", "dry_run"])]
        out: Option<PathBuf>,
        /// The data directory whose server uses it.
        #[arg(long, value_name = "DIR", conflicts_with = "out")]
        data: Option<PathBuf>,
        /// Check only; nothing is written.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: JsonArgs,
    },
    /// Set the area's factor anew: to the department's own mean 現発→病着, or to the national statistics of departments of its
    /// size. `import` does the latter by itself.
    Calibrate(CalibrateArgs),
    /// Closed areas: flooded, collapsed. They count on the running server within seconds; tablets that rank without it do not
    /// know them.
    #[command(subcommand)]
    Close(CloseCommand),
}

/// What an import made.
#[derive(Serialize)]
struct ImportOut {
    area: String,
    source: String,
    attribution: String,
    speeds: String,
    sha256: String,
    bytes: usize,
    ways: Option<usize>,
    nodes: usize,
    /// Directed: a street of both directions counts twice.
    roads: usize,
    road_km: f64,
    /// Nodes of each connected part, largest first.
    parts: Vec<usize>,
    dropped_nodes: usize,
    /// Stretches of an edge list that no ambulance drives.
    left_out: usize,
    missing_nodes: usize,
    hierarchy_edges: usize,
    scale_permille: u32,
    calibrated: Option<Calibrated>,
    /// Why it has no factor of its own.
    not_calibrated: Option<String>,
    written: Option<PathBuf>,
}

pub(super) fn run(command: RoadsCommand) -> Result<u8> {
    match command {
        RoadsCommand::Import { files, area, out, data, dry_run, json } => {
            let target = match (&out, &data) {
                (_, Some(data)) => {
                    let data = DataDir::new(data);
                    data.installation()?;
                    Some(data.roads_file())
                }
                (out, None) => out.clone(),
            };
            import(&files, &area, target.filter(|_| !dry_run), json.json.as_deref())?;
        }
        RoadsCommand::Close(command) => close::run(command)?,
        RoadsCommand::Calibrate(args) => calibrate::run(&args)?,
    }
    Ok(exit::DONE)
}

fn import(files: &[PathBuf], area: &str, target: Option<PathBuf>, json: Option<&Path>) -> Result<()> {
    let read = input::read(files)?;
    let left_out = read.roads.left_out;
    let (mut graph, prepared) = {
        let _bar = Bar::spinner(format!("経路網を作っています（{} 地点）", read.roads.nodes.len()));
        prepare(read.roads, area, &read.source).with_context(|| format!("make the road graph of {area}"))?
    };
    let not_calibrated = calibrate::by_statistics(&mut graph).err().map(|error| error.to_string());
    let bytes = graph.to_bytes().context("write the road graph")?;
    if let Some(target) = &target {
        output::write_bytes(target, &bytes)?;
    }
    let Prepared { parts, dropped_nodes, hierarchy_edges } = prepared;
    let header = graph.header().clone();
    let out = ImportOut {
        area: header.area,
        source: header.source,
        attribution: header.attribution,
        speeds: header.speeds,
        sha256: graph.sha256().to_owned(),
        bytes: bytes.len(),
        ways: read.ways,
        nodes: graph.nodes(),
        roads: graph.roads(),
        road_km: (graph.road_km() * 10.0).round() / 10.0,
        parts,
        dropped_nodes,
        left_out,
        missing_nodes: read.missing_nodes,
        hierarchy_edges,
        scale_permille: header.scale_permille,
        calibrated: header.calibrated,
        not_calibrated,
        written: target,
    };
    output::result(json, &out, &for_people(&out, &graph))
}

fn for_people(out: &ImportOut, graph: &RoadGraph) -> String {
    let parts = out.parts.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let done = match &out.written {
        Some(path) => {
            format!("{} に書きました（{} バイト。サーバーは次の起動から使います）", path.display(), out.bytes)
        }
        None => format!("確認だけ（{} バイトになります）", out.bytes),
    };
    format!(
        "{}: 地点 {}、区間 {}（一方向ずつ）、{:.0} km\n\
         つながった部分 {}（地点数の多い順: {parts}）、どこにもつながらず除いた地点 {}、救急車が通らず除いた区間 {}、範囲の外の地点 {}\n\
         {}\n{}  {}  {}\n{done}\n",
        graph.header().area,
        out.nodes,
        out.roads,
        out.road_km,
        out.parts.len(),
        out.dropped_nodes,
        out.left_out,
        out.missing_nodes,
        graph.header().calibration_ja(),
        out.source,
        out.attribution,
        out.speeds,
    )
}
