//! Two real QUIC state machines joined by a link that exists only on paper: virtual time, seeded loss, nothing sleeps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn_proto::{
    Connection, ConnectionHandle, DatagramEvent, Dir, Endpoint, EndpointConfig, Event, StreamId, Transmit, VarInt,
};

use super::Installation;
use crate::LinkConfig;

/// One direction: a drop-tail queue before a wire.
#[derive(Clone, Copy)]
pub(super) struct Wire {
    pub(super) bytes_per_second: u64,
    pub(super) delay: Duration,
    pub(super) loss_permille: u64,
    pub(super) queue_bytes: u64,
}

impl Wire {
    pub(super) fn new(bits_per_second: u64, round_trip: Duration, loss_permille: u64, queue_bytes: u64) -> Self {
        Self { bytes_per_second: bits_per_second / 8, delay: round_trip / 2, loss_permille, queue_bytes }
    }
}

struct Side {
    endpoint: Endpoint,
    connection: Option<(ConnectionHandle, Connection)>,
    address: SocketAddr,
    arriving: VecDeque<(Instant, Vec<u8>)>,
    free_at: Instant,
}

/// The client is side 0, the server side 1.
pub(super) struct VirtualLink {
    start: Instant,
    pub(super) now: Instant,
    sides: [Side; 2],
    pub(super) wire: Wire,
    random: u64,
    /// Bytes read from each stream, by side.
    pub(super) read: [BTreeMap<StreamId, Vec<u8>>; 2],
    pub(super) ended: [BTreeSet<StreamId>; 2],
}

