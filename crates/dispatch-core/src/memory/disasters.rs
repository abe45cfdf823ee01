//! Disaster periods and relief units in memory.

use super::MemoryStore;
use super::staff_passwords::write_act;
use crate::principal::Scope;
use crate::store::{DisasterPeriod, Disasters, Relief, StoreError};
use audit::Act;
use model::{DepartmentId, Timestamp, UnitId};

impl Disasters for MemoryStore {
    async fn open_disaster(&self, period: DisasterPeriod, act: Act) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if !state.departments.contains_key(&period.department) {
            return Err(StoreError::Missing("a disaster period"));
        }
        let at = period.opened_at;
        if state.disasters.iter().any(|known| known.department == period.department && known.stands(at)) {
            return Ok(false);
        }
        state.disasters.push(period);
        write_act(&mut state, at, act);
        Ok(true)
    }

    async fn end_disaster(&self, department: DepartmentId, at: Timestamp, act: Act) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let found = state.disasters.iter_mut().find(|known| known.department == department && known.stands(at));
        let Some(period) = found else { return Ok(false) };
        period.ended_at = Some(at);
        for relief in state.reliefs.iter_mut().filter(|known| known.department == department && known.stands(at)) {
            relief.ended_at = Some(at);
        }
        write_act(&mut state, at, act);
        Ok(true)
    }

    async fn standing_disasters(&self, now: Timestamp) -> Result<Vec<DisasterPeriod>, StoreError> {
        Ok(self.lock().disasters.iter().filter(|period| period.stands(now)).cloned().collect())
    }

    async fn disasters(&self, scope: Scope, limit: usize) -> Result<Vec<DisasterPeriod>, StoreError> {
        let state = self.lock();
        let seen = |period: &&DisasterPeriod| match scope {
            Scope::Installation => true,
            Scope::Department(department) => period.department == department,
            Scope::Hospital(_) => false,
        };
        Ok(state.disasters.iter().rev().filter(seen).take(limit).cloned().collect())
    }

    async fn open_relief(&self, relief: Relief, act: Act) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if !state.units.contains_key(&relief.unit) {
            return Err(StoreError::Missing("a relief unit"));
        }
        let at = relief.opened_at;
        let has_period = state.disasters.iter().any(|known| known.department == relief.department && known.stands(at));
        if !has_period || state.reliefs.iter().any(|known| known.unit == relief.unit && known.stands(at)) {
            return Ok(false);
        }
        state.reliefs.push(relief);
        write_act(&mut state, at, act);
        Ok(true)
    }

    async fn end_relief(
        &self,
        department: DepartmentId,
        unit: UnitId,
        at: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let is_it = |known: &&mut Relief| known.department == department && known.unit == unit && known.stands(at);
        let Some(relief) = state.reliefs.iter_mut().find(is_it) else { return Ok(false) };
        relief.ended_at = Some(at);
        write_act(&mut state, at, act);
        Ok(true)
    }

    async fn reliefs(&self, since: Timestamp) -> Result<Vec<Relief>, StoreError> {
        let mut found: Vec<Relief> = self.lock().reliefs.iter().filter(|r| r.end() > since).cloned().collect();
        found.sort_by_key(|relief| (relief.unit, relief.opened_at));
        Ok(found)
    }

    async fn reliefs_of(&self, unit: UnitId) -> Result<Vec<Relief>, StoreError> {
        Ok(self.lock().reliefs.iter().filter(|relief| relief.unit == unit).cloned().collect())
    }
}
