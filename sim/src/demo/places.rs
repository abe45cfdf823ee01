//! Where the demo's transport takes place, and whose desks answer.

use hospital_selection::{Hospital, HospitalTable};
use model::{HospitalId, Position};
use travel_time::{DistanceModel, TravelTime};

/// Latitude of the scene: 東京都立川市錦町, a real point; the case is invented.
const SCENE: (f64, f64) = (35.6945, 139.4146);
/// The place in words.
pub(super) const PLACE: &str = "東京都立川市錦町3丁目（訓練）";
/// What the caller says.
pub(super) const CALL: &str = "78歳の母が転んで頭を打った。返事がはっきりしない";
/// Hospitals nearest to the scene that get a desk in the demo.
const DESKS: usize = 24;

/// The scene.
pub(super) fn scene() -> anyhow::Result<Position> {
    Ok(Position::new(SCENE.0, SCENE.1)?)
}

/// The hospitals whose desks the stand-in plays: the nearest by minutes.
pub(super) fn desks(from: Position) -> Vec<&'static Hospital> {
    let model = DistanceModel::japan();
    let mut hospitals: Vec<_> = HospitalTable::embedded().hospitals().iter().collect();
    hospitals.sort_by_key(|h| (model.minutes(from, h.position).p50, h.id));
    hospitals.truncate(DESKS);
    hospitals
}

/// A hospital's name.
pub(super) fn name(hospital: HospitalId) -> Option<&'static str> {
    HospitalTable::embedded().get(hospital).map(|h| h.name.as_str())
}
