//! Hard constraints: who is not asked, and the code that says why.

use crate::standards::{Bound, Duty, InForce, Said};
use crate::{CapacitySource, CapacityState, Exclusion, ExclusionReason, Hospital, SelectionRequest, Standing, params};
use model::{Capability, Strength, Timestamp};
use serde::{Deserialize, Serialize};

use crate::capacity::CapacityReport;
use crate::terms::Asked;

/// Why a hospital is not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RejectCode {
    /// Refused this case less than [`params::REFUSAL_MINUTES`] ago.
    AlreadyRefused,
    /// The way there is closed, or no road leads there.
    RouteClosed,
    /// The hospital, or a capability that is needed, is declared down.
    DeclaredDown,
    /// 当番外.
    OffDuty,
    /// A hard need is known to be missing.
    NoCapability,
    /// Takes no patients of this age or sex.
    AgeSexLimit,
    /// Not in the prefecture's list for this category.
    NotListed,
}

/// Said of a hospital on another land, Japanese and English.
pub(crate) const ACROSS_WATER: (&str, &str) =
    ("海を渡る：道路がつながっていません", "Across the water: no road leads there");

/// Said of a hospital that the road graph knows no way to.
pub(crate) const NO_ROAD: (&str, &str) = ("道路がつながっていません", "No road leads there");

/// A constraint that is broken, before it becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) code: RejectCode,
    pub(crate) capability: Option<Capability>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) reason: Option<ExclusionReason>,
    pub(crate) bound: Option<Bound>,
    /// No road leads there from the land of the scene.
    pub(crate) across_water: bool,
}

impl Reject {
    pub(crate) const fn new(code: RejectCode) -> Self {
        Self { code, capability: None, since: None, reason: None, bound: None, across_water: false }
    }

    /// On another land.
    pub(crate) const fn across_water() -> Self {
        Self { across_water: true, ..Self::new(RejectCode::RouteClosed) }
    }
}

/// Which rules are relaxed in this pass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relaxed {
    pub(crate) off_duty: bool,
    pub(crate) not_listed: bool,
    pub(crate) already_refused: bool,
    /// Only where nobody is on this side of the water.
    pub(crate) across_water: bool,
}

/// All reports of one hospital at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reports<'a> {
    /// Those that hold, and others.
    pub(crate) all: &'a [CapacityReport],
    pub(crate) now: Timestamp,
}

impl<'a> Reports<'a> {
    /// Those that hold.
    pub(crate) fn now(self) -> impl Iterator<Item = &'a CapacityReport> {
        self.all.iter().filter(move |r| r.holds(self.now))
    }
}

/// The newest report of `capability` (none = of the whole hospital) in one of these states. Of two of one moment the worse.
fn newest_of<'a>(
    reports: Reports<'a>,
    capability: Option<Capability>,
    states: &[CapacityState],
) -> Option<&'a CapacityReport> {
    let speaks = |r: &&CapacityReport| r.capability == capability && states.contains(&r.state);
    reports.now().filter(speaks).max_by_key(|r| (r.at, r.state))
}

/// The closure that stands now. Only its end or a newer ◎ or ○ lifts it: somebody else's refusal and the weekly pattern do not.
pub(crate) fn closure<'a>(reports: Reports<'a>, capability: Option<Capability>) -> Option<&'a CapacityReport> {
    let speaks = |r: &&CapacityReport| {
        r.capability == capability && r.state != CapacityState::Full && r.source != CapacitySource::Filed
    };
    reports.now().filter(speaks).max_by_key(|r| (r.at, r.state)).filter(|r| !r.state.takes())
}

/// The newest word on beds: ◎, ○ or ×.
pub(crate) fn beds<'a>(reports: Reports<'a>, capability: Option<Capability>) -> Option<&'a CapacityReport> {
    newest_of(reports, capability, &[CapacityState::Free, CapacityState::Limited, CapacityState::Full])
}

