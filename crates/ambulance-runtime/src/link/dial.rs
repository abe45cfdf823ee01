//! From an address to a server that said Welcome.

use super::servers::{Choice, Servers};
use super::{LinkEvent, LinkOp, LinkSettings, door, trouble};
use crate::clock::SystemClock;
use ambulance_core::{LinkTrouble, State};
use model::Clock;
use quic_link::{CloseCode, Connection, Dialled, FrameReceiver, FrameSender, LinkError, StreamKind, Unconfirmed};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use wire::codec::{decode, encode};
use wire::{Hello, HelloReply, RefusalCode, Welcome};

/// A dial gives up after this long: a server that is busy lets it stand in line ([`quic_link::limits::LINE_PATIENCE`]), and
/// the handshake follows. Another server is dialled long before.
const DIAL_DEADLINE: Duration = Duration::from_secs(10);
/// The server must answer Hello within this time.
const HELLO_DEADLINE: Duration = Duration::from_secs(5);
/// Without a Welcome for so long another server is dialled beside the first; the first Welcome counts.
const SECOND_AFTER: Duration = Duration::from_millis(1_200);
/// Control goes before everything else.
pub(super) const PRIORITY_CONTROL: i32 = 60;

/// A connection whose server said Welcome.
pub(super) struct Greeted {
    pub(super) server: SocketAddr,
    pub(super) link: Connection,
    pub(super) control: FrameSender,
    pub(super) control_in: FrameReceiver,
    pub(super) welcome: Welcome,
}

/// Why there is none.
pub(super) enum Failed {
    /// The server keeps us out.
    Refused(RefusalCode),
    /// No connection; one sentence.
    Lost(LinkTrouble),
    /// The loop is gone.
    Stopped,
}

/// Dials servers for one tablet.
#[derive(Clone)]
pub(super) struct Dialler {
    pub(super) settings: Arc<LinkSettings>,
    pub(super) clock: SystemClock,
    pub(super) state: watch::Receiver<Arc<State>>,
    pub(super) events: mpsc::Sender<LinkEvent>,
}

impl Dialler {
    /// Dials one server, and another beside it when it takes long. Frames for a former connection are thrown away.
    pub(super) async fn race(
        &self,
        servers: &mut Servers,
        ops: &mut mpsc::Receiver<LinkOp>,
    ) -> Result<Greeted, Failed> {
        let mut dials = JoinSet::new();
        let Some(first) = servers.choose(None, random()) else { return Err(Failed::Lost(LinkTrouble::Silent)) };
        dials.spawn(self.clone().greet(first));
        let first = first.server;
        #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
        let second = tokio::time::sleep(SECOND_AFTER);
        tokio::pin!(second);
        let mut alone = true;
        let mut why = Failed::Lost(LinkTrouble::Silent);
        loop {
            tokio::select! {
                done = dials.join_next() => match done {
                    Some(Ok((_, Ok(greeted)))) => return Ok(greeted),
                    Some(Ok((server, Err(failed)))) => {
                        servers.failed(server);
                        why = failed;
                    }
                    Some(Err(_)) => {}
                    None => return Err(why),
                },
                () = &mut second, if alone => {
                    alone = false;
                    if let Some(next) = servers.choose(Some(first), random()) {
                        dials.spawn(self.clone().greet(next));
                    }
                }
                op = ops.recv() => if op.is_none() { return Err(Failed::Stopped) },
            }
        }
    }

    /// Dials `server` and says Hello, with the first packet where a session is kept, and a question beside it where the
    /// server is known to answer such.
    pub(super) async fn greet(self, Choice { server, previews }: Choice) -> (SocketAddr, Result<Greeted, Failed>) {
        let result = match self.settings.endpoint.dial(server, &self.settings.server_name, DIAL_DEADLINE).await {
            Ok(Dialled::Confirmed(link)) => self.hello(server, link).await,
            Ok(Dialled::Early(link, handshake)) => {
                let said = self.say_hello(&link).await;
                let asked = self.state.borrow().door_question().filter(|_| previews).cloned();
                tokio::select! {
                    biased;
                    never = door::ask(&link, asked, &self.events) => match never {},
                    greeted = self.enter(server, &link, handshake, said) => greeted,
                }
            }
            Err(error) => Err(lost(server, &error)),
        };
        (server, result)
    }

