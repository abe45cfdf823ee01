//! A display for pictures where the machine has none.

use crate::process::{Programs, Running, pause};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

/// Displays that are tried, from a number that desktops do not use.
const FIRST: u32 = 90;
const LAST: u32 = 120;
/// The panel of the design, in points.
const SCREEN: &str = "1280x800x24";
/// The server must have its socket within this time.
const WITHIN: Duration = Duration::from_secs(10);

/// An Xvfb of our own.
pub(super) struct Display {
    pub(super) name: String,
    _server: Running,
}

fn socket(number: u32) -> PathBuf {
    PathBuf::from("/tmp/.X11-unix").join(format!("X{number}"))
}

impl Display {
    /// Starts Xvfb on a free number.
    pub(super) async fn start(programs: &Programs) -> Result<Self> {
        let number = (FIRST..LAST).find(|n| !socket(*n).exists()).context("find a free display number")?;
        let name = format!(":{number}");
        let mut command = Command::new("Xvfb");
        command.arg(&name).args(["-screen", "0", SCREEN, "-nolisten", "tcp"]).kill_on_drop(true);
        let server = programs.start("xvfb", &mut command).context("start Xvfb; `cargo xtask demo` installs it")?;
        let ready = async {
            while !socket(number).exists() {
                pause(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(WITHIN, ready).await.is_err() {
            bail!("Xvfb did not open display {name} within {} s", WITHIN.as_secs());
        }
        Ok(Self { name, _server: server })
    }
}

/// The display that the environment names.
pub(super) fn of_environment() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let named = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty());
    named
}
