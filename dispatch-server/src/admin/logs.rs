//! `logs`: every case's events and choices as files for `sim replay`, under pseudonyms.

use super::cli::{DataArgs, JsonArgs};
use super::departments::department_by;
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::Scope;
use dispatch_core::exported::{DecisionLine, KEY_BYTES, LOG_LINE_SCHEMA, Line, Pseudonyms, example, export};
use dispatch_core::server_log::load_case;
use dispatch_core::store::{CaseQuery, EventStore as _, Ledger as _};
use hospital_selection::HospitalTable;
use model::DecisionId;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum LogsCommand {
    /// Write one file a case: who wrote and about whom under pseudonyms whose key is thrown away, typed and spoken words left out,
    /// rows of histories never. Times, places and findings stay: the files are personal data.
    Export(ExportLogsArgs),
    /// Print the JSON Schema of a line.
    Schema,
    /// Print an example of a file.
    Example,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ExportLogsArgs {
    /// An existing directory; the files are called after the cases' pseudonyms.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only this department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    department: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Default, Serialize)]
struct ExportedOut {
    cases: u64,
    events: u64,
    decisions: u64,
    /// Events of newer programs, left out.
    not_understood: u64,
}

pub(super) async fn run(command: LogsCommand) -> Result<u8> {
    match command {
        LogsCommand::Export(args) => write(args).await,
        LogsCommand::Schema => output::print(LOG_LINE_SCHEMA).map(|()| exit::DONE),
        LogsCommand::Example => {
            let text = example().context("write the example")?;
            output::print(&text).map(|()| exit::DONE)
        }
    }
}

async fn write(args: ExportLogsArgs) -> Result<u8> {
    ensure!(args.to.is_dir(), "write to {}: no directory", args.to.display());
    let store = DataDir::new(&args.data.data).open_store().await?;
    let scope = match &args.department {
        Some(name) => Scope::Department(department_by(&store, name).await?.id),
        None => Scope::Installation,
    };
    let imported = store.imported_hospitals().await?;
    let table = imported.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    let hospitals: BTreeSet<_> = table.hospitals().iter().map(|hospital| hospital.id).collect();
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut_slice()).context("take random numbers from the system")?;
    let pseudonyms = Pseudonyms::new(*key, &hospitals);
    let every = CaseQuery { open_only: false, unit: None, changed_since: None, limit: usize::MAX };
    let mut out = ExportedOut::default();
    for head in store.cases(scope, every).await.context("list the cases")? {
        let case = head.case;
        let loaded = load_case(&store, scope, case).await.with_context(|| format!("read the case {case}"))?;
        let facts = export(&loaded.committed, &pseudonyms).with_context(|| format!("export the case {case}"))?;
        out.not_understood += loaded.committed.len().saturating_sub(facts.len()) as u64;
        out.events += facts.len() as u64;
        let mut lines: Vec<Line> = facts.into_iter().map(Line::Fact).collect();
        for record in store.decisions(scope, case).await.with_context(|| format!("read the choices of {case}"))? {
            out.decisions += 1;
            lines.push(Line::Decision(DecisionLine {
                decision: DecisionId::from_uuid(pseudonyms.of(record.decision.uuid())),
                at: record.at,
                case_file: String::from_utf8(record.request).context("read a recorded choice")?,
                ranking: String::from_utf8(record.output).context("read a recorded choice")?,
            }));
        }
        let mut text = String::new();
        for line in lines {
            text += &line.text().context("write a line")?;
            text.push('\n');
        }
        let name = format!("{}.jsonl", pseudonyms.of(case.uuid()));
        output::write_bytes(&args.to.join(name), text.as_bytes())?;
        out.cases += 1;
    }
    store.close().await;
    let lines = format!("{}件 {}事実 {}選定\n", out.cases, out.events, out.decisions);
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}
