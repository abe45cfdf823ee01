//! `roads close`: closed areas.

use super::super::cli::{DataArgs, JsonArgs};
use super::super::departments::check_text;
use super::super::{Desk, output};
use crate::data_dir::DataDir;
use crate::roads::{ClosedArea, ClosedFile, area_of_geojson};
use anyhow::{Context as _, Result};
use model::Timestamp;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Largest GeoJSON file.
const AREA_BYTES: usize = 1024 * 1024;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum CloseCommand {
    /// Close an area: no road leads into it or through it.
    Add {
        /// What people call it, e.g. 藤山 冠水.
        name: String,
        /// A GeoJSON file with one polygon.
        #[arg(long, value_name = "FILE")]
        area: PathBuf,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// List what is closed.
    List {
        /// What was opened again, too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
    /// Open an area again.
    End {
        /// Its name.
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) fn run(command: CloseCommand) -> Result<()> {
    match command {
        CloseCommand::Add { name, area, by, data } => {
            let (file, at) = opened(&data)?;
            check_text("the area's name", &name)?;
            check_text("who closes it", &by)?;
            let text = output::read_text_input(&area, AREA_BYTES)?;
            let area = area_of_geojson(&text).with_context(|| format!("read the area in {}", area.display()))?;
            let line = format!("{name}\t通行止め {at}");
            file.add(ClosedArea { name, at, by, ended_at: None, area }).context("close the area")?;
            output::line(&line)
        }
        CloseCommand::List { all, data, json } => {
            let (file, _) = opened(&data)?;
            let mut closed = file.parse(&file.text()?)?;
            closed.retain(|closed| all || closed.ended_at.is_none());
            let mut lines = String::new();
            for area in &closed {
                let state = area.ended_at.as_ref().map_or_else(|| "通行止め".to_owned(), |at| format!("解除 {at}"));
                writeln!(lines, "{}\t{} から\t{}\t{state}", area.name, area.at, area.by)?;
            }
            output::result(json.json.as_deref(), &closed, &lines)
        }
        CloseCommand::End { name, data } => {
            let (file, at) = opened(&data)?;
            file.end(&name, at.clone()).context("open the area again")?;
            output::line(&format!("{name}\t解除 {at}"))
        }
    }
}

fn opened(data: &DataArgs) -> Result<(ClosedFile, String)> {
    let data = DataDir::new(&data.data);
    let desk = Desk::new(data.installation()?.training)?;
    let now: Timestamp = desk.call().now();
    Ok((ClosedFile::of(&data), now.tokyo_rfc3339()))
}
