//! Staff passwords in memory.

use super::{MemoryStore, State};
use crate::store::{StaffPasswords, StaffTry, StoreError, TryLimit};
use audit::Act;
use model::{CrewId, DepartmentId, LookupId, Timestamp};

/// An account's password.
#[derive(Clone)]
pub(super) struct StaffPassword {
    secret: String,
    wrong: u32,
    locked_until: Option<Timestamp>,
}

/// No hash.
impl core::fmt::Debug for StaffPassword {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StaffPassword").field("wrong", &self.wrong).finish_non_exhaustive()
    }
}

/// Writes a decision into the audit.
pub(super) fn write_act(state: &mut State, at: Timestamp, act: Act) {
    let stored = state.chain.act(at, act);
    state.chain.advance(&stored);
    state.audit.push(stored);
}

impl StaffPasswords for MemoryStore {
    async fn requires_staff_password(&self, department: DepartmentId) -> Result<bool, StoreError> {
        Ok(self.lock().staff_required.contains(&department))
    }

    async fn require_staff_password(
        &self,
        department: DepartmentId,
        required: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.departments.contains_key(&department) {
            return Err(StoreError::Missing("a department's setting"));
        }
        if required {
            state.staff_required.insert(department);
        } else {
            state.staff_required.remove(&department);
        }
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn issue_staff_password(
        &self,
        account: CrewId,
        secret: String,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.accounts.contains_key(&account) {
            return Err(StoreError::Missing("a staff password"));
        }
        state.staff_passwords.insert(account, StaffPassword { secret, wrong: 0, locked_until: None });
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn try_staff_password(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> Result<StaffTry, StoreError> {
        let mut state = self.lock();
        let Some(known) = state.staff_passwords.get_mut(&account) else { return Ok(StaffTry::NotIssued) };
        if let Some(until) = known.locked_until.filter(|until| *until > now) {
            return Ok(StaffTry::Locked { until });
        }
        if known.locked_until.take().is_some() {
            known.wrong = 0;
        }
        known.wrong += 1;
        let last = known.wrong >= limit.tries;
        known.locked_until = last.then_some(limit.lock_until);
        Ok(StaffTry::Compare { secret: known.secret.clone(), last })
    }

    async fn staff_password_stands(&self, account: CrewId, lookup: LookupId, _: Timestamp) -> Result<(), StoreError> {
        let mut state = self.lock();
        if let Some(known) = state.staff_passwords.get_mut(&account) {
            (known.wrong, known.locked_until) = (0, None);
        }
        state.staff_stood.insert((account, lookup));
        Ok(())
    }

    async fn staff_password_locked(&self, at: Timestamp, act: Act) -> Result<(), StoreError> {
        write_act(&mut self.lock(), at, act);
        Ok(())
    }

    async fn staff_password_stood(&self, account: CrewId, lookup: LookupId) -> Result<bool, StoreError> {
        Ok(self.lock().staff_stood.contains(&(account, lookup)))
    }
}