/// When the hospital last said anything that holds, of itself or of a capability. What crews met there, and its weekly pattern, are
/// not its word.
pub(crate) fn own_word(reports: Reports<'_>) -> Option<Timestamp> {
    use CapacitySource::{Desk, Phone, Region};
    reports.now().filter(|r| matches!(r.source, Desk | Phone | Region)).map(|r| r.at).max()
}

/// The first constraint that this hospital breaks, in the order of [`RejectCode`].
pub(crate) fn reject(
    hospital: &Hospital,
    asked: &Asked<'_>,
    exclusion: Option<&Exclusion>,
    reports: Reports<'_>,
    in_force: &InForce<'_>,
    relaxed: Relaxed,
) -> Option<Reject> {
    let request = asked.request;
    let hospital_now = HospitalNow { hospital, reports, in_force, now: request.at, relaxed };
    let needs = || asked.needs.iter().filter(|n| n.strength == Strength::Hard);
    exclusion
        .and_then(|e| refused(e, request.at, relaxed))
        .or_else(|| (!relaxed.across_water && hospital.land() != asked.land).then(Reject::across_water))
        .or_else(|| hospital_now.closed(None))
        .or_else(|| needs().find_map(|need| hospital_now.lacks(need.capability)))
        .or_else(|| hospital_now.takes_not(asked))
        .or_else(|| {
            (!relaxed.not_listed && !hospital_now.is_listed(request)).then_some(Reject::new(RejectCode::NotListed))
        })
}

/// One hospital at the moment of the request.
struct HospitalNow<'a> {
    hospital: &'a Hospital,
    reports: Reports<'a>,
    in_force: &'a InForce<'a>,
    now: Timestamp,
    relaxed: Relaxed,
}

impl HospitalNow<'_> {
    /// Closed by a report, or another hospital has the turn. A hospital's own recent word that it is free beats the roster.
    fn closed(&self, capability: Option<Capability>) -> Option<Reject> {
        let reported = closed(closure(self.reports, capability), capability, self.relaxed);
        reported.or_else(|| {
            let free = newest_of(self.reports, capability, &[CapacityState::Free, CapacityState::Limited]);
            let free = free.filter(|r| r.source != CapacitySource::Filed);
            let recent = free.is_some_and(|r| self.now < r.at.plus_minutes(params::CLOSURE_MINUTES));
            let off =
                !recent && !self.relaxed.off_duty && self.in_force.duty(self.hospital.id, capability) == Duty::Off;
            off.then_some(Reject { capability, ..Reject::new(RejectCode::OffDuty) })
        })
    }

    fn lacks(&self, capability: Capability) -> Option<Reject> {
        if let Some(found) = self.closed(Some(capability)) {
            return Some(found);
        }
        let absent = match self.in_force.said(self.hospital, capability) {
            Said::OtherHours if self.relaxed.off_duty => return None,
            Said::OtherHours => {
                return Some(Reject { capability: Some(capability), ..Reject::new(RejectCode::OffDuty) });
            }
            Said::Now(standing) => *standing == Standing::Absent,
            Said::Nothing => self.hospital.standing(capability) == Some(&Standing::Absent),
        };
        absent.then_some(Reject { capability: Some(capability), ..Reject::new(RejectCode::NoCapability) })
    }

    fn takes_not(&self, asked: &Asked<'_>) -> Option<Reject> {
        if let Some(limit) = self.in_force.limit(self.hospital.id, asked.request.age, asked.request.sex) {
            return Some(Reject { bound: Some(limit.bound), ..Reject::new(RejectCode::AgeSexLimit) });
        }
        let child = self.hospital.children_only && is_adult(self.hospital, asked);
        child.then_some(Reject::new(RejectCode::AgeSexLimit))
    }

    fn is_listed(&self, request: &SelectionRequest) -> bool {
        match &request.listed {
            Some(list) => list.contains(&self.hospital.id),
            None => self.in_force.lists(self.hospital.id, request.category).unwrap_or(true),
        }
    }
}

