//! Programs as processes: started, spoken to, killed.

use super::tablet::{Life, READY, Shown};
use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A program says that it is ready within this time, or the run ends.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Lines of a program's log in an error.
const LAST_WORDS: usize = 12;

/// Folder of the built programs: as `cargo xtask` names it, else where this program lies.
///
/// # Panics
/// When this program has no path.
#[must_use]
pub fn programs() -> PathBuf {
    if let Some(named) = std::env::var_os("XTASK_BIN_DIR") {
        return named.into();
    }
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().unwrap();
    if folder.ends_with("deps") { folder.parent().unwrap().to_path_buf() } else { folder.to_path_buf() }
}

/// How a program is started: behind another one (`nsenter …`), and with further variables of its environment.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// A command that starts the command behind it.
    pub launcher: Vec<String>,
    /// Names and values.
    pub environment: Vec<(String, String)>,
}

impl Around {
    fn command(&self, program: &str) -> Command {
        let program = programs().join(program);
        let mut command = match self.launcher.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A running program with its standard input and output; its log goes on at the end of a file.
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl Process {
    fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log).context("open a log")?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("start {:?}", command.as_std().get_program()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { bail!("no pipes") };
        Ok(Self { child, input, output: BufReader::new(output).lines(), log: log.to_owned() })
    }

    /// The next line that it says.
    async fn line(&mut self) -> Result<String> {
        let line = tokio::time::timeout(READY_WITHIN, self.output.next_line()).await;
        match line.with_context(|| format!("wait for a program's word; {}", self.last_words()))?? {
            Some(line) => Ok(line),
            None => bail!("it ended with {}; {}", self.child.wait().await?, self.last_words()),
        }
    }

    /// The end of its log, which goes with the folder of the run.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(LAST_WORDS)..).unwrap_or_default();
        format!("{} ends with:\n{}", self.log.display(), last.join("\n"))
    }

    async fn tell(&mut self, word: &str) -> Result<()> {
        self.input.write_all(format!("{word}\n").as_bytes()).await.context("speak to a program")
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// SIGKILL, and waits until it is gone.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub async fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("a program that was to be killed had ended by itself with {status}; {}", self.last_words());
        }
        self.child.kill().await.context("kill a program")
    }
}

/// The real server.
pub struct Server(pub Process);

/// How to start a server: where it was, it is again.
#[derive(Clone, Debug)]
pub struct ServerPlace {
    /// Its data directory.
    pub data: PathBuf,
    /// Where it listens.
    pub quic: SocketAddr,
    /// Where its pages are.
    pub https: SocketAddr,
    /// Address and TLS folder of the national system.
    pub national: (SocketAddr, PathBuf),
    /// Its log.
    pub log: PathBuf,
    /// How it is started.
    pub around: Around,
}

impl ServerPlace {
    /// The command that serves.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = self.around.command("dispatch-server");
        command.arg("serve").arg("--data").arg(&self.data);
        command.arg("--quic").arg(self.quic.to_string()).arg("--https").arg(self.https.to_string());
        command.arg("--national").arg(format!("https://{}", self.national.0));
        command.arg("--national-tls").arg(&self.national.1);
        command
    }

    /// Starts it; it may not be ready yet.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn spawn(&self) -> Result<Server> {
        Process::start(&mut self.command(), &self.log).map(Server)
    }

    /// Waits until it serves, and remembers where. Returns how long that took.
    ///
    /// # Errors
    /// When it ends before.
    pub async fn ready(&mut self, server: &mut Server) -> Result<Duration> {
        let began = Instant::now();
        let mut addresses = Vec::new();
        while addresses.len() < 2 {
            let line = server.0.line().await.context("start the server")?;
            let text: String = line.chars().skip_while(|c| !c.is_ascii_digit()).collect();
            let end = text.find(['/', '（']).unwrap_or(text.len());
            addresses.push(text[..end].parse().with_context(|| format!("understand the server's {line:?}"))?);
        }
        (self.quic, self.https) = (addresses[0], addresses[1]);
        Ok(began.elapsed())
    }
}

/// A tablet process.
pub struct TabletProcess(pub Process);

impl TabletProcess {
    /// Starts it; it may not be ready yet.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn spawn(life: &Life, log: &Path, around: &Around) -> Result<Self> {
        let mut command = around.command("fault-tablet");
        command.arg(serde_json::to_string(life)?);
        Process::start(&mut command, log).map(Self)
    }

    /// Waits until it runs. Returns how long that took.
    ///
    /// # Errors
    /// When it ends before.
    pub async fn ready(&mut self) -> Result<Duration> {
        let began = Instant::now();
        let line = self.0.line().await.context("start a tablet")?;
        if line != READY {
            bail!("a tablet said {line:?}");
        }
        Ok(began.elapsed())
    }

    /// Gives an order.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn order(&mut self, word: &str) -> Result<()> {
        self.0.tell(word).await
    }

    /// What is on its screen.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn show(&mut self) -> Result<Shown> {
        self.0.tell("show").await?;
        let line = self.0.line().await?;
        serde_json::from_str(&line).context("understand what a tablet shows")
    }

    /// Waits until the screen fulfils a condition.
    ///
    /// # Errors
    /// When it does not within a minute, with what it shows instead.
    pub async fn until(&mut self, what: &str, condition: impl Fn(&Shown) -> bool) -> Result<Shown> {
        let began = Instant::now();
        loop {
            let shown = self.show().await?;
            if condition(&shown) {
                return Ok(shown);
            }
            if began.elapsed() > READY_WITHIN {
                bail!("in vain: {what}; shown is {shown:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
