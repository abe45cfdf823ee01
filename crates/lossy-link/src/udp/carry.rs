//! The relay's tasks: read what comes, send what is due.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::clients::ClientId;
use super::{Due, Shared};
use crate::limits::{MAX_PACKET_BYTES, READS_AT_ONCE};

/// Reads the socket that clients dial.
#[expect(clippy::disallowed_methods, reason = "the relay is an edge")]
pub(super) fn spawn_from_clients(shared: &Arc<Shared>) -> AbortHandle {
    let shared = shared.clone();
    let task = tokio::spawn(async move {
        let mut buffer = vec![0; MAX_PACKET_BYTES + 1];
        loop {
            wait_readable(&shared.front).await;
            read_some(&shared.front, &mut buffer, |from, bytes| {
                let spawn = |id, socket| spawn_from_server(&shared, id, socket);
                let now = shared.now();
                shared.lock().take_from_client(now, from, bytes, spawn);
            });
            shared.changed.notify_one();
        }
    });
    task.abort_handle()
}

/// Reads the socket at which the server sees one client.
#[expect(clippy::disallowed_methods, reason = "the relay is an edge")]
pub(super) fn spawn_from_server(shared: &Arc<Shared>, id: ClientId, socket: Arc<UdpSocket>) -> AbortHandle {
    // Weak: the books hold this task's handle, and the task must not hold the books.
    let shared: Weak<Shared> = Arc::downgrade(shared);
    let task = tokio::spawn(async move {
        let mut buffer = vec![0; MAX_PACKET_BYTES + 1];
        loop {
            wait_readable(&socket).await;
            let Some(shared) = shared.upgrade() else {
                return;
            };
            read_some(&socket, &mut buffer, |from, bytes| {
                let now = shared.now();
                shared.lock().take_from_server(now, id, from, bytes);
            });
            shared.changed.notify_one();
        }
    });
    task.abort_handle()
}

/// Sends what is due, then waits for the next moment.
#[expect(clippy::disallowed_methods, reason = "the relay is an edge")]
pub(super) fn spawn_pump(shared: &Arc<Shared>) -> AbortHandle {
    let shared = shared.clone();
    let task = tokio::spawn(async move {
        loop {
            while let Some(due) = pop_due(&shared) {
                send(&shared, &due).await;
            }
            let next = shared.lock().next_at();
            let wait = async {
                match next {
                    Some(at) => tokio::time::sleep_until((shared.begun + at).into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = wait => {}
                () = shared.changed.notified() => {}
            }
        }
    });
    task.abort_handle()
}

fn pop_due(shared: &Shared) -> Option<Due> {
    let now = shared.now();
    shared.lock().pop_due(now)
}

async fn send(shared: &Shared, due: &Due) {
    let socket = due.from.as_deref().unwrap_or(&shared.front);
    // To a dead server or client nothing arrives, as on any network.
    if let Err(error) = socket.send_to(&due.bytes, due.to).await {
        tracing::trace!(%error, "the system did not take a datagram");
    }
}

async fn wait_readable(socket: &UdpSocket) {
    if let Err(error) = socket.readable().await {
        tracing::debug!(%error, "a socket of the relay cannot be waited for");
        std::future::pending::<()>().await;
    }
}

fn read_some(socket: &UdpSocket, buffer: &mut [u8], mut take: impl FnMut(SocketAddr, &[u8])) {
    for _ in 0..READS_AT_ONCE {
        match socket.try_recv_from(buffer) {
            Ok((length, from)) if length <= MAX_PACKET_BYTES => take(from, buffer.get(..length).unwrap_or_default()),
            Ok(_) => tracing::trace!("dropped a datagram above the limit"),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(error) => tracing::trace!(%error, "the system reported an error of an earlier datagram"),
        }
    }
}
