//! What hospitals file, in memory.

use super::MemoryStore;
use crate::places::{Bays, MassOffer};
use crate::store::{Filings, StoreError};
use crate::week::Week;
use model::HospitalId;

impl Filings for MemoryStore {
    async fn file_week(&self, week: Week) -> Result<(), StoreError> {
        self.lock().weeks.insert((week.hospital, week.capability), week);
        Ok(())
    }
    async fn weeks(&self, of: Option<HospitalId>) -> Result<Vec<Week>, StoreError> {
        let state = self.lock();
        Ok(state.weeks.values().filter(|week| of.is_none_or(|of| week.hospital == of)).copied().collect())
    }
    async fn offer_places(&self, offer: MassOffer) -> Result<(), StoreError> {
        self.lock().mass_offers.insert(offer.hospital, offer);
        Ok(())
    }
    async fn mass_offers(&self) -> Result<Vec<MassOffer>, StoreError> {
        Ok(self.lock().mass_offers.values().copied().collect())
    }
    async fn count_bays(&self, bays: Bays) -> Result<(), StoreError> {
        self.lock().bays.insert(bays.hospital, bays);
        Ok(())
    }
    async fn bays(&self, of: HospitalId) -> Result<Option<Bays>, StoreError> {
        Ok(self.lock().bays.get(&of).copied())
    }
}
