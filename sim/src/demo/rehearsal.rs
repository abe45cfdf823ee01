//! The demo's installation for a test that wants to look at the tablet while a transport runs, and after it.

use super::DemoArgs;
use super::assistive::Assistive;
use super::display::Display;
use super::installation::Installation;
use super::show::Show;
use super::tablet::{script, write_script};
use crate::process::{Running, pause};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks at the tablet's log.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where a tablet with a window would keep what it keeps, below the installation's folder.
const HOME: &str = "home";

/// A transport under way on a tablet that lets itself be looked into; in a window on a screen of its own, or without one.
pub struct Rehearsal {
    installation: Installation,
    tablet: Running,
    show: Show,
    screen: Option<(Display, Assistive)>,
}

impl Rehearsal {
    /// Prepares everything and starts the transport: the demo's steps as `edit` changes them. The tablet stays after the last.
    ///
    /// # Errors
    /// When a part cannot be started; the text says which and where its log is.
    pub async fn begin(args: &DemoArgs, edit: impl FnOnce(&mut Vec<Value>)) -> Result<Self> {
        let mut show = Show::new();
        let mut installation = Installation::prepare(args, &mut show).await?;
        installation.start(args, &mut show).await?;
        let mut script = script(&installation)?;
        edit(script["steps"].as_array_mut().context("the example script has steps")?);
        let script = write_script(&installation, "script.json", &script)?;
        let mut command = installation.programs().command("ambulance-client");
        command.arg("--config").arg(installation.tablet()).args(["--inspectable", "--keep"]);
        command.env("RUST_LOG", "debug");
        let screen = if args.headless {
            command.arg("--headless").arg(script);
            None
        } else {
            let display = Display::start(installation.programs()).await?;
            let assistive = Assistive::start(installation.programs(), installation.folder(), &display).await?;
            command.env("DBUS_SESSION_BUS_ADDRESS", &assistive.session);
            let home = installation.folder().join(HOME);
            std::fs::create_dir_all(&home).context("make a home for the tablet")?;
            command.arg("--script").arg(script).env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY");
            command.env("LIBGL_ALWAYS_SOFTWARE", "1").env("HOME", home);
            for kept in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
                command.env_remove(kept);
            }
            Some((display, assistive))
        };
        let mut tablet = installation.programs().start("tablet", &mut command)?;
        installation.open_incident(&mut tablet, &mut show).await?;
        Ok(Self { installation, tablet, show, screen })
    }

    /// Waits until the step with this number, from 0, is done.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub async fn done(&self, step: usize, within: Duration) -> Result<()> {
        self.said(&format!("\"step\":{step}}}"), within).await
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

    /// What a screen reader hears of the window, thing by thing, up to the first that is enough; nothing without a window.
    ///
    /// # Errors
    /// When the accessibility bus does not answer.
    pub async fn spoken(&self, enough: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        match &self.screen {
            Some((_, assistive)) => assistive.names(enough).await,
            None => Ok(Vec::new()),
        }
    }

    /// The tablet's folder.
    #[must_use]
    pub fn tablet_folder(&self) -> PathBuf {
        self.installation.tablet()
    }

    /// What a tablet with a window has as its home.
    #[must_use]
    pub fn tablet_home(&self) -> PathBuf {
        self.installation.folder().join(HOME)
    }

    /// The tablet's log.
    #[must_use]
    pub fn tablet_log(&self) -> &Path {
        self.tablet.log()
    }

    /// Ends the tablet; the folder stays until the value that is returned is dropped or ended.
    pub async fn end_tablet(self) -> Stopped {
        let Self { installation, tablet, show, screen: _screen } = self;
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
