//! `alerts`: what a history means for a crew, from files, offline.

use super::super::departments::department_by;
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
    /// Judge with the rule table of this installation instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Judge as this department has its rules, by name or id; every rule is on when left out.
    #[arg(long, value_name = "DEPARTMENT", requires = "data")]
    department: Option<String>,
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

pub(super) async fn run(args: &JudgeArgs) -> Result<u8> {
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
    let table = rule_table(args).await?;
    let history_bytes = output::read_input(history, cli_format::MAX_FILE_BYTES)?;
    let findings_bytes = output::read_input(findings, cli_format::MAX_FILE_BYTES)?;
    let out = cli_format::run(&table, &history_bytes, &findings_bytes)
        .with_context(|| format!("judge {} with {}", history.display(), findings.display()))?;
    let mut bytes = serde_json::to_vec_pretty(&out).context("write the alerts")?;
    bytes.push(b'\n');
    output::write_bytes(&args.json, &bytes)?;
    Ok(exit::DONE)
}

async fn rule_table(args: &JudgeArgs) -> Result<RuleTable> {
    let Some(data) = &args.data else { return RuleTable::embedded().context("load the alert rules") };
    let data = DataDir::new(data);
    data.installation()?;
    let rules = RulesDir::of(&data).load()?;
    let Some(name) = &args.department else { return Ok(rules.table().clone()) };
    let department = department_by(&data.open_store().await?, name).await?;
    Ok(rules.of(department.id).clone())
}
