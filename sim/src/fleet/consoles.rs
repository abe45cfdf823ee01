//! Open pages of dispatch consoles with their maps: each reads the stream that the real page reads.

use super::book::Book;
use crate::hospitals::{Client, ClientError};
use crate::light::ordered;
use anyhow::{Context, Result};
use dispatch_server::admin::FleetPeople;
use hyper::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The streams of one console.
const STREAMS: [&str; 2] = ["/live/console", "/live/map"];

/// Signs so many dispatchers in, one of each department, and reads until everything is over.
pub(super) async fn open(
    count: usize,
    client: &Client,
    people: &FleetPeople,
    (book, over): (&Arc<Book>, &watch::Receiver<bool>),
) -> Result<JoinSet<Result<(), ClientError>>> {
    let mut pages = JoinSet::new();
    for login in people.dispatchers.values().take(count) {
        let credentials = json!({ "login": login, "passcode": people.passcode.as_str() });
        let signed = client.ask(Method::POST, "/api/v1/sign-in", None, Some(&credentials)).await?;
        let token: Arc<str> = signed.get("token").and_then(Value::as_str).context("read the token")?.into();
        for path in STREAMS {
            let (client, token) = (client.clone(), Arc::clone(&token));
            let (book, over) = (Arc::clone(book), over.clone());
            pages.spawn(read(client, token, path, (book, over)));
        }
    }
    Ok(pages)
}

async fn read(
    client: Client,
    token: Arc<str>,
    path: &'static str,
    (book, mut over): (Arc<Book>, watch::Receiver<bool>),
) -> Result<(), ClientError> {
    let mut events = client.listen(path, &token).await?;
    loop {
        let message = tokio::select! {
            message = events.next() => message?,
            () = ordered(&mut over) => return Ok(()),
        };
        if message.is_none() {
            return Err(ClientError::Answer("a page's stream ended"));
        }
        book.page_events.fetch_add(1, Ordering::Relaxed);
    }
}
