//! The relay's books: who its clients are, and what is on its way between them and the server.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::RngStreams;
use rustix::net::sockopt;
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::Due;
use super::record::{Captured, Recorder, Recording};
use crate::counts::Counts;
use crate::lane::Lane;
use crate::limits::{MAX_CLIENTS, SOCKET_BUFFER_BYTES};
use crate::path::Path;
use crate::profile::Profile;

/// A client, by the order in which it came.
pub(super) type ClientId = usize;

/// What is on its way: whose, and the bytes.
type Carried = (ClientId, Bytes);

pub(super) struct Clients {
    server: SocketAddr,
    profile: Profile,
    streams: RngStreams,
    blackout: bool,
    moves: u8,
    unserved: u64,
    ids: HashMap<SocketAddr, ClientId>,
    all: Vec<Client>,
    up: Lane<Carried>,
    down: Lane<Carried>,
    recorders: Vec<Recorder>,
}

struct Client {
    address: SocketAddr,
    /// The socket at which the server sees it.
    upstream: Arc<UdpSocket>,
    reader: AbortHandle,
    up: Path,
    down: Path,
}

impl Clients {
    pub(super) fn new(server: SocketAddr, profile: Profile, streams: RngStreams) -> Self {
        Self {
            server,
            profile,
            streams,
            blackout: false,
            moves: 0,
            unserved: 0,
            ids: HashMap::new(),
            all: Vec::new(),
            up: Lane::default(),
            down: Lane::default(),
            recorders: Vec::new(),
        }
    }

    /// A datagram from a client; `spawn` starts the reader of a new client's socket towards the server.
    pub(super) fn take_from_client(
        &mut self,
        now: Duration,
        client: SocketAddr,
        bytes: &[u8],
        spawn: impl FnOnce(ClientId, Arc<UdpSocket>) -> AbortHandle,
    ) {
        let Some(id) = self.known(client, spawn) else {
            self.unserved += 1;
            return;
        };
        let bytes = Bytes::copy_from_slice(bytes);
        self.recorders.retain(|recorder| recorder.keep(now, client, &bytes));
        if let Some(client) = self.all.get_mut(id) {
            self.up.carry(&mut client.up, now, bytes.len(), (id, bytes));
        }
    }

    /// A datagram from somewhere to the socket of a client.
    pub(super) fn take_from_server(&mut self, now: Duration, id: ClientId, from: SocketAddr, bytes: &[u8]) {
        if let Some(client) = self.all.get_mut(id).filter(|_| from == self.server) {
            self.down.carry(&mut client.down, now, bytes.len(), (id, Bytes::copy_from_slice(bytes)));
        }
    }

    /// The next datagram whose time has come.
    pub(super) fn pop_due(&mut self, now: Duration) -> Option<Due> {
        if let Some((id, bytes)) = self.up.pop_due(now) {
            let from = self.all.get(id).map(|client| client.upstream.clone());
            return Some(Due { bytes, from, to: self.server });
        }
        let (id, bytes) = self.down.pop_due(now)?;
        let to = self.all.get(id)?.address;
        Some(Due { bytes, from: None, to })
    }

    pub(super) fn next_at(&self) -> Option<Duration> {
        [self.up.next_at(), self.down.next_at()].into_iter().flatten().min()
    }

    pub(super) fn set_profile(&mut self, profile: Profile) {
        for client in &mut self.all {
            client.up.set_profile(profile.up.clone());
            client.down.set_profile(profile.down.clone());
        }
        self.profile = profile;
    }

    pub(super) const fn set_server(&mut self, server: SocketAddr) {
        self.server = server;
    }

    pub(super) fn set_blackout(&mut self, on: bool) {
        self.blackout = on;
        for client in &mut self.all {
            client.up.set_blackout(on);
            client.down.set_blackout(on);
        }
    }

    pub(super) fn move_all(&mut self, spawn: impl Fn(ClientId, Arc<UdpSocket>) -> AbortHandle) -> io::Result<()> {
        self.moves = self.moves.wrapping_add(1);
        for (id, client) in self.all.iter_mut().enumerate() {
            let upstream = Arc::new(bind(towards(self.server, self.moves))?);
            client.reader.abort();
            client.reader = spawn(id, upstream.clone());
            client.upstream = upstream;
        }
        Ok(())
    }

    pub(super) fn counts(&self, now: Duration) -> Counts {
        let mut counts = Counts { unserved: self.unserved, ..Counts::default() };
        for client in &self.all {
            counts.up += client.up.counts(now);
            counts.down += client.down.counts(now);
        }
        counts.up += self.up.counts();
        counts.down += self.down.counts();
        counts
    }

    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.all.iter().map(|client| client.address).collect()
    }

    pub(super) fn record(&mut self) -> Recording {
        let (recorder, recording) = Recorder::new();
        self.recorders.push(recorder);
        recording
    }

    pub(super) fn replay(&mut self, now: Duration, captured: &Captured) -> bool {
        let Some(id) = self.ids.get(&captured.client) else {
            return false;
        };
        self.up.push(now, captured.bytes.len(), (*id, captured.bytes.clone()))
    }

    pub(super) fn stop(&mut self) {
        self.all.iter().for_each(|client| client.reader.abort());
    }

    fn known(
        &mut self,
        address: SocketAddr,
        spawn: impl FnOnce(ClientId, Arc<UdpSocket>) -> AbortHandle,
    ) -> Option<ClientId> {
        if let Some(id) = self.ids.get(&address) {
            return Some(*id);
        }
        let id = self.all.len();
        if id >= MAX_CLIENTS {
            return None;
        }
        let upstream = match bind(towards(self.server, self.moves)) {
            Ok(socket) => Arc::new(socket),
            Err(error) => {
                tracing::warn!(%error, "no socket for a new client of the relay");
                return None;
            }
        };
        let path = |profile: &_, name: &str| {
            let mut path = Path::new(Clone::clone(profile), self.streams.stream(&format!("{name} {id}")));
            path.set_blackout(self.blackout);
            path
        };
        let (up, down) = (path(&self.profile.up, "up"), path(&self.profile.down, "down"));
        let reader = spawn(id, upstream.clone());
        self.all.push(Client { address, upstream, reader, up, down });
        self.ids.insert(address, id);
        Some(id)
    }
}

/// A UDP socket with as large buffers as the system gives.
pub(super) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    // A program with the right to may go above the system's limit.
    if sockopt::set_socket_recv_buffer_size_force(&socket, SOCKET_BUFFER_BYTES).is_err() {
        sockopt::set_socket_recv_buffer_size(&socket, SOCKET_BUFFER_BYTES)?;
    }
    sockopt::set_socket_send_buffer_size(&socket, SOCKET_BUFFER_BYTES)?;
    UdpSocket::from_std(socket)
}

/// From where a server is spoken to after so many moves. All of `127.0.0.0/8` is this machine, so that on the loopback
/// a move changes the address too; elsewhere only the port is new.
fn towards(server: SocketAddr, moves: u8) -> SocketAddr {
    let ip = match server.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::new(127, 0, 0, 1 + moves % 250).into(),
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(ip, 0)
}