    async fn enter(
        &self,
        server: SocketAddr,
        link: &Connection,
        handshake: Unconfirmed,
        said: Result<(FrameSender, FrameReceiver), Failed>,
    ) -> Result<Greeted, Failed> {
        match handshake.confirm(link).await {
            Ok(true) => self.hear_welcome(server, link.clone(), said).await,
            Ok(false) => self.hello(server, link.clone()).await,
            Err(error) => Err(lost(server, &error)),
        }
    }

    async fn hello(&self, server: SocketAddr, link: Connection) -> Result<Greeted, Failed> {
        let said = self.say_hello(&link).await;
        self.hear_welcome(server, link, said).await
    }

    async fn say_hello(&self, link: &Connection) -> Result<(FrameSender, FrameReceiver), Failed> {
        let (mut control, control_in) = link
            .open(StreamKind::Control, PRIORITY_CONTROL)
            .await
            .map_err(|error| Failed::Lost(trouble::of_link(&error)))?;
        let hello = Hello {
            versions: wire::hello::VERSIONS.to_vec(),
            program: self.settings.program.clone(),
            training: self.settings.training,
            sent_at: self.clock.utc(),
            session: self.state.borrow().crew.as_ref().map(|session| session.id),
        };
        let frame = encode(&hello).map_err(|_| Failed::Lost(LinkTrouble::NotUnderstood))?;
        control.send(&frame).await.map_err(|error| Failed::Lost(trouble::of_frame(&error)))?;
        Ok((control, control_in))
    }

    async fn hear_welcome(
        &self,
        server: SocketAddr,
        link: Connection,
        said: Result<(FrameSender, FrameReceiver), Failed>,
    ) -> Result<Greeted, Failed> {
        let (control, mut control_in) = said?;
        let reply = match tokio::time::timeout(HELLO_DEADLINE, control_in.recv()).await {
            Ok(Ok(Some(frame))) => {
                decode::<HelloReply>(&frame).map_err(|_| Failed::Lost(LinkTrouble::NotUnderstood))?
            }
            Ok(Ok(None)) => return Err(closed(&link).unwrap_or(Failed::Lost(LinkTrouble::Closed))),
            Ok(Err(error)) => return Err(closed(&link).unwrap_or(Failed::Lost(trouble::of_frame(&error)))),
            Err(_) => return Err(Failed::Lost(LinkTrouble::NoWelcome)),
        };
        match reply {
            HelloReply::Welcome(welcome) => Ok(Greeted { server, link, control, control_in, welcome }),
            HelloReply::Refused { code } => Err(Failed::Refused(code)),
        }
    }
}

/// A close code says more than a broken stream.
pub(super) fn closed(link: &Connection) -> Option<Failed> {
    let error = link.close_reason()?;
    Some(refusal(&error).map_or_else(|| Failed::Lost(trouble::of_link(&error)), Failed::Refused))
}

fn lost(server: SocketAddr, error: &LinkError) -> Failed {
    tracing::debug!(%server, error = %crate::store::chain(error), "dialling failed");
    refusal(error).map_or_else(|| Failed::Lost(trouble::of_link(error)), Failed::Refused)
}

fn refusal(error: &LinkError) -> Option<RefusalCode> {
    let LinkError::ClosedByPeer { code, .. } = error else { return None };
    Some(match *code {
        CloseCode::REVOKED => RefusalCode::REVOKED,
        CloseCode::UNKNOWN_DEVICE => RefusalCode::UNKNOWN_DEVICE,
        CloseCode::VERSION => RefusalCode::VERSION,
        CloseCode::TRAINING_MISMATCH => RefusalCode::TRAINING_MISMATCH,
        _ => return None,
    })
}

/// Any number; without randomness the servers are simply taken in order.
pub(super) fn random() -> u64 {
    let mut bytes = [0; 8];
    let _filled = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
