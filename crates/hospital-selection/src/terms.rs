//! The terms of one hospital's minutes and its probability of acceptance.

use crate::capacity::{CapacityReport, CapacitySource, CapacityState, Markov};
use crate::constraint::{Reports, beds, closure};
use crate::standards::{Duty, InForce, Said};
use crate::{Category, Hospital, MarkState, Permille, SelectionRequest, Standing, Terms, load, params};
use model::time::MINUTE_US;
use model::{Capability, Need, Strength};
use travel_time::{Land, Tenths, Travel};

/// What is asked, with what the search itself makes of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a SelectionRequest,
    /// The request's needs, each capability once; 三次 may have become a wish.
    pub(crate) needs: Vec<Need>,
    /// The land of the scene.
    pub(crate) land: Land,
    /// What this case's own refusals leave of every probability of acceptance.
    pub(crate) share: f64,
}

/// What the whole case knows of one hospital besides the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    pub(crate) reports: Reports<'a>,
    /// Other units' open enquiries.
    pub(crate) holds: u8,
    pub(crate) inbound: u8,
    pub(crate) continuity: Tenths,
}

/// How a hospital stands to a need now: the table, overruled by reports that hold.
pub(crate) enum Stand<'h> {
    Closed(CapacityState),
    Reported,
    Table(&'h Standing),
    Unknown,
}

impl<'h> Stand<'h> {
    pub(crate) fn of(
        hospital: &'h Hospital,
        capability: Capability,
        reports: Reports<'_>,
        in_force: &InForce<'h>,
    ) -> Self {
        if let Some(closed) = closure(reports, Some(capability)) {
            return Self::Closed(closed.state);
        }
        // A pattern that says × at this hour leaves what the table says; one that takes patients files the capability.
        match beds(reports, Some(capability)) {
            Some(filed) if filed.source == CapacitySource::Filed && filed.state.takes() => {
                return Self::Table(&Standing::Filed);
            }
            Some(said) if said.source != CapacitySource::Filed => return Self::Reported,
            _ => {}
        }
        match (in_force.duty(hospital.id, Some(capability)), in_force.said(hospital, capability)) {
            (Duty::On, _) => Self::Table(&Standing::Confirmed),
            (Duty::Off, _) | (_, Said::OtherHours) => Self::Closed(CapacityState::OffDuty),
            (_, Said::Now(standing)) => Self::Table(standing),
            (_, Said::Nothing) => hospital.standing(capability).map_or(Self::Unknown, Self::Table),
        }
    }

    pub(crate) fn mark(&self) -> MarkState {
        match self {
            Self::Closed(_) | Self::Table(Standing::Absent) => MarkState::No,
            Self::Reported | Self::Table(Standing::Confirmed | Standing::Filed) => MarkState::Yes,
            Self::Table(Standing::Derived(_)) | Self::Unknown => MarkState::Unconfirmed,
        }
    }

