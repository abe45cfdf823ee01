//! `alerts rules` and `alerts switch`.

use super::super::cli::{DataArgs, JsonArgs};
use super::super::departments::{check_text, department_by};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::rules::{Change, RulesDir};
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RulesArgs {
    /// Show the switches of this department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    department: Option<String>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Position {
    /// It speaks.
    On,
    /// It is silent.
    Off,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SwitchArgs {
    /// The rule's id, e.g. R14.
    rule: String,
    /// Its new position.
    #[arg(value_enum)]
    position: Position,
    /// The department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    department: String,
    /// Who decided it.
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Check only; nothing is changed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct RulesOut {
    version: String,
    sha256: String,
    authority: String,
    department: Option<String>,
    /// Counts the department's changes.
    switches_version: u32,
    rules: Vec<RuleOut>,
}

#[derive(Serialize)]
struct RuleOut {
    id: String,
    version: u16,
    title_ja: String,
    title_en: String,
    /// The title may stand in an enquiry; never of a sensitive rule.
    enquiry: bool,
    sensitive: bool,
    on: bool,
    /// The last change of the department, if there was one.
    changed: Option<Change>,
}

#[derive(Serialize)]
struct SwitchOut {
    change: Change,
    /// Rules that are off for the department afterwards.
    off: Vec<String>,
    switches_version: u32,
    changed: bool,
}

pub(super) async fn rules(args: RulesArgs) -> Result<u8> {
    let data = DataDir::new(args.data.data);
    let rules = RulesDir::of(&data);
    let (set, changes) = (rules.load()?, rules.changes()?);
    let department = match &args.department {
        Some(name) => Some(department_by(&data.open_store().await?, name).await?),
        None => {
            data.installation()?;
            None
        }
    };
    let id = department.as_ref().map(|d| d.id);
    let table = id.map_or_else(|| set.table(), |id| set.of(id));
    let last = |rule: &str| changes.iter().rfind(|c| Some(c.department) == id && c.rule == rule).cloned();
    let list = table.rules().iter().map(|rule| RuleOut {
        id: rule.id.clone(),
        version: rule.version,
        title_ja: rule.title_ja.clone(),
        title_en: rule.title_en.clone(),
        enquiry: rule.enquiry && !rule.sensitive,
        sensitive: rule.sensitive,
        on: table.is_on(&rule.id),
        changed: last(&rule.id),
    });
    let told = table.told_rules().iter().map(|rule| RuleOut {
        id: rule.id.clone(),
        version: rule.version,
        title_ja: rule.title_ja.clone(),
        title_en: rule.title_en.clone(),
        enquiry: false,
        sensitive: false,
        on: table.is_on(&rule.id),
        changed: last(&rule.id),
    });
    let switches = rules.switches()?;
    let out = RulesOut {
        version: table.version().to_owned(),
        sha256: table.sha256().to_owned(),
        authority: table.authority().to_owned(),
        department: department.map(|d| d.name),
        switches_version: id.and_then(|id| switches.get(&id)).map_or(0, |s| s.version),
        rules: list.chain(told).collect(),
    };
    let mut lines = format!("版 {} {} {}\n", out.version, out.authority, out.sha256);
    for rule in &out.rules {
        let state = if rule.on { "有効" } else { "停止" };
        let why = rule.changed.as_ref().map_or_else(String::new, |c| format!("\t{} {} {}", c.at, c.by, c.reason));
        writeln!(lines, "{}\t{state}\t{}{why}", rule.id, rule.title_ja)?;
    }
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}

pub(super) async fn switch(args: SwitchArgs) -> Result<u8> {
    let data = DataDir::new(args.data.data);
    let desk = Desk::new(data.installation()?.training)?;
    check_text("--by", &args.by)?;
    check_text("--reason", &args.reason)?;
    let department = department_by(&data.open_store().await?, &args.department).await?;
    let change = Change {
        at: desk.call().now().tokyo_rfc3339(),
        by: args.by,
        reason: args.reason,
        department: department.id,
        rule: args.rule,
        on: args.position == Position::On,
    };
    let rules = RulesDir::of(&data);
    let what = || format!("switch {} for {}", change.rule, department.name);
    let switches = if args.dry_run { rules.check_change(&change) } else { rules.switch(change.clone()) };
    let switches = switches.with_context(what)?;
    let out = SwitchOut {
        off: switches.off.into_iter().collect(),
        switches_version: switches.version,
        changed: !args.dry_run,
        change,
    };
    let done = if args.dry_run { "確認だけ" } else { "次の起動から有効" };
    let lines = format!("{}\t停止中の規則: {}\t{done}\n", department.name, out.off.join(" "));
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}
