//! `cargo xtask test`: every test, with what it needs installed first.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::packages::Group;
use crate::steps::Steps;
use crate::{cargo, install};

/// The test runner's version, fixed so that its options and its output are the ones that were tried.
const NEXTEST: &str = "0.9.143";
/// Where the tests find the built programs (`dispatch-server`, `sim`, `ambulance-client`).
const PROGRAM_FOLDER: &str = "XTASK_BIN_DIR";

/// Tests that need more of a machine than a compiler, and can be left out by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Real PC/SC daemon, virtual reader, OpenSC: tests with `pcsc` in their name.
    Card,
    /// A real window under a virtual screen: tests in a module or function that begins with `window`.
    Window,
    /// Web pages in Chromium: system tests in a module or function that begins with `browser`.
    Browser,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Card, Self::Window, Self::Browser];

    const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Window => "window",
            Self::Browser => "browser",
        }
    }

    const fn groups(self) -> &'static [Group] {
        match self {
            Self::Card => &[Group::Card, Group::CardTools],
            Self::Window => &[Group::Window, Group::Assistive],
            Self::Browser => &[Group::Browser],
        }
    }

    /// The runner's expression for these tests.
    const fn filter(self) -> &'static str {
        match self {
            Self::Card => "test(pcsc)",
            Self::Window => "((package(ambulance-client) | package(system-tests)) & test(/(^|::)window/))",
            Self::Browser => "((package(dispatch-server) | package(system-tests)) & test(/(^|::)browser/))",
        }
    }

    /// Part of the test's name, for the plain runner, which knows no expressions.
    const fn word(self) -> &'static str {
        match self {
            Self::Card => "pcsc",
            Self::Window => "window_",
            Self::Browser => "browser_",
        }
    }
}

/// Options of `cargo xtask test`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Leaves these tests out; the summary says so.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) skip: Vec<Kind>,
    /// Installs nothing: uses what is there.
    #[arg(long)]
    pub(crate) no_install: bool,
    /// Goes to the test runner as it stands, for example `-- -p case`. Then the tests in the documentation are left out.
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) args: Vec<String>,
}

/// Installs, builds, runs. Fails by the name of the step.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    if !options.skip.is_empty()
        && options.args.iter().any(|argument| argument.starts_with("-E") || argument.starts_with("--filter"))
    {
        bail!("--skip and a filter of your own cannot be combined: write the exclusion into your filter");
    }
    let mut steps = Steps::new(false);
    prepare(&mut steps, &root, options);
    add(&mut steps, &root, options, false);
    steps.finish()
}

/// Adds the steps that install what the tests need, and names the tests that are left out.
pub(crate) fn prepare(steps: &mut Steps, root: &Path, options: &Options) {
    let kinds = kinds(root, options);
    for kind in Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)) {
        let asked = options.skip.contains(&kind);
        let why = if asked { format!("asked by --skip {}", kind.name()) } else { "this tree has none yet".to_owned() };
        steps.skip(&format!("{} tests", kind.name()), &why);
    }
    add_packages(steps, options, &kinds);
    if kinds.contains(&Kind::Browser) && root.join("tests/web/package-lock.json").is_file() {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--prefix", "tests/web"]).current_dir(root);
        steps.run("browser test libraries", &mut npm);
    }
}

/// Adds the steps of the tests. `checking` is the machine that guards the main branch: it runs on after a failed test.
pub(crate) fn add(steps: &mut Steps, root: &Path, options: &Options, checking: bool) {
    // Programs and tests in one call: with the test libraries' features in play both times, nothing is compiled twice.
    steps.run("build programs and tests", cargo::command(root).args(["build", "--workspace", "--bins", "--tests"]));
    add_tests(steps, root, options, checking);
    if options.args.is_empty() {
        steps.run("tests in the documentation", cargo::command(root).args(["test", "--doc", "--workspace"]));
    } else {
        steps.skip("tests in the documentation", "arguments for the test runner were given");
    }
}

fn kinds(root: &Path, options: &Options) -> Vec<Kind> {
    let wanted = |kind: &Kind| !options.skip.contains(kind) && (*kind != Kind::Browser || has_browser_tests(root));
    Kind::ALL.into_iter().filter(wanted).collect()
}

/// Chromium is large: it is fetched only once there is something for it to do.
fn has_browser_tests(root: &Path) -> bool {
    let folders = ["tests", "tests/src", "tests/scenarios", "tests/src/scenarios"];
    let begins = |folder: &str| {
        let entries = root.join(folder).read_dir().into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("browser"))
    };
    root.join("tests/web/package.json").is_file() || folders.into_iter().any(begins)
}

