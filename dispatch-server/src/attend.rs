//! Looks after standing enquiries: a crew is told within seconds when no board of the hospital is watched, and an enquiry that
//! nobody answered ends when its time is over.

use crate::app::App;
use dispatch_core::{Attended, attend_enquiries};
use std::sync::Arc;
use std::time::Duration;

/// How often is looked: a crew hears so late at most that nobody watches.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Looks again and again.
pub(crate) async fn run(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut attended = Attended::default();
    loop {
        tick.tick().await;
        let now = app.now();
        let watches = |hospital| app.watching.watches(hospital, now);
        if let Err(error) = attend_enquiries(&app.store, &mut app.call(), watches, &mut attended).await {
            tracing::error!(%error, "standing enquiries cannot be looked after");
        }
    }
}