/// An adult for a hospital for children; not a mother, where it delivers children.
fn is_adult(hospital: &Hospital, asked: &Asked<'_>) -> bool {
    let mother = asked.needs.iter().any(|n| n.capability == Capability::Obstetrics && n.strength == Strength::Hard);
    let delivers = hospital.standing(Capability::Obstetrics).is_some_and(|s| *s != Standing::Absent);
    asked.request.age.is_some_and(|age| age >= params::ADULT_FROM) && !(mother && delivers)
}

fn refused(exclusion: &Exclusion, now: Timestamp, relaxed: Relaxed) -> Option<Reject> {
    let code = match exclusion.reason {
        ExclusionReason::RouteClosed => RejectCode::RouteClosed,
        _ if relaxed.already_refused || now >= exclusion.at.plus_minutes(params::REFUSAL_MINUTES) => return None,
        _ => RejectCode::AlreadyRefused,
    };
    Some(Reject { since: Some(exclusion.at), reason: Some(exclusion.reason), ..Reject::new(code) })
}

fn closed(report: Option<&CapacityReport>, capability: Option<Capability>, relaxed: Relaxed) -> Option<Reject> {
    let report = report?;
    let code = match report.state {
        CapacityState::Down => RejectCode::DeclaredDown,
        CapacityState::OffDuty if !relaxed.off_duty => RejectCode::OffDuty,
        _ => return None,
    };
    Some(Reject { capability, since: Some(report.at), ..Reject::new(code) })
}

impl Reject {
    /// Whether this case met it itself: told however far the hospital is.
    pub(crate) const fn is_own(&self) -> bool {
        matches!(self.code, RejectCode::AlreadyRefused | RejectCode::RouteClosed) && !self.across_water
    }

    /// For the crew.
    pub(crate) fn ja(&self, request: &SelectionRequest) -> String {
        let what = self.capability.map_or("受入", Capability::ja);
        let time = self.since.map_or_else(String::new, |t| [" ", &t.tokyo_hhmm()].concat());
        match self.code {
            RejectCode::AlreadyRefused => {
                ["本事案で不応需 ", self.reason.unwrap_or(ExclusionReason::Other).ja(), &time].concat()
            }
            RejectCode::RouteClosed if self.across_water => ACROSS_WATER.0.to_owned(),
            RejectCode::RouteClosed if self.since.is_none() => NO_ROAD.0.to_owned(),
            RejectCode::RouteClosed => ["道路不通", &time].concat(),
            RejectCode::DeclaredDown => [what, "停止", &time].concat(),
            RejectCode::OffDuty if self.capability.is_none() => ["当番外", &time].concat(),
            RejectCode::OffDuty => [what, " 当番外", &time].concat(),
            RejectCode::NoCapability => [what, "なし"].concat(),
            RejectCode::AgeSexLimit => self.bound.map_or_else(|| "小児の病院(名称から)".to_owned(), Bound::ja),
            RejectCode::NotListed => format!("名簿外({})", request.category.ja()),
        }
    }

    /// For the crew, in English.
    pub(crate) fn en(&self, request: &SelectionRequest) -> String {
        let what = self.capability.map_or("Hospital", Capability::en);
        let time = self.since.map_or_else(String::new, |t| [" ", &t.tokyo_hhmm()].concat());
        match self.code {
            RejectCode::AlreadyRefused => ["Declined this case", &time].concat(),
            RejectCode::RouteClosed if self.across_water => ACROSS_WATER.1.to_owned(),
            RejectCode::RouteClosed if self.since.is_none() => NO_ROAD.1.to_owned(),
            RejectCode::RouteClosed => ["Road closed", &time].concat(),
            RejectCode::DeclaredDown => [what, " down", &time].concat(),
            RejectCode::OffDuty => [what, " off duty", &time].concat(),
            RejectCode::NoCapability => ["No ", what].concat(),
            RejectCode::AgeSexLimit => {
                self.bound.map_or_else(|| "Children's hospital (by its name)".to_owned(), Bound::en)
            }
            RejectCode::NotListed => format!("Not on the list ({})", request.category.en()),
        }
    }
}
