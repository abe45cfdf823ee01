//! A display for pictures where the machine has none.

use crate::process::{Programs, Running};
use anyhow::{Context, Result};
use tokio::process::Command;

/// The panel of the design, in points.
const SCREEN: &str = "1280x800x24";

/// An Xvfb of our own.
pub(super) struct Display {
    pub(super) name: String,
    _server: Running,
}

impl Display {
    /// Starts Xvfb on a number that it finds free itself: it alone can tell another's display from what a killed server left.
    pub(super) async fn start(programs: &Programs) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]).kill_on_drop(true);
        let mut server = programs.start("xvfb", &mut command).context("start Xvfb; `cargo xtask demo` installs it")?;
        let number = server.line(|line| line.parse::<u32>().ok()).await.context("wait for Xvfb's display")?;
        Ok(Self { name: format!(":{number}"), _server: server })
    }
}

/// The display that the environment names.
pub(super) fn of_environment() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let named = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty());
    named
}
