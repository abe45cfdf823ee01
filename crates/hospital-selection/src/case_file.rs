//! The case file of `rank --case FILE`: one moment of one case without a name, strict JSON, every error with its path.

use crate::{
    CapacityReport, Continuity, Exclusion, Hold, HospitalTable, Inbound, SelectionRequest, Versions, iso_time,
    merge_needs, params, rank,
};
use model::{Findings, HospitalId, Need, Position, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use travel_time::{DistanceModel, TravelTime};

/// JSON Schema (2020-12) of the case file.
pub const CASE_FILE_SCHEMA: &str = include_str!("case_file.schema.json");
/// Longest case file, bytes; a longer one is refused unread.
pub const MAX_CASE_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Most entries of one list of the file; a longer list is refused.
pub const MAX_LIST: usize = 20_000;
/// Largest distance of a report, refusal or enquiry from `at`, minutes (a year); farther is a slip.
const MAX_AGE_MINUTES: i64 = 366 * 24 * 60;

/// What a case file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseFile {
    /// The moment of the choice, RFC 3339.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Where the drive starts.
    pub scene: Position,
    /// What the crew observed.
    pub findings: Findings,
    /// Needs from elsewhere, e.g. raised by history; they only add to those of the findings.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Capacity reports, in any order.
    #[serde(default)]
    pub capacity: Vec<CapacityReport>,
    /// Hospitals that refused this case or cannot be reached, each once.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
    /// Other units' enquiries; a hospital may be held by several.
    #[serde(default)]
    pub held: Vec<Hold>,
    /// Ambulances on their way, each hospital once.
    #[serde(default)]
    pub inbound: Vec<Inbound>,
    /// Hospitals that know the patient, each once.
    #[serde(default)]
    pub continuity: Vec<Continuity>,
    /// The prefecture whose 実施基準 the case follows; none = nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<String>,
    /// A list for this category in place of the prefecture's; none = the prefecture's, where it is loaded.
    #[serde(default)]
    pub listed: Option<Vec<HospitalId>>,
    /// How many candidates; none = [`params::DEFAULT_CANDIDATES`].
    #[serde(default)]
    pub max_candidates: Option<usize>,
    /// In a record of a choice: what it was computed with. Other versions here are an error, not another list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
}

