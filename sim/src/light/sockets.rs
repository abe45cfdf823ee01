//! The UDP sockets of a fleet: a process may not have as many as Japan has ambulances, so that units may share them.

use super::limits::{ADDRESSES, SOCKETS};
use anyhow::{Context, Result};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, LinkConfig, PROTOCOLS, PathSwitch};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// How units share sockets.
#[derive(Clone, Copy, Debug)]
enum Shared {
    /// In turn, over so many sockets at one address.
    Turn(usize),
    /// So many neighbours each, over the loopback's addresses.
    Group(usize),
}

/// Open as long as this lives.
pub(crate) struct Sockets {
    open: Vec<ClientEndpoint>,
    shared: Shared,
    switch: Option<PathSwitch>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self { open: Vec::new(), shared: Shared::Turn(SOCKETS), switch: None }
    }
}

impl Sockets {
    /// A socket for every `units` units, spread over the loopback's addresses; `switch` can cut them all.
    pub(crate) fn in_groups(units: usize, switch: Option<PathSwitch>) -> Self {
        Self { open: Vec::new(), shared: Shared::Group(units.max(1)), switch }
    }

    /// The endpoint of the unit with this number; units come in order.
    pub(crate) fn endpoint(&mut self, unit: usize, bundle: &DeviceBundle) -> Result<ClientEndpoint> {
        let tls = pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Off).context("prepare TLS")?;
        let place = match self.shared {
            Shared::Turn(sockets) => unit % sockets,
            Shared::Group(units) => unit / units,
        };
        let config = LinkConfig::default();
        if let Some(socket) = self.open.get(place) {
            return socket.another(tls, &config).context("prepare a link");
        }
        let any = SocketAddr::from((self.address(place), 0));
        let socket = match &self.switch {
            Some(switch) => ClientEndpoint::new_switched(Arc::clone(&tls), any, &config, switch.clone()),
            None => ClientEndpoint::new(Arc::clone(&tls), any),
        };
        let socket = socket.with_context(|| format!("take a UDP socket at {}", any.ip()))?;
        let endpoint = socket.another(tls, &config).context("prepare a link")?;
        self.open.push(socket);
        Ok(endpoint)
    }

    /// How many are open.
    pub(crate) const fn len(&self) -> usize {
        self.open.len()
    }

    /// Every socket gives way to one with another port; connections go on.
    pub(crate) fn rebind_all(&self) -> Result<()> {
        self.open.iter().try_for_each(|socket| socket.rebind().context("take another UDP socket"))
    }

    /// One address has some 28,000 free ports: large fleets need more than one.
    fn address(&self, place: usize) -> Ipv4Addr {
        match self.shared {
            Shared::Turn(_) => Ipv4Addr::LOCALHOST,
            Shared::Group(_) => Ipv4Addr::new(127, 0, 1, u8::try_from(1 + place % ADDRESSES).unwrap_or(1)),
        }
    }
}
