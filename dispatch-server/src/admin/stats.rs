//! `stats`: the published table with and without a card read, and the funnel, from events only.

use super::cli::JsonArgs;
use super::departments::department_by;
use super::{exit, output};
use crate::data_dir::DataDir;
use crate::store::SqliteStore;
use crate::web::stats_csv;
use anyhow::{Context as _, Result, ensure};
use case::CaseFacts;
use dispatch_core::Scope;
use dispatch_core::server_log::load_case;
use dispatch_core::stats::{Days, ReportScope, STATS_EXAMPLE, STATS_SCHEMA, gather};
use dispatch_core::store::{CaseHead, CaseQuery, EventStore as _};
use hospital_selection::HospitalTable;
use model::CivilDate;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct StatsArgs {
    /// The data directory, made by `init`.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["schema", "example"])]
    data: Option<PathBuf>,
    /// The first day of calls that counts, YYYY-MM-DD in Japan.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<CivilDate>,
    /// The last day of calls that counts.
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<CivilDate>,
    /// Only this department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    department: Option<String>,
    /// Print the JSON Schema of the report.
    #[arg(long)]
    schema: bool,
    /// Print a full example of the report.
    #[arg(long)]
    example: bool,
    /// Write every figure on a line of its own (CSV, UTF-8 with the mark that spreadsheets want); `-` is standard output.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    json: JsonArgs,
}

pub(super) async fn run(args: StatsArgs) -> Result<u8> {
    let shown = if args.schema { Some(STATS_SCHEMA) } else { args.example.then_some(STATS_EXAMPLE) };
    let (None, Some(data)) = (shown, args.data.as_ref()) else {
        output::print(shown.unwrap_or_default())?;
        return Ok(exit::DONE);
    };
    let is_out = |file: &Option<PathBuf>| file.as_deref() == Some(Path::new("-"));
    ensure!(!(is_out(&args.csv) && is_out(&args.json.json)), "read --csv and --json: both are standard output");
    let in_order = args.from.zip(args.to).is_none_or(|(from, to)| from <= to);
    ensure!(in_order, "read --from and --to: the first day lies behind the last");
    let data = DataDir::new(data);
    let training = data.installation()?.training;
    let store = data.open_store().await?;
    let (scope, department) = match &args.department {
        Some(name) => {
            let department = department_by(&store, name).await?;
            (Scope::Department(department.id), Some(department.name))
        }
        None => (Scope::Installation, None),
    };
    let stats = gather(&store, scope, Days { from: args.from, to: args.to }).await.context("read the cases")?;
    let imported = store.imported_hospitals().await?;
    store.close().await;
    let day = |date: Option<CivilDate>| date.map(|date| date.to_string());
    let mut report = stats.report(ReportScope { department, from: day(args.from), to: day(args.to), training });
    let table = imported.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    report.name_hospitals(|id| Some(table.get(id.parse().ok()?)?.name.clone()));
    if let Some(csv) = &args.csv {
        output::write_bytes(csv, &stats_csv(&report).context("write the lines as CSV")?)?;
    }
    let on_screen = if args.csv.as_deref() == Some(Path::new("-")) { String::new() } else { report.lines() };
    output::result(args.json.json.as_deref(), &report, &on_screen)?;
    Ok(exit::DONE)
}

/// A date of the command line.
pub(super) fn date(text: &str) -> Result<CivilDate, String> {
    CivilDate::try_from(text.to_owned()).map_err(|error| error.to_string())
}

/// Every case in scope, one at a time: what is in memory does not grow with their number, but for their heads.
pub(super) async fn for_each_case(
    store: &SqliteStore,
    scope: Scope,
    mut each: impl FnMut(&CaseHead, &CaseFacts) -> Result<()>,
) -> Result<()> {
    let every = CaseQuery { open_only: false, unit: None, changed_since: None, limit: usize::MAX };
    for head in store.cases(scope, every).await.context("list the cases")? {
        let loaded =
            load_case(store, scope, head.case).await.with_context(|| format!("read the case {}", head.case))?;
        each(&loaded.head, &loaded.facts)?;
    }
    Ok(())
}
