//! Departments whose figures were kept out of the fit: a file, and the one that ships.

use serde::{Deserialize, Serialize};

/// Departments in one file at most; a longer file is refused.
const DEPARTMENTS_MAX: usize = 2_000;

/// JSON Schema of the file.
pub const SCHEMA: &str = include_str!("departments.schema.json");
/// The file that ships: departments of 兵庫県 (2023), 東京都 and 神奈川県 (2022).
pub const EXAMPLE: &str = include_str!("departments.toml");

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentsFile {
    /// Where the figures are from.
    pub source: String,
    /// Departments, or whole prefectures.
    pub department: Vec<Department>,
}

/// One department's published year.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Its name.
    pub name: String,
    /// 都道府県.
    pub prefecture: String,
    /// Municipalities that it serves: the beginning of their names (`神戸市` is all its wards); none = the whole prefecture.
    #[serde(default)]
    pub municipalities: Vec<String>,
    /// 年.
    pub year: u16,
    /// Dispatches in the year.
    pub dispatches: Option<u32>,
    /// Persons transported in the year.
    pub transports: Option<u32>,
    /// Mean minutes from the call to the arrival.
    pub arrival_minutes: Option<f64>,
    /// Mean minutes from the call to the handover.
    pub handover_minutes: Option<f64>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DepartmentsError {
    /// It is no such TOML; the text says line and field.
    #[error("{file}: {what}")]
    Form {
        /// Which.
        file: String,
        /// Where, and what was expected.
        what: String,
    },
    /// A department that is nowhere.
    #[error("{file}: department[{at}] {name}: {what}")]
    Department {
        /// Which.
        file: String,
        /// Its place, from 0.
        at: usize,
        /// Its name.
        name: String,
        /// What was expected.
        what: String,
    },
}

/// A department and the places of its municipalities.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) of: Department,
    pub(super) municipalities: Vec<usize>,
}

impl DepartmentsFile {
    /// Reads a text and finds the municipalities; `file` is for errors.
    ///
    /// # Errors
    /// [`DepartmentsError`].
    pub(super) fn parse(file: &str, text: &str) -> Result<(Self, Vec<Found>), DepartmentsError> {
        let form = |what: String| DepartmentsError::Form { file: file.to_owned(), what };
        let read: Self = toml::from_str(text).map_err(|error| form(error.to_string()))?;
        if !(1..=DEPARTMENTS_MAX).contains(&read.department.len()) {
            return Err(form(format!("expected 1 to {DEPARTMENTS_MAX} departments")));
        }
        let mut found = Vec::new();
        for (at, department) in read.department.iter().enumerate() {
            let wrong =
                |what| DepartmentsError::Department { file: file.to_owned(), at, name: department.name.clone(), what };
            let municipalities = municipalities(department).map_err(wrong)?;
            found.push(Found { of: department.clone(), municipalities });
        }
        Ok((read, found))
    }
}

fn municipalities(department: &Department) -> Result<Vec<usize>, String> {
    use crate::world::geography::{Geography, PREFECTURES};
    let geography = Geography::embedded();
    let prefecture = PREFECTURES
        .iter()
        .position(|name| *name == department.prefecture)
        .ok_or_else(|| format!("expected one of the 47 prefectures, got {:?}", department.prefecture))?;
    let numbers = [department.arrival_minutes, department.handover_minutes];
    if numbers.iter().flatten().any(|minutes| !(minutes.is_finite() && (0.0..=600.0).contains(minutes))) {
        return Err("expected minutes from 0 to 600".to_owned());
    }
    let own = |i: &usize| geography.municipalities.get(*i).is_some_and(|m| m.prefecture == prefecture);
    let all: Vec<usize> = (0..geography.municipalities.len()).filter(own).collect();
    if department.municipalities.is_empty() {
        return Ok(all);
    }
    let mut found = Vec::new();
    for wanted in &department.municipalities {
        let named = |i: &&usize| geography.municipalities.get(**i).is_some_and(|m| m.name.starts_with(wanted.as_str()));
        let before = found.len();
        found.extend(all.iter().filter(named));
        if found.len() == before {
            return Err(format!("no municipality of {} begins with {wanted:?}", department.prefecture));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_ships_is_as_the_schema_says_and_every_department_is_somewhere() {
        let (_, found) = DepartmentsFile::parse("departments.toml", EXAMPLE).expect("the shipped file");
        assert!(found.iter().all(|one| !one.municipalities.is_empty()));
        let kobe = found.iter().find(|one| one.of.name == "神戸市消防局").expect("Kobe");
        assert_eq!(kobe.municipalities.len(), 9, "its wards");
        let value: serde_json::Value = toml::from_str(EXAMPLE).expect("TOML");
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        assert!(validator.iter_errors(&value).next().is_none());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |text: &str| DepartmentsFile::parse("kept.toml", text).map(|_| ()).expect_err(text).to_string();
        let one = "source = \"x\"\n[[department]]\nname = \"A\"\nprefecture = \"兵庫県\"\nyear = 2023\n";
        assert!(said(&one.replace("兵庫県", "兵庫")).contains("department[0] A: expected one of the 47 prefectures"));
        assert!(said(&format!("{one}municipalities = [\"横浜市\"]")).contains("no municipality of 兵庫県 begins with"));
        assert!(said(&format!("{one}arival = 3")).contains("unknown field `arival`"));
        assert!(said(&format!("{one}arrival_minutes = -3.0")).contains("minutes from 0 to 600"));
    }
}
