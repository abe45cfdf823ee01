//! `rank`: hospitals for one case from a file, offline, the same bytes everywhere.

use super::{exit, output, standards};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result};
use hospital_selection::{
    CASE_FILE_SCHEMA, HospitalTable, MAX_CASE_FILE_BYTES, RANKING_SCHEMA, Ranking, example_case, rank_file_with,
};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use travel_time::RoadModel;

/// Which file a schema is wanted of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// `--case`
    Case,
    /// What is written.
    Ranking,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RankArgs {
    /// The case (JSON).
    #[arg(long, value_name = "FILE", required_unless_present_any = ["schema", "example"])]
    case: Option<PathBuf>,
    /// A data directory whose hospital table, 実施基準 and roads are to be used; none = the table of this program alone.
    #[arg(long, value_name = "DIR", requires = "case")]
    data: Option<PathBuf>,
    /// Time the best candidates on this road graph (`roads import` makes it).
    #[arg(long, value_name = "FILE")]
    roads: Option<PathBuf>,
    /// Write the ranking as JSON to this file; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print a JSON Schema: of the case file when nothing else is said.
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, default_missing_value = "case")]
    schema: Option<Form>,
    /// Print a full example of a case file.
    #[arg(long)]
    example: bool,
}

pub(super) async fn run(args: &RankArgs) -> Result<u8> {
    let shown = match args.schema {
        Some(Form::Case) => Some(CASE_FILE_SCHEMA),
        Some(Form::Ranking) => Some(RANKING_SCHEMA),
        None => args.example.then(example_case),
    };
    let (None, Some(case)) = (shown, args.case.as_ref()) else {
        output::print(shown.unwrap_or_default())?;
        return Ok(exit::DONE);
    };
    let text = output::read_text_input(case, MAX_CASE_FILE_BYTES)?;
    let installed = match &args.data {
        Some(data) => Some(standards::hospitals(&DataDir::new(data)).await?),
        None => None,
    };
    let table = installed.as_ref().unwrap_or_else(|| HospitalTable::embedded());
    let ranking =
        rank_file_with(&text, table, &travel(args)?).with_context(|| format!("rank the case in {}", case.display()))?;
    match &args.json {
        Some(target) => output::write_bytes(target, &ranking)?,
        None => output::print(&for_people(&ranking)?)?,
    }
    Ok(exit::DONE)
}

fn travel(args: &RankArgs) -> Result<RoadModel> {
    let model = RoadModel::japan();
    let installed = args.data.as_ref().map(|data| DataDir::new(data).roads_file()).filter(|path| path.exists());
    let Some(path) = args.roads.as_ref().or(installed.as_ref()) else { return Ok(model) };
    let graph = crate::roads::load(path).with_context(|| format!("use the road graph {}", path.display()))?;
    Ok(model.with_roads(Arc::new(graph)))
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
    if let Some(last) = &ranking.last_resort {
        let who = last.coordinator.as_deref().unwrap_or("最終受入");
        let due = if last.due {
            format!("{who}に依頼してください")
        } else {
            "確保基準に達していません".to_owned()
        };
        writeln!(text, "不応需 {}件、最初の不応需から {}分: {due}", last.refusals, last.minutes)?;
    }
    writeln!(text, "除外: {}件", ranking.excluded_total)?;
    for excluded in &ranking.excluded {
        writeln!(text, "    {}  {}", excluded.name, excluded.detail)?;
    }
    for relaxed in &ranking.relaxed {
        writeln!(text, "※ {}", relaxed.ja())?;
    }
    if let Some(credit) = travel_time::attribution(&ranking.versions.travel) {
        writeln!(text, "道路: {credit}")?;
    }
    Ok(text)
}
