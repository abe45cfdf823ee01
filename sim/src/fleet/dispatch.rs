//! The departments' dispatch systems: they open an incident and send a unit, over the machine API and a connection that they keep.

use crate::hospitals::{Address, Client, Kept};
use anyhow::{Context, Result};
use dispatch_server::admin::FleetPeople;
use hyper::Method;
use model::{CaseId, DepartmentId, Position, UnitId};
use pki::{CaCertificate, https_client_config};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use zeroize::Zeroizing;

/// What stands in every incident's text.
const PLACE: &str = "訓練町";

/// See the module.
pub(super) struct Dispatch(BTreeMap<DepartmentId, (Kept, Zeroizing<String>)>);

/// A client of the server's pages.
pub(super) fn client(origin: &str, authority: &Path) -> Result<Client> {
    let ca = CaCertificate::load(authority).context("read the authority's certificate")?;
    Ok(Client::new(origin.parse::<Address>()?, https_client_config(&ca)?))
}

impl Dispatch {
    pub(super) fn new(client: &Client, people: &FleetPeople) -> Self {
        let system = |(department, token): (&DepartmentId, &Zeroizing<String>)| {
            (*department, (Kept::new(client.clone()), token.clone()))
        };
        Self(people.machines.iter().map(system).collect())
    }

    /// Opens an incident and sends a unit.
    ///
    /// # Errors
    /// A department without a system, or what the server said.
    pub(super) async fn open(&self, department: DepartmentId, unit: UnitId, scene: Position) -> Result<CaseId> {
        let (kept, token) = self.0.get(&department).context("the department has no dispatch system")?;
        let body = json!({ "scene": scene, "place": PLACE, "unit": unit });
        let opened = kept.ask(Method::POST, "/api/v1/incidents", Some(token), Some(&body)).await?;
        opened.get("case").and_then(|case| case.as_str()?.parse().ok()).context("read the new case's name")
    }
}
