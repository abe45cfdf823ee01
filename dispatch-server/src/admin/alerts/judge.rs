//! `alerts`: what a history means for a crew, from files, offline.

use super::super::{exit, output};
use crate::data_dir::DataDir;
use crate::rules::RulesDir;
use anyhow::{Context as _, Result};
use field_alerts::{RuleTable, cli_format};
use std::path::PathBuf;

/// Which file a schema or example is wanted of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// `--history`
    History,
    /// `--findings`
    Findings,
    /// What is written.
    Output,
    /// The rule table (TOML): example only.
    Rules,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct JudgeArgs {
    /// The history (JSON).
    #[arg(long, value_name = "FILE", required_unless_present_any = ["schema", "example"], requires = "findings")]
    history: Option<PathBuf>,
    /// The findings (JSON).
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// Judge with the rule table of this installation, every rule on, instead of the built-in table.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Write the alerts as JSON to this file; `-` (also the default) is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    json: PathBuf,
    /// Print a JSON Schema: of the history when nothing else is said.
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, default_missing_value = "history")]
    schema: Option<Form>,
    /// Print a full example: of the history when nothing else is said.
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, default_missing_value = "history")]
    example: Option<Form>,
}

pub(super) fn run(args: &JudgeArgs) -> Result<u8> {
    if let Some(form) = args.schema {
        output::print(match form {
            Form::History => cli_format::schema_history(),
            Form::Findings => cli_format::schema_findings(),
            Form::Output => cli_format::schema_output(),
            Form::Rules => anyhow::bail!("print a schema: the rule table is TOML; `--example rules` prints a full one"),
        })?;
        return Ok(exit::DONE);
    }
    if let Some(form) = args.example {
        let text = match form {
            Form::Findings => cli_format::example_findings(),
            Form::Rules => RuleTable::embedded_text(),
            Form::History | Form::Output => cli_format::example_history(),
        };
        output::print(text)?;
        return Ok(exit::DONE);
    }
    let (Some(history), Some(findings)) = (&args.history, &args.findings) else {
        anyhow::bail!("read the command line: --history and --findings are both needed");
    };
    let table = match &args.data {
        Some(data) => RulesDir::of(&DataDir::new(data)).table()?,
        None => RuleTable::embedded().context("load the alert rules")?,
    };
    let history_bytes = output::read_input(history, cli_format::MAX_FILE_BYTES)?;
    let findings_bytes = output::read_input(findings, cli_format::MAX_FILE_BYTES)?;
    let out = cli_format::run(&table, &history_bytes, &findings_bytes)
        .with_context(|| format!("judge {} with {}", history.display(), findings.display()))?;
    let mut bytes = serde_json::to_vec_pretty(&out).context("write the alerts")?;
    bytes.push(b'\n');
    output::write_bytes(&args.json, &bytes)?;
    Ok(exit::DONE)
}
