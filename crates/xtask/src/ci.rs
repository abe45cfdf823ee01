//! `cargo xtask ci`: every check, cheap ones first, so that a slip shows after seconds and not after the whole build.

use anyhow::Result;
use clap::Args;

use crate::steps::Steps;
use crate::{cargo, deps, licences, same_bytes, test, tidy};

/// Options of `cargo xtask ci`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Runs the steps after a failed one too, so that one run names everything; fails all the same.
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    test: test::Options,
}

/// Runs every check and prints a table with minutes.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    let mut steps = Steps::new(options.keep_going);
    steps.run("formatting", cargo::command(&root).args(["fmt", "--all", "--check"]));
    steps.check("tidy", tidy::run);
    steps.check("deps: arrow rules", deps::run);
    if cargo::has_subcommand(&root, "deny") {
        steps.run(
            "licences, bans, sources",
            cargo::command(&root).args(["deny", "check", "licenses", "bans", "sources"]),
        );
    } else {
        steps.check("licences, bans, sources (own check by deny.toml)", || licences::check(&root));
    }
    test::prepare(&mut steps, &root, &options.test);
    let mut clippy = cargo::command(&root);
    steps.run("clippy", clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    test::add(&mut steps, &root, &options.test, true);
    steps.check("rankings of two builds", same_bytes::run);
    let mut doc = cargo::command(&root);
    steps.run("documentation", doc.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"));
    steps.finish()
}