/// A text that is no case file. Nothing was computed.
#[derive(Debug, thiserror::Error)]
pub enum CaseFileError {
    /// Longer than [`MAX_CASE_FILE_BYTES`].
    #[error("reading the case file: it is longer than {MAX_CASE_FILE_BYTES} bytes")]
    TooLong,
    /// Not the JSON that is expected; the cause says what and in which line.
    #[error("reading the case file at `{path}`")]
    Json {
        /// Path of the value, e.g. `capacity[3].state`.
        path: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A field that is none of the file's; `--schema` lists them.
    #[error("reading the case file at `{path}`: unknown field; `--schema` lists the fields")]
    UnknownField {
        /// Path of the field.
        path: String,
    },
    /// The same hospital or report twice.
    #[error("reading the case file at `{path}`: the same as an earlier entry")]
    Duplicate {
        /// Path of the second one.
        path: String,
    },
    /// A hospital that the table has not.
    #[error("reading the case file at `{path}`: no hospital {hospital} in table {table}")]
    UnknownHospital {
        /// Path of the id.
        path: String,
        /// The id.
        hospital: HospitalId,
        /// The table's version.
        table: String,
    },
    /// A value outside its range.
    #[error("reading the case file at `{path}`: expected {expected}")]
    Value {
        /// Path of the value.
        path: String,
        /// What is allowed.
        expected: String,
    },
    /// A record that was computed with another table, other rules or another engine than those here.
    #[error("reading the case file at `versions.{part}`: recorded with {recorded}, and here is {here}")]
    Version {
        /// Which of [`Versions`].
        part: &'static str,
        /// The record's.
        recorded: String,
        /// What would rank here.
        here: String,
    },
    /// The ranking could not be written.
    #[error("writing the ranking")]
    Write(#[source] serde_json::Error),
}

impl CaseFile {
    /// A file with nothing but moment, place and findings.
    #[must_use]
    pub const fn new(at: Timestamp, scene: Position, findings: Findings) -> Self {
        Self {
            at,
            scene,
            findings,
            needs: Vec::new(),
            capacity: Vec::new(),
            exclude: Vec::new(),
            held: Vec::new(),
            inbound: Vec::new(),
            continuity: Vec::new(),
            prefecture: None,
            listed: None,
            max_candidates: None,
            versions: None,
        }
    }

    /// Reads a case file and checks it against the table.
    ///
    /// # Errors
    /// Names the path of the first thing that is wrong.
    pub fn parse(text: &str, table: &HospitalTable) -> Result<Self, CaseFileError> {
        if text.len() > MAX_CASE_FILE_BYTES {
            return Err(CaseFileError::TooLong);
        }
        let mut json = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        // The types also travel and rest, where unknown fields are ignored; in a file that a person wrote they are a slip.
        let mut unknown = None;
        let read = serde_ignored::deserialize(tracked, |path| {
            unknown.get_or_insert_with(|| path.to_string());
        });
        let file: Self = read.map_err(|source| CaseFileError::Json { path: track.path().to_string(), source })?;
        if let Some(path) = unknown {
            return Err(CaseFileError::UnknownField { path });
        }
        json.end().map_err(|source| CaseFileError::Json { path: ".".to_owned(), source })?;
        file.check(table)?;
        Ok(file)
    }

    /// The request that the file describes.
    #[must_use]
    pub fn request(&self) -> SelectionRequest {
        let mut request = SelectionRequest::new(self.at, self.scene, &self.findings);
        request.needs = merge_needs(&request.needs, &self.needs);
        request.exclude.clone_from(&self.exclude);
        request.held.clone_from(&self.held);
        request.inbound.clone_from(&self.inbound);
        request.continuity.clone_from(&self.continuity);
        request.prefecture.clone_from(&self.prefecture);
        request.listed = self.listed.as_ref().map(|ids| ids.iter().copied().collect());
        request.max_candidates = self.max_candidates.unwrap_or(params::DEFAULT_CANDIDATES);
        request
    }

    /// Leaves out reports, holds and ambulances that [`Self::parse`] would refuse and that weigh nothing: of hospitals that
    /// the table has not, of a later moment, or no longer counting. What is left is a file that parses and ranks the same.
    pub fn keep_what_counts(&mut self, table: &HospitalTable) {
        let (at, known) = (self.at, |id| table.get(id).is_some());
        self.capacity.retain(|r| known(r.hospital) && r.holds(at) && r.at.age_minutes(at) <= MAX_AGE_MINUTES);
        self.exclude.retain(|e| known(e.hospital) && e.at <= at && e.at.age_minutes(at) <= MAX_AGE_MINUTES);
        self.held.retain(|h| known(h.hospital) && h.since <= at && h.since.age_minutes(at) <= MAX_AGE_MINUTES);
        self.inbound.retain(|i| known(i.hospital));
        self.continuity.retain(|c| known(c.hospital));
    }

    /// The file as JSON, one line; the same file gives the same bytes.
    ///
    /// # Errors
    /// Only for a time outside the calendar.
    pub fn to_json_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whether what would rank here is what the record was computed with.
    fn check_versions(&self, here: &Versions) -> Result<(), CaseFileError> {
        let Some(recorded) = &self.versions else { return Ok(()) };
        match recorded.difference(here) {
            None => Ok(()),
            Some((part, recorded, here)) => Err(CaseFileError::Version { part, recorded, here }),
        }
    }

    fn check(&self, table: &HospitalTable) -> Result<(), CaseFileError> {
        self.check_findings()?;
        self.check_times()?;
        let reports: Vec<_> = self.capacity.iter().map(|r| (r.hospital, r.capability, r.at)).collect();
        unique("capacity", &reports)?;
        let excluded: Vec<_> = self.exclude.iter().map(|e| e.hospital).collect();
        let inbound: Vec<_> = self.inbound.iter().map(|i| i.hospital).collect();
        let known: Vec<_> = self.continuity.iter().map(|c| c.hospital).collect();
        let held: Vec<_> = self.held.iter().map(|h| h.hospital).collect();
        let reported: Vec<_> = self.capacity.iter().map(|r| r.hospital).collect();
        let needs: Vec<_> = self.needs.iter().map(|n| n.capability).collect();
        unique("needs", &needs)?;
        unique("exclude", &excluded)?;
        unique("inbound", &inbound)?;
        unique("continuity", &known)?;
        known_ids("exclude", ".hospital", &excluded, table)?;
        known_ids("inbound", ".hospital", &inbound, table)?;
        known_ids("continuity", ".hospital", &known, table)?;
        known_ids("held", ".hospital", &held, table)?;
        known_ids("capacity", ".hospital", &reported, table)?;
        if let Some(listed) = &self.listed {
            unique("listed", listed)?;
            known_ids("listed", "", listed, table)?;
        }
        match self.max_candidates {
            Some(n) if n == 0 || n > params::MAX_CANDIDATES => {
                Err(value("max_candidates", format!("1 to {}", params::MAX_CANDIDATES)))
            }
            _ => Ok(()),
        }
    }

    fn check_findings(&self) -> Result<(), CaseFileError> {
        for (vital, reading) in &self.findings.vitals {
            let (low, high) = vital.range_tenths();
            if let model::VitalReading::Measured(tenths) = reading
                && !(low..=high).contains(tenths)
            {
                let name = serde_json::to_string(vital).unwrap_or_default();
                let path = format!("findings.vitals.{}", name.trim_matches('"'));
                return Err(value(path, format!("tenths of the unit, {low} to {high}")));
            }
        }
        if self.findings.age_band.is_some_and(|band| band.0 > 12) {
            return Err(value("findings.age_band", "tens of years, 0 to 12"));
        }
        if self.findings.age_years.is_some_and(|age| age > 130) {
            return Err(value("findings.age_years", "years, 0 to 130"));
        }
        Ok(())
    }

    fn check_times(&self) -> Result<(), CaseFileError> {
        let capacity = self.capacity.iter().enumerate().map(|(i, r)| (format!("capacity[{i}].at"), r.at));
        let exclude = self.exclude.iter().enumerate().map(|(i, e)| (format!("exclude[{i}].at"), e.at));
        let held = self.held.iter().enumerate().map(|(i, h)| (format!("held[{i}].since"), h.since));
        for (path, at) in capacity.chain(exclude).chain(held) {
            if at > self.at || at.age_minutes(self.at) > MAX_AGE_MINUTES {
                return Err(value(path, "a time before `at` and less than a year old"));
            }
        }
        for (i, known) in self.continuity.iter().enumerate() {
            if known.minutes.0 < 0 || known.minutes > params::CONTINUITY_MAX {
                return Err(value(format!("continuity[{i}].minutes"), format!("0 to {}", params::CONTINUITY_MAX)));
            }
        }
        Ok(())
    }
}

fn value(path: impl Into<String>, expected: impl Into<String>) -> CaseFileError {
    CaseFileError::Value { path: path.into(), expected: expected.into() }
}

fn unique<T: Ord + Copy>(list: &str, all: &[T]) -> Result<(), CaseFileError> {
    if all.len() > MAX_LIST {
        return Err(value(list, format!("at most {MAX_LIST} entries")));
    }
    let mut seen = BTreeSet::new();
    match all.iter().position(|one| !seen.insert(*one)) {
        None => Ok(()),
        Some(i) => Err(CaseFileError::Duplicate { path: format!("{list}[{i}]") }),
    }
}

fn known_ids(list: &str, field: &str, ids: &[HospitalId], table: &HospitalTable) -> Result<(), CaseFileError> {
    match ids.iter().enumerate().find(|(_, id)| table.get(**id).is_none()) {
        None => Ok(()),
        Some((i, id)) => Err(CaseFileError::UnknownHospital {
            path: format!("{list}[{i}]{field}"),
            hospital: *id,
            table: table.version().to_owned(),
        }),
    }
}

/// Ranks the case of a file with the embedded table and the distance model: offline, and the same bytes every time.
///
/// # Errors
/// Names the path of what is wrong with the file.
pub fn rank_file(text: &str) -> Result<Vec<u8>, CaseFileError> {
    rank_file_with(text, HospitalTable::embedded(), &DistanceModel::japan())
}

/// The same with another table and another source of minutes.
///
/// # Errors
/// Names the path of what is wrong with the file.
pub fn rank_file_with(text: &str, table: &HospitalTable, travel: &impl TravelTime) -> Result<Vec<u8>, CaseFileError> {
    let file = CaseFile::parse(text, table)?;
    file.check_versions(&Versions::of(table, travel, file.at))?;
    rank(table, &file.capacity, travel, &file.request()).to_json_bytes().map_err(CaseFileError::Write)
}

/// A full example of a case file: a head injury in Tachikawa with every field used once.
#[must_use]
pub const fn example_case() -> &'static str {
    include_str!("case_file.example.json")
}
