//! From numbers to rows: marks, reasons and exclusions in both languages, in fixed order.

use super::{Place, Scene, Valued};
use crate::capacity::CapacityReport;
use crate::constraint::{ACROSS_WATER, NO_ROAD, Reject, beds};
use crate::terms::{Around, Stand};
use crate::{
    Candidate, CapacityAge, CapacitySource, CapacityState, Excluded, Fallback, Mark, MarkState, Reason, ReasonCode,
    Relaxation, SelectionRequest, SharedText, Standing,
};
use model::{Capability, Need, Strength, Timestamp};
use travel_time::Tenths;

/// Room for reasons besides the needs.
const USUAL_REASONS: usize = 3;

pub(super) fn candidate(
    scene: &Scene<'_>,
    rank: u32,
    valued: &Valued<'_>,
    fallback: Option<&Fallback>,
    relaxed: &[Relaxation],
) -> Candidate {
    let hospital = valued.place.hospital;
    let around = scene.around(hospital.id);
    let report = beds(around.reports, None);
    let mut marks: Vec<Mark> = Vec::with_capacity(scene.asked.needs.len());
    let mut reasons: Vec<Reason> = Vec::with_capacity(scene.asked.needs.len() + USUAL_REASONS);
    if valued.no_road {
        let across = hospital.land() != scene.asked.land;
        let (ja, en) = if across { ACROSS_WATER } else { NO_ROAD };
        reasons.push(plain(ReasonCode::Relaxed, ja, en));
    }
    for need in &scene.asked.needs {
        let stand = scene.stand_told(hospital, need.capability, around.reports);
        marks.push(mark(*need, &stand));
        reasons.push(need_reason(*need, &stand));
    }
    surroundings(scene, valued, &around, &mut reasons);
    last_resort(valued, fallback, relaxed, &mut reasons);
    Candidate {
        rank,
        hospital: hospital.id,
        name: hospital.name.clone(),
        short_name: hospital.short_name().to_owned(),
        municipality: hospital.municipality.clone(),
        position: hospital.position,
        total: valued.total,
        terms: valued.terms,
        drive: valued.place.drive,
        p: valued.p,
        marks,
        // A pattern was not looked at: it has no age.
        capacity: report.filter(|r| r.source != CapacitySource::Filed).map(|r| CapacityAge {
            state: r.state,
            at: r.at,
            age_minutes: r.at.age_minutes(scene.asked.request.at),
        }),
        no_road: valued.no_road,
        held_by_other: around.holds > 0 && !scene.asked.request.is_red(),
        reasons,
    }
}

fn mark(need: Need, stand: &Stand<'_>) -> Mark {
    Mark { capability: need.capability, strength: need.strength, state: stand.mark(), source: stand.source() }
}

fn plain(code: ReasonCode, ja: impl Into<String>, en: impl Into<String>) -> Reason {
    Reason { code, capability: None, minutes: None, ja: ja.into(), en: en.into() }
}

fn need_reason(need: Need, stand: &Stand<'_>) -> Reason {
    let state = stand.mark();
    let minutes = stand.penalty(need);
    let (code, word, word_en) = match (state, stand) {
        (MarkState::Yes, Stand::Reported) => (ReasonCode::NeedMet, "○ 本日確認", "yes, confirmed"),
        (MarkState::Yes, Stand::Table(Standing::Confirmed)) => (ReasonCode::NeedMet, "○ 確認済み", "yes, confirmed"),
        (MarkState::Yes, _) => (ReasonCode::NeedMet, "○ 届出", "yes, filed"),
        (MarkState::Unconfirmed, Stand::Unknown) => (ReasonCode::NeedUnconfirmed, "未確認", "not confirmed"),
        (MarkState::Unconfirmed, _) => (ReasonCode::NeedUnconfirmed, "未確認(実績から推定)", "not confirmed (derived)"),
        (MarkState::No, Stand::Closed(CapacityState::Down)) => (ReasonCode::NeedMissing, "× 停止", "down"),
        (MarkState::No, Stand::Closed(_)) => (ReasonCode::NeedMissing, "× 当番外", "off duty"),
        (MarkState::No, _) => (ReasonCode::NeedMissing, "×", "no"),
    };
    let soft = if need.strength == Strength::Soft { "(希望)" } else { "" };
    Reason {
        code,
        capability: Some(need.capability),
        minutes: (minutes != Tenths::ZERO).then_some(minutes),
        ja: [need.capability.ja(), soft, " ", word].concat(),
        en: [need.capability.en(), ": ", word_en].concat(),
    }
}

