//! The BIZ UDGothic faces from the system package, as egui families.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

use super::type_scale::{BOLD, FIXED, REGULAR};

/// Where the Debian package `fonts-morisawa-bizud-gothic` and its relatives put the faces.
pub const SEARCH: [&str; 5] = [
    "/usr/share/fonts/truetype/bizud-gothic",
    "/usr/share/fonts/truetype/morisawa-bizud-gothic",
    "/usr/share/fonts/morisawa-bizud-gothic",
    "/usr/local/share/fonts/bizud-gothic",
    "/usr/share/fonts/TTF",
];

/// Fonts asked for characters that BIZ UDGothic lacks (surnames outside JIS X 0213); used when present.
pub const RARE_KANJI: [&str; 4] = [
    "/usr/share/fonts/truetype/ipamj/ipamjm.ttf",
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
];

/// Why the fonts could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// No folder of the search list holds the face.
    #[error("the font file {file} was not found; install the package fonts-morisawa-bizud-gothic (looked in {looked})")]
    Missing {
        /// The file that was looked for.
        file: &'static str,
        /// The folders that were looked in.
        looked: String,
    },
    /// The file is there but cannot be read.
    #[error("reading the font file {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Reads the faces from the usual places.
///
/// # Errors
/// [`FontError`] when a face is absent or unreadable.
pub fn load() -> Result<FontDefinitions, FontError> {
    load_from(&SEARCH.map(PathBuf::from))
}

/// Reads the faces from the first of `folders` that has them.
///
/// # Errors
/// [`FontError`] when a face is absent or unreadable.
pub fn load_from(folders: &[PathBuf]) -> Result<FontDefinitions, FontError> {
    let mut fonts = FontDefinitions::empty();
    let faces =
        [(REGULAR, "BIZUDPGothic-Regular.ttf"), (BOLD, "BIZUDPGothic-Bold.ttf"), (FIXED, "BIZUDGothic-Regular.ttf")];
    for (family, file) in faces {
        let path = find(folders, file)?;
        fonts.font_data.insert(family.to_owned(), Arc::new(FontData::from_owned(read(&path)?)));
        fonts.families.insert(FontFamily::Name(family.into()), vec![family.to_owned()]);
    }
    fonts.families.insert(FontFamily::Proportional, vec![REGULAR.to_owned()]);
    fonts.families.insert(FontFamily::Monospace, vec![FIXED.to_owned()]);
    add_rare_kanji(&mut fonts);
    Ok(fonts)
}

fn add_rare_kanji(fonts: &mut FontDefinitions) {
    for path in RARE_KANJI.map(Path::new) {
        let (true, Ok(bytes)) = (path.is_file(), read(path)) else { continue };
        let name = path.display().to_string();
        fonts.font_data.insert(name.clone(), Arc::new(FontData::from_owned(bytes)));
        for family in fonts.families.values_mut() {
            family.push(name.clone());
        }
    }
}

fn find(folders: &[PathBuf], file: &'static str) -> Result<PathBuf, FontError> {
    folders.iter().map(|folder| folder.join(file)).find(|path| path.is_file()).ok_or_else(|| FontError::Missing {
        file,
        looked: folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", "),
    })
}

#[expect(clippy::disallowed_methods, reason = "the program's edge: system fonts are files")]
fn read(path: &Path) -> Result<Vec<u8>, FontError> {
    std::fs::read(path).map_err(|source| FontError::Unreadable { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_font_says_what_to_install() {
        let said = load_from(&[PathBuf::from("/nowhere")]).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(said.contains("BIZUDPGothic-Regular.ttf") && said.contains("fonts-morisawa-bizud-gothic"), "{said}");
    }
}
