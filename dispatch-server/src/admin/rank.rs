//! `rank`: hospitals for one case from a file, offline, the same bytes everywhere.

use super::{exit, output, standards};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result};
use hospital_selection::{
    CASE_FILE_SCHEMA, CaseFile, HospitalTable, MAX_CASE_FILE_BYTES, RANKING_SCHEMA, Ranking, example_case, rank,
    rank_all, why_not,
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
    /// Say why this hospital (its id, or its record id as R7-1307-12) is not the first.
    #[arg(long, value_name = "HOSPITAL", requires = "case", conflicts_with = "explain_all")]
    why_not: Option<String>,
    /// Every hospital: all that no rule excludes, in order, and all that one does.
    #[arg(long, requires = "case")]
    explain_all: bool,
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
    let travel = travel(args)?;
    let file = CaseFile::open(&text, table, &travel).with_context(|| format!("rank the case in {}", case.display()))?;
    let (capacity, request) = (&file.capacity, file.request());
    if let Some(hospital) = &args.why_not {
        let id = hospital.parse().ok().or_else(|| table.by_record_id(hospital).map(|h| h.id));
        let answer = id.and_then(|id| why_not(table, capacity, &travel, &request, id));
        let answer =
            answer.with_context(|| format!("explain {hospital}: no such hospital in table {}", table.version()))?;
        output::result(args.json.as_deref(), &answer, &format!("{}: {}\n", answer.name, answer.ja()))?;
        return Ok(exit::DONE);
    }
    let how = if args.explain_all { rank_all } else { rank };
    let ranking = how(table, capacity, &travel, &request);
    match &args.json {
        Some(target) => output::write_bytes(target, &ranking.to_json_bytes().context("write the ranking")?)?,
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

fn for_people(ranking: &Ranking) -> Result<String> {
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
    if let Some(n) = ranking.escalate_after {
        writeln!(text, "※ {n}件の照会の後は最終受入を頼むほうが早い見込み")?;
    }
    if let Some(together) = &ranking.together {
        let (n, alone) = (together.hospitals.len(), together.one_by_one.minutes());
        writeln!(text, "※ 上位{n}件への一斉照会で {:.1}分 (1件ずつなら {alone:.1}分)", together.minutes.minutes())?;
    }
    if let Some(words) = ranking.deadline.and_then(|clock| clock.ja()) {
        writeln!(text, "※ {words}")?;
    }
    for relaxed in &ranking.relaxed {
        writeln!(text, "※ {}", relaxed.ja())?;
    }
    if let Some(credit) = travel_time::attribution(&ranking.versions.travel) {
        writeln!(text, "道路: {credit}")?;
    }
    Ok(text)
}
