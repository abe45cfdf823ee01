//! The wall clock, chance, files and tasks: each named once, here.

use model::{BootId, Clock, IdSource, Monotonic, RngStreams, Timestamp};
use rand::Rng;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::task::JoinHandle;

/// The system's time of day, for certificates.
#[must_use]
pub fn system_time() -> SystemTime {
    #[expect(clippy::disallowed_methods, reason = "the program's edge: this is where time comes from")]
    SystemTime::now()
}

/// The machine's clock. A copy is the same clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    boot: BootId,
    started: Instant,
}

impl SystemClock {
    /// A clock of this start of the program.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut boot = [0; 16];
        getrandom::fill(&mut boot)?;
        #[expect(clippy::disallowed_methods, reason = "the program's edge: this is where time comes from")]
        let started = Instant::now();
        Ok(Self { boot: BootId::from_bytes(boot), started })
    }
}

impl Clock for SystemClock {
    fn utc(&self) -> Timestamp {
        let since = system_time().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic { boot: self.boot, us: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX) }
    }
}

/// Makes independent streams of ids.
#[derive(Debug)]
pub struct Ids(Mutex<StdRng>);

impl Ids {
    /// Seeded by the system.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self(Mutex::new(StdRng::from_seed(seed))))
    }
    /// A stream of its own for one call.
    #[must_use]
    pub fn fork(&self) -> IdSource {
        let mut seed = [0; 32];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut seed);
        IdSource::new(RngStreams::new(seed).stream("ids"))
    }
}

/// Runs a task of its own.
pub fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    #[expect(clippy::disallowed_methods, reason = "the program's edge: tasks are started here")]
    tokio::spawn(task)
}

/// A file's text.
///
/// # Errors
/// As the file system says, invalid UTF-8 included.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    std::fs::read_to_string(path)
}

/// Writes a whole file, replacing it in one step.
///
/// # Errors
/// As the file system says; an existing file stays then.
pub fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are written here")]
    std::fs::write(&temporary, content)?;
    std::fs::rename(&temporary, path)
}

/// Writes a secret that only this user may read, in one step that a power cut does not undo.
///
/// # Errors
/// As the file system says; there is no file of this name then.
pub fn write_secret(path: &Path, secret: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(secret)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::OpenOptions::new().read(true).open(directory)?.sync_all()
}
