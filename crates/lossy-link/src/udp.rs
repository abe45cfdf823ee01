//! A bad link for UDP: clients dial the relay, the relay carries datagrams to one server and back.

mod carry;
mod clients;
mod record;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bytes::Bytes;
use model::RngStreams;
use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::counts::Counts;
use crate::profile::Profile;
use clients::Clients;
pub use record::{Captured, Recording};

/// A bad link in front of one UDP server. Each client has a radio of its own: its own queue, loss and source port
/// towards the server. Everything may be changed while it runs; dropping it ends it.
///
/// The server may die and come back: the relay goes on.
pub struct UdpRelay {
    shared: Arc<Shared>,
    address: SocketAddr,
    tasks: [AbortHandle; 2],
}

/// What the tasks and the handle share. The lock is held for decisions only, never over a wait.
struct Shared {
    front: UdpSocket,
    clients: Mutex<Clients>,
    /// Something may be due earlier than thought.
    changed: Notify,
    begun: Instant,
}

impl UdpRelay {
    /// Begins to carry datagrams between a free port of `127.0.0.1` and `server`. The seed decides every fate, in the
    /// order of the packets. Needs a running tokio runtime.
    ///
    /// # Errors
    /// The system gives no socket.
    pub fn start(server: SocketAddr, profile: Profile, seed: u64) -> io::Result<Self> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), server, profile, seed)
    }

    /// As [`UdpRelay::start`], on an address of the caller's choice.
    ///
    /// # Errors
    /// The address is taken, or the system gives no socket.
    pub fn start_on(listen: SocketAddr, server: SocketAddr, profile: Profile, seed: u64) -> io::Result<Self> {
        let front = clients::bind(listen)?;
        let address = front.local_addr()?;
        let shared = Arc::new(Shared {
            front,
            clients: Mutex::new(Clients::new(server, profile, RngStreams::from_u64(seed))),
            changed: Notify::new(),
            begun: begin(),
        });
        let tasks = [carry::spawn_from_clients(&shared), carry::spawn_pump(&shared)];
        Ok(Self { shared, address, tasks })
    }

    /// What clients dial instead of the server.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, another link for every client. What is on its way stays on its way.
    pub fn set_profile(&self, profile: Profile) {
        self.shared.lock().set_profile(profile);
    }

    /// From now on, another server behind the same address: one that came back on another port.
    pub fn set_server(&self, server: SocketAddr) {
        self.shared.lock().set_server(server);
    }

    /// Lets nothing pass in either direction, until it is taken back.
    pub fn blackout(&self, on: bool) {
        self.shared.lock().set_blackout(on);
    }

    /// From now on the server sees every client at a new port, and on the loopback at a new address too: the address
    /// translation of the mobile network has forgotten them. What the server still sends to the old ones is lost.
    ///
    /// # Errors
    /// The system gives no socket; the clients that were not moved yet stay.
    pub fn move_clients(&self) -> io::Result<()> {
        let mut clients = self.shared.lock();
        clients.move_all(|id, socket| carry::spawn_from_server(&self.shared, id, socket))
    }

    /// What was done to packets up to now.
    pub fn counts(&self) -> Counts {
        let now = self.shared.now();
        self.shared.lock().counts(now)
    }

    /// Clients seen up to now, in the order in which they came.
    pub fn clients(&self) -> Vec<SocketAddr> {
        self.shared.lock().addresses()
    }

    /// Keeps a copy of every datagram that a client sends from now on, also of those that the link loses then.
    pub fn record(&self) -> Recording {
        self.shared.lock().record()
    }

    /// Sends a client's recorded datagram once more, from the address at which the server sees that client, as an
    /// attacker on the way could. False when the client is unknown or too much is on its way.
    pub fn replay(&self, captured: &Captured) -> bool {
        let now = self.shared.now();
        let sent = self.shared.lock().replay(now, captured);
        self.shared.changed.notify_one();
        sent
    }
}

impl Drop for UdpRelay {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.lock().stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// A datagram that is due.
struct Due {
    bytes: Bytes,
    /// `None`: the socket that clients dial.
    from: Option<Arc<UdpSocket>>,
    to: SocketAddr,
}

#[expect(clippy::disallowed_methods, reason = "the relay is an edge: real packets come at real times")]
fn begin() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
