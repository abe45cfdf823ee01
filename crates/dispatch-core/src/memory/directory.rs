//! Who exists, in memory.

use super::MemoryStore;
use crate::principal::Scope;
use crate::store::{Account, Department, Device, Directory, Session, SignInNote, StoreError, Unit};
use model::{CrewId, DepartmentId, DeviceId, SessionId, Timestamp};

fn department_in(scope: Scope, department: DepartmentId) -> bool {
    scope == Scope::Installation || scope == Scope::Department(department)
}

impl Directory for MemoryStore {
    async fn add_department(&self, department: Department) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.departments.values().any(|d| d.name == department.name || d.id == department.id) {
            return Err(StoreError::Exists("a department"));
        }
        state.departments.insert(department.id, department);
        Ok(())
    }

    async fn departments(&self) -> Result<Vec<Department>, StoreError> {
        let mut list: Vec<_> = self.lock().departments.values().cloned().collect();
        list.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(list)
    }

    async fn department(&self, id: DepartmentId) -> Result<Option<Department>, StoreError> {
        Ok(self.lock().departments.get(&id).cloned())
    }

    async fn set_contact(&self, department: DepartmentId, words: Option<String>) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.departments.contains_key(&department) {
            return Err(StoreError::Missing("a contact"));
        }
        match words {
            Some(words) => state.contacts.insert(department, words),
            None => state.contacts.remove(&department),
        };
        Ok(())
    }

    async fn contact(&self, department: DepartmentId) -> Result<Option<String>, StoreError> {
        Ok(self.lock().contacts.get(&department).cloned())
    }

    async fn add_unit(&self, unit: Unit) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.departments.contains_key(&unit.department) {
            return Err(StoreError::Missing("a unit"));
        }
        let same = |u: &Unit| u.id == unit.id || (u.department == unit.department && u.callsign == unit.callsign);
        if state.units.values().any(same) {
            return Err(StoreError::Exists("a unit"));
        }
        state.units.insert(unit.id, unit);
        Ok(())
    }

    async fn units(&self, scope: Scope) -> Result<Vec<Unit>, StoreError> {
        let state = self.lock();
        let mut list: Vec<_> = state.units.values().filter(|u| department_in(scope, u.department)).cloned().collect();
        list.sort_by(|a, b| (&a.callsign, a.id).cmp(&(&b.callsign, b.id)));
        Ok(list)
    }

    async fn enrol(&self, device: Device) -> Result<(), StoreError> {
        let mut state = self.lock();
        let unit = state.units.get(&device.unit);
        if unit.is_none_or(|unit| unit.department != device.department) {
            return Err(StoreError::Missing("a tablet"));
        }
        if state.devices.contains_key(&device.id) {
            return Err(StoreError::Exists("a tablet"));
        }
        state.devices.insert(device.id, device);
        Ok(())
    }

    async fn devices(&self, scope: Scope) -> Result<Vec<Device>, StoreError> {
        let state = self.lock();
        let mut list: Vec<_> = state.devices.values().filter(|d| department_in(scope, d.department)).cloned().collect();
        list.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(list)
    }

    async fn device(&self, device: DeviceId) -> Result<Option<Device>, StoreError> {
        Ok(self.lock().devices.get(&device).cloned())
    }

    async fn revoke(&self, device: DeviceId, at: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let Some(device) = state.devices.get_mut(&device) else { return Ok(false) };
        device.revoked_at.get_or_insert(at);
        Ok(true)
    }

    async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.accounts.values().any(|a| a.login == account.login || a.id == account.id) {
            return Err(StoreError::Exists("an account"));
        }
        state.accounts.insert(account.id, account);
        Ok(())
    }

    async fn accounts(&self, scope: Scope) -> Result<Vec<Account>, StoreError> {
        let state = self.lock();
        let wanted = |a: &&Account| scope == Scope::Installation || a.scope == scope;
        let mut list: Vec<_> = state.accounts.values().filter(wanted).cloned().collect();
        list.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(list)
    }

    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.lock().accounts.values().find(|a| a.login == login).cloned())
    }

    async fn account(&self, account: CrewId) -> Result<Option<Account>, StoreError> {
        Ok(self.lock().accounts.get(&account).cloned())
    }

    async fn set_secret(&self, account: CrewId, secret: String, one_time: bool) -> Result<(), StoreError> {
        let mut state = self.lock();
        let known = state.accounts.get_mut(&account).ok_or(StoreError::Missing("a passcode"))?;
        (known.secret, known.one_time) = (secret, one_time);
        state.sessions.values_mut().filter(|session| session.account == account).for_each(|s| s.ended = true);
        Ok(())
    }

    async fn note_sign_in(&self, account: CrewId, note: SignInNote) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let super::State { accounts, wrong, .. } = &mut *state;
        let Some(known) = accounts.get_mut(&account) else { return Ok(false) };
        match note {
            SignInNote::Right => {
                wrong.remove(&account);
                known.locked_until = None;
            }
            SignInNote::Try { now, .. } if known.locked_until.is_some_and(|until| until > now) => return Ok(false),
            SignInNote::Try { limit, lock_until, .. } => {
                let count = wrong.entry(account).or_insert(0);
                *count += 1;
                if *count >= limit {
                    wrong.remove(&account);
                    known.locked_until = Some(lock_until);
                }
            }
        }
        Ok(true)
    }

    async fn open_session(&self, session: Session) -> Result<Session, StoreError> {
        let mut state = self.lock();
        if !state.accounts.contains_key(&session.account) {
            return Err(StoreError::Missing("a session"));
        }
        let same = state.sessions.values().find(|s| s.question.is_some() && s.question == session.question).cloned();
        if let Some(known) = same {
            return Ok(known);
        }
        state.sessions.insert(session.id, session.clone());
        Ok(session)
    }

    async fn session(&self, session: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.lock().sessions.get(&session).cloned())
    }

    async fn session_by_token(&self, token: [u8; 32]) -> Result<Option<Session>, StoreError> {
        Ok(self.lock().sessions.values().find(|s| s.token == Some(token)).cloned())
    }

    async fn end_session(&self, session: SessionId) -> Result<(), StoreError> {
        if let Some(session) = self.lock().sessions.get_mut(&session) {
            session.ended = true;
        }
        Ok(())
    }
}
