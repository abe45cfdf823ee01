//! Where the card material of a training installation rests.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use virtual_card::CardMaterial;

/// Private keys and the CA's birth time; readable by the owner only.
pub const MATERIAL_FILE: &str = "card-material.pem";
/// The CA certificate above every virtual card (DER): what a training server and a training tablet trust.
pub const CA_FILE: &str = "card-ca.der";

/// A folder for training data under the user's data directory.
///
/// # Errors
/// When neither `XDG_DATA_HOME` nor `HOME` is set.
pub fn default_data_dir() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share")))
        .context("finding the data directory: neither XDG_DATA_HOME nor HOME is set; give --data")?;
    Ok(base.join("myna-ambulance").join("training"))
}

/// Reads the material in `dir`, or makes it there (about a second). `now` is in seconds since 1970. Two programs that
/// begin at once end with the same material: the second one takes what the first one put there.
///
/// # Errors
/// File errors, unreadable material (which is never replaced), or no randomness.
pub fn load_or_create(dir: &Path, now: i64) -> Result<CardMaterial> {
    let file = dir.join(MATERIAL_FILE);
    if let Some(material) = load(&file)? {
        write_ca(dir, &material)?;
        return Ok(material);
    }
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("asking the system for randomness")?;
    let mut random = StdRng::from_seed(seed);
    let made = CardMaterial::generate(&mut |bytes| random.fill_bytes(bytes), now)?;
    // Written aside and linked into place: the link fails where another program was faster, and no reader ever sees half.
    let aside = dir.join(format!("{MATERIAL_FILE}.{}", std::process::id()));
    write_private(&aside, made.to_pem()?.as_bytes())?;
    let linked = fs::hard_link(&aside, &file);
    fs::remove_file(&aside).with_context(|| format!("removing {}", aside.display()))?;
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("writing {}", file.display())),
    }
    let material = load(&file)?.with_context(|| format!("reading {} again", file.display()))?;
    write_ca(dir, &material)?;
    Ok(material)
}

#[expect(clippy::disallowed_methods, reason = "the stand-in's edge to its data directory")]
fn load(file: &Path) -> Result<Option<CardMaterial>> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let material = CardMaterial::from_pem(&text).with_context(|| format!("reading {}", file.display()))?;
            Ok(Some(material))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}

#[expect(clippy::disallowed_methods, reason = "the stand-in's edge to its data directory")]
fn write_ca(dir: &Path, material: &CardMaterial) -> Result<()> {
    let file = dir.join(CA_FILE);
    if file.exists() {
        return Ok(());
    }
    fs::write(&file, material.auth_ca_certificate()).with_context(|| format!("writing {}", file.display()))
}

fn write_private(file: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut out = options.open(file).with_context(|| format!("making {}", file.display()))?;
    out.write_all(bytes).and_then(|()| out.sync_all()).with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn material_is_made_once_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("new");
        let first = load_or_create(&dir, 1_795_140_000).unwrap();
        let again = load_or_create(&dir, 1_895_140_000).unwrap();
        assert_eq!(first.auth_ca_certificate(), again.auth_ca_certificate());
        assert!(dir.join(CA_FILE).exists());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "nothing is left aside");
        OpenOptions::new().write(true).truncate(true).open(dir.join(MATERIAL_FILE)).unwrap();
        assert!(load_or_create(&dir, 1_795_140_000).is_err(), "damaged material is an error, not a new CA");
    }
}
