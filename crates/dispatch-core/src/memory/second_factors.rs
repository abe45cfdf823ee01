//! Second factors and terminals in memory.

use super::MemoryStore;
use super::staff_passwords::write_act;
use crate::principal::Scope;
use crate::store::{FactorTry, SecondFactors, StoreError, Terminal, TryLimit};
use audit::Act;
use model::{CrewId, SessionId, TerminalId, Timestamp};

/// An account's second factor.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    sealed: Vec<u8>,
    last_step: i64,
    wrong: u32,
    locked_until: Option<Timestamp>,
}

impl SecondFactors for MemoryStore {
    async fn has_second_factor(&self, account: CrewId) -> Result<bool, StoreError> {
        Ok(self.lock().factors.contains_key(&account))
    }

    async fn set_second_factor(
        &self,
        account: CrewId,
        sealed: Vec<u8>,
        step: i64,
        replaces: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if !state.accounts.contains_key(&account) {
            return Err(StoreError::Missing("a second factor"));
        }
        if state.factors.contains_key(&account) && !replaces {
            return Ok(false);
        }
        state.factors.insert(account, Factor { sealed, last_step: step, wrong: 0, locked_until: None });
        write_act(&mut state, at, act);
        Ok(true)
    }

    async fn try_second_factor(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> Result<FactorTry, StoreError> {
        let mut state = self.lock();
        let Some(known) = state.factors.get_mut(&account) else { return Ok(FactorTry::NotSet) };
        if let Some(until) = known.locked_until {
            if until > now {
                return Ok(FactorTry::Locked { until });
            }
            (known.locked_until, known.wrong) = (None, 0);
        }
        known.wrong += 1;
        known.locked_until = (known.wrong >= limit.tries).then_some(limit.lock_until);
        Ok(FactorTry::Compare { sealed: known.sealed.clone() })
    }

    async fn use_step(&self, account: CrewId, step: i64) -> Result<bool, StoreError> {
        let mut state = self.lock();
        let Some(known) = state.factors.get_mut(&account).filter(|known| known.last_step < step) else {
            return Ok(false);
        };
        (known.last_step, known.wrong, known.locked_until) = (step, 0, None);
        Ok(true)
    }

    async fn issue_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        until: Timestamp,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.recoveries.insert(account, (hash, until));
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn use_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        now: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if !matches!(state.recoveries.get(&account), Some((known, until)) if *known == hash && *until > now) {
            return Ok(false);
        }
        state.recoveries.remove(&account);
        if let Some(known) = state.factors.get_mut(&account) {
            (known.wrong, known.locked_until) = (0, None);
        }
        write_act(&mut state, now, act);
        Ok(true)
    }

    async fn register_terminal(&self, terminal: Terminal, act: Act) -> Result<(), StoreError> {
        let mut state = self.lock();
        let at = terminal.registered_at;
        state.terminals.insert(terminal.id, terminal);
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn terminal_by_token(&self, token: [u8; 32]) -> Result<Option<Terminal>, StoreError> {
        Ok(self.lock().terminals.values().find(|terminal| terminal.token == token).cloned())
    }

    async fn terminals(&self, scope: Scope) -> Result<Vec<Terminal>, StoreError> {
        let state = self.lock();
        let wanted = |terminal: &&Terminal| scope == Scope::Installation || terminal.scope == scope;
        let mut list: Vec<_> = state.terminals.values().filter(wanted).cloned().collect();
        list.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(list)
    }

    async fn revoke_terminal(&self, terminal: TerminalId, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let mut state = self.lock();
        if let Some(known) = state.terminals.get_mut(&terminal) {
            known.revoked_at.get_or_insert(at);
        }
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn shown_at(&self, terminal: TerminalId, account: CrewId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.lock().shown.get(&(terminal, account)).copied())
    }

    async fn shown(&self, terminal: TerminalId, account: CrewId, at: Timestamp) -> Result<(), StoreError> {
        self.lock().shown.insert((terminal, account), at);
        Ok(())
    }

    async fn confirm_session(&self, session: SessionId, until: Timestamp) -> Result<(), StoreError> {
        if let Some(known) = self.lock().sessions.get_mut(&session) {
            (known.confirmed, known.until) = (true, until);
        }
        Ok(())
    }
}
