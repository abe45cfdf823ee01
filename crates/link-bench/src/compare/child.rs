//! The servers' processes: this program again, and a broker.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Kind;
use super::ground::Ground;
use super::proc::{self, Figures};

const BROKER: &str = "mosquitto";
/// Debian keeps it where only root's path leads.
const BROKER_ELSEWHERE: &str = "/usr/sbin/mosquitto";

/// One link's server side. Dropping it ends every process of it.
pub(super) struct Children {
    pub(super) address: SocketAddr,
    server: Child,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
    broker: Option<Child>,
}

impl Children {
    /// Starts what this link needs, and waits until it answers.
    pub(super) fn start(kind: Kind, ground: &Ground, folder: &Path) -> Result<Self> {
        let port = match kind {
            Kind::Mqtt => free_port(ground)?,
            Kind::Ours | Kind::Grpc => 0,
        };
        let wanted = SocketAddr::from((ground.address(), port));
        let broker = match kind {
            Kind::Mqtt => Some(start(ground, broker(folder, wanted)?).context("start the broker")?),
            Kind::Ours | Kind::Grpc => None,
        };
        let mut command = Command::new(std::env::current_exe().context("find this program")?);
        command.args(["serve", kind.word(), "--listen", &wanted.to_string(), "--folder"]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = start(ground, command).context("start the server")?;
        let (asked, told) = (server.stdin.take(), server.stdout.take());
        let (Some(asked), Some(told)) = (asked, told) else { bail!("the server has no pipes") };
        let mut children = Self { address: wanted, server, asked, told: BufReader::new(told), broker };
        let said = children.line()?;
        children.address = said.parse().with_context(|| format!("the server said `{said}` and no address"))?;
        Ok(children)
    }

    /// Positions that have reached the application.
    pub(super) fn positions(&mut self) -> Result<u64> {
        writeln!(self.asked).context("ask the server")?;
        let said = self.line()?;
        said.parse().with_context(|| format!("the server said `{said}` and no count"))
    }

    /// Memory and processor time of all its processes.
    pub(super) fn figures(&self) -> Result<Figures> {
        let broker = self.broker.as_ref().map(|broker| proc::of(broker.id())).transpose()?;
        Ok(proc::of(self.server.id())? + broker.unwrap_or_default())
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.told.read_line(&mut line).context("hear the server")? == 0 {
            bail!("the server ended");
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for child in [Some(&mut self.server), self.broker.as_mut()].into_iter().flatten() {
            // One that has ended already is what is wanted.
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}

fn start(ground: &Ground, mut command: Command) -> Result<Child> {
    ground.far(async move { command.spawn().context("start a process") })
}

fn free_port(ground: &Ground) -> Result<u16> {
    let address = ground.address();
    ground.far(async move { Ok(TcpListener::bind((address, 0))?.local_addr()?.port()) })
}

/// Whether there is a broker, and which.
pub(super) fn broker_version() -> Result<String> {
    let said = Command::new(broker_program()).arg("-h").output().context("mosquitto is not installed")?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    Ok(text.lines().next().unwrap_or(BROKER).to_owned())
}

fn broker_program() -> &'static str {
    if Path::new(BROKER_ELSEWHERE).exists() { BROKER_ELSEWHERE } else { BROKER }
}

/// The broker with the same certificates as everybody, TLS 1.3, nothing on disk, and no bound on what is under way.
fn broker(folder: &Path, listen: SocketAddr) -> Result<Command> {
    let file = |name: &str| folder.join(name).display().to_string();
    let config = format!(
        "user root\npersistence false\nlog_dest none\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n\
         set_tcp_nodelay true\nlistener {} {}\nprotocol mqtt\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true\n\
         tls_version tlsv1.3\n",
        listen.port(),
        listen.ip(),
        file("authority/ca.pem"),
        file("server.pem"),
        file("server.key"),
    );
    let path = folder.join(format!("mosquitto-{}.conf", listen.port()));
    #[expect(clippy::disallowed_methods, reason = "the broker's configuration is a file")]
    std::fs::write(&path, config).context("write the broker's configuration")?;
    let mut command = Command::new(broker_program());
    command.arg("-c").arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}
