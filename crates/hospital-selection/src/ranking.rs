//! The answer: candidates whose minutes add up, what was left out and why, and what it was computed from.
//!
//! Unlike a case file, a ranking is read leniently: a newer server may add fields.

use crate::standards::InForce;
use crate::{
    CapacityState, Category, Deadline, HospitalTable, LastResort, Permille, RejectCode, SharedText, Together, iso_time,
};
use model::{Capability, HospitalId, Need, Position, Strength, Timestamp, Triage};
use serde::{Deserialize, Serialize};
use travel_time::{Tenths, Travel, TravelTime};

/// JSON Schema (2020-12) of a ranking.
pub const RANKING_SCHEMA: &str = include_str!("ranking.schema.json");

/// The terms of a candidate's minutes. Their sum is its total, exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// 移動: median drive plus half the way to its 90th percentile.
    pub travel: Tenths,
    /// 受入: c/p, expected minutes of asking.
    pub acceptance: Tenths,
    /// 治療: door to definitive treatment.
    pub treatment: Tenths,
    /// 混雑: ambulances on their way there.
    pub load: Tenths,
    /// 不足: needs that are missing or not confirmed.
    pub missing: Tenths,
    /// 継続: zero or negative, for a hospital that knows the patient.
    pub continuity: Tenths,
}

impl Terms {
    /// The terms in screen order.
    #[must_use]
    pub const fn in_order(&self) -> [Tenths; 6] {
        [self.travel, self.acceptance, self.treatment, self.load, self.missing, self.continuity]
    }
    /// 見込み.
    #[must_use]
    pub fn total(&self) -> Tenths {
        self.in_order().into_iter().sum()
    }
}

impl core::ops::Sub for Terms {
    type Output = Self;
    /// By how much each term is larger than the other's.
    fn sub(self, other: Self) -> Self {
        Self {
            travel: self.travel - other.travel,
            acceptance: self.acceptance - other.acceptance,
            treatment: self.treatment - other.treatment,
            load: self.load - other.load,
            missing: self.missing - other.missing,
            continuity: self.continuity - other.continuity,
        }
    }
}

/// A row in whole minutes whose terms still add up, in the order of [`Terms::in_order`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeTerms {
    /// 見込み.
    pub total: i32,
    /// 移動, 受入, 治療, 混雑, 不足, 継続.
    pub terms: [i32; 6],
}

impl From<&Terms> for WholeTerms {
    /// Rounds the total to the nearest minute, every term down, and gives the minutes left over to the terms with the
    /// largest rest (earlier terms first): no term is off by a minute or more.
    fn from(terms: &Terms) -> Self {
        let tenths = terms.in_order().map(|t| t.0);
        let mut whole = tenths.map(|t| t.div_euclid(10));
        let total = terms.total().whole_minutes();
        let mut order: [usize; 6] = [0, 1, 2, 3, 4, 5];
        order.sort_by_key(|&i| core::cmp::Reverse(tenths.get(i).map_or(0, |t| t.rem_euclid(10))));
        let left = total - whole.iter().sum::<i32>();
        for &i in order.iter().take(usize::try_from(left).unwrap_or(0)) {
            if let Some(term) = whole.get_mut(i) {
                *term += 1;
            }
        }
        Self { total, terms: whole }
    }
}

/// What is known of a hospital's capability, as one sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkState {
    /// ○ confirmed or filed.
    Yes,
    /// 未確認 derived or unknown.
    Unconfirmed,
    /// × known to be absent or down.
    No,
}

impl MarkState {
    /// ○, 未確認 or ×.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Yes => "○",
            Self::Unconfirmed => "未確認",
            Self::No => "×",
        }
    }
}

/// A need and how this hospital stands to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What is needed.
    pub capability: Capability,
    /// How much it weighs.
    pub strength: Strength,
    /// ○ / 未確認 / ×.
    pub state: MarkState,
    /// `confirmed`, `filed`, `derived:<rule>`, `absent`, `down`, `off_duty` or `unknown`.
    pub source: String,
}

/// The report behind the bed sign, with its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityAge {
    /// What was reported.
    pub state: CapacityState,
    /// When.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Whole minutes at the ranking's moment.
    pub age_minutes: i64,
}

