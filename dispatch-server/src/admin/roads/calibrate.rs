//! `roads calibrate`: the factor of an area's roads.

use super::super::cli::JsonArgs;
use super::super::output;
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result, bail};
use hospital_selection::HospitalTable;
use model::Position;
use std::path::PathBuf;
use travel_time::RoadModel;
use travel_time::roads::{CalibrateError, RoadGraph, calibrate};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CalibrateArgs {
    /// The road graph; left out: that of the data directory.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The data directory whose server uses it; counts from its next start.
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    data: Option<PathBuf>,
    /// The department's own mean minutes from leaving the scene to the hospital (現発→病着).
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<f64>,
    /// Check only; nothing is written.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    json: JsonArgs,
}

/// Hospitals of the built-in table that take ambulances.
fn hospitals() -> Vec<(Position, u32)> {
    let accepting = |h: &hospital_selection::Hospital| h.ambulance_accepted.filter(|n| *n > 0).map(|n| (h.position, n));
    HospitalTable::embedded().hospitals().iter().filter_map(accepting).collect()
}

/// By the national statistics.
pub(super) fn by_statistics(graph: &mut RoadGraph) -> Result<(), CalibrateError> {
    calibrate(graph, &RoadModel::japan(), &hospitals(), None)
}

pub(super) fn run(args: &CalibrateArgs) -> Result<()> {
    let path = match (&args.file, &args.data) {
        (Some(file), _) => file.clone(),
        (None, Some(data)) => DataDir::new(data).roads_file(),
        (None, None) => bail!("calibrate roads: name the graph, or the data directory with --data"),
    };
    let mut graph = crate::roads::load(&path).with_context(|| format!("use the road graph {}", path.display()))?;
    calibrate(&mut graph, &RoadModel::japan(), &hospitals(), args.minutes)
        .with_context(|| format!("calibrate {}", path.display()))?;
    if !args.dry_run {
        let bytes = graph.to_bytes().context("write the road graph")?;
        output::write_bytes(&path, &bytes)?;
    }
    let done = if args.dry_run { "確認だけ" } else { "書きました（次の起動から有効）" };
    let lines = format!("{}: {}\n{done}\n", graph.header().area, graph.header().calibration_ja());
    output::result(args.json.json.as_deref(), graph.header(), &lines)
}
