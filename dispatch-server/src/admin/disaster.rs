//! `disaster`: disaster periods (災害時医療情報閲覧) and relief units (応援隊). The department's 指令監督 has the same on the page
//! `/disaster`; the command is for an installation whose pages cannot be reached.

use super::cli::{DataArgs, DataJson, JsonArgs};
use super::departments::department_by;
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::store::SqliteStore;
use anyhow::{Context as _, Result};
use dispatch_core::limits::DISASTERS_PAGE;
use dispatch_core::store::{Department, Directory, DisasterPeriod, Disasters, Relief, Unit};
use dispatch_core::{
    OpenDisaster, OpenRelief, Principal, Scope, UseCaseError, end_disaster, end_relief, open_disaster, open_relief,
};
use model::{CrewId, DepartmentId, Timestamp, UnitId};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum DisasterCommand {
    /// Open a period: crews of the department may look up who has no card, by name, date of birth, sex and address. It
    /// ends by itself.
    On(OnArgs),
    /// End the department's period, and its relief units, before their time.
    Off {
        /// The department, by name or id.
        department: String,
        #[command(flatten)]
        io: DataJson,
    },
    /// List periods, the newest first, with the relief units that work for a department now.
    List {
        /// Only of this department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: Option<String>,
        #[command(flatten)]
        io: DataJson,
    },
    /// Let a unit of another department work for the one that has a period, as long as the period; or end that.
    Relief(ReliefArgs),
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct OnArgs {
    /// The department, by name or id.
    department: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// A municipality with its prefecture, e.g. 石川県輪島市; once for each.
    #[arg(long, value_name = "MUNICIPALITY", required = true)]
    area: Vec<String>,
    /// For how many hours, at most seven days.
    #[arg(long, value_name = "HOURS", default_value = "24")]
    hours: u16,
    #[command(flatten)]
    io: DataJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Switch {
    /// It works for the department.
    On,
    /// It goes back.
    Off,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReliefArgs {
    /// The unit's name on the radio, or its id.
    unit: String,
    /// Whether it works for the department.
    #[arg(value_enum)]
    position: Switch,
    /// The unit's own department, by name or id.
    #[arg(long, value_name = "DEPARTMENT")]
    from: String,
    /// The department that it works for, by name or id.
    #[arg(long = "for", value_name = "DEPARTMENT")]
    works_for: String,
    #[command(flatten)]
    io: DataJson,
}

#[derive(Serialize)]
struct PeriodOut {
    department: DepartmentId,
    department_name: String,
    reason: String,
    area: Vec<String>,
    opened_by: Option<CrewId>,
    opened_at: String,
    until: String,
    /// Null when it ended, or will end, by itself.
    ended_at: Option<String>,
    stands: bool,
    /// Units of other departments that work for this one now.
    relief: Vec<ReliefOut>,
}

#[derive(Serialize)]
struct ReliefOut {
    unit: UnitId,
    callsign: String,
    home: DepartmentId,
    opened_at: String,
    until: String,
}

/// What names are taken from.
struct Names {
    departments: Vec<Department>,
    units: Vec<Unit>,
}

impl Names {
    async fn read(store: &SqliteStore) -> Result<Self> {
        Ok(Self { departments: store.departments().await?, units: store.units(Scope::Installation).await? })
    }
    fn relief(&self, relief: &Relief) -> ReliefOut {
        let unit = self.units.iter().find(|unit| unit.id == relief.unit);
        ReliefOut {
            unit: relief.unit,
            callsign: unit.map(|unit| unit.callsign.clone()).unwrap_or_default(),
            home: relief.home,
            opened_at: relief.opened_at.tokyo_rfc3339(),
            until: relief.until.tokyo_rfc3339(),
        }
    }
    fn period(&self, period: DisasterPeriod, reliefs: &[Relief], now: Timestamp) -> PeriodOut {
        let stands = period.stands(now);
        let of_it = |relief: &&Relief| stands && relief.department == period.department && relief.stands(now);
        let name = self.departments.iter().find(|d| d.id == period.department);
        PeriodOut {
            relief: reliefs.iter().filter(of_it).map(|relief| self.relief(relief)).collect(),
            department: period.department,
            department_name: name.map(|d| d.name.clone()).unwrap_or_default(),
            reason: period.reason,
            area: period.area,
            opened_by: period.opened_by,
            opened_at: period.opened_at.tokyo_rfc3339(),
            until: period.until.tokyo_rfc3339(),
            ended_at: period.ended_at.map(|at| at.tokyo_rfc3339()),
            stands,
        }
    }
}

/// The use case's sentence and what to do next, behind its cause.
fn said(error: UseCaseError) -> anyhow::Error {
    let words = format!("{} {}", error.ja(), error.next_ja());
    anyhow::Error::new(error).context(words)
}

pub(super) async fn run(command: DisasterCommand) -> Result<u8> {
    match command {
        DisasterCommand::On(args) => on(args).await,
        DisasterCommand::Off { department, io: DataJson { data, json } } => off(&department, data, &json).await,
        DisasterCommand::List { department, io: DataJson { data, json } } => {
            list(department.as_deref(), data, &json).await
        }
        DisasterCommand::Relief(args) => relief(args).await,
    }
}

async fn on(args: OnArgs) -> Result<u8> {
    let data = DataDir::new(args.io.data.data);
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let department = department_by(&store, &args.department).await?.id;
    let call = desk.call();
    let until = call.now().plus_minutes(i64::from(args.hours) * 60);
    let request = OpenDisaster { department, reason: args.reason, area: args.area, until };
    let opened = open_disaster(&store, &call, &Principal::system(), request).await.map_err(said)?;
    let out = Names::read(&store).await?.period(opened, &[], call.now());
    store.close().await;
    let lines = format!("{}\t災害時の照会 {} まで\n", out.department_name, out.until);
    output::result(args.io.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}

async fn off(department: &str, data: DataArgs, json: &JsonArgs) -> Result<u8> {
    let data = DataDir::new(data.data);
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let found = department_by(&store, department).await?;
    let call = desk.call();
    end_disaster(&store, &call, &Principal::system(), found.id).await.map_err(said)?;
    let newest = store.disasters(Scope::Department(found.id), 1).await?.pop().context("read the ended period")?;
    let out = Names::read(&store).await?.period(newest, &[], call.now());
    store.close().await;
    output::result(json.json.as_deref(), &out, &format!("{}\t災害時の照会を終えました\n", out.department_name))?;
    Ok(exit::DONE)
}

async fn list(department: Option<&str>, data: DataArgs, json: &JsonArgs) -> Result<u8> {
    let data = DataDir::new(data.data);
    let now = Desk::new(data.installation()?.training)?.call().now();
    let store = data.open_store().await?;
    let scope = match department {
        Some(name) => Scope::Department(department_by(&store, name).await?.id),
        None => Scope::Installation,
    };
    let (periods, reliefs) = (store.disasters(scope, DISASTERS_PAGE).await?, store.reliefs(now).await?);
    let names = Names::read(&store).await?;
    store.close().await;
    let list: Vec<PeriodOut> = periods.into_iter().map(|period| names.period(period, &reliefs, now)).collect();
    let mut lines = String::new();
    for period in &list {
        let word = if period.stands { "期間中" } else { "終了" };
        let until = period.ended_at.as_ref().unwrap_or(&period.until);
        let area = period.area.join("・");
        writeln!(
            lines,
            "{}\t{word}\t{}\t{until}\t{area}\t{}",
            period.department_name, period.opened_at, period.reason
        )?;
        for relief in &period.relief {
            writeln!(lines, "\t応援隊\t{}\t{} まで", relief.callsign, relief.until)?;
        }
    }
    output::result(json.json.as_deref(), &list, &lines)?;
    Ok(exit::DONE)
}

async fn relief(args: ReliefArgs) -> Result<u8> {
    let data = DataDir::new(args.io.data.data);
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let home = department_by(&store, &args.from).await?;
    let department = department_by(&store, &args.works_for).await?;
    let id = args.unit.parse::<UnitId>().ok();
    let units = store.units(Scope::Department(home.id)).await?;
    let unit = units.into_iter().find(|unit| unit.callsign == args.unit || Some(unit.id) == id);
    let unit = unit.with_context(|| format!("find the unit {:?} of {}: not known", args.unit, home.name))?;
    let (call, by) = (desk.call(), Principal::system());
    match args.position {
        Switch::On => {
            let request = OpenRelief { department: department.id, unit: unit.id, until: None };
            open_relief(&store, &call, &by, request).await.map_err(said)?;
        }
        Switch::Off => end_relief(&store, &call, &by, department.id, unit.id).await.map_err(said)?,
    }
    let newest = store.reliefs_of(unit.id).await?.pop().context("read the relief unit")?;
    let out = Names::read(&store).await?.relief(&newest);
    store.close().await;
    let lines = match args.position {
        Switch::On => format!("{}\t{} の応援 {} まで\n", unit.callsign, department.name, out.until),
        Switch::Off => format!("{}\t{} の応援を終えました\n", unit.callsign, department.name),
    };
    output::result(args.io.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}
