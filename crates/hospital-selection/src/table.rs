//! The hospital table: every secondary and tertiary facility with coordinates, each capability with its source.

mod brief;
mod known;
mod near;
mod parse;
mod short_name;

pub(crate) use brief::{Bits, Brief, VOLUME_CLASSES, base_of_class, bit};
pub(crate) use near::{Between, Length, Near, Walk};
pub(crate) use parse::standing;
pub use parse::{RowError, TableError};

use crate::{SharedText, Standards, params};
use model::{Capability, HospitalId, Position};
use std::sync::LazyLock;
use travel_time::Land;

/// How a capability is known (DESIGN §5.10). A capability that is not in the table is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The hospital itself said so to this system.
    Confirmed,
    /// Filed with the authorities (届出, 病床機能報告の区分).
    Filed,
    /// Concluded from filed figures by a named rule (`data/README.md`).
    Derived(Box<str>),
    /// The hospital itself said, or a complete filing shows, that it has it not.
    Absent,
}

impl Standing {
    /// Whether a hard need may rest on it.
    #[must_use]
    pub const fn satisfies(&self) -> bool {
        matches!(self, Self::Confirmed | Self::Filed)
    }
    /// As written in tables and rankings.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Confirmed => "confirmed".to_owned(),
            Self::Filed => "filed".to_owned(),
            Self::Derived(rule) => format!("derived:{rule}"),
            Self::Absent => "absent".to_owned(),
        }
    }
}

/// One hospital. Figures are per year as reported; none = not reported or masked.
#[derive(Clone, Debug, PartialEq)]
pub struct Hospital {
    /// Stable over editions of the table: made from `record_id`.
    pub id: HospitalId,
    /// The source's record id.
    pub record_id: String,
    /// 医療機関名.
    pub name: String,
    /// 都道府県.
    pub pref: String,
    /// 構想区域, four digits.
    pub area_code: String,
    /// 市区町村.
    pub municipality: String,
    /// Where it stands.
    pub position: Position,
    /// General and long-term beds.
    pub beds: Option<u32>,
    /// 三次救急.
    pub tertiary: bool,
    /// 二次救急.
    pub secondary: bool,
    /// 救急車の受入件数.
    pub ambulance_accepted: Option<u32>,
    /// Operations.
    pub operations: Option<u32>,
    /// Deliveries.
    pub deliveries: Option<u32>,
    /// Known capabilities, sorted by capability, each once.
    pub capabilities: Vec<(Capability, Standing)>,
    /// A hospital for children, concluded from its name (rule `derived:name`).
    pub children_only: bool,
    /// Where the short name begins in the name.
    short_from: usize,
    /// Name and short name for rows of rankings.
    shared: (SharedText, SharedText),
    /// The land it stands on.
    land: Land,
}

impl Hospital {
    /// The land it stands on: only a ship or a helicopter reaches it from another.
    #[must_use]
    pub const fn land(&self) -> Land {
        self.land
    }

    /// Whether it takes many ambulances ([`params::LARGE_VOLUME`]).
    pub(crate) fn is_large(&self) -> bool {
        self.ambulance_accepted.is_some_and(|n| n >= params::LARGE_VOLUME)
    }

    /// The name for a narrow row: without the body that runs the hospital. Files and prints keep the official name.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.get(self.short_from..).unwrap_or(&self.name)
    }

    /// Name and short name, shared with every row that says them.
    pub(crate) fn shared_names(&self) -> (SharedText, SharedText) {
        self.shared.clone()
    }

    /// How a capability is known; none = unknown. 三次 and 二次 are flags of the source and never unknown.
    #[must_use]
    pub fn standing(&self, capability: Capability) -> Option<&Standing> {
        match capability {
            Capability::Tertiary if !self.tertiary => Some(&Standing::Absent),
            Capability::Secondary if !self.secondary => Some(&Standing::Absent),
            _ => self.capabilities.iter().find(|(c, _)| *c == capability).map(|(_, s)| s),
        }
    }
}

/// All hospitals of one edition, sorted by id.
#[derive(Clone, Debug, PartialEq)]
pub struct HospitalTable {
    version: String,
    sha256: String,
    hospitals: Vec<Hospital>,
    standards: Standards,
    near: Near,
}

/// The edition that ships with the program.
const EMBEDDED: &str = include_str!("../data/hospitals.csv");

static TABLE: LazyLock<HospitalTable> = LazyLock::new(|| match HospitalTable::parse(EMBEDDED) {
    Ok(table) => table,
    // A test parses the same bytes: a broken edition never leaves the workshop.
    Err(error) => unreachable!("the embedded hospital table: {error}"),
});

impl HospitalTable {
    /// The edition that ships with the program. Parsed once, on first use.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &TABLE
    }
    /// The embedded edition's bytes, for export and for a test of the import.
    #[must_use]
    pub const fn embedded_csv() -> &'static str {
        EMBEDDED
    }
    /// The edition's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
    /// SHA-256 of the file's bytes, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
    /// The same table with 実施基準: what prefectures have published on its hospitals.
    #[must_use]
    pub fn with_standards(mut self, standards: Standards) -> Self {
        let named = standards.named();
        self.near.note_named(|id| named.contains(&id));
        Self { standards, ..self }
    }
    /// The editions of 実施基準 that are loaded.
    #[must_use]
    pub const fn standards(&self) -> &Standards {
        &self.standards
    }
    /// All hospitals, sorted by id.
    #[must_use]
    pub fn hospitals(&self) -> &[Hospital] {
        &self.hospitals
    }
    pub(crate) const fn near(&self) -> &Near {
        &self.near
    }
    /// A hospital's place in [`Self::hospitals`].
    pub(crate) fn index_of(&self, id: HospitalId) -> Option<u32> {
        self.hospitals.binary_search_by_key(&id, |h| h.id).ok().and_then(|i| u32::try_from(i).ok())
    }
    /// The hospital with this id.
    #[must_use]
    pub fn get(&self, id: HospitalId) -> Option<&Hospital> {
        self.hospitals.binary_search_by_key(&id, |h| h.id).ok().and_then(|i| self.hospitals.get(i))
    }
    /// The hospital with the source's record id, e.g. `R7-1307-12`.
    #[must_use]
    pub fn by_record_id(&self, record_id: &str) -> Option<&Hospital> {
        self.hospitals.iter().find(|h| h.record_id == record_id)
    }
}
