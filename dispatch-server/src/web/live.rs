//! Live parts of pages: each open page reads on in its own scope and is sent what changed.

use super::fault::Fault;
use super::limits::{KEEP_ALIVE, LOOK_AGAIN, REST};
use super::session::SignedIn;
use super::state::{App, stop_ordered};
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use dispatch_core::{Principal, Store};
use futures::stream::{self, Stream, StreamExt};
use maud::Markup;
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// One part of a page: the id of its element and its new content.
pub(crate) type Panel = (&'static str, Markup);

#[derive(Serialize)]
struct PanelJson<'a> {
    id: &'a str,
    html: &'a str,
}

/// When a page is looked at again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// After each hint, and now and then without one.
    Hints,
    /// Every so often, whatever happens.
    Every(Duration),
}

/// Waits for hints, and looks again now and then without one.
struct Waiting {
    pace: Pace,
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    first: bool,
}

impl Waiting {
    fn new<S>(app: &App<S>, pace: Pace) -> Self {
        Self { pace, changes: app.changes.subscribe(), stopping: app.changes.stopping(), first: true }
    }
    /// True when it is time to look, false when the server stops.
    async fn next(&mut self) -> bool {
        if core::mem::take(&mut self.first) {
            return true;
        }
        if let Pace::Every(time) = self.pace {
            return tokio::time::timeout(time, stop_ordered(&mut self.stopping)).await.is_err();
        }
        let stopped = tokio::select! {
            _ = tokio::time::timeout(LOOK_AGAIN, self.changes.changed()) => false,
            () = stop_ordered(&mut self.stopping) => true,
        };
        // Hints come in bursts: one look answers them all.
        let stopped = stopped || tokio::time::timeout(REST, stop_ordered(&mut self.stopping)).await.is_ok();
        self.changes.mark_unchanged();
        !stopped
    }
}

/// Events made by `look` at [`Pace::Hints`].
pub(crate) fn events<S, M, F, Fut>(
    app: App<S>,
    signed: SignedIn,
    memory: M,
    look: F,
) -> Sse<KeepAliveStream<impl Stream<Item = Result<Event, Infallible>>>>
where
    S: Store + 'static,
    M: Send + 'static,
    F: Fn(App<S>, Principal, M) -> Fut + Send + 'static,
    Fut: Future<Output = (M, Vec<Event>)> + Send,
{
    events_at(Pace::Hints, app, signed, memory, look)
}

/// Events made by `look`, which is asked at once and then at `pace`, as long as the session stands.
pub(crate) fn events_at<S, M, F, Fut>(
    pace: Pace,
    app: App<S>,
    signed: SignedIn,
    memory: M,
    look: F,
) -> Sse<KeepAliveStream<impl Stream<Item = Result<Event, Infallible>>>>
where
    S: Store + 'static,
    M: Send + 'static,
    F: Fn(App<S>, Principal, M) -> Fut + Send + 'static,
    Fut: Future<Output = (M, Vec<Event>)> + Send,
{
    let waiting = Waiting::new(&app, pace);
    let steps = stream::unfold(Some((app, signed, memory, look, waiting)), |state| async move {
        let (app, signed, memory, look, mut waiting) = state?;
        if !waiting.next().await {
            return None;
        }
        let Some(principal) = signed.still(&app).await else {
            return Some((vec![Event::default().event("signed-out").data("")], None));
        };
        let (memory, mut found) = look(app.clone(), principal, memory).await;
        found.push(Event::default().event("now").data(app.now().millis().to_string()));
        Some((found, Some((app, signed, memory, look, waiting))))
    });
    let single = steps.flat_map(|events| stream::iter(events.into_iter().map(Ok)));
    Sse::new(single).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Panels that differ from what this page was sent before.
pub(crate) fn changed(sent: &mut BTreeMap<&'static str, String>, panels: Result<Vec<Panel>, Fault>) -> Vec<Event> {
    let Ok(panels) = panels else { return vec![Event::default().event("trouble").data("")] };
    let mut events = Vec::new();
    for (id, content) in panels {
        let html = content.into_string();
        if sent.get(id) == Some(&html) {
            continue;
        }
        events.extend(Event::default().event("panel").json_data(PanelJson { id, html: &html }));
        sent.insert(id, html);
    }
    events
}
