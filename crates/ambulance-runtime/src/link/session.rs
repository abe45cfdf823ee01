//! One connection, from its Welcome to its end: streams, the probe, and another way beside it when it falls silent.

use super::dial::{Dialler, Failed, Greeted, closed, random};
use super::lanes::Lanes;
use super::network::Network;
use super::probe::{Probe, Verdict};
use super::servers::Servers;
use super::{Address, Ended, LinkEvent, LinkOp, streams, trouble};
use crate::clock::SystemClock;
use ambulance_core::{Input, LinkInput, LinkTrouble};
use model::Clock;
use quic_link::{CloseCode, Connection, FrameSender};
use std::net::SocketAddr;
use std::pin::Pin;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::codec::{decode, encode};
use wire::{LogReply, Ping, Pong};

/// Replies of log streams that wait for the session; their readers wait at the limit.
const REPLIES_MAX: usize = 64;

pub(super) type Dial = Pin<Box<dyn Future<Output = (SocketAddr, Result<Greeted, Failed>)> + Send>>;

struct Session<'a> {
    dialler: &'a Dialler,
    server: SocketAddr,
    link: Connection,
    number: u64,
    events: &'a mpsc::Sender<LinkEvent>,
    tasks: JoinSet<Result<(), LinkTrouble>>,
    lanes: Lanes,
    replies: mpsc::Sender<LogReply>,
    probe: Probe,
    pings: u64,
    /// A dial beside this connection.
    beside: Option<Dial>,
    /// The core knows that an answer is late.
    late: bool,
}

/// Runs a session.
pub(super) async fn run(
    dialler: &Dialler,
    servers: &mut Servers,
    greeted: Greeted,
    number: u64,
    ops: &mut mpsc::Receiver<LinkOp>,
    events: &mpsc::Sender<LinkEvent>,
) -> Ended {
    let Greeted { server, link, control, control_in, welcome } = greeted;
    let (replies, replied) = mpsc::channel(REPLIES_MAX);
    let now_us = dialler.clock.monotonic().us;
    let probe = Probe::new(now_us, link.heard_frames());
    let mut session = Session {
        dialler,
        server,
        link,
        number,
        events,
        tasks: JoinSet::new(),
        lanes: Lanes::default(),
        replies,
        probe,
        pings: 0,
        beside: None,
        late: false,
    };
    if !session.tell(Input::Link(LinkInput::Up(welcome))).await {
        return Ended::Stopped;
    }
    let ended = session.serve(servers, control, control_in, ops, replied).await;
    session.link.close(CloseCode::DONE, "");
    ended
}

