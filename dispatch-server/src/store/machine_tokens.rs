//! Tokens of machines: account, session and audit entry in one transaction.

use super::SqliteStore;
use super::audit_log::insert;
use super::directory::insert_account;
use super::fields::{failed, refused};
use super::sessions::{END_SESSION, insert_session};
use audit::Act;
use dispatch_core::store::{Account, MachineTokens, Session, StoreError};
use model::{SessionId, Timestamp};

impl MachineTokens for SqliteStore {
    async fn add_token(&self, account: Account, session: Session, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let mut chain = self.chain.lock().await;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        insert_account(account).execute(&mut *transaction).await.map_err(refused("a token"))?;
        insert_session(&session).execute(&mut *transaction).await.map_err(refused("a token"))?;
        let stored = chain.act(at, act);
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(())
    }

    async fn end_token(&self, session: SessionId, at: Timestamp, act: Act) -> Result<(), StoreError> {
        let change = sqlx::query(END_SESSION).bind(session.bytes().to_vec());
        self.with_act(Some(change), "a token", at, act).await
    }
}
