//! Network namespaces without names: a thread can enter one, and sockets it makes then belong there for ever.

use std::fs::{File, OpenOptions};
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::sys;

/// Packets that may wait at a device before the relay reads them: more than any burst here, so that nothing is lost but
/// what the profile says.
const DEVICE_QUEUE: &str = "10000";

/// A network namespace. It lives as long as a clone of this, a thread or a socket in it.
#[derive(Debug, Clone)]
pub struct Namespace(Arc<File>);

impl Namespace {
    /// A new namespace with the loopback and a TUN device that has this address.
    pub(super) fn with_device(name: &str, address: Ipv4Addr, mtu: u16) -> io::Result<(Self, File)> {
        on_a_thread(|| {
            sys::unshare_network().map_err(|error| no_right("make a network namespace", &error))?;
            let device = sys::open_tun(name).map_err(|error| no_right("open /dev/net/tun", &error))?;
            ip(&["link", "set", "lo", "up"])?;
            ip(&["addr", "add", &format!("{address}/24"), "dev", name])?;
            ip(&["link", "set", name, "up", "mtu", &mtu.to_string(), "txqueuelen", DEVICE_QUEUE])?;
            let own = OpenOptions::new().read(true).open("/proc/thread-self/ns/net")?;
            Ok((Self(Arc::new(own)), device))
        })
    }

    /// Moves the calling thread into this namespace. A runtime's threads enter one by one
    /// (`tokio::runtime::Builder::on_thread_start`).
    ///
    /// # Errors
    /// No right to.
    pub fn enter(&self) -> io::Result<()> {
        Ok(move_into_link_name_space(self.0.as_fd(), Some(LinkNameSpaceType::Network))?)
    }

    /// Does something inside, on a thread of its own.
    ///
    /// # Errors
    /// No right to enter, or what the work says.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        on_a_thread(|| {
            self.enter()?;
            work()
        })
    }

    /// The open file of this namespace: `nsenter --net=/proc/PID/fd/NUMBER COMMAND` enters it from outside.
    #[must_use]
    pub fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Runs `ip` in the calling thread's namespace.
pub(super) fn ip(arguments: &[&str]) -> io::Result<()> {
    let output = Command::new("ip").args(arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`ip {}` failed: {}", arguments.join(" "), said.trim())))
}

/// The caller's own thread never changes its namespace.
fn on_a_thread<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|_| Err(io::Error::other("a thread in a network namespace failed")))
    })
}

fn no_right(to: &str, error: &io::Error) -> io::Error {
    let hint = "run as root, or under `unshare --user --map-root-user --net`";
    io::Error::new(error.kind(), format!("cannot {to}: {error}; {hint}"))
}
