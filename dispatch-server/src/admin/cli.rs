//! The command line.

use super::accounts::{CrewCommand, DeskCommand};
use super::alerts::AlertsArgs;
use super::audit::AuditCommand;
use super::card_roots::CardRootsCommand;
use super::decisions::DecisionsArgs;
use super::departments::DepartmentsCommand;
use super::disaster::DisasterCommand;
use super::export::ExportArgs;
use super::hospitals::HospitalsCommand;
use super::init::InitArgs;
use super::logs::LogsCommand;
use super::rank::RankArgs;
use super::restored::RestoredArgs;
use super::reviews::ReviewsCommand;
use super::roads::RoadsCommand;
use super::second_factor::SecondFactorCommand;
use super::serve::ServeArgs;
use super::standards::StandardsArgs;
use super::stats::StatsArgs;
use super::tokens::TokensCommand;
use super::units::UnitsCommand;
use super::{
    accounts, alerts, audit, card_roots, decisions, departments, disaster, export, hospitals, init, logs, openapi,
    rank, restored, reviews, roads, second_factor, serve, standards, stats, tokens, units,
};
use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The dispatch server of the マイナ救急 field system.
#[derive(Debug, Parser)]
#[command(name = "dispatch-server", version, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// Where the installation lies.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataArgs {
    /// The data directory, made by `init`.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// Where a result goes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct JsonArgs {
    /// Write the result as JSON to this file; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// Where the installation lies and a result goes.
#[derive(Clone, Debug, Args)]
pub(crate) struct DataJson {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) json: JsonArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a data directory: authority, certificate, databases, first administrator.
    Init(InitArgs),
    /// Serve tablets (QUIC) and pages (HTTPS) until SIGTERM or Ctrl-C.
    Serve(ServeArgs),
    /// Say that the data directory was put back from a backup, once, before `serve`: tablets then read anew what others
    /// wrote, and send again what the backup does not have.
    Restored(RestoredArgs),
    /// Fire departments (消防本部).
    #[command(subcommand)]
    Departments(DepartmentsCommand),
    /// People of a department: crews, dispatchers, administrators.
    #[command(subcommand)]
    Crew(CrewCommand),
    /// Hospitals and their desks.
    #[command(subcommand)]
    Hospitals(HospitalsCommand),
    /// Units (救急隊) and their tablets.
    #[command(subcommand)]
    Units(UnitsCommand),
    /// Tokens of machines: CAD, capacity feed, statistics.
    #[command(subcommand)]
    Tokens(TokensCommand),
    /// The second factor of people who sign in on pages: registered terminals, lost apps.
    #[command(subcommand)]
    SecondFactor(SecondFactorCommand),
    /// Issuers of cards whose certificates the server takes.
    #[command(subcommand)]
    CardRoots(CardRootsCommand),
    /// The road graph that drives are timed on.
    #[command(subcommand)]
    Roads(RoadsCommand),
    /// 実施基準 of prefectures: lists, hours, rosters, limits, the way to the last resort.
    Standards(StandardsArgs),
    /// Rank hospitals for one case from a file; offline and deterministic.
    Rank(RankArgs),
    /// The recorded choices of a case as files that `rank --case` gives again.
    Decisions(DecisionsArgs),
    /// Cases as files that `sim replay` takes, under pseudonyms.
    #[command(subcommand)]
    Logs(LogsCommand),
    /// What a history means for a crew, from files, offline and deterministic; and the rules behind it.
    Alerts(AlertsArgs),
    /// Stage times with and without a card read, and the funnel of the card, from the events.
    Stats(StatsArgs),
    /// The yearly export (救急年報) as CSV, from the events.
    Export(ExportArgs),
    /// The OpenAPI document of all pages and of the API; printed, or written with `--json FILE`.
    Openapi(JsonArgs),
    /// The audit of who looked at histories.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Disaster periods (災害時医療情報閲覧) and relief units (応援隊).
    #[command(subcommand)]
    Disaster(DisasterCommand),
    /// The reviews of looks without consent.
    #[command(subcommand)]
    Reviews(ReviewsCommand),
}

/// Runs a command; the number is its exit code.
///
/// # Errors
/// Bad usage or input, or a failure of the installation; the caller prints the chain and exits with 2.
pub async fn run(cli: Cli) -> Result<u8> {
    match cli.command {
        Command::Init(args) => init::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Restored(args) => restored::run(args).await,
        Command::Departments(command) => departments::run(command).await,
        Command::Crew(command) => accounts::run(command).await,
        Command::Hospitals(HospitalsCommand::Desk(DeskCommand::Add(args))) => accounts::run_desk(args).await,
        Command::Hospitals(command) => hospitals::run(command).await,
        Command::Units(command) => units::run(command).await,
        Command::Tokens(command) => tokens::run(command).await,
        Command::SecondFactor(command) => second_factor::run(command).await,
        Command::CardRoots(command) => card_roots::run(command),
        Command::Roads(command) => roads::run(command),
        Command::Standards(args) => standards::run(args).await,
        Command::Rank(args) => rank::run(&args).await,
        Command::Decisions(args) => decisions::run(args).await,
        Command::Logs(command) => logs::run(command).await,
        Command::Alerts(args) => alerts::run(args).await,
        Command::Stats(args) => stats::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Openapi(args) => openapi::run(&args),
        Command::Audit(command) => audit::run(command).await,
        Command::Disaster(command) => disaster::run(command).await,
        Command::Reviews(command) => reviews::run(command).await,
    }
}
