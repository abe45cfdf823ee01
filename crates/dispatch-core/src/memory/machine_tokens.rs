//! Tokens of machines, in memory.

use super::MemoryStore;
use super::staff_passwords::write_act;
use crate::store::{Account, MachineTokens, Session, StoreError};
use audit::Act;
use model::{SessionId, Timestamp};

impl MachineTokens for MemoryStore {
    async fn add_token(&self, account: Account, session: Session, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let mut state = self.lock();
        let taken = state.accounts.values().any(|known| known.id == account.id || known.login == account.login);
        if taken {
            return Err(StoreError::Exists("a token"));
        }
        state.sessions.insert(session.id, session);
        state.accounts.insert(account.id, account);
        write_act(&mut state, at, act);
        Ok(())
    }

    async fn end_token(&self, session: SessionId, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let mut state = self.lock();
        if let Some(known) = state.sessions.get_mut(&session) {
            known.ended = true;
        }
        write_act(&mut state, at, act);
        Ok(())
    }
}