fn add_packages(steps: &mut Steps, options: &Options, kinds: &[Kind]) {
    if options.no_install {
        steps.skip("system packages", "asked by --no-install");
        return;
    }
    steps.check("system packages to build", || install::ensure(&[Group::Build]));
    steps.check("system packages for fault and TPM tests", || install::ensure(&[Group::Faults, Group::Tpm]));
    for kind in kinds {
        let hint = || format!("{0} tests cannot run; `--skip {0}` leaves them out", kind.name());
        steps.check(&format!("system packages for {} tests", kind.name()), || {
            install::ensure(kind.groups()).with_context(hint)
        });
    }
}

fn add_tests(steps: &mut Steps, root: &Path, options: &Options, checking: bool) {
    if !steps.going() {
        steps.check("tests", || Ok(()));
        return;
    }
    let Ok(programs) = cargo::binary_folder(root, "debug") else {
        steps.check("tests", || bail!("cargo metadata named no target folder"));
        return;
    };
    if ensure_nextest(root, options) {
        let mut runner = nextest(root, options, checking);
        steps.run("tests", runner.env(PROGRAM_FOLDER, &programs));
        return;
    }
    println!("no cargo-nextest: the tests run with plain cargo test, those with PC/SC one by one");
    steps.run("tests (plain cargo test)", plain(root, options).env(PROGRAM_FOLDER, &programs));
    if !options.skip.contains(&Kind::Card) && options.args.is_empty() {
        let mut cards = cargo::command(root);
        cards.args(["test", "--workspace", "--lib", "--bins", "--tests", "pcsc", "--", "--test-threads=1"]);
        steps.run("card tests (plain cargo test)", cards.env(PROGRAM_FOLDER, &programs));
    }
}

fn nextest(root: &Path, options: &Options, checking: bool) -> Command {
    let mut command = cargo::command(root);
    command.args(["nextest", "run"]);
    // Beside --workspace, cargo would not heed -p.
    if !options.args.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package")) {
        command.arg("--workspace");
    }
    if checking {
        command.args(["--profile", "ci"]);
    }
    if let Some(filter) = filter(&options.skip) {
        command.args(["-E", &filter]);
    }
    command.args(&options.args);
    command
}

fn filter(skip: &[Kind]) -> Option<String> {
    let parts: Vec<&str> = skip.iter().map(|kind| kind.filter()).collect();
    (!parts.is_empty()).then(|| format!("not ({})", parts.join(" | ")))
}

fn plain(root: &Path, options: &Options) -> Command {
    let mut command = cargo::command(root);
    command.args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    command.args(&options.args);
    if options.args.is_empty() {
        // Card tests follow alone, since there is one daemon and one reader.
        command.args(["--", "--skip", Kind::Card.word()]);
        for kind in options.skip.iter().filter(|kind| **kind != Kind::Card) {
            command.args(["--skip", kind.word()]);
        }
    }
    command
}

/// True when `cargo nextest` can be used. Built without optimisation: it starts processes, and this takes half the time.
fn ensure_nextest(root: &Path, options: &Options) -> bool {
    if cargo::has_subcommand(root, "nextest") {
        return true;
    }
    if options.no_install {
        return false;
    }
    println!(
        "cargo-nextest is missing: it runs each test in a process of its own and ends those that hang; installing {NEXTEST}"
    );
    let mut command = cargo::command(root);
    command
        .args(["install", "cargo-nextest", "--locked", "--debug", "--version", NEXTEST])
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    let installed = command.status().is_ok_and(|status| status.success());
    if !installed {
        eprintln!("cargo-nextest could not be installed");
    }
    installed && cargo::has_subcommand(root, "nextest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_skipped_is_excluded_by_one_expression() {
        assert_eq!(filter(&[]), None);
        assert_eq!(filter(&[Kind::Card]).as_deref(), Some("not (test(pcsc))"));
        let both = filter(&[Kind::Card, Kind::Browser]).unwrap_or_default();
        assert!(both.starts_with("not (test(pcsc) | (") && both.ends_with("))"), "{both}");
    }

    #[test]
    fn the_runner_gets_profile_filter_and_arguments_in_this_order() {
        let options =
            Options { skip: vec![Kind::Card], args: vec!["-p".to_owned(), "case".to_owned()], ..Options::default() };
        let command = nextest(Path::new("."), &options, true);
        let all: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        assert_eq!(all, ["nextest", "run", "--profile", "ci", "-E", "not (test(pcsc))", "-p", "case"]);
    }

    #[test]
    fn a_filter_of_ones_own_is_not_silently_widened() {
        let options =
            Options { skip: vec![Kind::Card], args: vec!["-E".to_owned(), "test(a)".to_owned()], ..Options::default() };
        assert!(run(&options).unwrap_err().to_string().contains("cannot be combined"));
    }
}
