//! The wall clock of one process, set while it runs: libfaketime under it, and a file that says how far it is off. Monotonic time
//! is left alone.

use super::process::Around;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Where Debian and its relatives put the library.
const FOLDERS: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketime.so.1";

/// See the module.
pub struct WallClock {
    library: PathBuf,
    file: PathBuf,
}

impl WallClock {
    /// A clock that is right.
    ///
    /// # Errors
    /// When libfaketime is not installed (`cargo xtask test` installs it).
    pub fn right(file: &Path) -> Result<Self> {
        let folders = std::fs::read_dir(FOLDERS).context("look for libfaketime")?;
        let library = folders.flatten().map(|folder| folder.path().join(LIBRARY)).find(|path| path.exists());
        let library = library.context("libfaketime is not installed: apt-get install libfaketime")?;
        let clock = Self { library, file: file.to_owned() };
        clock.set(0)?;
        Ok(clock)
    }

    /// Sets it so many seconds ahead of the true time.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, seconds: i64) -> Result<()> {
        let aside = self.file.with_extension("new");
        std::fs::write(&aside, format!("{seconds:+}\n"))
            .and_then(|()| std::fs::rename(&aside, &self.file))
            .context("set a clock")
    }

    /// How a program is started that goes by it.
    #[must_use]
    pub fn around(&self) -> Around {
        let environment = [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Around { environment, ..Around::default() }
    }
}
