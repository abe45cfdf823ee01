//! `--headless SCRIPT`: the same tablet without a window.

use super::{Cli, Outcome, folder, say, secure, write_json};
use crate::script::report::Report;
use crate::script::run::{Stage, run};
use crate::script::{Picture, Script, Step};
use ambulance_runtime::{Handle, TabletFolder, start_pcsc, start_tablet};
use anyhow::{Context, Result};
use std::path::Path;

/// Prints one JSON line per step; takes no pictures.
struct Lines {
    wants_lists: bool,
}

impl Stage for Lines {
    fn done(&mut self, n: usize, step: &Step, ms: f64) {
        let what = serde_json::json!({ "step": n, "did": name(step), "ms": ms });
        say(&format!("{what}\n"));
    }
    async fn picture(&mut self, _picture: &Picture) {}
    fn wants_lists(&self) -> bool {
        self.wants_lists
    }
}

/// A step without what was typed in it.
#[must_use]
pub fn name(step: &Step) -> serde_json::Value {
    match step {
        Step::SignIn(s) => serde_json::json!({ "sign_in": s.login }),
        Step::StaffPassword(_) => serde_json::json!("staff_password"),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// Reads a script file.
///
/// # Errors
/// When it cannot be read or understood.
pub fn load(path: &Path) -> Result<Script> {
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let text = std::fs::read_to_string(path).with_context(|| format!("read the script {}", path.display()))?;
    Script::parse(&text).with_context(|| format!("use the script {}", path.display()))
}

/// Starts the tablet of a folder with the machine's own readers.
///
/// # Errors
/// When it cannot start.
pub async fn open(folder: &TabletFolder, repaint: impl Fn() + Send + 'static) -> Result<Handle> {
    let reader = start_pcsc(folder.anchors.clone()).context("start the card reader")?;
    Ok(start_tablet(folder, reader, repaint).await?)
}

/// Runs the script, prints progress, writes the report.
///
/// # Errors
/// When the tablet cannot start, or the report not be written. A failed script is an outcome, not an error.
pub fn main(cli: &Cli, script: &Path) -> Result<Outcome> {
    let script = load(script)?;
    let tablet = TabletFolder::load(&folder(cli)?)?;
    secure::close_process(tablet.settings.training, cli.inspectable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("start the runtime")?;
    let report = runtime.block_on(async {
        let handle = open(&tablet, || {}).await?;
        let report = run(&script, &handle, &mut Lines { wants_lists: cli.json.is_some() }).await;
        if cli.keep {
            // The report is told before waiting: whoever keeps us wants to look.
            finish(cli, &report)?;
            let _signal = tokio::signal::ctrl_c().await;
        }
        handle.stop().await;
        anyhow::Ok(report)
    })?;
    if !cli.keep {
        finish(cli, &report)?;
    }
    Ok(if report.ok { Outcome::Success } else { Outcome::CheckFailed })
}

/// Writes the report where it was asked for, and says what failed.
///
/// # Errors
/// When the report cannot be written.
pub fn finish(cli: &Cli, report: &Report) -> Result<()> {
    if let Some(json) = &cli.json {
        write_json(json, report)?;
    }
    if let Some(failed) = &report.failed {
        say(&format!("{}\n", serde_json::json!({ "failed": failed })));
    }
    Ok(())
}
