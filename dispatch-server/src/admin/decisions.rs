//! `decisions`: the choices of one case as files, so that `rank --case` gives each of them again.

use super::cli::{DataArgs, JsonArgs};
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::Scope;
use dispatch_core::store::Ledger as _;
use model::{CaseId, DecisionId, Timestamp};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DecisionsArgs {
    /// The case's id.
    #[arg(long, value_name = "ID")]
    case: CaseId,
    /// An existing directory: `<decision>.case.json` for `rank --case`, and `<decision>.ranking.json` as it was answered.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct DecisionOut {
    decision: DecisionId,
    at: Timestamp,
    case_file: PathBuf,
    ranking: PathBuf,
}

pub(super) async fn run(args: DecisionsArgs) -> Result<u8> {
    ensure!(args.to.is_dir(), "write to {}: no directory", args.to.display());
    let store = DataDir::new(&args.data.data).open_store().await?;
    let records = store.decisions(Scope::Installation, args.case).await.context("read the case's decisions")?;
    store.close().await;
    ensure!(!records.is_empty(), "read the decisions of case {}: none is recorded", args.case);
    let (mut out, mut lines) = (Vec::new(), String::new());
    for record in records {
        let name = |kind: &str| args.to.join(format!("{}.{kind}.json", record.decision));
        let (case_file, ranking) = (name("case"), name("ranking"));
        output::write_bytes(&case_file, &record.request)?;
        output::write_bytes(&ranking, &record.output)?;
        writeln!(lines, "{}\t{}\t{}", record.at.tokyo_hhmm(), record.decision, case_file.display())?;
        out.push(DecisionOut { decision: record.decision, at: record.at, case_file, ranking });
    }
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}
