//! A UDP relay that can forget the ways it knows: packets of a tablet from a known address vanish, as after a change of
//! cell when the network's address translation is gone.

use crate::place::LOCAL;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    ways: Arc<Mutex<Ways>>,
}

#[derive(Default)]
struct Ways {
    known: BTreeSet<SocketAddr>,
    forgotten: BTreeSet<SocketAddr>,
    cut: bool,
    /// Where packets go instead, and how often that has changed.
    elsewhere: Option<SocketAddr>,
    changes: u64,
}

impl Relay {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let socket = Arc::new(UdpSocket::bind(LOCAL).await.expect("a socket"));
        let address = socket.local_addr().expect("an address");
        let ways = Arc::new(Mutex::new(Ways::default()));
        tokio::spawn(run(socket, server, Arc::clone(&ways)));
        Self { address, ways }
    }

    /// Packets from and to every address known so far vanish.
    pub(crate) fn forget_ways(&self) {
        let mut ways = self.ways.lock().expect("ways");
        ways.forgotten = ways.known.clone();
    }

    /// From now on everything goes to another server.
    pub(crate) fn lead_to(&self, server: SocketAddr) {
        let mut ways = self.ways.lock().expect("ways");
        ways.elsewhere = Some(server);
        ways.changes += 1;
    }

    /// Everything vanishes.
    pub(crate) fn cut(&self) {
        self.ways.lock().expect("ways").cut = true;
    }
}

async fn run(socket: Arc<UdpSocket>, server: SocketAddr, ways: Arc<Mutex<Ways>>) {
    let mut out: BTreeMap<(SocketAddr, u64), Arc<UdpSocket>> = BTreeMap::new();
    let mut buffer = vec![0; 65_536];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        if !passes(&ways, from) {
            continue;
        }
        let (server, changes) = {
            let ways = ways.lock().expect("ways");
            (ways.elsewhere.unwrap_or(server), ways.changes)
        };
        let way = match out.get(&(from, changes)) {
            Some(way) => Arc::clone(way),
            None => {
                let way = Arc::new(UdpSocket::bind(LOCAL).await.expect("a socket"));
                way.connect(server).await.expect("a server");
                tokio::spawn(back(Arc::clone(&way), Arc::clone(&socket), from, Arc::clone(&ways)));
                out.insert((from, changes), Arc::clone(&way));
                way
            }
        };
        // A server that is gone refuses: nobody hears of it here.
        let _refused = way.send(&buffer[..length]).await;
    }
}

async fn back(way: Arc<UdpSocket>, socket: Arc<UdpSocket>, client: SocketAddr, ways: Arc<Mutex<Ways>>) {
    let mut buffer = vec![0; 65_536];
    loop {
        if let Ok(length) = way.recv(&mut buffer).await
            && passes(&ways, client)
        {
            let _refused = socket.send_to(&buffer[..length], client).await;
        }
    }
}

fn passes(ways: &Mutex<Ways>, client: SocketAddr) -> bool {
    let mut ways = ways.lock().expect("ways");
    ways.known.insert(client);
    !ways.cut && !ways.forgotten.contains(&client)
}
