//! 実施基準 (消防法 第35条の5): what a prefecture has published on hospitals and on choosing between them, as versioned data.
//!
//! One edition holds, for one prefecture: who takes which category of patients (分類, 医療機関リスト), what hospitals can do at
//! which hours and until when, with its source (応需体制), who is on duty (輪番), whom hospitals do not take (age, sex), what an
//! enquiry has to say (伝達), and when to turn to the last resort (確保). Choosing itself (選定) is the ranking.
//!
//! An edition says nothing about hospitals it does not name: they keep what the table says.

mod hours;
mod in_force;
mod parse;
mod rota;

pub use hours::{Hours, HoursError};
pub(crate) use in_force::{Duty, InForce, Said};
pub use parse::{MAX_STANDARD_BYTES, StandardError};

use crate::{Category, Standing};
use model::{Capability, HospitalId, Sex, Timestamp};
use rota::Rota;
use std::collections::BTreeSet;

/// The JSON Schema of an edition: what its TOML holds.
pub const STANDARD_SCHEMA: &str = include_str!("standards/standard.schema.json");

/// An edition with every field, for the embedded hospital table. It is nobody's.
#[must_use]
pub const fn example_standard() -> &'static str {
    include_str!("standards/standard.example.toml")
}

/// From when until when something holds; none = without a bound on that side. The end is not part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub from: Option<Timestamp>,
    /// First moment that is no longer in it.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// What a hospital can do, at which hours of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which.
    pub hospital: HospitalId,
    /// What.
    pub capability: Capability,
    /// How it is known.
    pub standing: Standing,
    /// Hours of the week in Japan.
    pub hours: Hours,
    /// From when until when.
    pub validity: Validity,
}

/// One turn of a duty roster (輪番).
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The roster, by its name in the edition.
    pub roster: String,
    /// For which service; none = for the whole hospital.
    pub capability: Option<Capability>,
    /// Whose turn.
    pub hospital: HospitalId,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// Whom a hospital does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Which.
    pub hospital: HospitalId,
    /// Whom it takes.
    pub bound: Bound,
    /// From when until when.
    pub validity: Validity,
}

/// Whom a hospital takes, by age and sex; none = everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// Youngest age it takes, years.
    pub from_age: Option<u8>,
    /// First age it takes no more, years.
    pub below_age: Option<u8>,
    /// The only sex it takes.
    pub sex: Option<Sex>,
}

impl Bound {
    /// What is not known of a patient keeps nobody out.
    pub(crate) fn keeps_out(self, age: Option<u8>, sex: Option<Sex>) -> bool {
        let young = age.is_some_and(|age| self.from_age.is_some_and(|from| age < from));
        let old = age.is_some_and(|age| self.below_age.is_some_and(|below| age >= below));
        let other = sex.filter(|s| *s != Sex::Unspecified).is_some_and(|sex| self.sex.is_some_and(|only| only != sex));
        young || old || other
    }

    /// For the crew.
    pub(crate) fn ja(self) -> String {
        let from = self.from_age.map_or_else(String::new, |age| format!("{age}歳以上"));
        let below = self.below_age.map_or_else(String::new, |age| format!("{age}歳未満"));
        let sex = self.sex.map_or("", |sex| if sex == Sex::Male { "男性" } else { "女性" });
        format!("{from}{below}{sex}のみ")
    }

    /// For the crew, in English.
    pub(crate) fn en(self) -> String {
        let from = self.from_age.map_or_else(String::new, |age| format!(" from {age} years"));
        let below = self.below_age.map_or_else(String::new, |age| format!(" under {age} years"));
        let sex = self.sex.map_or("", |sex| if sex == Sex::Male { " men" } else { " women" });
        format!("Takes only{sex}{from}{below}")
    }
}

/// 受入医療機関確保基準: after how much asking the last resort is turned to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Secure {
    /// Refusals.
    pub enquiries: Option<u32>,
    /// Minutes since the first enquiry.
    pub minutes: Option<u32>,
    /// Who then searches along with the crew.
    pub coordinator: Option<String>,
    /// Hospitals that have promised to take whom nobody takes, nearest of them first asked.
    pub last_resort: BTreeSet<HospitalId>,
}

/// One prefecture's edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    prefecture: String,
    version: String,
    source: String,
    sha256: String,
    validity: Validity,
    /// Sorted by category; each once.
    lists: Vec<(Category, BTreeSet<HospitalId>)>,
    /// Sorted by hospital and capability.
    cells: Vec<Cell>,
    rota: Rota,
    /// Sorted by hospital.
    limits: Vec<Limit>,
    secure: Secure,
    say: Vec<String>,
}

impl Standard {
    /// 都道府県.
    #[must_use]
    pub fn prefecture(&self) -> &str {
        &self.prefecture
    }
    /// The edition's name.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
    /// Where it was published.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// SHA-256 of the file's bytes, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
    /// From when until when it holds.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }
    /// When to turn to the last resort.
    #[must_use]
    pub const fn secure(&self) -> &Secure {
        &self.secure
    }
    /// 伝達基準: what an enquiry by telephone says, in order.
    #[must_use]
    pub fn say(&self) -> &[String] {
        &self.say
    }
    /// How many entries it has: lists, cells, turns, limits.
    #[must_use]
    pub fn entries(&self) -> [usize; 4] {
        [self.lists.len(), self.cells.len(), self.rota.len(), self.limits.len()]
    }
    /// `prefecture version hash`, as written into rankings.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {} {}", self.prefecture, self.version, self.sha256.get(..12).unwrap_or_default())
    }
}

/// All editions that are loaded, several per prefecture where one follows the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standards(Vec<Standard>);

impl Standards {
    /// No edition: nothing but the table counts.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These editions, sorted by prefecture, beginning and version.
    #[must_use]
    pub fn new(mut editions: Vec<Standard>) -> Self {
        editions.sort_by(|a, b| {
            (&a.prefecture, a.validity.from, &a.version).cmp(&(&b.prefecture, b.validity.from, &b.version))
        });
        Self(editions)
    }

    /// Of whom any edition says what they can do, when they are on duty or whom they do not take.
    pub(crate) fn named(&self) -> BTreeSet<HospitalId> {
        let of_one = |one: &'_ Standard| {
            let cells = one.cells.iter().map(|cell| cell.hospital);
            cells.chain(one.limits.iter().map(|limit| limit.hospital)).chain(one.rota.members()).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_one).collect()
    }

    /// All of them.
    #[must_use]
    pub fn editions(&self) -> &[Standard] {
        &self.0
    }

    /// The edition of a prefecture at a moment: of several that hold the one that began last.
    #[must_use]
    pub fn of(&self, prefecture: &str, at: Timestamp) -> Option<&Standard> {
        self.0.iter().rfind(|s| s.prefecture == prefecture && s.validity.holds(at))
    }
}
