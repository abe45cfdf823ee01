//! Whose card certificates count: the roots in the data directory, and in a live installation J-LIS' public ones, which the
//! program carries.
//!
//! In: `card-roots/*.der`. Out: anchors for every look-up, and a sentence that says whether there are any. A training
//! installation without a root checks no certificate, and says so at every start and on `/admin`; a broken root stops the
//! start.

use crate::edge::write_whole;
use card::{AnchorError, TrustAnchors};
use std::path::{Path, PathBuf};

/// The folder inside the data directory.
pub const FOLDER: &str = "card-roots";
/// How a root's name ends.
const ENDING: &str = "der";
/// A CA certificate has some 1,500 bytes; a larger file is none.
const ROOT_BYTES_MAX: u64 = 16 * 1024;
/// Roots that are read; with more the start fails, so that none is silently left out.
const ROOTS_MAX: usize = 32;

/// A root cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CardRootsError {
    /// Not readable, or not writable.
    #[error("use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not the certificate of a CA that may count here.
    #[error("take {} as a root of cards: expected the DER of a CA certificate", path.display())]
    Root {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: AnchorError,
    },
    /// The file is too large for a certificate.
    #[error("take {} as a root of cards: it has more than {ROOT_BYTES_MAX} bytes", .0.display())]
    TooLarge(PathBuf),
    /// The folder is too full.
    #[error("read {}: more than {ROOTS_MAX} roots", .0.display())]
    TooMany(PathBuf),
}

/// See the module.
#[derive(Clone, Debug)]
pub struct CardRoots(Option<TrustAnchors>);

impl CardRoots {
    /// Those of a data directory.
    ///
    /// # Errors
    /// [`CardRootsError`], with the file.
    pub fn load(folder: &Path, training: bool) -> Result<Self, CardRootsError> {
        let files = files(folder)?;
        let mut roots = Vec::with_capacity(files.len());
        for path in files {
            let der = read(&path)?;
            anchors(training, &[&der]).map_err(|source| CardRootsError::Root { path, source })?;
            roots.push(der);
        }
        if training && roots.is_empty() {
            return Ok(Self(None));
        }
        let all: Vec<&[u8]> = roots.iter().map(Vec::as_slice).collect();
        let path = folder.to_owned();
        anchors(training, &all).map(Some).map(Self).map_err(|source| CardRootsError::Root { path, source })
    }

    /// The anchors; none when no root is configured.
    #[must_use]
    pub const fn anchors(&self) -> Option<&TrustAnchors> {
        self.0.as_ref()
    }

    /// What the operator reads at the start and on `/admin`.
    #[must_use]
    pub fn said(&self) -> String {
        self.0.as_ref().map_or_else(
            || "カードの証明書: 発行者を確かめていません（card-roots add で発行者を登録してください）".to_owned(),
            |anchors| format!("カードの証明書: 発行者を確かめています（ルート {}件）", anchors.count()),
        )
    }
}

fn anchors(training: bool, roots: &[&[u8]]) -> Result<TrustAnchors, AnchorError> {
    let roots = roots.iter().copied();
    if training { TrustAnchors::training(roots) } else { TrustAnchors::live_and(roots) }
}

/// The files of the folder in the order of their names; none when there is no folder.
///
/// # Errors
/// [`CardRootsError::File`], [`CardRootsError::TooMany`].
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, CardRootsError> {
    let fault = |source| CardRootsError::File { path: folder.to_owned(), source };
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            found.push(path);
        }
    }
    if found.len() > ROOTS_MAX {
        return Err(CardRootsError::TooMany(folder.to_owned()));
    }
    found.sort();
    Ok(found)
}

/// Takes a root into the folder, under the name of its file. Counts from the next start of the server.
///
/// # Errors
/// [`CardRootsError`]; nothing was changed then.
pub fn add(folder: &Path, training: bool, file: &Path) -> Result<PathBuf, CardRootsError> {
    let der = read(file)?;
    anchors(training, &[&der]).map_err(|source| CardRootsError::Root { path: file.to_owned(), source })?;
    let name = file.file_stem().unwrap_or(file.as_os_str());
    let to = folder.join(name).with_extension(ENDING);
    let fault = |source| CardRootsError::File { path: to.clone(), source };
    std::fs::create_dir_all(folder).map_err(fault)?;
    write_whole(&to, &der).map_err(fault)?;
    Ok(to)
}

fn read(path: &Path) -> Result<Vec<u8>, CardRootsError> {
    let fault = |source| CardRootsError::File { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(fault)?.len() > ROOT_BYTES_MAX {
        return Err(CardRootsError::TooLarge(path.to_owned()));
    }
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    std::fs::read(path).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use virtual_card::CardMaterial;

    const NOW_S: i64 = 1_795_140_000;

    fn root() -> Vec<u8> {
        let mut n = 0_u64;
        let mut fill = |out: &mut [u8]| {
            for byte in out {
                n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = n.to_be_bytes()[0];
            }
        };
        CardMaterial::generate(&mut fill, NOW_S).expect("keys").auth_ca_certificate().to_vec()
    }

    #[test]
    fn a_training_installation_checks_what_it_was_given_and_says_when_that_is_nothing() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, file) = (place.path().join(FOLDER), place.path().join("auth-ca.der"));
        let none = CardRoots::load(&folder, true).expect("no folder is no fault");
        assert!(none.anchors().is_none() && none.said().contains("確かめていません"));
        write_whole(&file, &root()).expect("written");
        add(&folder, true, &file).expect("taken");
        let some = CardRoots::load(&folder, true).expect("one root");
        assert!(some.anchors().is_some() && some.said().contains("確かめています"), "{}", some.said());
    }

    #[test]
    fn a_live_installation_has_the_public_roots_and_takes_no_test_root() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, file) = (place.path().join(FOLDER), place.path().join("auth-ca.der"));
        let live = CardRoots::load(&folder, false).expect("the public roots");
        assert_eq!(live.anchors().map(TrustAnchors::count), Some(TrustAnchors::live().count()));
        write_whole(&file, &root()).expect("written");
        let refused = add(&folder, false, &file).expect_err("a test root");
        assert!(matches!(refused, CardRootsError::Root { source: AnchorError::TestInLive, .. }), "{refused}");
        assert!(!folder.exists(), "nothing was changed");
    }

    #[test]
    fn a_broken_root_stops_the_start_with_its_name() {
        let place = tempfile::tempdir().expect("a folder");
        let broken = place.path().join("broken.der");
        write_whole(&broken, b"-----BEGIN").expect("written");
        let error = CardRoots::load(place.path(), true).expect_err("no certificate");
        assert!(error.to_string().contains("broken.der"), "{error}");
    }
}
