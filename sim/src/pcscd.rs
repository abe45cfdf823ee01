//! A PC/SC daemon with the virtual reader: one that runs is used and left alone, one that is started here is stopped by
//! its id.
//!
//! The virtual reader's driver listens on every address of the machine. A daemon that is started here therefore gets a
//! network namespace of its own, where that is allowed: nobody outside can lay a card on it.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use virtual_card::VirtualCard;

use crate::card::{Plugged, dial_in, plug, plug_in};

/// Where libpcsclite finds the daemon.
const SOCKET: &str = "/run/pcscd/pcscd.comm";
/// Debian's driver configuration of the virtual reader.
const DRIVER: &str = "/etc/reader.conf.d/vpcd";
/// The virtual reader's first slot.
const PORT: u16 = 35_963;
/// The daemon opens its socket and the reader's port within this time, or the test fails.
const START_WITHIN: Duration = Duration::from_secs(20);

/// A daemon that does not obey SIGTERM within this time is killed.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The daemon and its package.
const DAEMON: (&str, &str) = ("pcscd", "pcscd");
/// Programs that only tests of the card against OpenSC run, and the packages that hold them.
pub const OPENSC: [(&str, &str); 4] =
    [("opensc-tool", "opensc"), ("pkcs15-tool", "opensc"), ("pkcs11-tool", "opensc"), ("openssl", "openssl")];
/// Files that the daemon needs, and their packages.
const FILES: [(&str, &str); 1] = [(DRIVER, "vsmartcard-vpcd")];

/// A daemon that answers, for as long as this value lives.
pub struct Pcscd {
    /// None: it was running before.
    started: Option<Child>,
    /// The reader listens in the daemon's own network namespace.
    apart: bool,
}

impl Pcscd {
    /// Uses the running daemon or starts one, and waits until the virtual reader listens.
    ///
    /// # Errors
    /// Names the packages that are missing, or says that the daemon has no virtual reader.
    pub fn ensure() -> Result<Self> {
        check_packages(&[])?;
        if UnixStream::connect(SOCKET).is_ok() {
            if !reader_listens(Path::new("/proc/net/tcp")) {
                bail!(
                    "using the running pcscd: it has no virtual reader on port {PORT}; restart it with vsmartcard-vpcd installed"
                );
            }
            return Ok(Self { started: None, apart: false });
        }
        let apart = may_be_apart();
        let mut daemon = Self { started: Some(start(apart, None)?), apart };
        daemon.wait_until_ready(true)?;
        Ok(daemon)
    }

    /// Starts a daemon that has the readers of a configuration folder (`reader.conf(5)`) and no other, in the network of
    /// this process. No card can be put on it with [`Self::plug`].
    ///
    /// # Errors
    /// When a daemon runs already, or it does not start.
    pub fn configured(folder: &Path) -> Result<Self> {
        if UnixStream::connect(SOCKET).is_ok() {
            bail!("a pcscd with readers of its own runs already; a machine has one");
        }
        let mut daemon = Self { started: Some(start(false, Some(folder))?), apart: false };
        daemon.wait_until_ready(false)?;
        Ok(daemon)
    }

