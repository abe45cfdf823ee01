//! Open pages: each reads the stream that the real page reads, for as long as the measurement lasts.

use super::book::Place;
use super::places;
use super::unit::Shared;
use crate::hospitals::{Address, Client, ClientError, Message};
use crate::light::ordered;
use anyhow::{Context, Result};
use dispatch_server::admin::MadeAccount;
use hyper::Method;
use model::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// A page that somebody has open.
pub(super) struct Page {
    client: Client,
    token: String,
    path: &'static str,
    shows: Option<(Place, &'static str)>,
}

/// One part of a page, as the server sends it.
#[derive(Deserialize)]
struct Panel {
    id: String,
    html: String,
}

/// Signs in, and opens what this account opens: its page, and the console's map.
pub(super) async fn sign_in(origin: &str, authority: &Path, account: &MadeAccount, place: Place) -> Result<Vec<Page>> {
    let ca = pki::CaCertificate::load(authority).context("read the authority's certificate")?;
    let client = Client::new(origin.parse::<Address>()?, pki::https_client_config(&ca)?);
    let credentials = json!({ "login": account.login, "passcode": account.passcode.as_str() });
    let signed = client.ask(Method::POST, "/api/v1/sign-in", None, Some(&credentials)).await?;
    let token = signed.get("token").and_then(Value::as_str).context("read the token")?.to_owned();
    let page = |path, shows| Page { client: client.clone(), token: token.clone(), path, shows };
    Ok(match place {
        Place::Board => vec![page("/live/desk", Some((place, "coming")))],
        Place::Console | Place::Acknowledged => {
            vec![page("/live/console", Some((Place::Console, "cases"))), page("/live/map", None)]
        }
    })
}

impl Page {
    /// Reads until everything is over.
    pub(super) async fn read(self, shared: Arc<Shared>) -> Result<(), ClientError> {
        let mut over = shared.over.clone();
        let mut events = self.client.listen(self.path, &self.token).await?;
        loop {
            let message = tokio::select! {
                message = events.next() => message?,
                () = ordered(&mut over) => return Ok(()),
            };
            let Some(message) = message else { return Err(ClientError::Answer("a page's stream ended")) };
            if let Some(shows) = self.shows {
                note(&shared, &message, shows);
            }
        }
    }
}

fn note(shared: &Shared, message: &Message, (place, part): (Place, &str)) {
    if message.event != "panel" {
        return;
    }
    let at_us = shared.clock.monotonic().us;
    let Ok(panel) = serde_json::from_str::<Panel>(&message.data) else { return };
    if panel.id == part {
        for (case, stage) in places::stages(&panel.html) {
            shared.book.seen(place, case, stage, at_us);
        }
    }
}