impl VirtualLink {
    pub(super) fn new(config: &LinkConfig, wire: Wire, seed: u64) -> Self {
        let installation = Installation::new();
        #[expect(clippy::disallowed_methods, reason = "virtual time begins anywhere")]
        let start = Instant::now();
        let server = config.server(installation.server_tls()).expect("server configuration");
        let client = config.client(installation.client_tls()).expect("client configuration");
        let side = |server: Option<quinn::ServerConfig>, port: u16| Side {
            endpoint: Endpoint::new(
                Arc::new(EndpointConfig::default()),
                server.map(Arc::new),
                true,
                Some([u8::try_from(port % 251).unwrap_or(1); 32]),
            ),
            connection: None,
            address: SocketAddr::from(([10, 0, 0, 1], port)),
            arriving: VecDeque::new(),
            free_at: start,
        };
        let mut sides = [side(None, 1), side(Some(server), 2)];
        let server_address = sides[1].address;
        let dialled = sides[0].endpoint.connect(start, client, server_address, "localhost").expect("dial");
        sides[0].connection = Some(dialled);
        let random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { start, now: start, sides, wire, random, read: Default::default(), ended: Default::default() }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    pub(super) fn connection(&mut self, side: usize) -> Option<&mut Connection> {
        self.sides[side].connection.as_mut().map(|(_, connection)| connection)
    }

    pub(super) fn open(&mut self, priority: i32) -> StreamId {
        let connection = self.connection(0).expect("connected");
        let id = connection.streams().open(Dir::Bi).expect("room for a stream");
        connection.send_stream(id).set_priority(priority).expect("new");
        id
    }

    /// Writes what fits and says how much that was.
    pub(super) fn write(&mut self, side: usize, id: StreamId, bytes: &[u8]) -> usize {
        let Some(connection) = self.connection(side) else { return 0 };
        connection.send_stream(id).write(bytes).unwrap_or(0)
    }

    pub(super) fn finish(&mut self, side: usize, id: StreamId) {
        if let Some(connection) = self.connection(side) {
            connection.send_stream(id).finish().expect("open");
        }
    }

    /// Moves to the next thing that happens, `until` at the latest.
    pub(super) fn step(&mut self, until: Instant) {
        self.transmit();
        let timers = self.sides.iter_mut().filter_map(|side| side.connection.as_mut()?.1.poll_timeout());
        let next = timers.min();
        let arrivals = self.sides.iter().filter_map(|side| side.arriving.front().map(|(at, _)| *at)).min();
        self.now = [next, arrivals, Some(until)].into_iter().flatten().min().unwrap_or(until).max(self.now);
        for side in 0..2 {
            self.deliver(side);
            self.run_timers(side);
            self.take_events(side);
        }
        self.transmit();
    }

    fn transmit(&mut self) {
        for side in 0..2 {
            let mut buffer = Vec::new();
            let now = self.now;
            while let Some(transmit) = self.connection(side).and_then(|c| c.poll_transmit(now, 10, &mut buffer)) {
                self.carry(side, &transmit, &buffer);
                buffer.clear();
            }
        }
    }

    fn carry(&mut self, from: usize, transmit: &Transmit, bytes: &[u8]) {
        let bytes = &bytes[..transmit.size];
        for datagram in bytes.chunks(transmit.segment_size.unwrap_or(bytes.len()).max(1)) {
            // The IP and UDP headers travel too.
            let length = datagram.len() as u64 + 28;
            let start = self.sides[from].free_at.max(self.now);
            let waiting = (start - self.now).as_secs_f64() * self.wire.bytes_per_second as f64;
            if waiting as u64 + length > self.wire.queue_bytes || self.chance() < self.wire.loss_permille {
                continue;
            }
            let sent = start + Duration::from_secs_f64(length as f64 / self.wire.bytes_per_second as f64);
            self.sides[from].free_at = sent;
            self.sides[1 - from].arriving.push_back((sent + self.wire.delay, datagram.to_vec()));
        }
    }

    fn chance(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % 1_000
    }

    fn deliver(&mut self, side: usize) {
        let remote = self.sides[1 - side].address;
        while self.sides[side].arriving.front().is_some_and(|(at, _)| *at <= self.now) {
            let Some((_, datagram)) = self.sides[side].arriving.pop_front() else { return };
            let mut reply = Vec::new();
            let here = &mut self.sides[side];
            let event = here.endpoint.handle(self.now, remote, None, None, datagram.as_slice().into(), &mut reply);
            match event {
                Some(DatagramEvent::NewConnection(incoming)) => {
                    let accepted = here.endpoint.accept(incoming, self.now, &mut reply, None);
                    here.connection = accepted.ok();
                }
                Some(DatagramEvent::ConnectionEvent(_, event)) => {
                    if let Some((_, connection)) = &mut here.connection {
                        connection.handle_event(event);
                    }
                }
                Some(DatagramEvent::Response(transmit)) => self.carry(side, &transmit, &reply),
                None => {}
            }
        }
    }

    fn run_timers(&mut self, side: usize) {
        let now = self.now;
        let here = &mut self.sides[side];
        let Some((handle, connection)) = &mut here.connection else { return };
        if connection.poll_timeout().is_some_and(|at| at <= now) {
            connection.handle_timeout(now);
        }
        while let Some(event) = connection.poll_endpoint_events() {
            if let Some(event) = here.endpoint.handle_event(*handle, event) {
                connection.handle_event(event);
            }
        }
    }

    fn take_events(&mut self, side: usize) {
        let Some((_, connection)) = &mut self.sides[side].connection else { return };
        while let Some(event) = connection.poll() {
            assert!(!matches!(event, Event::ConnectionLost { .. }), "lost at side {side}");
        }
        while let Some(id) = connection.streams().accept(Dir::Bi) {
            self.read[side].insert(id, Vec::new());
        }
        let open: Vec<_> = self.read[side].keys().copied().filter(|id| !self.ended[side].contains(id)).collect();
        for id in open {
            let mut stream = connection.recv_stream(id);
            let Ok(mut chunks) = stream.read(true) else { continue };
            let bytes = self.read[side].entry(id).or_default();
            loop {
                match chunks.next(usize::MAX) {
                    Ok(Some(chunk)) => bytes.extend_from_slice(&chunk.bytes),
                    Ok(None) => {
                        self.ended[side].insert(id);
                        break;
                    }
                    Err(_) => break,
                }
            }
            let _transmit_follows = chunks.finalize();
        }
    }

    /// A stream that is over for this side is not looked at any more.
    pub(super) fn forget(&mut self, side: usize, id: StreamId) {
        self.read[side].remove(&id);
        self.ended[side].remove(&id);
    }

    /// Runs until the client has connected.
    pub(super) fn connect(&mut self) {
        let deadline = self.now + Duration::from_secs(30);
        while self.connection(0).is_none_or(|c| c.is_handshaking()) || self.connection(1).is_none() {
            assert!(self.now < deadline, "no handshake on the virtual link");
            self.step(deadline);
        }
        let most = VarInt::from_u32(64);
        if let Some(server) = self.connection(1) {
            server.set_max_concurrent_streams(Dir::Bi, most);
        }
    }

    /// The client goes on from another address, announced as [`crate::Connection::announce_move`] does or not.
    pub(super) fn move_client(&mut self, announced: bool) {
        self.sides[0].address = SocketAddr::from(([10, 0, 0, 9], 9));
        let connection = self.connection(0).expect("connected");
        connection.local_address_changed();
        for _ in 0..if announced { crate::limits::MOVE_DATAGRAMS } else { 0 } {
            connection.datagrams().send(crate::connection::PADDING.as_slice().into(), true).expect("room");
        }
    }

    pub(super) fn window(&mut self, side: usize) -> u64 {
        self.connection(side).map_or(0, |c| c.congestion_state().window())
    }
}
