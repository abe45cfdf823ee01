//! The tablet's program: arguments, logging, start. Nothing else.

use ambulance_client::cli::{self, Cli, Outcome, Sub};
use clap::Parser;
use std::process::ExitCode;

/// Freed memory is zeroed, so that history does not outlive its case in it.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::stderr).with_ansi(false).init();
    let result = match (&cli.command, &cli.headless) {
        (Some(Sub::CardCheck { json }), _) => cli::card_check::run(&cli, json.as_deref()),
        (Some(Sub::LinkCheck(args)), _) => cli::link_check::run(&cli, args),
        (None, _) if cli.schema || cli.example => {
            cli::say(&ambulance_client::script::example::describe(cli.schema));
            Ok(Outcome::Success)
        }
        (None, Some(script)) => cli::headless::main(&cli, script),
        (None, None) => cli::window::main(&cli),
    };
    match result {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::CheckFailed) => ExitCode::from(1),
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"))
}
