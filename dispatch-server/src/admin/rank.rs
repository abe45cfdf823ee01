//! `rank`: hospitals for one case from a file, offline, the same bytes everywhere.

use super::{exit, output};
use anyhow::{Context as _, Result};
use hospital_selection::{CASE_FILE_SCHEMA, MAX_CASE_FILE_BYTES, Ranking, example_case, rank_file};
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RankArgs {
    /// The case (JSON).
    #[arg(long, value_name = "FILE", required_unless_present_any = ["schema", "example"])]
    case: Option<PathBuf>,
    /// Write the ranking as JSON to this file; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print the JSON Schema of the case file.
    #[arg(long)]
    schema: bool,
    /// Print a full example of a case file.
    #[arg(long)]
    example: bool,
}

pub(super) fn run(args: &RankArgs) -> Result<u8> {
    let Some(case) = args.case.as_ref().filter(|_| !args.schema && !args.example) else {
        output::print(if args.schema { CASE_FILE_SCHEMA } else { example_case() })?;
        return Ok(exit::DONE);
    };
    let text = output::read_text_input(case, MAX_CASE_FILE_BYTES)?;
    let ranking = rank_file(&text).with_context(|| format!("rank the case in {}", case.display()))?;
    match &args.json {
        Some(target) => output::write_bytes(target, &ranking)?,
        None => output::print(&for_people(&ranking)?)?,
    }
    Ok(exit::DONE)
}

fn for_people(json: &[u8]) -> Result<String> {
    let ranking: Ranking = serde_json::from_slice(json).context("read the ranking")?;
    let mut text = format!("分類: {}\n", ranking.category.ja());
    for (n, candidate) in (1..).zip(&ranking.candidates) {
        let total = candidate.terms.total();
        writeln!(text, "{n:>2}. {:>5.1}分  {}", total.minutes(), candidate.name)?;
        for reason in &candidate.reasons {
            writeln!(text, "            {}", reason.ja)?;
        }
    }
    writeln!(text, "除外: {}件", ranking.excluded_total)?;
    for excluded in &ranking.excluded {
        writeln!(text, "    {}  {}", excluded.name, excluded.detail)?;
    }
    for relaxed in &ranking.relaxed {
        writeln!(text, "※ {}", relaxed.ja())?;
    }
    Ok(text)
}
