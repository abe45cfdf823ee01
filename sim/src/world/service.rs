//! How long the parts of a run take: means by the size of the department (救急・救助の現況 令和5年版 図55, year 2022).

use super::demand::{CardFate, Incident};
use crate::scenario::Scenario;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, Gamma, LogNormal};

/// Departments by people: at least so many.
const SIZES: [u32; 5] = [700_000, 300_000, 100_000, 50_000, 0];
/// 現着→接触, minutes.
const CONTACT: [f64; 5] = [1.5, 1.2, 1.2, 1.2, 1.2];
/// 接触→車内収容, minutes.
const INTO_VEHICLE: [f64; 5] = [8.7, 7.0, 7.1, 7.2, 7.3];
/// Of 車内収容→現発 (14.8, 12.3, 11.3, 9.2, 7.6) what is not asking hospitals, fitted with the enquiries of the model.
const IN_VEHICLE: [f64; 5] = [7.9, 7.0, 5.8, 3.5, 1.5];
/// 病着→引継, minutes.
const HANDOVER: [f64; 5] = [4.4, 1.8, 1.7, 2.2, 2.6];
/// Taking the call, minutes \[A\].
const CALL: f64 = 2.0;
/// From the order until the wheels roll, minutes \[A\].
const TURNOUT: f64 = 1.0;
/// Part of what is done in the vehicle before the first hospital is asked \[A\].
pub(super) const BEFORE_ASKING: f64 = 0.6;
/// A drive to the scene takes so many times the minutes of the distance model, which is one for drives with a patient: fitted to
/// 入電→現着 (10.8, 9.5, 9.7, 9.7, 9.7). In towns traffic and busy stations make it longer than from the nearest of evenly spread
/// stations, in the country real stations stand nearer to people than these \[A\].
const TO_SCENE: [f64; 5] = [1.65, 1.60, 1.18, 0.72, 0.72];
/// The same of a drive to a hospital: fitted to 現発→病着 (11.7, 11.5, 13.1, 15.6, 19.1) \[A\].
const TO_HOSPITAL: [f64; 5] = [1.28, 1.13, 1.08, 0.95, 0.80];
/// Coefficients of variation \[A\] (selection.md §4.3): call, turnout, drives, scene, handover.
const CV: [f64; 5] = [0.5, 0.4, 0.4, 0.5, 0.8];
/// A reading of the card without anything beside it, minutes, before the extra of the scenario \[A\].
const CARD_CV: f64 = 0.5;

/// All durations of one run, minutes, and factors of its drives. Drawn at once from the run's own stream: every policy meets the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Durations {
    pub(super) call: f64,
    pub(super) turnout: f64,
    pub(super) to_scene: f64,
    pub(super) contact: f64,
    pub(super) into_vehicle: f64,
    pub(super) in_vehicle: f64,
    pub(super) card: Option<f64>,
    pub(super) to_hospital: f64,
    pub(super) handover: f64,
    pub(super) clean: f64,
    /// Until nobody is transported after all, from the contact.
    pub(super) no_transport: f64,
}

impl Durations {
    pub(super) fn draw(scenario: &Scenario, incident: &Incident, people: u32, rng: &mut ChaCha12Rng) -> Self {
        let size = SIZES.iter().position(|least| people >= *least).unwrap_or(4);
        let pick = |list: &[f64; 5]| list.get(size).copied().unwrap_or(1.0);
        let [call, turnout, drive, scene, handover] = CV;
        let card = matches!(incident.card, CardFate::Read | CardFate::Failed);
        let mut long = |mean: f64, cv: f64| lognormal(mean, cv, rng);
        let durations = Self {
            call: long(CALL, call),
            turnout: long(TURNOUT, turnout),
            to_scene: long(pick(&TO_SCENE), drive),
            contact: long(pick(&CONTACT), scene),
            into_vehicle: long(pick(&INTO_VEHICLE), scene),
            in_vehicle: long(pick(&IN_VEHICLE), scene),
            card: Some(long(scenario.card.extra_minutes.max(0.01), CARD_CV)).filter(|_| card),
            to_hospital: long(pick(&TO_HOSPITAL), drive * 0.7),
            no_transport: long(12.0, 0.6),
            clean: long(scenario.fleet.clean.as_secs_f64().max(1.0) / 60.0, 0.3),
            handover: 0.0,
        };
        let shape = 1.0 / (handover * handover);
        let unload = Gamma::new(shape, pick(&HANDOVER) / shape).map_or(1.0, |gamma| gamma.sample(rng));
        Self { handover: unload, ..durations }
    }
}

/// Minutes until a hospital answers: lognormal by the scenario's mean and variation, from a uniform number and a second one.
pub(super) fn answer_minutes(scenario: &Scenario, rng: &mut ChaCha12Rng) -> (f64, bool) {
    let minutes = lognormal(scenario.hospitals.answer_minutes, scenario.hospitals.answer_cv.max(1e-6), rng);
    (minutes, rng.random::<f64>() < scenario.hospitals.silent)
}

fn lognormal(mean: f64, cv: f64, rng: &mut ChaCha12Rng) -> f64 {
    let variance = libm::log1p(cv * cv);
    let mu = libm::log(mean.max(1e-9)) - variance / 2.0;
    LogNormal::new(mu, variance.sqrt()).map_or(mean, |d| d.sample(rng))
}
