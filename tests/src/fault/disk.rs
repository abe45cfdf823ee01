//! A small disk: a tmpfs of some hundred kilobytes in a mount namespace of its own, which can be filled and freed while programs
//! run on it. Needs the right to make namespaces: root, or a kernel that lets users make their own.

use super::process::Around;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FILLER: &str = "filler";
const MOUNT: &str = r#"mount -t tmpfs -o "size=$1k" none "$2" && echo ready && exec cat"#;

/// See the module. It is gone, with everything on it, when this is dropped.
pub struct SmallDisk {
    holder: Child,
    at: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of `kib` kilobytes on an existing folder.
    ///
    /// # Errors
    /// When this machine lets nobody make namespaces.
    pub fn mount(at: &Path, kib: u32) -> Result<Self> {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--mount", "sh", "-c", MOUNT, "sh", &kib.to_string()]).arg(at);
        let mut holder =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start unshare (util-linux)")?;
        let mut word = String::new();
        if let Some(output) = holder.stdout.take() {
            BufReader::new(output).read_line(&mut word)?;
        }
        if word.trim() != "ready" {
            bail!("a small disk could not be mounted: this test needs the right to make a mount namespace");
        }
        Ok(Self { holder, at: at.to_owned() })
    }

    /// How a program is started that sees the disk.
    #[must_use]
    pub fn around(&self) -> Around {
        let mut launcher = vec!["nsenter".to_owned(), format!("--target={}", self.holder.id()), "--mount".to_owned()];
        if !is_root() {
            launcher.extend(["--user".to_owned(), "--preserve-credentials".to_owned()]);
        }
        Around { launcher, ..Around::default() }
    }

    /// The disk as this process sees it.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.at.strip_prefix("/").unwrap_or(&self.at))
    }

    /// Takes every byte that is left. Returns how many.
    ///
    /// # Errors
    /// When the disk fails otherwise.
    pub fn fill(&self) -> Result<u64> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.path().join(FILLER))?;
        for size in [64 * 1024, 4096, 256, 1] {
            let block = vec![0xFF; size];
            loop {
                match file.write(&block) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("fill the disk"),
                }
            }
        }
        Ok(file.metadata()?.len())
    }

    /// Gives it back.
    ///
    /// # Errors
    /// When the disk was not filled.
    pub fn free(&self) -> Result<()> {
        std::fs::remove_file(self.path().join(FILLER)).context("free the disk")
    }

    /// Copies what is on it, as it is now.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn copy_to(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        for entry in std::fs::read_dir(self.path())? {
            let entry = entry?;
            if entry.file_type()?.is_file() && entry.file_name() != FILLER {
                std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        Ok(())
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.holder.kill().and_then(|()| self.holder.wait()).is_err() {
            tracing::warn!("the holder of a small disk could not be ended");
        }
    }
}
