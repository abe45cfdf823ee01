//! `export`: one row per patient of a year, in the words of the yearly report (救急年報).

use super::cli::JsonArgs;
use super::departments::department_by;
use super::stats::for_each_case;
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::Scope;
use dispatch_core::stats::export::{Names, headings, row};
use dispatch_core::store::Directory as _;
use hospital_selection::HospitalTable;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The data directory, made by `init`.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The calendar year of the calls, in Japan.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1868..=2200))]
    year: i16,
    /// Where the rows go (CSV, UTF-8); `-` is standard output.
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// Only this department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    department: Option<String>,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct ExportOut {
    year: i16,
    rows: usize,
    columns: Vec<String>,
}

pub(super) async fn run(args: ExportArgs) -> Result<u8> {
    let twice = args.csv == Path::new("-") && args.json.json.as_deref() == Some(Path::new("-"));
    ensure!(!twice, "read --csv and --json: both are standard output");
    let data = DataDir::new(&args.data);
    let store = data.open_store().await?;
    let scope = match &args.department {
        Some(name) => Scope::Department(department_by(&store, name).await?.id),
        None => Scope::Installation,
    };
    let names: BTreeMap<_, _> = store.departments().await?.into_iter().map(|d| (d.id, d.name)).collect();
    let imported = store.imported_hospitals().await?;
    let table = imported.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for_each_case(&store, scope, |head, facts| {
        let department = names.get(&head.department).map_or("", String::as_str);
        let hospital = |id| table.get(id).map(|hospital| hospital.name.clone());
        rows.extend(row(facts, args.year, Names { department, hospital }));
        Ok(())
    })
    .await?;
    store.close().await;
    // By department, then day, then case: the same store gives the same file.
    rows.sort_by(|a, b| (a.get(1), a.get(3), a.first()).cmp(&(b.get(1), b.get(3), b.first())));
    let columns = headings();
    output::write_bytes(&args.csv, &csv_bytes(&columns, &rows)?)?;
    let out = ExportOut { year: args.year, rows: rows.len(), columns };
    let lines = if args.csv == Path::new("-") { String::new() } else { format!("{}年 {}件\n", out.year, out.rows) };
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}

fn csv_bytes(columns: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let what = "write the rows as CSV";
    writer.write_record(columns).context(what)?;
    for row in rows {
        writer.write_record(row).context(what)?;
    }
    writer.into_inner().context(what)
}
