//! A TPM 2.0 that is a program: Debian's `swtpm`, on ports of this machine, with its state in a folder of its own.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// It must listen within this time.
const READY_WITHIN: Duration = Duration::from_secs(10);
/// Between two looks whether it listens.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Pairs of ports that are tried.
const TRIES: usize = 20;

/// TPM2_Clear by the lock-out hierarchy with its empty password: what "clear the TPM" in a machine's setup does.
const CLEAR: [u8; 27] =
    [0x80, 0x02, 0, 0, 0, 27, 0, 0, 0x01, 0x26, 0x40, 0, 0, 0x0A, 0, 0, 0, 9, 0x40, 0, 0, 0x09, 0, 0, 0, 0, 0];

/// A running TPM; it ends with the value.
pub struct SoftwareTpm {
    process: Child,
    state: Option<TempDir>,
    port: u16,
}

impl SoftwareTpm {
    /// A new one: nothing that another TPM sealed opens here.
    ///
    /// # Errors
    /// When `swtpm` is not installed or does not start.
    pub fn start() -> io::Result<Self> {
        Self::start_with(tempfile::tempdir()?)
    }

    /// One with the state of an earlier one: the same TPM after its machine was switched off and on.
    ///
    /// # Errors
    /// When `swtpm` is not installed or does not start.
    pub fn start_with(state: TempDir) -> io::Result<Self> {
        let mut last = io::Error::other("swtpm did not start");
        for _ in 0..TRIES {
            let Some(port) = free_pair() else { continue };
            let mut process = Command::new("swtpm")
                .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
                .arg("--tpmstate")
                .arg(format!("dir={}", state.path().display()))
                .arg("--server")
                .arg(format!("type=tcp,bindaddr=127.0.0.1,port={port}"))
                .arg("--ctrl")
                .arg(format!("type=tcp,bindaddr=127.0.0.1,port={}", port + 1))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|e| io::Error::new(e.kind(), format!("start swtpm; `cargo xtask test` installs it: {e}")))?;
            match listens(&mut process, port + 1) {
                Ok(()) => return Ok(Self { process, state: Some(state), port }),
                Err(error) => last = error,
            }
            end(&mut process);
        }
        Err(last)
    }

    /// How a program is told to use it.
    #[must_use]
    pub fn tcti(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// Clears it: what it sealed before opens nowhere any more.
    ///
    /// # Errors
    /// When it does not answer, or refuses.
    pub fn clear(&self) -> io::Result<()> {
        let mut way = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        way.set_read_timeout(Some(READY_WITHIN))?;
        way.write_all(&CLEAR)?;
        // Tag, length, code: zero is success.
        let mut head = [0; 10];
        way.read_exact(&mut head)?;
        if head[6..] == [0; 4] { Ok(()) } else { Err(io::Error::other(format!("the TPM refused: {head:02x?}"))) }
    }

    /// Switches it off; its state can be started again.
    ///
    /// # Panics
    /// Never: the state is there until the value is gone.
    #[must_use]
    pub fn stop(mut self) -> TempDir {
        end(&mut self.process);
        self.state.take().expect("a running TPM has its state")
    }
}

impl Drop for SoftwareTpm {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Two neighbouring ports that were free just now: the library looks for the TPM's second socket one above its first.
fn free_pair() -> Option<u16> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
    let port = first.local_addr().ok()?.port().checked_add(1)?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(port - 1)
}

#[expect(clippy::disallowed_methods, reason = "a test tool that waits for a process")]
fn listens(process: &mut Child, port: u16) -> io::Result<()> {
    let began = Instant::now();
    while began.elapsed() < READY_WITHIN {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(());
        }
        if let Some(status) = process.try_wait()? {
            return Err(io::Error::other(format!("swtpm ended with {status}")));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, "swtpm does not listen"))
}

fn end(process: &mut Child) {
    let _ended_already = process.kill();
    let _ended_already = process.wait();
}
