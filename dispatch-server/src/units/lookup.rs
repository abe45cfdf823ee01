//! A look-up goes on when the connection that asked for it ends: a tablet that was killed and asks again finds the answer,
//! not a claim that nobody works on. Nothing is fetched twice.

use crate::app::App;
use crate::edge::spawn;
use dispatch_core::store::{HistoryVault, StoreError};
use dispatch_core::{CardChecks, HistoryReply, LookUp, Principal, UseCaseError, look_up_history};
use model::UnitId;
use std::sync::Arc;
use std::time::Duration;

/// Look-ups of all tablets that are worked on at once; further ones wait.
pub(crate) const LOOKUPS_AT_ONCE: usize = 512;
/// A look-up that takes longer is given up: a source that never answers holds neither its claim nor its place.
const LOOKUP_DEADLINE: Duration = Duration::from_secs(60);

/// Looks the history up in a task of its own.
///
/// # Errors
/// Those of [`look_up_history`]; a task that ended badly is a failure of the store.
pub(super) async fn look_up(
    app: &Arc<App>,
    unit: UnitId,
    principal: Principal,
    asked: LookUp,
) -> Result<HistoryReply, UseCaseError> {
    let broken = |error: Box<dyn core::error::Error + Send + Sync>| UseCaseError::from(StoreError::Failed(error));
    let place = Arc::clone(&app.lookups).acquire_owned().await.map_err(|closed| broken(closed.into()))?;
    let app = Arc::clone(app);
    let task = spawn(async move {
        let found = in_time(&app, &principal, asked).await;
        drop(place);
        if !may_pass(&found) {
            // Whoever waits for the same answer looks again.
            app.fanout.unit_changed(unit);
        }
        found
    });
    task.await.map_err(|error| broken(error.into()))?
}

/// Whether another look may find what this one did not.
pub(super) const fn may_pass(found: &Result<HistoryReply, UseCaseError>) -> bool {
    matches!(found, Err(UseCaseError::ConsentNotOnRecord | UseCaseError::NoSuchCase | UseCaseError::UnderWay))
}

async fn in_time(app: &App, principal: &Principal, asked: LookUp) -> Result<HistoryReply, UseCaseError> {
    let lookup = asked.lookup;
    let mut call = app.call();
    let App { store, source, rules, nonces, card_roots, .. } = app;
    let checks = CardChecks { secret: &nonces.secret, roots: card_roots.anchors() };
    let work = look_up_history(store, source, rules, checks, &mut call, principal, asked);
    match tokio::time::timeout(LOOKUP_DEADLINE, work).await {
        Ok(found) => found,
        Err(_) => {
            tracing::error!(%lookup, "a look-up was given up: it took too long");
            app.store.give_up(lookup).await?;
            Err(UseCaseError::UnderWay)
        }
    }
}
