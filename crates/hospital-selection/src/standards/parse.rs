//! Reading an edition (TOML): all or nothing, and every error says where.

use super::rota::Rota;
use super::{Bound, Cell, Hours, Limit, Secure, Standard, Turn, Validity};
use crate::{Category, Hospital, HospitalTable, iso_time};
use model::{Capability, HospitalId, Sex, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Longest file, bytes: a year of turns of a large prefecture. A longer one is refused unread.
pub const MAX_STANDARD_BYTES: usize = 16 * 1024 * 1024;
/// Most entries of one kind; a longer list is refused.
const MAX_ENTRIES: usize = 100_000;
/// Most characters of a text.
const MAX_TEXT: usize = 200;

/// A text that is no edition. Nothing of it is used.
#[derive(Debug, thiserror::Error)]
pub enum StandardError {
    /// Longer than [`MAX_STANDARD_BYTES`].
    #[error("reading the standard: it is longer than {MAX_STANDARD_BYTES} bytes")]
    TooLong,
    /// Not the TOML that is expected; the cause names line and field.
    #[error("reading the standard")]
    Toml(#[source] Box<toml::de::Error>),
    /// An entry that cannot be used.
    #[error("reading the standard: {list}[{index}]: expected {expected}")]
    Entry {
        /// `class`, `capability`, `turn`, `limit`, …
        list: &'static str,
        /// From 0, in the order of the file.
        index: usize,
        /// What was expected.
        expected: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    prefecture: String,
    version: String,
    source: String,
    #[serde(default, with = "iso_time::option")]
    from: Option<Timestamp>,
    #[serde(default, with = "iso_time::option")]
    until: Option<Timestamp>,
    #[serde(default)]
    say: Vec<String>,
    #[serde(default)]
    secure: SecureFile,
    #[serde(default)]
    class: Vec<ClassFile>,
    #[serde(default)]
    capability: Vec<CellFile>,
    #[serde(default)]
    turn: Vec<TurnFile>,
    #[serde(default)]
    limit: Vec<LimitFile>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecureFile {
    enquiries: Option<u32>,
    minutes: Option<u32>,
    coordinator: Option<String>,
    #[serde(default)]
    last_resort: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassFile {
    category: Category,
    hospitals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellFile {
    hospital: String,
    capability: Capability,
    source: String,
    hours: Option<Vec<String>>,
    #[serde(default, with = "iso_time::option")]
    from: Option<Timestamp>,
    #[serde(default, with = "iso_time::option")]
    until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnFile {
    roster: String,
    capability: Option<Capability>,
    hospital: String,
    #[serde(with = "iso_time")]
    from: Timestamp,
    #[serde(with = "iso_time")]
    until: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitFile {
    hospital: String,
    from_age: Option<u8>,
    below_age: Option<u8>,
    sex: Option<Sex>,
    #[serde(default, with = "iso_time::option")]
    from: Option<Timestamp>,
    #[serde(default, with = "iso_time::option")]
    until: Option<Timestamp>,
}

impl Standard {
    /// Reads an edition (format: `docs/formats.md`) and checks it against the table whose hospitals it names by record id.
    ///
    /// # Errors
    /// Names the field or entry that is wrong: an unknown field, hospital or word, an entry twice, an end before its beginning.
    pub fn parse(text: &str, table: &HospitalTable) -> Result<Self, StandardError> {
        if text.len() > MAX_STANDARD_BYTES {
            return Err(StandardError::TooLong);
        }
        let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file: File = toml::from_str(text).map_err(|e| StandardError::Toml(Box::new(e)))?;
        let ids = table.hospitals().iter().map(|h: &Hospital| (h.record_id.as_str(), h.id)).collect();
        let names = Names { table, ids };
        names.head(&file)?;
        let cells = each("capability", &file.capability, |cell| names.cell(cell))?;
        let turns = each("turn", &file.turn, |turn| names.turn(turn))?;
        let mut limits = each("limit", &file.limit, |limit| names.limit(limit))?;
        let mut lists = each("class", &file.class, |class| names.class(class))?;
        twice("class", &lists.iter().map(|(category, _)| *category).collect::<Vec<_>>())?;
        lists.sort_by_key(|(category, _)| *category);
        limits.sort_by_key(|limit| limit.hospital);
        let last_resort = each("secure.last_resort", &file.secure.last_resort, |id| names.hospital(id))?;
        Ok(Self {
            validity: validity(file.from, file.until).map_err(|expected| entry("from", 0, expected))?,
            prefecture: file.prefecture,
            version: file.version,
            source: file.source,
            sha256,
            lists,
            cells: sorted(cells),
            rota: Rota::new(turns),
            limits,
            secure: Secure {
                enquiries: file.secure.enquiries,
                minutes: file.secure.minutes,
                coordinator: file.secure.coordinator,
                last_resort: last_resort.into_iter().collect(),
            },
            say: file.say,
        })
    }
}

/// Cells by hospital and capability; of those of one pair the earlier line comes first.
fn sorted(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by_key(|cell| (cell.hospital, cell.capability));
    cells
}

fn entry(list: &'static str, index: usize, expected: impl Into<String>) -> StandardError {
    StandardError::Entry { list, index, expected: expected.into() }
}

fn each<T, U>(list: &'static str, all: &[T], one: impl Fn(&T) -> Result<U, String>) -> Result<Vec<U>, StandardError> {
    if all.len() > MAX_ENTRIES {
        return Err(entry(list, MAX_ENTRIES, format!("at most {MAX_ENTRIES} entries")));
    }
    all.iter().enumerate().map(|(i, x)| one(x).map_err(|expected| entry(list, i, expected))).collect()
}

fn twice<T: Ord + Copy>(list: &'static str, all: &[T]) -> Result<(), StandardError> {
    let mut seen = BTreeSet::new();
    match all.iter().position(|one| !seen.insert(*one)) {
        None => Ok(()),
        Some(i) => Err(entry(list, i, "something that no earlier entry speaks of")),
    }
}

fn validity(from: Option<Timestamp>, until: Option<Timestamp>) -> Result<Validity, String> {
    match (from, until) {
        (Some(from), Some(until)) if until <= from => Err("an end (`until`) after its beginning (`from`)".to_owned()),
        _ => Ok(Validity { from, until }),
    }
}

fn text(value: &str) -> Result<(), String> {
    let fits = !value.trim().is_empty() && value.chars().count() <= MAX_TEXT && !value.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(format!("a text of 1 to {MAX_TEXT} characters on one line")) }
}

struct Names<'t> {
    table: &'t HospitalTable,
    ids: BTreeMap<&'t str, HospitalId>,
}

impl Names<'_> {
    fn hospital(&self, record_id: &String) -> Result<HospitalId, String> {
        self.ids
            .get(record_id.as_str())
            .copied()
            .ok_or_else(|| format!("the record id of a hospital of table {}, not `{record_id}`", self.table.version()))
    }

    fn head(&self, file: &File) -> Result<(), StandardError> {
        for (name, value) in [("version", &file.version), ("source", &file.source)] {
            text(value).map_err(|expected| entry(name, 0, expected))?;
        }
        each("say", &file.say, |item| text(item))?;
        if let Some(coordinator) = &file.secure.coordinator {
            text(coordinator).map_err(|expected| entry("secure.coordinator", 0, expected))?;
        }
        let known = self.table.hospitals().iter().any(|h| h.pref == file.prefecture);
        known.then_some(()).ok_or_else(|| entry("prefecture", 0, "a prefecture of the hospital table, e.g. 東京都"))
    }

    fn class(&self, class: &ClassFile) -> Result<(Category, BTreeSet<HospitalId>), String> {
        let hospitals = class.hospitals.iter().map(|id| self.hospital(id)).collect::<Result<BTreeSet<_>, _>>()?;
        match hospitals.len() {
            0 => Err("at least one hospital: a category without a list is left out".to_owned()),
            n if n < class.hospitals.len() => Err("each hospital once".to_owned()),
            _ => Ok((class.category, hospitals)),
        }
    }

    fn cell(&self, cell: &CellFile) -> Result<Cell, String> {
        let standing = crate::table::standing(&cell.source)
            .ok_or_else(|| "`source` confirmed, filed, derived:<rule> or absent".to_owned())?;
        let hours = match &cell.hours {
            None => Hours::ALWAYS,
            Some(texts) if texts.is_empty() => return Err("hours, or no `hours` for every hour".to_owned()),
            Some(texts) => Hours::parse(texts.iter().map(String::as_str)).map_err(|e| e.to_string())?,
        };
        let validity = validity(cell.from, cell.until)?;
        Ok(Cell { hospital: self.hospital(&cell.hospital)?, capability: cell.capability, standing, hours, validity })
    }

    fn turn(&self, turn: &TurnFile) -> Result<Turn, String> {
        text(&turn.roster)?;
        validity(Some(turn.from), Some(turn.until))?;
        let hospital = self.hospital(&turn.hospital)?;
        Ok(Turn {
            roster: turn.roster.clone(),
            capability: turn.capability,
            hospital,
            from: turn.from,
            until: turn.until,
        })
    }

    fn limit(&self, limit: &LimitFile) -> Result<Limit, String> {
        match (limit.from_age, limit.below_age) {
            (Some(from), Some(below)) if below <= from => return Err("`below_age` above `from_age`".to_owned()),
            _ if limit.sex == Some(Sex::Unspecified) => return Err("`sex` male or female".to_owned()),
            (None, None) if limit.sex.is_none() => return Err("`from_age`, `below_age` or `sex`".to_owned()),
            _ => {}
        }
        Ok(Limit {
            hospital: self.hospital(&limit.hospital)?,
            bound: Bound { from_age: limit.from_age, below_age: limit.below_age, sex: limit.sex },
            validity: validity(limit.from, limit.until)?,
        })
    }
}
