//! `hospitals`.

use super::accounts::DeskCommand;
use super::cli::{DataArgs, JsonArgs};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result, bail};
use hospital_selection::HospitalTable;
use model::HospitalId;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Largest table file.
const TABLE_BYTES: usize = 16 * 1024 * 1024;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum HospitalsCommand {
    /// Use another hospital table; it counts from the next start of the server. All or nothing.
    Import {
        /// The table (CSV as `docs/formats.md` describes).
        #[arg(value_name = "FILE", required_unless_present = "embedded", conflicts_with = "embedded")]
        file: Option<PathBuf>,
        /// The edition that ships with the program.
        #[arg(long)]
        embedded: bool,
        /// Check only; nothing is changed.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
    /// List hospitals.
    List {
        /// Only those whose name, place or prefecture contains this.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
    /// Accounts of hospital desks.
    #[command(subcommand)]
    Desk(DeskCommand),
}

#[derive(Serialize)]
struct ImportOut {
    version: String,
    sha256: String,
    hospitals: usize,
    imported: bool,
}

#[derive(Serialize)]
struct HospitalOut {
    id: HospitalId,
    record_id: String,
    name: String,
    pref: String,
    municipality: String,
    tertiary: bool,
}

pub(super) async fn run(command: HospitalsCommand) -> Result<u8> {
    match command {
        HospitalsCommand::Import { file, dry_run, data, json, embedded: _ } => {
            import(file, dry_run, &DataDir::new(data.data), &json).await?;
        }
        HospitalsCommand::List { find, data, json } => list(find, &DataDir::new(data.data), &json).await?,
        HospitalsCommand::Desk(_) => bail!("use `hospitals desk add`"),
    }
    Ok(exit::DONE)
}

async fn import(file: Option<PathBuf>, dry_run: bool, data: &DataDir, json: &JsonArgs) -> Result<()> {
    let training = data.installation()?.training;
    let (csv, from) = match &file {
        Some(path) => (output::read_text_input(path, TABLE_BYTES)?, path.display().to_string()),
        None => (HospitalTable::embedded_csv().to_owned(), "the embedded edition".to_owned()),
    };
    let table = HospitalTable::parse(&csv).with_context(|| format!("import {from}"))?;
    if !dry_run {
        let desk = Desk::new(training)?;
        let store = data.open_store().await?;
        store.import_hospitals(&csv, table.sha256(), desk.call().now()).await?;
        store.close().await;
    }
    let out = ImportOut {
        version: table.version().to_owned(),
        sha256: table.sha256().to_owned(),
        hospitals: table.hospitals().len(),
        imported: !dry_run,
    };
    let done = if dry_run { "確認だけ" } else { "取り込みました（次の起動から有効）" };
    output::result(json.json.as_deref(), &out, &format!("{}件 {} {done}\n", out.hospitals, out.version))
}

async fn list(find: Option<String>, data: &DataDir, json: &JsonArgs) -> Result<()> {
    let store = data.open_store().await?;
    let imported = store.imported_hospitals().await?;
    let table = imported.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    let wanted = |text: &str| find.as_ref().is_none_or(|find| text.contains(find.as_str()));
    let hospitals = table.hospitals().iter().filter(|h| wanted(&h.name) || wanted(&h.pref) || wanted(&h.municipality));
    let list: Vec<HospitalOut> = hospitals
        .map(|h| HospitalOut {
            id: h.id,
            record_id: h.record_id.clone(),
            name: h.name.clone(),
            pref: h.pref.clone(),
            municipality: h.municipality.clone(),
            tertiary: h.tertiary,
        })
        .collect();
    let mut lines = String::new();
    for hospital in &list {
        writeln!(
            lines,
            "{}\t{}\t{}{}\t{}",
            hospital.id, hospital.record_id, hospital.pref, hospital.municipality, hospital.name
        )?;
    }
    output::result(json.json.as_deref(), &list, &lines)
}
