//! The demo's installation for a test that wants to look at the tablet while a transport runs, and after it.

use super::DemoArgs;
use super::installation::Installation;
use super::show::Show;
use super::tablet::{script, write_script};
use crate::process::{Running, pause};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks at the tablet's log.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A transport under way, without a window, on a tablet that lets itself be looked into.
pub struct Rehearsal {
    installation: Installation,
    tablet: Running,
    show: Show,
}

impl Rehearsal {
    /// Prepares everything and starts the transport. After the history was shown the crew waits for `look`.
    ///
    /// # Errors
    /// When a part cannot be started; the text says which and where its log is.
    pub async fn begin(args: &DemoArgs, look: Duration) -> Result<Self> {
        let mut show = Show::new();
        let mut installation = Installation::prepare(args, &mut show).await?;
        installation.start(args, &mut show).await?;
        let script = with_pause(script(&installation)?, look)?;
        let script = write_script(&installation, "script.json", &script)?;
        let mut command = installation.programs().command("ambulance-client");
        command
            .arg("--config")
            .arg(installation.tablet())
            .arg("--headless")
            .arg(script)
            .args(["--inspectable", "--keep"]);
        command.env("RUST_LOG", "debug");
        let mut tablet = installation.programs().start("tablet", &mut command)?;
        installation.open_incident(&mut tablet, &mut show).await?;
        Ok(Self { installation, tablet, show })
    }

    /// Waits until the tablet's log holds a text.
    ///
    /// # Errors
    /// When it does not come within `within`, or the script failed.
    pub async fn said(&self, text: &str, within: Duration) -> Result<()> {
        let wait = async {
            loop {
                #[expect(clippy::disallowed_methods, reason = "this is a program")]
                let log = std::fs::read_to_string(self.tablet.log()).unwrap_or_default();
                if log.contains(text) {
                    return Ok(());
                }
                if let Some(failed) = log.lines().find(|line| line.starts_with("{\"failed\"")) {
                    bail!("the script failed: {failed}");
                }
                pause(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(within, wait).await.with_context(|| format!("wait until the tablet says {text}"))?
    }

    /// The tablet's process; none after its end.
    #[must_use]
    pub fn tablet_process(&self) -> Option<u32> {
        self.tablet.id()
    }

    /// The tablet's folder.
    #[must_use]
    pub fn tablet_folder(&self) -> PathBuf {
        self.installation.tablet()
    }

    /// The tablet's log.
    #[must_use]
    pub fn tablet_log(&self) -> &Path {
        self.tablet.log()
    }

    /// Ends the tablet; the folder stays until the value that is returned is dropped or ended.
    pub async fn end_tablet(self) -> Stopped {
        let Self { installation, tablet, show } = self;
        tablet.stop().await;
        Stopped { installation, show }
    }
}

/// The installation after its tablet's end.
pub struct Stopped {
    installation: Installation,
    show: Show,
}

impl Stopped {
    /// Ends everything else and removes the folder.
    pub async fn end(self) {
        let Self { installation, mut show } = self;
        installation.stop(&mut show).await;
    }
}

fn with_pause(mut script: Value, look: Duration) -> Result<Value> {
    let steps = script["steps"].as_array_mut().context("the example script has steps")?;
    let shown = steps.iter().position(|s| s == "history_shown").context("find the history in the script")?;
    let ms = u64::try_from(look.as_millis()).context("a pause of a sensible length")?;
    steps.insert(shown + 1, json!({ "pause_ms": ms }));
    Ok(script)
}
