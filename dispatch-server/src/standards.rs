//! 実施基準 of prefectures in the data directory.
//!
//! In: `standards/*.toml`, each one edition. Out: all of them, checked against the hospital table in use; one that is broken
//! stops the start, so that no list is silently missing.

use crate::edge::write_whole;
use hospital_selection::{HospitalTable, MAX_STANDARD_BYTES, Standard, StandardError, Standards};
use std::path::{Path, PathBuf};

/// The folder inside the data directory.
pub const FOLDER: &str = "standards";
/// How an edition's name ends.
const ENDING: &str = "toml";
/// Editions that are read: every prefecture's last, present and next one. With more the start fails.
const EDITIONS_MAX: usize = 47 * 3;

/// An edition cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StandardsError {
    /// Not readable, or not writable.
    #[error("use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not an edition for this hospital table.
    #[error("take {} as a standard", path.display())]
    Edition {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: StandardError,
    },
    /// The folder is too full.
    #[error("read {}: more than {EDITIONS_MAX} editions; remove those that are over", .0.display())]
    TooMany(PathBuf),
}

/// All editions of a data directory; no folder = none.
///
/// # Errors
/// [`StandardsError`], with the file.
pub fn load(folder: &Path, table: &HospitalTable) -> Result<Standards, StandardsError> {
    Ok(Standards::new(load_with_texts(folder, table)?.into_iter().map(|(edition, _)| edition).collect()))
}

/// The same, each with its text, in the order of their names.
///
/// # Errors
/// [`StandardsError`], with the file.
pub fn load_with_texts(folder: &Path, table: &HospitalTable) -> Result<Vec<(Standard, String)>, StandardsError> {
    files(folder)?.iter().map(|path| read(path, table)).collect()
}

/// Reads one edition; it and its text.
///
/// # Errors
/// [`StandardsError`], with the file.
pub fn read(path: &Path, table: &HospitalTable) -> Result<(Standard, String), StandardsError> {
    let fault = |source| StandardsError::File { path: path.to_owned(), source };
    let bad = |source| StandardsError::Edition { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(fault)?.len() > MAX_STANDARD_BYTES as u64 {
        return Err(bad(StandardError::TooLong));
    }
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    let text = std::fs::read_to_string(path).map_err(fault)?;
    let standard = Standard::parse(&text, table).map_err(bad)?;
    Ok((standard, text))
}

/// Keeps an edition; one of the same prefecture and version is replaced. Where it lies now.
///
/// # Errors
/// [`StandardsError::File`]; an edition that was there stays then.
pub fn keep(folder: &Path, standard: &Standard, text: &str) -> Result<PathBuf, StandardsError> {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = format!("{}-{}", standard.prefecture(), standard.version()).chars().map(plain).collect();
    let to = folder.join(format!("{name}.{ENDING}"));
    let fault = |source| StandardsError::File { path: to.clone(), source };
    std::fs::create_dir_all(folder).map_err(fault)?;
    write_whole(&to, text.as_bytes()).map_err(fault)?;
    Ok(to)
}

/// The editions' files in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StandardsError> {
    let fault = |source| StandardsError::File { path: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(path);
        }
        if files.len() > EDITIONS_MAX {
            return Err(StandardsError::TooMany(folder.to_owned()));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITION: &str = "prefecture = '東京都'\nversion = '2026-04-01'\nsource = '訓練'\n[secure]\nenquiries = 4\n";

    #[test]
    fn an_edition_is_kept_read_back_and_replaced() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join(FOLDER);
        let table = HospitalTable::embedded();
        assert!(load(&folder, table).expect("no folder is no fault").editions().is_empty());
        for enquiries in [4, 5] {
            let text = EDITION.replace("enquiries = 4", &format!("enquiries = {enquiries}"));
            let standard = Standard::parse(&text, table).expect("an edition");
            keep(&folder, &standard, &text).expect("kept");
        }
        let text = EDITION.replace("2026-04-01", "2027/04");
        keep(&folder, &Standard::parse(&text, table).expect("an edition"), &text).expect("kept");
        let all = load(&folder, table).expect("two editions");
        assert_eq!(all.editions().iter().map(Standard::version).collect::<Vec<_>>(), ["2026-04-01", "2027/04"]);
        assert_eq!(all.editions()[0].secure().enquiries, Some(5));
    }

    #[test]
    fn a_broken_edition_stops_the_start_with_its_name() {
        let place = tempfile::tempdir().expect("a folder");
        write_whole(&place.path().join("broken.toml"), b"prefecture = 1").expect("written");
        let error = load(place.path(), HospitalTable::embedded()).expect_err("no edition");
        assert!(error.to_string().contains("broken.toml"), "{error}");
    }
}
