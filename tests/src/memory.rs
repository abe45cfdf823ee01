//! A search for a patient's history in bytes, files and the memory of a running process.
//!
//! Looked for are names of medicines and treatments, their codes, facilities with their codes, and the person's names: as
//! UTF-8, as UTF-16, and one character at a time at equal distances, as a laid-out line of the window's toolkit holds them.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use virtual_card::Persona;

/// Memory is read in pieces of this size.
const PIECE: usize = 1 << 20;
/// Distances of two characters that are tried, in bytes: up to the largest that a laid-out character may have.
const STRIDES: std::ops::RangeInclusive<usize> = 4..=160;
/// A text with fewer characters may stand at equal distances by chance.
const STRIDED_CHARS_MIN: usize = 4;

/// How a text was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// UTF-8.
    Utf8,
    /// UTF-16, as this machine writes it.
    Utf16,
    /// Characters at equal distances.
    Laid,
}

/// What was found.
pub type Found<'a> = BTreeSet<(&'a str, Form)>;

/// What is looked for, each text in all forms, found by its first two bytes.
pub struct Needles {
    forms: Vec<(String, Form, Vec<u8>)>,
    begins: Vec<bool>,
    longest: usize,
}

impl Needles {
    /// The history of a persona. Words that every program of this kind holds (a department's name, 特定健診) would prove nothing
    /// and are left out.
    #[must_use]
    pub fn of(persona: &Persona) -> Self {
        let mut texts = BTreeSet::from([persona.person.name.clone(), persona.person.kana.clone()]);
        let mut used = BTreeSet::new();
        for section in ["e_prescriptions", "medications", "surgeries", "treatments", "dialysis", "visits"] {
            let rows = persona.history.get(section).and_then(|rows| rows.as_array()).into_iter().flatten();
            for row in rows {
                used.extend(row.get("facility").and_then(|key| key.as_str()));
                let fields: &[&str] = if section == "visits" { &[] } else { &["name", "yj"] };
                texts.extend(fields.iter().filter_map(|f| row.get(*f)?.as_str()).map(str::to_owned));
            }
        }
        for facility in used {
            let facility = &persona.history["facilities"][facility];
            texts.extend(["name", "code"].iter().map(|f| facility[*f].as_str().unwrap().to_owned()));
        }
        assert!(texts.len() > 10, "{texts:?}");
        Self::new(&texts)
    }

    fn new(texts: &BTreeSet<String>) -> Self {
        let utf16 = |t: &str| t.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let laid = |t: &str| t.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let mut forms = Vec::new();
        for text in texts {
            forms.push((text.clone(), Form::Utf8, text.clone().into_bytes()));
            forms.push((text.clone(), Form::Utf16, utf16(text)));
            if text.chars().count() >= STRIDED_CHARS_MIN {
                forms.push((text.clone(), Form::Laid, laid(text)));
            }
        }
        let mut begins = vec![false; 1 << 16];
        for (_, _, form) in &forms {
            begins[usize::from(u16::from_le_bytes([form[0], form[1]]))] = true;
        }
        let longest = forms
            .iter()
            .map(|(_, form, bytes)| if *form == Form::Laid { bytes.len() / 4 * STRIDES.end() } else { bytes.len() });
        let longest = longest.max().unwrap();
        Self { forms, begins, longest }
    }

    /// All texts.
    #[must_use]
    pub fn texts(&self) -> BTreeSet<&str> {
        self.forms.iter().map(|(text, _, _)| text.as_str()).collect()
    }

    /// What stands in bytes.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> Found<'_> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(1) {
            if self.begins[usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))] {
                let here = self.forms.iter().filter(|(_, form, wanted)| match form {
                    Form::Laid => is_laid(&bytes[at..], wanted),
                    Form::Utf8 | Form::Utf16 => bytes[at..].starts_with(wanted),
                });
                found.extend(here.map(|(text, form, _)| (text.as_str(), *form)));
            }
        }
        found
    }

    /// What stands in all writable memory of a process.
    #[must_use]
    pub fn in_memory(&self, process: u32) -> Found<'_> {
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        let memory = File::open(format!("/proc/{process}/mem")).unwrap();
        let mut found = BTreeSet::new();
        let mut piece = vec![0; PIECE + self.longest];
        let zeros = vec![0; PIECE + self.longest];
        for (from, to) in maps.lines().filter_map(writable) {
            let mut at = from;
            while at < to {
                let wanted = usize::try_from(to - at).unwrap().min(piece.len());
                // A mapping may have gone meanwhile; device memory cannot be read.
                let read = memory.read_at(&mut piece[..wanted], at).unwrap_or(0);
                if piece[..read] != zeros[..read] {
                    found.extend(self.in_bytes(&piece[..read]));
                }
                at += PIECE as u64;
            }
        }
        found
    }

    /// Searches every file below a folder, none may hold any; how many there are.
    ///
    /// # Panics
    /// When one does.
    #[must_use]
    pub fn absent_from_files(&self, folder: &Path) -> usize {
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                count += self.absent_from_files(&path);
            } else if path.is_file() {
                assert_eq!(self.in_bytes(&std::fs::read(&path).unwrap()), Found::new(), "in {}", path.display());
                count += 1;
            }
        }
        count
    }
}

/// Whether characters (four bytes each) stand at one distance of each other, from here.
fn is_laid(bytes: &[u8], characters: &[u8]) -> bool {
    let (chunks, _) = characters.as_chunks::<4>();
    let at = |offset: usize| bytes.get(offset..offset + 4);
    if at(0) != Some(&chunks[0]) {
        return false;
    }
    STRIDES.step_by(4).any(|stride| chunks.iter().enumerate().all(|(n, c)| at(n * stride) == Some(c)))
}

/// The addresses of a line of the map, when the memory is writable.
fn writable(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    words.next().filter(|rights| rights.starts_with("rw"))?;
    Some((u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let needles = Needles::new(&BTreeSet::from(["ワルファリン".to_owned()]));
        let of = |bytes: &[u8]| needles.in_bytes(bytes).into_iter().map(|(_, form)| form).collect::<Vec<_>>();
        assert_eq!(of("＿ワルファリン錠".as_bytes()), [Form::Utf8]);
        let utf16: Vec<u8> = "ワルファリン".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of(&[&[7], &utf16[..]].concat()), [Form::Utf16]);
        // A laid-out character: something before it, itself, its place.
        let laid: Vec<u8> = "ワルファリン"
            .chars()
            .flat_map(|c| [vec![9; 12], u32::from(c).to_le_bytes().to_vec(), vec![3; 40]].concat())
            .collect();
        assert_eq!(of(&laid), [Form::Laid]);
        assert_eq!(of(&laid[..laid.len() - 60]), []);
        assert_eq!(of("ワーファリン".as_bytes()), []);
    }
}
