//! A program that the demo or the storm started: its log, its end.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};

/// A program that does not obey SIGTERM within this time is killed.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// A program must say that it is ready within this time.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at a file that another process writes.
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// Lines of a program's log in an error.
const LAST_WORDS: usize = 12;

/// A running program. Dropping it kills it.
pub(crate) struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

/// Where programs and logs are.
#[derive(Clone)]
pub(crate) struct Programs {
    pub(crate) bin: PathBuf,
    pub(crate) logs: PathBuf,
}

impl Programs {
    /// A command of one of our programs.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts a program that goes on.
    pub(crate) fn start(&self, name: &str, command: &mut Command) -> Result<Running> {
        let log = self.logs.join(format!("{name}.log"));
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("write {}", log.display()))?;
        let again = file.try_clone().context("write the log")?;
        let child = command.stdout(file).stderr(again).spawn().with_context(|| format!("start {name}"))?;
        Ok(Running { name: name.to_owned(), child, log })
    }

    /// Runs a command to its end and returns what it printed.
    pub(crate) async fn run(&self, program: &str, args: &[&str]) -> Result<String> {
        let output = self.command(program).args(args).output().await.with_context(|| format!("start {program}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{program} {}` ended with {}: {}", args.join(" "), output.status, said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Running {
    /// Waits for a file that the program writes when it is ready.
    pub(crate) async fn ready(&mut self, file: &Path) -> Result<serde_json::Value> {
        let wait = async {
            loop {
                if let Some(value) = read_json(file) {
                    return Ok(value);
                }
                if let Some(status) = self.child.try_wait().context("watch a program")? {
                    bail!("{} ended with {status}; see {}", self.name, self.log.display());
                }
                pause(LOOK_EVERY).await;
            }
        };
        match tokio::time::timeout(READY_WITHIN, wait).await {
            Ok(ready) => ready,
            Err(_) => {
                bail!("{} was not ready within {} s; see {}", self.name, READY_WITHIN.as_secs(), self.log.display())
            }
        }
    }

    /// Waits until its log holds a text.
    pub(crate) async fn said(&mut self, text: &str) -> Result<()> {
        self.logged(|log| log.contains(text).then_some(())).await
    }

    /// Waits for a whole line of its log that means something.
    pub(crate) async fn line<T>(&mut self, meaning: impl Fn(&str) -> Option<T>) -> Result<T> {
        self.logged(|log| log.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).find_map(&meaning)).await
    }

    /// Waits until something is found in its log.
    async fn logged<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let wait = async {
            loop {
                #[expect(clippy::disallowed_methods, reason = "this is a program")]
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                if let Some(found) = find(&log) {
                    return Ok(found);
                }
                if let Some(status) = self.child.try_wait().context("watch a program")? {
                    bail!("{} ended with {status}: {}", self.name, log.trim());
                }
                pause(LOOK_EVERY).await;
            }
        };
        match tokio::time::timeout(READY_WITHIN, wait).await {
            Ok(found) => found,
            Err(_) => {
                bail!("{} was not ready within {} s; see {}", self.name, READY_WITHIN.as_secs(), self.log.display())
            }
        }
    }

    /// Waits for its end.
    pub(crate) async fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().await.with_context(|| format!("wait for {}", self.name))
    }

    /// SIGKILL, as a power cut would.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("kill {}", self.name))
    }

    /// Its process; none after its end.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its log.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// What it is doing: its end, or the last lines of its log, for an error's text.
    pub(crate) fn last_words(&mut self) -> String {
        let end = match self.child.try_wait() {
            Ok(Some(status)) => format!("{} ended with {status}", self.name),
            Ok(None) => format!("{} runs", self.name),
            Err(error) => format!("{} cannot be watched ({error})", self.name),
        };
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(LAST_WORDS)..).unwrap_or_default();
        format!("{end}; its log ends with:\n{}", last.join("\n"))
    }

    /// Asks it to end; kills it when it does not.
    pub(crate) async fn stop(mut self) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        let asked = pid.is_some_and(|pid| rustix::process::kill_process(pid, rustix::process::Signal::TERM).is_ok());
        if !asked || tokio::time::timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _gone = self.child.kill().await;
        }
    }
}

/// A JSON file, when it is there and whole.
pub(crate) fn read_json(file: &Path) -> Option<serde_json::Value> {
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let text = std::fs::read_to_string(file).ok()?;
    serde_json::from_str(&text).ok()
}

/// Lets time pass.
pub(crate) async fn pause(pause: Duration) {
    #[expect(clippy::disallowed_methods, reason = "another process can only be awaited by looking")]
    tokio::time::sleep(pause).await;
}