/// Continuity, other units, ambulances on their way, an old report, an old refusal.
fn surroundings(scene: &Scene<'_>, valued: &Valued<'_>, around: &Around<'_>, reasons: &mut Vec<Reason>) {
    let id = valued.place.hospital.id;
    let terms = &valued.terms;
    if valued.late != Tenths::ZERO {
        let (ja, en) = ("rt-PA の時間(発症4.5時間)に間に合わない見込み", "Too late for rt-PA (4.5 h from onset)");
        let capability = Some(Capability::StrokeThrombolysis);
        reasons.push(Reason { capability, minutes: Some(valued.late), ..plain(ReasonCode::NeedMissing, ja, en) });
    }
    if terms.continuity != Tenths::ZERO {
        let minutes = Some(terms.continuity);
        reasons
            .push(Reason {
                minutes, ..plain(ReasonCode::Continuity, "受診したことのある病院", "Knows the patient")
            });
    }
    if around.holds > 0 && !scene.asked.request.is_red() {
        reasons.push(plain(ReasonCode::HeldByOther, "他隊照会中", "Another unit is asking"));
    }
    if terms.load != Tenths::ZERO {
        let (ja, en) =
            (format!("救急車 {}台 搬入中", around.inbound), format!("Ambulances inbound: {}", around.inbound));
        reasons.push(Reason { minutes: Some(terms.load), ..plain(ReasonCode::Inbound, ja, en) });
    }
    if let Some(full) = beds(around.reports, None).filter(|r| r.state == CapacityState::Full) {
        reasons.push(reported_full(full, scene.asked.request.at));
    }
    if let Some(earlier) = scene.exclusion(id) {
        let (ja, en) = (
            format!("本事案で {} に不応需", earlier.at.tokyo_hhmm()),
            format!("Declined at {}", earlier.at.tokyo_hhmm()),
        );
        reasons.push(plain(ReasonCode::AskAgain, ja, en));
    }
}

fn reported_full(full: &CapacityReport, now: Timestamp) -> Reason {
    let (ja, en) = if full.source == CapacitySource::Filed {
        ("届出では受入が難しい時間".to_owned(), "Filed as closed at this hour".to_owned())
    } else {
        let age = full.at.age_minutes(now);
        (format!("満床 {age}分前"), format!("Reported full {age} min ago"))
    };
    plain(ReasonCode::ReportedFull, ja, en)
}

fn last_resort(valued: &Valued<'_>, fallback: Option<&Fallback>, relaxed: &[Relaxation], reasons: &mut Vec<Reason>) {
    let Some(fallback) = fallback else { return };
    if fallback.hospital == valued.place.hospital.id {
        reasons.push(plain(ReasonCode::Fallback, "最終受入の候補(最も近い三次)", "Last resort: nearest tertiary"));
    } else if valued.total >= fallback.index {
        let (ja, en) = ("最終受入を頼むより時間がかかる見込み", "Slower than the last resort");
        reasons.push(plain(ReasonCode::BeyondFallback, ja, en));
    }
    if relaxed.contains(&Relaxation::FallbackOnly) {
        reasons.push(plain(ReasonCode::Relaxed, Relaxation::FallbackOnly.ja(), "Nobody fits: ask for the last resort"));
    }
}

/// Exclusions worth showing: all that this case met itself, then the nearest.
pub(super) fn excluded(scene: &Scene<'_>, rejected: &[(Place<'_>, Reject)], most: usize) -> Vec<Excluded> {
    let mut shown: Vec<&(Place<'_>, Reject)> = rejected.iter().collect();
    shown.sort_by_key(|(place, why)| (!why.is_own(), place.drive.p50, place.hospital.id));
    shown.truncate(most);
    let mut said = Said::default();
    let row = |(place, why): &(Place<'_>, Reject)| {
        let (name, short_name) = place.hospital.shared_names();
        let (detail, detail_en) = said.words(why, scene.asked.request);
        let (hospital, code, capability, since) = (place.hospital.id, why.code, why.capability, why.since);
        Excluded { hospital, name, short_name, code, capability, since, detail, detail_en }
    };
    shown.into_iter().map(row).collect()
}

/// What was said of earlier rows: most rows of one list say the same.
#[derive(Default)]
struct Said(Vec<(Reject, SharedText, SharedText)>);

impl Said {
    /// A reason in both languages. One with a moment is hardly said twice, and is not kept: what is kept stays few.
    fn words(&mut self, why: &Reject, request: &SelectionRequest) -> (SharedText, SharedText) {
        if let Some((_, ja, en)) = self.0.iter().find(|(before, ..)| before == why) {
            return (ja.clone(), en.clone());
        }
        let (ja, en) = (SharedText::from(why.ja(request)), SharedText::from(why.en(request)));
        if why.since.is_none() {
            self.0.push((*why, ja.clone(), en.clone()));
        }
        (ja, en)
    }
}