    pub(crate) fn source(&self) -> String {
        match self {
            Self::Closed(CapacityState::Down) => "down".to_owned(),
            Self::Closed(_) => "off_duty".to_owned(),
            Self::Reported => "confirmed".to_owned(),
            Self::Table(standing) => standing.text(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// Minutes that the need costs here.
    pub(crate) fn penalty(&self, need: Need) -> Tenths {
        let pick = |(hard, soft)| if need.strength == Strength::Hard { hard } else { soft };
        match self {
            Self::Table(Standing::Derived(_)) => pick(params::MISSING_DERIVED),
            Self::Unknown => pick(params::MISSING_UNKNOWN),
            _ if self.mark() == MarkState::Yes => Tenths::ZERO,
            _ if need.capability == Capability::Tertiary => params::MISSING_TERTIARY,
            _ => params::MISSING_ABSENT,
        }
    }
}

/// Of a hospital of which nothing was reported, held by nobody.
pub(crate) fn acceptance_untold(base_rate: f64, share: f64) -> Permille {
    Permille::round((params::ACCEPT_WHEN_FREE * usually_free(base_rate).base * share).max(params::P_MIN))
}

const fn usually_free(base_rate: f64) -> Markov {
    Markov { base: base_rate / params::ACCEPT_WHEN_FREE, rate: params::REPORT_RATE }
}

/// Probability that this hospital accepts now.
pub(crate) fn acceptance(hospital: &Hospital, asked: &Asked<'_>, around: &Around<'_>) -> Permille {
    let chain = usually_free(base_rate(hospital.ambulance_accepted));
    let free_now = |report: &CapacityReport| {
        #[expect(clippy::cast_precision_loss, reason = "an age of centuries would only be imprecise")]
        let age = asked.request.at.since_us(report.at) as f64 / MINUTE_US as f64;
        match report.source {
            CapacitySource::Filed => chain.worth(report.state, params::FILED_WORTH),
            _ => chain.free_now(report.state, age),
        }
    };
    let overall = beds(around.reports, None).map_or(chain.base, free_now);
    // A capability with little or no room makes acceptance less likely; that it works says nothing about beds.
    let scarce = asked.needs.iter().filter_map(|n| beds(around.reports, Some(n.capability)));
    let free = scarce.filter(|r| r.state != CapacityState::Free).map(free_now).fold(overall, f64::min);
    let held = if asked.request.is_red() { 0 } else { around.holds.min(3) };
    let p = (0..held).fold(params::ACCEPT_WHEN_FREE * free, |p, _| p * params::HOLD_FACTOR);
    Permille::round((p * asked.share).max(params::P_MIN))
}

/// Share of enquiries accepted when nothing was reported, by ambulances accepted a year.
#[must_use]
pub fn base_rate(ambulance_accepted: Option<u32>) -> f64 {
    ambulance_accepted.map_or(params::BASE_UNKNOWN, |n| {
        params::BASE_BY_VOLUME.iter().find(|(from, _)| n >= *from).map_or(params::BASE_UNKNOWN, |(_, p)| *p)
    })
}

/// 移動: the median and half of the way to the 90th percentile. A longer drive never gives less.
pub(crate) fn travel_term(drive: Travel) -> Tenths {
    drive.p50 + Tenths::round_minutes((drive.p90 - drive.p50).minutes() / 2.0)
}

/// Expected minutes of asking, c/p.
pub(crate) fn acceptance_term(p: Permille) -> Tenths {
    Tenths::round_minutes(params::ENQUIRY.minutes() / p.probability().max(params::P_MIN))
}

/// All terms but travel, each rounded to a tenth of a minute.
pub(crate) fn terms(
    hospital: &Hospital,
    asked: &Asked<'_>,
    p: Permille,
    missing: Tenths,
    around: &Around<'_>,
) -> Terms {
    let request = asked.request;
    let known = around.continuity.max(Tenths::ZERO).min(params::CONTINUITY_MAX);
    Terms {
        travel: Tenths::ZERO,
        acceptance: acceptance_term(p),
        treatment: treatment(hospital.tertiary, hospital.is_large(), request.category),
        load: load::price(hospital.ambulance_accepted, around.inbound),
        missing,
        continuity: if request.is_red() { Tenths::ZERO } else { -known },
    }
}

/// Of the likeliest hospital that there can be.
pub(crate) fn acceptance_at_best(share: f64) -> Permille {
    Permille::round((params::ACCEPT_WHEN_FREE * share).max(params::P_MIN))
}

/// Door to definitive treatment.
pub(crate) fn treatment(is_tertiary: bool, is_large: bool, category: Category) -> Tenths {
    let [tertiary, large, other] = params::TREATMENT;
    if is_tertiary {
        return tertiary;
    }
    let second = if category == Category::Critical { params::CRITICAL_NOT_TERTIARY } else { Tenths::ZERO };
    second + if is_large { large } else { other }
}
