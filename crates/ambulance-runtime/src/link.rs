//! The link's task: one connection to a server, its streams, and dialling again.
//!
//! A connection that falls silent is not given up at once: another is dialled beside it, and the first to speak stays.

mod dial;
mod door;
mod lanes;
pub(crate) mod network;
mod probe;
mod servers;
mod session;
mod streams;
mod trouble;

use crate::clock::SystemClock;
use crate::observe::Observer;
use ambulance_core::{Input, LinkInput, LinkTrouble, State};
use delivery::Transmit;
use dial::{Dialler, Failed, Greeted, random};
pub use lanes::Lanes;
use network::{LOOK_EVERY, Network};
pub use probe::{Probe, Verdict};
use quic_link::ClientEndpoint;
use servers::Servers;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use wire::{Ask, FeedStart, PositionReport, RefusalCode};

/// First wait before dialling again; doubles up to [`REDIAL_MAX`], with jitter.
const REDIAL_FIRST: Duration = Duration::from_millis(300);
/// Longest wait before dialling again.
const REDIAL_MAX: Duration = Duration::from_secs(5);
/// A server that refused us is asked again after this long.
const REFUSED_WAIT: Duration = Duration::from_secs(30);

/// A look at a connection whose address is fixed: only the probe wants it, whose shortest deadline is 1.5 s.
const LOOK_FIXED_EVERY: Duration = Duration::from_secs(1);

/// Whether the local address may change under the tablet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Address {
    /// A tablet in a vehicle: changes are looked for, and a silent connection moves to a new socket.
    #[default]
    Moving,
    /// It never changes, and the socket may be shared ([`ClientEndpoint::another`]): nobody rebinds it.
    Fixed,
}

/// Where and how to dial.
pub struct LinkSettings {
    /// The endpoint, with this tablet's certificate.
    pub endpoint: ClientEndpoint,
    /// Servers.
    pub servers: Vec<SocketAddr>,
    /// The name in their certificates.
    pub server_name: String,
    /// Training tablet.
    pub training: bool,
    /// The program and its version.
    pub program: String,
    /// Whether the local address may change.
    pub address: Address,
    /// Who listens to the tablet's traffic; nobody in a tablet.
    pub observer: Option<Arc<dyn Observer>>,
}

impl LinkSettings {
    /// How often the connection is looked at.
    const fn look_every(&self) -> Duration {
        match self.address {
            Address::Moving => LOOK_EVERY,
            Address::Fixed => LOOK_FIXED_EVERY,
        }
    }

    /// The network towards a server, where it can change.
    fn network(&self, server: Option<SocketAddr>) -> Option<Network> {
        server.filter(|_| self.address == Address::Moving).map(Network::new)
    }
}

/// What the loop sends over the link.
pub(crate) enum LinkOp {
    Log(Transmit),
    Ask(Box<Ask>),
    Feed(FeedStart),
    Position(PositionReport),
    /// Do not wait any longer before dialling.
    Dial,
}

/// What the link tells the loop, with the connection it belongs to.
pub(crate) struct LinkEvent {
    pub(crate) connection: u64,
    pub(crate) input: Input,
}

/// How a session ended.
enum Ended {
    /// The server keeps us out.
    Refused(RefusalCode),
    /// The connection is gone; a dial may be under way already.
    Lost { why: LinkTrouble, beside: Option<session::Dial> },
    /// Another connection took its place.
    Replaced(Box<Greeted>),
    /// The loop is gone.
    Stopped,
}

/// Runs until the loop is gone.
pub(crate) async fn run(
    settings: LinkSettings,
    clock: SystemClock,
    mut ops: mpsc::Receiver<LinkOp>,
    events: mpsc::Sender<LinkEvent>,
    state: watch::Receiver<Arc<State>>,
) {
    let mut servers = Servers::new(&settings.servers);
    let first = settings.servers.first().copied();
    let dialler = Dialler { settings: Arc::new(settings), clock, state, events: events.clone() };
    let mut wait = REDIAL_FIRST;
    let mut standing: Option<Greeted> = None;
    for connection in 1u64.. {
        let greeted = match standing.take() {
            Some(greeted) => Ok(greeted),
            None => dialler.race(&mut servers, &mut ops).await,
        };
        let ended = match greeted {
            Ok(greeted) => {
                wait = REDIAL_FIRST;
                servers.stood(greeted.server, greeted.welcome.previews);
                session::run(&dialler, &mut servers, greeted, connection, &mut ops, &events).await
            }
            Err(Failed::Refused(code)) => Ended::Refused(code),
            Err(Failed::Lost(why)) => Ended::Lost { why, beside: None },
            Err(Failed::Stopped) => Ended::Stopped,
        };
        let (input, pause, beside) = match ended {
            Ended::Stopped => return,
            Ended::Replaced(greeted) => {
                standing = Some(*greeted);
                continue;
            }
            Ended::Refused(code) => (LinkInput::Refused(code), REFUSED_WAIT, None),
            Ended::Lost { why, beside } => (LinkInput::Down { why }, wait, beside),
        };
        if events.send(LinkEvent { connection, input: Input::Link(input) }).await.is_err() {
            return;
        }
        if let Some(beside) = beside
            && let Ok(greeted) = finish(beside, &mut servers).await
        {
            standing = Some(greeted);
            continue;
        }
        if pause_discarding(jitter(pause), dialler.settings.network(first), &mut ops).await.is_err() {
            return;
        }
        wait = (wait * 2).min(REDIAL_MAX);
    }
}

/// The dial that was under way beside a connection which has ended since.
async fn finish(beside: session::Dial, servers: &mut Servers) -> Result<Greeted, Failed> {
    let (server, dialled) = beside.await;
    if dialled.is_err() {
        servers.failed(server);
    }
    dialled
}

/// Frames made for a connection that is gone are worth nothing: the core makes them anew. A network that comes or changes
/// ends the pause.
async fn pause_discarding(
    pause: Duration,
    mut network: Option<Network>,
    ops: &mut mpsc::Receiver<LinkOp>,
) -> Result<(), ()> {
    let mut look = tokio::time::interval(LOOK_EVERY);
    #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
    let over = tokio::time::sleep(pause);
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => return Ok(()),
            _ = look.tick() => if network.as_mut().is_some_and(Network::has_changed) { return Ok(()) },
            op = ops.recv() => match op {
                Some(LinkOp::Dial) => return Ok(()),
                Some(_) => {}
                None => return Err(()),
            },
        }
    }
}

/// Between half and one and a half times as long.
fn jitter(pause: Duration) -> Duration {
    let share = u16::try_from(random() & 0xFFFF).unwrap_or(0);
    pause.mul_f64(0.5 + f64::from(share) / f64::from(u16::MAX))
}