impl Session<'_> {
    async fn tell(&mut self, input: Input) -> bool {
        self.events.send(LinkEvent { connection: self.number, input }).await.is_ok()
    }

    fn now_us(&self) -> u64 {
        self.dialler.clock.monotonic().us
    }

    async fn serve(
        &mut self,
        servers: &mut Servers,
        mut control: FrameSender,
        mut control_in: quic_link::FrameReceiver,
        ops: &mut mpsc::Receiver<LinkOp>,
        mut replied: mpsc::Receiver<LogReply>,
    ) -> Ended {
        let mut look = tokio::time::interval(self.dialler.settings.look_every());
        let mut network = self.dialler.settings.network(Some(self.server));
        let link = self.link.clone();
        loop {
            tokio::select! {
                op = ops.recv() => match op {
                    None => return Ended::Stopped,
                    Some(op) => self.carry_out(op),
                },
                Some(reply) = replied.recv() => {
                    self.lanes.heard(&reply);
                    if !self.tell(Input::LogReply(reply)).await {
                        return Ended::Stopped;
                    }
                }
                frame = control_in.recv() => match frame {
                    Ok(Some(frame)) => if let Ok(pong) = decode::<Pong>(&frame)
                        && !self.tell(Input::Link(LinkInput::Pong(pong))).await
                    {
                        return Ended::Stopped;
                    },
                    Ok(None) => return self.ended(LinkTrouble::Closed),
                    Err(error) => return self.ended(trouble::of_frame(&error)),
                },
                _ = look.tick() => {
                    if network.as_mut().is_some_and(Network::has_changed) {
                        self.move_over();
                    }
                    let verdict = self.look(servers);
                    if verdict == Verdict::Dead {
                        return self.ended(LinkTrouble::Silent);
                    }
                    let late = verdict == Verdict::Late;
                    if late != core::mem::replace(&mut self.late, late) && !self.tell(Input::Link(LinkInput::Late(late))).await {
                        return Ended::Stopped;
                    }
                    if self.probe.ping_is_due(self.now_us()) && !ping(&self.dialler.clock, &mut self.pings, &mut control).await {
                        return self.ended(LinkTrouble::Silent);
                    }
                }
                (server, dialled) = next(&mut self.beside) => {
                    self.beside = None;
                    match dialled {
                        Ok(greeted) => return Ended::Replaced(Box::new(greeted)),
                        Err(Failed::Refused(code)) => return Ended::Refused(code),
                        Err(_) => servers.failed(server),
                    }
                }
                Some(done) = self.tasks.join_next() => if let Ok(Err(why)) = done {
                    return self.ended(why);
                },
                error = link.closed() => return self.ended(trouble::of_link(&error)),
            }
        }
    }

    fn ended(&mut self, why: LinkTrouble) -> Ended {
        let beside = self.beside.take();
        match closed(&self.link).unwrap_or(Failed::Lost(why)) {
            Failed::Refused(code) => Ended::Refused(code),
            _ if beside.is_some() => Ended::Lost { why, beside },
            Failed::Lost(why) => Ended::Lost { why, beside: None },
            Failed::Stopped => Ended::Stopped,
        }
    }

    /// Hears whether the server still speaks; if it is late, tries another way without giving this one up.
    fn look(&mut self, servers: &Servers) -> Verdict {
        let verdict = self.probe.look(self.link.heard_frames(), self.link.rtt(), self.now_us());
        match verdict {
            Verdict::Fine => self.beside = None,
            Verdict::Late if self.beside.is_none() => {
                tracing::info!(server = %self.server, "an answer is late: dialling beside the connection");
                self.move_over();
                if let Some(server) = servers.choose(None, random()) {
                    self.beside = Some(Box::pin(self.dialler.clone().greet(server)));
                }
            }
            Verdict::Late | Verdict::Dead => {}
        }
        verdict
    }

    /// Goes on from the address that we have now.
    fn move_over(&mut self) {
        if self.dialler.settings.address == Address::Fixed {
            return;
        }
        if let Err(error) = self.dialler.settings.endpoint.rebind() {
            tracing::info!(%error, "no new local socket");
            return;
        }
        self.link.announce_move();
        self.probe.sent(self.now_us());
    }

    fn carry_out(&mut self, op: LinkOp) {
        let (number, link) = (self.number, self.link.clone());
        match op {
            LinkOp::Log(transmit) => self.lanes.send(transmit, &link, &self.replies, &mut self.tasks),
            LinkOp::Ask(ask) => {
                self.tasks.spawn(streams::question(link, ask, number, self.events.clone()));
            }
            LinkOp::Feed(start) => {
                self.tasks.spawn(streams::feed(link, start, number, self.events.clone()));
            }
            // The link stands.
            LinkOp::Dial => return,
            LinkOp::Position(report) => {
                if let Ok(bytes) = encode(&report) {
                    // The latest wins: a datagram that cannot be sent is replaced by the next one.
                    let _lost = link.send_datagram(bytes.into());
                }
            }
        }
        self.probe.sent(self.now_us());
    }
}

async fn ping(clock: &SystemClock, pings: &mut u64, control: &mut FrameSender) -> bool {
    *pings += 1;
    match encode(&Ping { n: *pings, sent_at: clock.utc() }) {
        Ok(ping) => control.send(&ping).await.is_ok(),
        Err(_) => true,
    }
}

async fn next(dial: &mut Option<Dial>) -> (SocketAddr, Result<Greeted, Failed>) {
    match dial {
        Some(dial) => dial.await,
        None => std::future::pending().await,
    }
}