/// Why a row looks as it does, for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonCode {
    /// A need is met by a confirmed or filed capability.
    NeedMet,
    /// A need rests on a derived or unknown capability: ask.
    NeedUnconfirmed,
    /// A soft need is known to be missing.
    NeedMissing,
    /// Minutes off for a hospital that knows the patient.
    Continuity,
    /// 他隊照会中: another unit's enquiry lowers p.
    HeldByOther,
    /// Ambulances on their way.
    Inbound,
    /// Reported full; p has recovered with age.
    ReportedFull,
    /// Refused this case earlier, long enough ago to ask again.
    AskAgain,
    /// The nearest tertiary hospital, as last resort.
    Fallback,
    /// Behind the fallback's minutes: asking it costs more than going there.
    BeyondFallback,
    /// Kept although a rule excluded it.
    Relaxed,
}

/// One reason with its minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// For machines.
    pub code: ReasonCode,
    /// The capability it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<Capability>,
    /// Its share of the minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Tenths>,
    /// For the crew.
    pub ja: String,
    /// For the crew, in English.
    pub en: String,
}

/// One row of 受入候補.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// 1 is first.
    pub rank: u32,
    /// Which hospital.
    pub hospital: HospitalId,
    /// Its official name.
    pub name: String,
    /// The name for a narrow row: without the body that runs it.
    pub short_name: String,
    /// 市区町村.
    pub municipality: String,
    /// Where it stands.
    pub position: Position,
    /// 見込み: the sum of the terms, minutes.
    pub total: Tenths,
    /// The terms.
    pub terms: Terms,
    /// The drive's distribution, for the ETA.
    pub drive: Travel,
    /// Probability of acceptance.
    pub p: Permille,
    /// One mark per need.
    pub marks: Vec<Mark>,
    /// The newest word on beds, if there is one.
    pub capacity: Option<CapacityAge>,
    /// 他隊照会中.
    pub held_by_other: bool,
    /// No road leads there (ship, helicopter): the drive is one by distance, tells the order only and is no time of arrival.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub no_road: bool,
    /// Reasons in fixed order.
    pub reasons: Vec<Reason>,
}

impl Candidate {
    /// The drive, where a road leads there.
    #[must_use]
    pub fn by_road(&self) -> Option<Travel> {
        (!self.no_road).then_some(self.drive)
    }
    /// The row in whole minutes, adding up.
    #[must_use]
    pub fn whole(&self) -> WholeTerms {
        WholeTerms::from(&self.terms)
    }
}

/// A hospital that was not ranked, and the rule that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Which.
    pub hospital: HospitalId,
    /// Its official name.
    pub name: SharedText,
    /// The name for a narrow row.
    pub short_name: SharedText,
    /// For machines.
    pub code: RejectCode,
    /// The capability it lacks or that is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<Capability>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "iso_time::option")]
    pub since: Option<Timestamp>,
    /// For the crew, e.g. 「頭部CT停止 09:12」.
    pub detail: SharedText,
    /// For the crew, in English.
    pub detail_en: SharedText,
}

/// A rule that was relaxed because nobody was left, in the published order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Relaxation {
    /// No tertiary hospital within reach: the hard need 三次 became a soft one.
    TertiaryOutOfReach,
    /// 当番外 is asked.
    OffDuty,
    /// 名簿外 is asked.
    NotListed,
    /// Who refused this case is asked again.
    AlreadyRefused,
    /// Nobody at all: the nearest tertiary hospital stands alone (最終受入を頼む).
    FallbackOnly,
}

impl Relaxation {
    /// For the crew.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::TertiaryOutOfReach => "三次が遠いため二次も候補に含めました",
            Self::OffDuty => "当番外の病院も候補に含めました",
            Self::NotListed => "名簿にない病院も候補に含めました",
            Self::AlreadyRefused => "本事案で不応需の病院も候補に含めました",
            Self::FallbackOnly => "条件に合う病院がありません。最終受入を頼んでください",
        }
    }
}

/// Where the case goes when nobody accepts (受入医療機関確保基準): the nearest tertiary hospital.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// Which.
    pub hospital: HospitalId,
    /// Its name.
    pub name: String,
    /// Its minutes when acceptance is certain; candidates behind it are marked.
    pub index: Tenths,
}

