//! What hospitals file ahead of need, and what they count.

use super::StoreError;
use crate::places::{Bays, MassOffer};
use crate::week::Week;
use core::future::Future;
use model::HospitalId;

/// Weekly patterns, places by triage colour, bays.
pub trait Filings: Send + Sync {
    /// Replaces the hospital's pattern of this capability.
    fn file_week(&self, week: Week) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The patterns of one hospital, or of all, by hospital and capability.
    fn weeks(&self, of: Option<HospitalId>) -> impl Future<Output = Result<Vec<Week>, StoreError>> + Send;
    /// Replaces the hospital's offer.
    fn offer_places(&self, offer: MassOffer) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The newest offer of every hospital, also one that is over.
    fn mass_offers(&self) -> impl Future<Output = Result<Vec<MassOffer>, StoreError>> + Send;
    /// Replaces the hospital's count.
    fn count_bays(&self, bays: Bays) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The hospital's newest count.
    fn bays(&self, of: HospitalId) -> impl Future<Output = Result<Option<Bays>, StoreError>> + Send;
}
