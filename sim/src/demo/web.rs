//! The dispatcher's and the desk's part, through the server's own pages and API.

use crate::hospitals::{Address, Client};
use anyhow::{Context, Result};
use hyper::Method;
use model::Position;
use pki::{CaCertificate, https_client_config};
use serde_json::json;
use std::path::Path;

/// A visitor, signed in or not yet.
pub(super) struct Pages {
    client: Client,
    token: Option<String>,
    unit: Option<String>,
}

impl Pages {
    /// `address` is `https://host:port`.
    pub(super) fn new(ca: &Path, address: &str) -> Result<Self> {
        let ca = CaCertificate::load(ca).with_context(|| format!("load {}", ca.display()))?;
        let address: Address = address.parse()?;
        Ok(Self { client: Client::new(address, https_client_config(&ca)?), token: None, unit: None })
    }

    async fn sign_in(&mut self, (login, passcode): &(String, String)) -> Result<()> {
        let body = json!({ "login": login, "passcode": passcode });
        let answer = self.client.ask(Method::POST, "/api/v1/sign-in", None, Some(&body)).await?;
        self.token = Some(answer["token"].as_str().context("the sign-in gave no token")?.to_owned());
        Ok(())
    }

    /// Whether the unit's tablet is connected; remembers the unit's id.
    pub(super) async fn unit_is_connected(&mut self, who: &(String, String), callsign: &str) -> Result<bool> {
        if self.token.is_none() {
            self.sign_in(who).await?;
        }
        let units = self.client.ask(Method::GET, "/api/v1/units", self.token.as_deref(), None).await?;
        let unit = units["items"].as_array().into_iter().flatten().find(|u| u["callsign"] == callsign);
        self.unit = unit.and_then(|u| u["unit"].as_str()).map(str::to_owned);
        Ok(unit.is_some_and(|u| u["connected"] == true))
    }

    /// Opens an incident and assigns the unit.
    pub(super) async fn open_incident(&self, scene: Position, place: &str, call: &str, callsign: &str) -> Result<()> {
        let unit = self.unit.as_deref().with_context(|| format!("find the unit {callsign}"))?;
        let incident = json!({ "scene": scene, "place": place, "call_text": call, "unit": unit });
        let opened = self.client.ask(Method::POST, "/api/v1/incidents", self.token.as_deref(), Some(&incident)).await;
        opened.context("open the incident").map(drop)
    }

    /// The handover document as the hospital's desk sees it.
    pub(super) async fn document(mut self, who: &(String, String), address: &str) -> Result<String> {
        self.sign_in(who).await?;
        let path =
            address.splitn(4, '/').nth(3).map(|path| format!("/{path}")).context("read the document's address")?;
        let token = self.token.as_deref().unwrap_or_default();
        Ok(self.client.page(&path, token).await?)
    }
}
