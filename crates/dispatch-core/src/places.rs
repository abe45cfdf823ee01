//! Places of a hospital: for a mass-casualty incident by triage colour, and in its emergency room as the desk counts them.

use crate::board::DESK;
use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::{BAYS_MAX, MASS_MINUTES, PLACES_MAX};
use crate::principal::Principal;
use crate::store::Filings;
use model::{HospitalId, Timestamp, Triage};

/// How many patients of each triage colour a hospital offers to take, until an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassOffer {
    /// Whose.
    pub hospital: HospitalId,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// 赤, 黄, 緑, 黒, as [`COLOURS`].
    pub places: [u16; 4],
}

/// The colours of [`MassOffer::places`], in order.
pub const COLOURS: [Triage; 4] = [Triage::Red, Triage::Yellow, Triage::Green, Triage::Black];

impl MassOffer {
    /// Whether it still stands.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.at <= now && now < self.until
    }
    /// The places with their colour.
    pub fn by_colour(&self) -> impl Iterator<Item = (Triage, u16)> {
        COLOURS.into_iter().zip(self.places)
    }
}

/// Bays of the emergency room (初療) as the desk counted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bays {
    /// Whose.
    pub hospital: HospitalId,
    /// When they were counted.
    pub at: Timestamp,
    /// Patients in them.
    pub taken: u16,
    /// All of them.
    pub total: u16,
}

/// A desk offers places by colour for some minutes; 0 minutes takes the offer back.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but a desk; [`UseCaseError::BadRequest`] beyond the limits.
pub async fn offer_places<S: Filings>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    places: [u16; 4],
    minutes: i64,
) -> Result<(), UseCaseError> {
    let what = "offering places for a mass-casualty incident";
    principal.require_any(DESK, what)?;
    let hospital = principal.require_hospital(what)?;
    if places.iter().any(|n| *n > PLACES_MAX) || (minutes != 0 && !MASS_MINUTES.contains(&minutes)) {
        return Err(UseCaseError::BadRequest("an offer of places is beyond the limits"));
    }
    let at = call.now();
    store.offer_places(MassOffer { hospital, at, until: at.plus_minutes(minutes), places }).await?;
    Ok(())
}

/// A desk counts its bays.
///
/// # Errors
/// As [`offer_places`].
pub async fn count_bays<S: Filings>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    taken: u16,
    total: u16,
) -> Result<(), UseCaseError> {
    let what = "counting bays";
    principal.require_any(DESK, what)?;
    let hospital = principal.require_hospital(what)?;
    if total > BAYS_MAX || taken > BAYS_MAX {
        return Err(UseCaseError::BadRequest("the bays are beyond the limits"));
    }
    store.count_bays(Bays { hospital, at: call.now(), taken, total }).await?;
    Ok(())
}
