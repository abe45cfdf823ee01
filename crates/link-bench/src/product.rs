//! The real server behind a bad link, and a tablet's welcomed connection to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ambulance_core::Identity;
use anyhow::{Context, Result, bail};
use dispatch_server::admin::{EnrolTablet, enrol, init, make_department};
use dispatch_server::{DataDir, Handle, Listen, SharedSource};
use lossy_link::{Profile, UdpRelay};
use model::Timestamp;
use outbox_sqlite::{DeviceKey, SqliteOutbox};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, Connection, FrameReceiver, FrameSender, PROTOCOLS, StreamKind};
use tempfile::TempDir;
use wire::codec::{decode, encode};
use wire::{Hello, HelloReply};
use zeroize::Zeroizing;

const SERVER_NAME: &str = "localhost";
const DEPARTMENT: &str = "立川訓練消防本部";
const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const CONNECT_DEADLINE: Duration = Duration::from_secs(30);
/// Stage stamps, a few hundred bytes each, are all that these tablets write.
const KEY: [u8; 32] = [7; 32];

/// A training server with one tablet, in a folder that ends with this.
pub(crate) struct Product {
    pub(crate) server: Handle,
    relay: UdpRelay,
    tablet: PathBuf,
    pub(crate) identity: Identity,
    folder: TempDir,
}

/// A connection that the server has welcomed.
pub(crate) struct Welcomed {
    pub(crate) connection: Connection,
    /// The server ends the connection with this stream.
    _control: (FrameSender, FrameReceiver),
}

impl Product {
    pub(crate) async fn start(profile: Profile, seed: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = DataDir::new(folder.path().join("server"));
        init(&data, true, &[SERVER_NAME.to_owned()]).await?;
        make_department(&data, DEPARTMENT, "").await?;
        let listen = Listen { quic: LOCAL, https: LOCAL };
        let server = dispatch_server::start(data.clone(), listen, SharedSource::none()).await?;
        let relay = UdpRelay::start(server.quic_addr, profile, seed)?;
        let out = folder.path().join("tablet");
        let tablet = EnrolTablet {
            department: DEPARTMENT,
            callsign: "立川1",
            device_name: "bench",
            out: &out,
            servers: &[relay.address()],
            test_card_roots: &[],
        };
        let done = enrol(&data, tablet).await?;
        let identity = Identity { device: done.device, unit: done.unit, department: done.department, training: true };
        Ok(Self { server, relay, tablet: done.out, identity, folder })
    }

    /// A fresh outbox on this machine's disk.
    pub(crate) async fn outbox(&self) -> Result<SqliteOutbox> {
        let key = DeviceKey::from_bytes(Zeroizing::new(KEY));
        Ok(SqliteOutbox::open(&self.folder.path().join("outbox.db"), &key).await?)
    }

    /// Dials through the relay and says Hello.
    pub(crate) async fn connect(&self) -> Result<Welcomed> {
        let bundle = DeviceBundle::load(&self.tablet)?;
        let tls = pki::quic_client_config(&bundle, PROTOCOLS, EarlyData::Off)?;
        let endpoint = ClientEndpoint::new(tls, LOCAL)?;
        let connection = endpoint.connect(self.relay.address(), SERVER_NAME, CONNECT_DEADLINE).await?;
        let (mut send, mut receive) = connection.open(StreamKind::Control, i32::MAX).await?;
        let hello = Hello {
            versions: wire::hello::VERSIONS.to_vec(),
            program: "link-bench".to_owned(),
            training: true,
            sent_at: Timestamp(0),
            session: None,
        };
        send.send(&encode(&hello)?).await?;
        let frame = receive.recv().await?.context("the server closed the control stream")?;
        match decode(&frame)? {
            HelloReply::Welcome(_) => Ok(Welcomed { connection, _control: (send, receive) }),
            HelloReply::Refused { code } => bail!("the server refused the tablet: {code:?}"),
        }
    }
}
