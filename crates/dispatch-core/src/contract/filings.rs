//! What a store promises about patterns, places and bays.

use super::fixtures::NOW;
use super::ok;
use crate::places::{Bays, MassOffer};
use crate::store::Filings;
use crate::week::{Week, WeekLevels};
use hospital_selection::CapacityState;
use model::{Capability, HospitalId};

/// Of each hospital and capability the newest filing, of each hospital the newest offer and count.
pub async fn the_newest_filing_of_a_hospital_counts(store: &impl Filings) {
    let [a, b] = [1, 2].map(|n| HospitalId::from_bytes([n; 16]));
    let mut levels = WeekLevels::default();
    levels.set(3..9, Some(CapacityState::Limited));
    let whole = Week { hospital: a, capability: None, at: NOW, levels };
    let stroke = Week { capability: Some(Capability::StrokeThrombolysis), ..whole };
    levels.set(0..168, Some(CapacityState::Full));
    let newer = Week { levels, at: NOW.plus_minutes(1), ..whole };
    for week in [whole, stroke, newer, Week { hospital: b, ..whole }] {
        ok(store.file_week(week).await);
    }
    assert_eq!(ok(store.weeks(Some(a)).await), [newer, stroke]);
    assert_eq!(ok(store.weeks(None).await).len(), 3);
    let offer = MassOffer { hospital: a, at: NOW, until: NOW.plus_minutes(60), places: [2, 4, 12, 0] };
    let fewer = MassOffer { places: [1, 0, 0, 3], at: NOW.plus_minutes(5), ..offer };
    for one in [offer, fewer] {
        ok(store.offer_places(one).await);
    }
    assert_eq!(ok(store.mass_offers().await), [fewer]);
    assert_eq!(ok(store.bays(a).await), None);
    for taken in [1, 3] {
        ok(store.count_bays(Bays { hospital: a, at: NOW, taken, total: 4 }).await);
    }
    assert_eq!(ok(store.bays(a).await), Some(Bays { hospital: a, at: NOW, taken: 3, total: 4 }));
    assert_eq!(ok(store.bays(b).await), None);
}
