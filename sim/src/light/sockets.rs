//! The UDP sockets of a fleet: a machine has not as many addresses as Japan has ambulances, so that units share them.

use super::limits::SOCKETS;
use anyhow::{Context, Result};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, LinkConfig, PROTOCOLS};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Open as long as this lives.
#[derive(Default)]
pub(crate) struct Sockets(Vec<ClientEndpoint>);

impl Sockets {
    /// The endpoint of the unit with this number.
    pub(crate) fn endpoint(&mut self, unit: usize, bundle: &DeviceBundle) -> Result<ClientEndpoint> {
        let tls = pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Off).context("prepare TLS")?;
        if let Some(socket) = self.0.get(unit % SOCKETS) {
            return socket.another(tls, &LinkConfig::default()).context("prepare a link");
        }
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = ClientEndpoint::new(Arc::clone(&tls), any).context("take a UDP socket")?;
        let endpoint = socket.another(tls, &LinkConfig::default()).context("prepare a link")?;
        self.0.push(socket);
        Ok(endpoint)
    }
}