    /// True when this value started the daemon and will stop it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.started.is_some()
    }

    /// The network namespace in which the reader listens, when it is not this process's own.
    #[must_use]
    pub fn namespace(&self) -> Option<PathBuf> {
        self.apart.then(|| self.proc("ns/net"))
    }

    /// Puts a card on the reader.
    ///
    /// # Errors
    /// When the reader cannot be reached.
    pub fn plug(&self, card: VirtualCard) -> std::io::Result<Plugged> {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        match self.namespace() {
            Some(namespace) => plug_in(card, at, &namespace),
            None => plug(card, at),
        }
    }

    /// A connection to the reader without a card behind it: whoever holds it plays the card.
    ///
    /// # Errors
    /// When the reader cannot be reached.
    pub fn dial(&self) -> std::io::Result<TcpStream> {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        self.namespace().map_or_else(|| TcpStream::connect(at), |namespace| dial_in(at, &namespace))
    }

    fn proc(&self, file: &str) -> PathBuf {
        let of = self.started.as_ref().map_or_else(|| "self".to_owned(), |child| child.id().to_string());
        Path::new("/proc").join(of).join(file)
    }

    #[expect(clippy::disallowed_methods, reason = "another process' start can only be awaited by looking")]
    fn wait_until_ready(&mut self, with_reader: bool) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_WITHIN {
            if let Some(child) = self.started.as_mut()
                && let Some(status) = child.try_wait().context("watching pcscd")?
            {
                bail!("starting pcscd: it ended at once with {status}; it needs root, and /run/pcscd");
            }
            let has_reader = || !with_reader || reader_listens(&self.proc("net/tcp"));
            if UnixStream::connect(SOCKET).is_ok() && has_reader() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let reader = if with_reader { format!(" with the virtual reader on port {PORT}") } else { String::new() };
        bail!("starting pcscd: it does not answer{reader} after {} s", START_WITHIN.as_secs())
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        let Some(mut child) = self.started.take() else { return };
        // SIGTERM, so that the daemon removes its socket; a daemon that does not obey is killed.
        let asked = Command::new("kill").arg(child.id().to_string()).status().is_ok_and(|s| s.success());
        if !asked || !ends_within(&mut child, STOP_WITHIN) {
            drop(child.kill());
        }
        drop(child.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "another process' end can only be awaited by looking")]
fn ends_within(child: &mut Child, limit: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < limit {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Whether this process may make a network namespace and bring its loopback up.
fn may_be_apart() -> bool {
    let tried = Command::new("unshare").args(["--net", "ip", "link", "set", "lo", "up"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

fn start(apart: bool, configuration: Option<&Path>) -> Result<Child> {
    std::fs::create_dir_all("/run/pcscd").context("making /run/pcscd for pcscd (root needed)")?;
    let mut command = Command::new(if apart { "unshare" } else { "pcscd" });
    if apart {
        // Both `exec`s keep the process id: it stays the one that we stop.
        command.args(["--net", "sh", "-c", "ip link set lo up && exec pcscd --foreground"]);
    } else {
        command.arg("--foreground");
    }
    if let Some(folder) = configuration {
        command.arg("--config").arg(folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("starting pcscd")
}

/// Looks without connecting: a connection would be taken for a card. The file is a namespace's table of sockets.
fn reader_listens(table: &Path) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the kernel's table is a file")]
    let text = std::fs::read_to_string(table).unwrap_or_default();
    text.lines().any(|line| line.contains(&format!(":{PORT:04X} ")) && line.split_whitespace().nth(3) == Some("0A"))
}

/// Fails with the names of missing packages: the daemon's, and those of further programs.
///
/// # Errors
/// When any is missing.
pub fn check_packages(programs: &[(&'static str, &'static str)]) -> Result<()> {
    let needed = programs.iter().chain([&DAEMON]);
    let mut missing: Vec<_> = needed.filter(|(name, _)| !on_path(name)).map(|(_, package)| *package).collect();
    missing.extend(FILES.iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, package)| *package));
    if !programs.is_empty() && pkcs11_module().is_none() {
        missing.push("opensc-pkcs11");
    }
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("missing packages: {}; `cargo xtask test` installs them", missing.join(" "))
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).any(|dir| dir.join(program).exists())
}

/// OpenSC's PKCS#11 module, wherever the architecture puts it.
#[must_use]
pub fn pkcs11_module() -> Option<PathBuf> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?;
    let folders = libraries.flatten().map(|entry| entry.path()).chain(["/usr/lib".into()]);
    folders.map(|folder| folder.join("opensc-pkcs11.so")).find(|file| file.exists())
}
