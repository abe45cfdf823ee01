//! What a screen reader would hear: an accessibility bus (AT-SPI) of our own, and a walk over what the tablet's window tells it.

use super::display::Display;
use crate::process::{Programs, Running, pause};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// The bus must answer within this time.
const WITHIN: Duration = Duration::from_secs(15);
/// Nodes that are asked for their names at most.
const NODES_MAX: usize = 400;
const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

/// A session bus with accessibility switched on.
pub(super) struct Assistive {
    /// The session's address.
    pub(super) session: String,
    accessibility: String,
    _bus: Running,
    launcher: Running,
}

impl Assistive {
    /// Starts it for the programs of a screen.
    pub(super) async fn start(programs: &Programs, folder: &Path, display: &Display) -> Result<Self> {
        let session = format!("unix:path={}", folder.join("session-bus").display());
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--address", &session]).kill_on_drop(true);
        let bus = programs.start("dbus", &mut command).context("start dbus-daemon; `cargo xtask test` installs it")?;
        let mut command = Command::new(LAUNCHER);
        command.args(["--launch-immediately", "--a11y=1"]).kill_on_drop(true);
        command.env("DBUS_SESSION_BUS_ADDRESS", &session).env("DISPLAY", &display.name).env("XDG_RUNTIME_DIR", folder);
        // It starts programs of its own: they end with the group.
        command.process_group(0);
        let wait = async {
            while tokio::fs::metadata(folder.join("session-bus")).await.is_err() {
                pause(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(WITHIN, wait).await.context("wait for the session bus")?;
        let launcher = programs.start("at-spi", &mut command).context("start at-spi-bus-launcher (at-spi2-core)")?;
        let bus_name = ["string:org.a11y.Bus".to_owned()];
        let answers = async {
            // Asked for its address before it is there, the bus would start another one, with accessibility switched off.
            let owner = "org.freedesktop.DBus.NameHasOwner";
            while !ask(&session, "org.freedesktop.DBus", "/org/freedesktop/DBus", owner, &bus_name)
                .await
                .is_ok_and(|said| said.contains("true"))
            {
                pause(Duration::from_millis(20)).await;
            }
            loop {
                if let Ok(address) =
                    ask(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress", &[]).await
                    && let Some(address) = address.split('"').nth(1)
                {
                    return address.to_owned();
                }
                pause(Duration::from_millis(50)).await;
            }
        };
        let accessibility = tokio::time::timeout(WITHIN, answers).await.context("wait for the accessibility bus")?;
        Ok(Self { session, accessibility, _bus: bus, launcher })
    }

    /// The names of everything that windows on this bus show, in no order; up to the first that is enough.
    pub(super) async fn names(&self, enough: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut waiting = self.children("org.a11y.atspi.Registry", ROOT).await?;
        let mut names = Vec::new();
        let mut asked = 0;
        while let Some((name, path)) = waiting.pop() {
            asked += 1;
            if asked > NODES_MAX {
                bail!("the window shows more than {NODES_MAX} things");
            }
            let arguments = [format!("string:{ACCESSIBLE}"), "string:Name".to_owned()];
            let get = "org.freedesktop.DBus.Properties.Get";
            if let Ok(said) = ask(&self.accessibility, &name, &path, get, &arguments).await {
                names.extend(
                    said.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map(|(n, _)| n.to_owned()),
                );
            }
            if names.last().is_some_and(|name| enough(name)) {
                break;
            }
            // What has left the screen meanwhile has no children.
            waiting.extend(self.children(&name, &path).await.unwrap_or_default());
        }
        Ok(names)
    }

    /// Bus name and path of each child.
    async fn children(&self, name: &str, path: &str) -> Result<Vec<(String, String)>> {
        let said = ask(&self.accessibility, name, path, &format!("{ACCESSIBLE}.GetChildren"), &[]).await?;
        let quoted: Vec<&str> = said.split('"').skip(1).step_by(2).collect();
        Ok(quoted.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect())
    }
}

impl Drop for Assistive {
    fn drop(&mut self) {
        if let Some(leader) = self.launcher.id() {
            let group = format!("-{leader}");
            let _ended_already = std::process::Command::new("kill").args(["-TERM", "--", &group]).status();
        }
    }
}

/// Calls a method and returns the answer as `dbus-send` prints it.
async fn ask(bus: &str, name: &str, path: &str, method: &str, arguments: &[String]) -> Result<String> {
    let mut command = Command::new("dbus-send");
    command.arg(format!("--bus={bus}")).arg("--print-reply").arg(format!("--dest={name}")).args([path, method]);
    let output = command.args(arguments).kill_on_drop(true).output().await.context("start dbus-send")?;
    if !output.status.success() {
        bail!("{method} of {name} {path}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
