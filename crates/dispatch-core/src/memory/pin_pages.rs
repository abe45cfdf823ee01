//! Who offers the PIN, in memory.

use super::MemoryStore;
use super::staff_passwords::write_act;
use crate::store::{PinPages, StoreError};
use audit::Act;
use model::{DepartmentId, Timestamp};

impl PinPages for MemoryStore {
    async fn offers_pin(&self, department: DepartmentId) -> Result<bool, StoreError> {
        Ok(self.lock().pin_pages.contains(&department))
    }

    async fn offer_pin(
        &self,
        department: DepartmentId,
        offered: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.departments.contains_key(&department) {
            return Err(StoreError::Missing("a department's setting"));
        }
        if offered {
            state.pin_pages.insert(department);
        } else {
            state.pin_pages.remove(&department);
        }
        write_act(&mut state, at, act);
        Ok(())
    }
}
