//! Looks after standing enquiries: a crew is told within seconds when no board of the hospital is watched, and an enquiry that
//! nobody answered ends when its time is over. Hospitals' weekly patterns speak when nothing newer does.

use crate::app::App;
use dispatch_core::{Attended, attend_enquiries, speak_patterns};
use std::sync::Arc;
use std::time::Duration;

/// How often is looked: a crew hears so late at most that nobody watches.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often the weekly patterns of hospitals are looked at: what is usual speaks so long after a typed value is over.
const PATTERNS_EVERY: Duration = Duration::from_secs(30);

/// Lets the weekly patterns speak, again and again.
pub(crate) async fn patterns(app: Arc<App>) {
    let mut tick = tokio::time::interval(PATTERNS_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = speak_patterns(&app.store, app.now()).await {
            tracing::error!(%error, "weekly patterns of hospitals cannot speak");
        }
    }
}

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
