//! What stood before a first enquiry: every hospital in sight with its minutes, what the product thought of it, and what it would
//! have answered. Policies and oracles are measured on these, all on the same.

use super::choice;
use super::demand::CardFate;
use super::handlers::enquiry::{answers, draw, probability_after};
use super::service::answer_minutes;
use super::state::{Case, World};
use case::enquiry::ANSWER_MINUTES;
use hospital_selection::{Candidate, Continuity, params, rank};

/// Hospitals that are looked at.
const WIDE: usize = 30;

/// One case before its first enquiry.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoicePoint {
    /// Number of the case.
    pub case: u64,
    /// Place in the list of prefectures.
    pub prefecture: usize,
    /// 重症以上.
    pub serious: bool,
    /// A card was read, and a hospital in sight knows the patient.
    pub known: bool,
    /// Hospitals in the product's order, history included.
    pub options: Vec<ChoiceOption>,
    /// Whom the product would ask at once (一斉照会), as places in `options`; empty = one after the other.
    pub together: Vec<usize>,
    /// Minutes of turning to the last resort: its value, and the coordinator's search.
    pub last_resort: Option<f64>,
}

/// A hospital in sight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChoiceOption {
    /// Median minutes of the drive.
    pub drive: f64,
    /// v: minutes from the scene to the treatment, without the asking.
    pub value: f64,
    /// p as the product takes it.
    pub p: f64,
    /// Place in the product's order without history; none = not among the first.
    pub without_history: Option<usize>,
    /// The true probability that it takes the patient when asked first, and when asked later.
    pub true_p: [f64; 2],
    /// The number in 0–1 that decides: it accepts when this is below its probability.
    pub u: f64,
    /// Minutes until it answers.
    pub answer: f64,
}

/// What stands before the first enquiry of a case, where points are kept.
pub(super) fn of(world: &World<'_>, case: &Case) -> Option<ChoicePoint> {
    let kept = world.keep_points > 0 && case.incident.number.is_multiple_of(world.keep_points);
    if !kept || !case.asked.is_empty() {
        return None;
    }
    let at = world.now();
    let mut request = choice::request(world, case, at);
    request.max_candidates = WIDE;
    request.continuity.clear();
    let reports = if world.scenario.policies.reports { world.reports.as_slice() } else { &[] };
    let blind = rank(world.table, reports, &world.travel, &request);
    let own = case.own.filter(|_| case.incident.card == CardFate::Read);
    if let Some(own) = own {
        let minutes = params::VISITED.first().map_or(travel_time::Tenths::ZERO, |(_, minutes)| *minutes);
        request.continuity.push(Continuity { hospital: world.id_of(own), minutes });
    }
    let seeing = if own.is_some() { rank(world.table, reports, &world.travel, &request) } else { blind.clone() };
    let options: Vec<ChoiceOption> =
        seeing.candidates.iter().filter_map(|c| option(world, case, c, &blind.candidates)).collect();
    let place = |id| seeing.candidates.iter().position(|c| c.hospital == id);
    let together = seeing.together.iter().flat_map(|t| &t.hospitals).filter_map(|id| place(*id)).collect();
    let in_sight = |own| place(world.id_of(own)).is_some();
    Some(ChoicePoint {
        case: case.incident.number,
        prefecture: case.incident.prefecture,
        serious: case.incident.severity.is_serious(),
        known: own.is_some_and(in_sight),
        options,
        together,
        last_resort: seeing.fallback.map(|fallback| fallback.index.minutes()),
    })
}

fn option(world: &World<'_>, case: &Case, seen: &Candidate, blind: &[Candidate]) -> Option<ChoiceOption> {
    let at = world.now();
    let hospital = world.index_of(seen.hospital)?;
    let (minutes, silent) = answer_minutes(world.scenario, &mut answers(world, case.incident.number, hospital));
    #[expect(clippy::cast_precision_loss, reason = "minutes")]
    let longest = ANSWER_MINUTES as f64;
    let true_p = [0, 1].map(|before| probability_after(world, case, (hospital, before), at));
    Some(ChoiceOption {
        drive: seen.drive.p50.minutes(),
        value: (seen.total - seen.terms.acceptance).minutes(),
        p: seen.p.probability(),
        without_history: blind.iter().position(|c| c.hospital == seen.hospital),
        true_p: if silent { [0.0; 2] } else { true_p },
        u: draw(world, case, hospital, at),
        answer: if silent { longest } else { minutes.min(longest) },
    })
}
