//! `alerts`: what a history means for a crew, and the rules behind it.

mod council;
mod judge;
mod switches;

use super::{Desk, exit, output};
use anyhow::Result;

#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct AlertsArgs {
    #[command(subcommand)]
    command: Option<AlertsCommand>,
    #[command(flatten)]
    judge: judge::JudgeArgs,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum AlertsCommand {
    /// List the rules, and what a department has switched off.
    Rules(switches::RulesArgs),
    /// Switch a rule off or on for a department; it counts from the next start of the server.
    Switch(switches::SwitchArgs),
    /// Make a council's signing key; its public key is printed.
    NewKey(council::NewKeyArgs),
    /// Sign a rule file with a council's key.
    Sign(council::SignArgs),
    /// Trust a council: rule files with its signature may be installed.
    Trust(council::TrustArgs),
    /// Check a rule file: form, words, and, where given, signature and version. Exit code 1 when it is refused.
    Check(council::CheckArgs),
    /// Install a signed rule file; it counts from the next start of the server.
    Install(council::InstallArgs),
}

pub(super) async fn run(args: AlertsArgs) -> Result<u8> {
    match args.command {
        None => judge::run(&args.judge).await,
        Some(AlertsCommand::Rules(args)) => switches::rules(args).await,
        Some(AlertsCommand::Switch(args)) => switches::switch(args).await,
        Some(AlertsCommand::NewKey(args)) => council::new_key(&args),
        Some(AlertsCommand::Sign(args)) => council::sign(&args),
        Some(AlertsCommand::Trust(args)) => council::trust(&args),
        Some(AlertsCommand::Check(args)) => council::check(&args),
        Some(AlertsCommand::Install(args)) => council::install(&args),
    }
}
