//! `cargo xtask`: one command for each thing a developer or a checking machine does with this tree.
//!
//! In: the checkout and the machine it stands on. Out: exit code 0 (done), 1 (a check failed, by name) or 2 (bad usage).
//!
//! **Invariant:** nothing of the product is in here; only standard library and a few parsers, since it is compiled first
//! on a bare machine.
#![expect(clippy::print_stdout, reason = "a command-line tool for developers")]
#![expect(clippy::print_stderr, reason = "a command-line tool for developers")]
#![expect(clippy::disallowed_methods, reason = "the bans keep the product's cores pure; this tool is not part of it")]

mod bench_link;
mod cargo;
mod ci;
mod compare;
mod demo;
mod deps;
mod deps_rules;
mod fault_run;
mod install;
mod licences;
mod mutants;
mod packages;
mod rust_text;
mod same_bytes;
mod simulate;
mod spdx;
mod steps;
mod test;
mod tidy;
mod tidy_rules;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace: the demo, the tests, the checks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs one whole transport on this machine: card, reader, server, stand-ins, tablet.
    Demo(demo::Options),
    /// Runs every test, the same that the checking machine runs.
    Test(test::Options),
    /// Kills tablets and server at random moments behind bad links, and checks every promise; more with `-- --help`.
    FaultRun(fault_run::Options),
    /// Runs every check: formatting, lints, tests, documentation, arrow rules, licences.
    Ci(ci::Options),
    /// Compares the link with gRPC and TCP on one bad network, and checks its limits.
    BenchLink(bench_link::Options),
    /// Compares the link with gRPC and MQTT, as a report. Installs the broker. Builds a release.
    Compare(compare::Options),
    /// Runs the deterministic fault simulation over many seeds.
    Simulate(simulate::Options),
    /// Ranks hospitals in a build without optimisation and in one with all of it: the bytes must be the same.
    SameBytes,
    /// Checks which crate may know what, and names each broken rule.
    Deps,
    /// Checks lengths of files and functions, banned words and machine paths.
    Tidy,
    /// Checks licences, banned packages and sources by deny.toml, without cargo-deny.
    Licences,
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = match task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::FaultRun(options) => fault_run::run(&options),
        Task::Ci(options) => ci::run(&options),
        Task::BenchLink(options) => bench_link::run(&options),
        Task::Compare(options) => compare::run(&options),
        Task::Simulate(options) => simulate::run(&options),
        Task::SameBytes => same_bytes::run(),
        Task::Deps => deps::run(),
        Task::Tidy => tidy::run(),
        Task::Licences => licences::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::from(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_task_takes_its_options_without_conflict() {
        super::Arguments::command().debug_assert();
    }
}
