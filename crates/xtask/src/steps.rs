//! A row of steps: each with a heading and a time, stopped at the first failure, told in a table at the end.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    /// Left out on request, or because it does not apply; the text says which.
    Skipped(String),
    /// Not reached after a failure.
    NotRun,
}

#[derive(Clone, Debug)]
struct Done {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// The steps of one command.
pub(crate) struct Steps {
    done: Vec<Done>,
    keep_going: bool,
    failed: bool,
}

impl Steps {
    /// No steps yet. With `keep_going` a failure does not stop the steps after it; the command fails all the same.
    pub(crate) fn new(keep_going: bool) -> Self {
        Self { done: Vec::new(), keep_going, failed: false }
    }

    /// Runs a program with its output shown. Fails when it exits with anything but 0.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) {
        let line = command_line(command);
        self.check(name, || {
            println!("$ {line}");
            let status = command.status().with_context(|| format!("starting `{line}`"))?;
            if !status.success() {
                bail!("`{line}` ended with {status}");
            }
            Ok(())
        });
    }

    /// Runs a check of our own.
    pub(crate) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        if self.failed && !self.keep_going {
            self.add(name, Outcome::NotRun, Duration::ZERO);
            return;
        }
        println!("\n== {name} ==");
        let start = Instant::now();
        let outcome = match check() {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                eprintln!("{name}: FAILED: {error:#}");
                self.failed = true;
                Outcome::Failed(format!("{error:#}"))
            }
        };
        self.add(name, outcome, start.elapsed());
    }

    /// Notes a step that is left out, and why.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.add(name, Outcome::Skipped(why.to_owned()), Duration::ZERO);
    }

    /// True when the next step would still be run.
    pub(crate) fn going(&self) -> bool {
        self.keep_going || !self.failed
    }

    /// Prints the table. Fails, naming every failed step, when one failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n== summary ==");
        print!("{}", self.table());
        let names: Vec<&str> = self.done.iter().filter(|done| done.failed()).map(|done| done.name.as_str()).collect();
        if names.is_empty() { Ok(()) } else { bail!("failed: {}", names.join(", ")) }
    }

    fn add(&mut self, name: &str, outcome: Outcome, took: Duration) {
        self.done.push(Done { name: name.to_owned(), outcome, took });
    }

    fn table(&self) -> String {
        let mut text: String = self.done.iter().map(Done::line).collect();
        let total: Duration = self.done.iter().map(|done| done.took).sum();
        text.push_str(&format!("           {} min  total\n", minutes(total)));
        text
    }
}

impl Done {
    fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    fn line(&self) -> String {
        let took = minutes(self.took);
        let name = &self.name;
        match &self.outcome {
            Outcome::Passed => format!("  ok       {took} min  {name}\n"),
            Outcome::Failed(why) => {
                format!("  FAILED   {took} min  {name}: {}\n", why.lines().next().unwrap_or_default())
            }
            Outcome::Skipped(why) => format!("  SKIPPED              {name}: {why}\n"),
            Outcome::NotRun => format!("  NOT RUN              {name}\n"),
        }
    }
}

fn minutes(took: Duration) -> String {
    format!("{:6.2}", took.as_secs_f64() / 60.0)
}

/// The command as one would type it, for headings and errors.
fn command_line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let plain =
            !argument.is_empty() && argument.chars().all(|c| c.is_ascii_alphanumeric() || "-_=./:,+".contains(c));
        line.push(' ');
        line.push_str(&if plain { argument.into_owned() } else { format!("'{argument}'") });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stops_what_follows_and_is_named() {
        let mut steps = Steps::new(false);
        steps.check("first", || Ok(()));
        steps.run("second", &mut Command::new("false"));
        let mut reached = false;
        steps.check("third", || {
            reached = true;
            Ok(())
        });
        steps.skip("fourth", "asked by --skip fourth");
        assert!(!reached && !steps.going());
        let table = steps.table();
        assert!(table.contains("NOT RUN              third"), "{table}");
        assert!(table.contains("SKIPPED              fourth: asked by --skip fourth"), "{table}");
        assert_eq!(steps.finish().unwrap_err().to_string(), "failed: second");
    }

    #[test]
    fn with_keep_going_later_steps_run_and_the_end_still_fails() {
        let mut steps = Steps::new(true);
        steps.check("first", || bail!("broken"));
        let mut reached = false;
        steps.check("second", || {
            reached = true;
            Ok(())
        });
        assert!(reached);
        assert!(steps.table().contains("first: broken"));
        assert!(steps.finish().is_err());
    }

    #[test]
    fn a_program_that_is_not_there_fails_by_name() {
        let mut steps = Steps::new(false);
        steps.run("ghost", &mut Command::new("no-such-program-here"));
        assert!(steps.table().contains("starting `no-such-program-here`"));
    }
}