/// What the ranking was computed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Hospital table.
    pub table: String,
    /// SHA-256 of the table's bytes, hexadecimal.
    pub table_sha256: String,
    /// Category and need rules.
    pub rules: String,
    /// Editions of 実施基準 that held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<String>,
    /// Travel-time model.
    pub travel: String,
    /// This engine and its constants.
    pub engine: String,
}

impl Versions {
    /// Of what ranks here at a moment.
    #[must_use]
    pub fn of(table: &HospitalTable, travel: &impl TravelTime, at: Timestamp) -> Self {
        Self {
            table: table.version().to_owned(),
            table_sha256: table.sha256().to_owned(),
            rules: crate::RULES_VERSION.to_owned(),
            standards: InForce::new(table.standards(), None, at).names(),
            travel: travel.version().to_owned(),
            engine: crate::params::ENGINE_VERSION.to_owned(),
        }
    }

    /// The first part that differs: its name, this one's value and the other's.
    pub(crate) fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let parts = |v: &Self| {
            let standards = v.standards.join(", ");
            [v.table.clone(), v.table_sha256.clone(), v.rules.clone(), standards, v.travel.clone(), v.engine.clone()]
        };
        let names = ["table", "table_sha256", "rules", "standards", "travel", "engine"];
        let mut pairs = names.into_iter().zip(parts(self).into_iter().zip(parts(other)));
        pairs.find(|(_, (a, b))| a != b).map(|(part, (a, b))| (part, a, b))
    }
}

/// The answer to one [`crate::SelectionRequest`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// The moment it holds for.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Where the drive starts.
    pub scene: Position,
    /// The crew's tag.
    pub triage: Option<Triage>,
    /// 分類.
    pub category: Category,
    /// What was needed, by capability.
    pub needs: Vec<Need>,
    /// Best first; never empty unless the table is.
    pub candidates: Vec<Candidate>,
    /// All that this case has asked or cannot reach, then the nearest; none farther than the farthest candidate.
    pub excluded: Vec<Excluded>,
    /// How many hospitals a rule excluded, shown or not: those no farther than the farthest candidate (by the distance that the
    /// search goes by), and all that this case has asked or cannot reach.
    pub excluded_total: u32,
    /// Relaxed rules in order.
    pub relaxed: Vec<Relaxation>,
    /// The last resort.
    pub fallback: Option<Fallback>,
    /// After how many enquiries in the order of the list the last resort is quicker than going on; none = not within the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_after: Option<u32>,
    /// 一斉照会: whom to ask at once; none = one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// The clock of rt-PA, where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// How far the prefecture's way to it has been gone; none = it has published none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_resort: Option<LastResort>,
    /// What it was computed with.
    pub versions: Versions,
}

impl Ranking {
    /// Whether a row was moved by a hospital visited: such a ranking is history and never rests on a tablet (DESIGN §5.4);
    /// rank [`crate::SelectionRequest::without_history`] for a record.
    #[must_use]
    pub fn names_history(&self) -> bool {
        self.candidates.iter().any(|c| c.terms.continuity != Tenths::ZERO)
    }

    /// As programs without ○ are told ([`CapacityState::before_levels`]).
    #[must_use]
    pub fn before_levels(mut self) -> Self {
        for capacity in self.candidates.iter_mut().filter_map(|candidate| candidate.capacity.as_mut()) {
            capacity.state = capacity.state.before_levels();
        }
        self
    }

    /// The ranking as JSON, fields in fixed order, minutes as decimals with one digit, one newline at the end: the same
    /// inputs give the same bytes everywhere.
    ///
    /// # Errors
    /// Only for a time outside the calendar.
    pub fn to_json_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_minutes_share_the_rest_out() {
        let terms = Terms {
            travel: Tenths(124),
            acceptance: Tenths(56),
            treatment: Tenths(104),
            load: Tenths(15),
            missing: Tenths(0),
            continuity: Tenths(-25),
        };
        assert_eq!(WholeTerms::from(&terms), WholeTerms { total: 27, terms: [12, 6, 10, 2, 0, -3] });
    }
}
