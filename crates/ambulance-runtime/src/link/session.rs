//! One connection, from Hello to its end.

use super::{Ended, LinkEvent, LinkOp, LinkSettings, sentence};
use crate::clock::SystemClock;
use ambulance_core::{Input, LinkInput};
use model::{Clock, QuestionId, SessionId};
use quic_link::{CloseCode, Connection, FrameReceiver, FrameSender, StreamKind};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::codec::{decode, encode};
use wire::{Answer, Ask, FeedItem, Hello, HelloReply, LogReply, Ping, Pong, RefusalCode};

/// The server must answer Hello within this time.
const HELLO_DEADLINE: Duration = Duration::from_secs(5);
/// The probe is sent this often. A mobile connection can be "open" and dead.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Without any pong for this long the connection counts as dead.
const PROBE_DEADLINE: Duration = Duration::from_secs(12);
/// An answer is waited for at most this long on its stream.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Stream priorities: control before facts before questions before the feed.
const PRIORITY_CONTROL: i32 = 40;
const PRIORITY_LOG: i32 = 30;
const PRIORITY_QUESTION: i32 = 20;
const PRIORITY_FEED: i32 = 10;

struct Session<'a> {
    link: Connection,
    number: u64,
    events: &'a mpsc::Sender<LinkEvent>,
    tasks: JoinSet<Result<(), String>>,
    log: Option<FrameSender>,
}

/// Runs a session. The second value says whether the server had said Welcome.
pub(super) async fn run(
    settings: &LinkSettings,
    clock: SystemClock,
    link: Connection,
    number: u64,
    session: Option<SessionId>,
    ops: &mut mpsc::Receiver<LinkOp>,
    events: &mpsc::Sender<LinkEvent>,
) -> (Ended, bool) {
    let (mut control, mut control_in) = match link.open(StreamKind::Control, PRIORITY_CONTROL).await {
        Ok(stream) => stream,
        Err(error) => return (Ended::Lost(sentence(&error)), false),
    };
    let welcome = match tokio::time::timeout(
        HELLO_DEADLINE,
        hello(settings, clock, session, &mut control, &mut control_in),
    )
    .await
    {
        Ok(Ok(HelloReply::Welcome(welcome))) => welcome,
        Ok(Ok(HelloReply::Refused { code })) => return (Ended::Refused(code), false),
        Ok(Err(why)) => return (closed(&link).unwrap_or(Ended::Lost(why)), false),
        Err(_) => return (Ended::Lost("サーバーがあいさつに答えません。自動でつなぎ直します。".into()), false),
    };
    while ops.try_recv().is_ok() {}
    let mut session = Session { link, number, events, tasks: JoinSet::new(), log: None };
    if !session.tell(Input::Link(LinkInput::Up(welcome))).await {
        return (Ended::Stopped, true);
    }
    let ended = session.serve(clock, control, control_in, ops).await;
    session.link.close(CloseCode::DONE, "");
    (ended, true)
}

async fn hello(
    settings: &LinkSettings,
    clock: SystemClock,
    session: Option<SessionId>,
    control: &mut FrameSender,
    control_in: &mut FrameReceiver,
) -> Result<HelloReply, String> {
    let hello = Hello {
        versions: wire::hello::VERSIONS.to_vec(),
        program: settings.program.clone(),
        training: settings.training,
        sent_at: clock.utc(),
        session,
    };
    let frame = encode(&hello).map_err(|e| e.to_string())?;
    control.send(&frame).await.map_err(|e| e.to_string())?;
    let reply = control_in.recv().await.map_err(|e| e.to_string())?.ok_or("the server closed the control stream")?;
    decode(&reply).map_err(|e| e.to_string())
}

/// A close code says more than a broken stream.
fn closed(link: &Connection) -> Option<Ended> {
    match link.close_reason()? {
        quic_link::LinkError::ClosedByPeer { code, .. } => Some(match code {
            CloseCode::REVOKED => Ended::Refused(RefusalCode::REVOKED),
            CloseCode::UNKNOWN_DEVICE => Ended::Refused(RefusalCode::UNKNOWN_DEVICE),
            CloseCode::VERSION => Ended::Refused(RefusalCode::VERSION),
            CloseCode::TRAINING_MISMATCH => Ended::Refused(RefusalCode::TRAINING_MISMATCH),
            _ => Ended::Lost("サーバーが接続を閉じました。自動でつなぎ直します。".into()),
        }),
        error => Some(Ended::Lost(sentence(&error))),
    }
}

impl Session<'_> {
    async fn tell(&self, input: Input) -> bool {
        self.events.send(LinkEvent { connection: self.number, input }).await.is_ok()
    }

    async fn serve(
        &mut self,
        clock: SystemClock,
        mut control: FrameSender,
        mut control_in: FrameReceiver,
        ops: &mut mpsc::Receiver<LinkOp>,
    ) -> Ended {
        let mut probe = tokio::time::interval(PROBE_EVERY);
        let mut n = 0u64;
        let mut heard = clock.monotonic();
        let lost = self.link.clone();
        loop {
            tokio::select! {
                op = ops.recv() => match op {
                    None => return Ended::Stopped,
                    Some(op) => if let Err(why) = self.carry_out(op).await {
                        return closed(&self.link).unwrap_or(Ended::Lost(why));
                    },
                },
                frame = control_in.recv() => match frame {
                    Ok(Some(frame)) => if let Ok(pong) = decode::<Pong>(&frame) {
                        heard = clock.monotonic();
                        if !self.tell(Input::Link(LinkInput::Pong(pong))).await {
                            return Ended::Stopped;
                        }
                    },
                    Ok(None) | Err(_) => return closed(&self.link).unwrap_or_else(silent),
                },
                _ = probe.tick() => {
                    let silent_us = clock.monotonic().since_us(heard).unwrap_or(0);
                    if Duration::from_micros(silent_us) > PROBE_DEADLINE {
                        return silent();
                    }
                    n += 1;
                    let Ok(ping) = encode(&Ping { n, sent_at: clock.utc() }) else { continue };
                    if control.send(&ping).await.is_err() {
                        return closed(&self.link).unwrap_or_else(silent);
                    }
                }
                Some(done) = self.tasks.join_next() => if let Ok(Err(why)) = done {
                    return closed(&self.link).unwrap_or(Ended::Lost(why));
                },
                error = lost.closed() => return closed(&self.link).unwrap_or_else(|| Ended::Lost(sentence(&error))),
            }
        }
    }

    async fn carry_out(&mut self, op: LinkOp) -> Result<(), String> {
        match op {
            LinkOp::Log(frame) => {
                if self.log.is_none() {
                    let (send, receive) =
                        self.link.open(StreamKind::Log, PRIORITY_LOG).await.map_err(|e| e.to_string())?;
                    self.tasks.spawn(log_replies(receive, self.number, self.events.clone()));
                    self.log = Some(send);
                }
                let bytes = encode(&frame).map_err(|e| e.to_string())?;
                let Some(log) = &mut self.log else { return Ok(()) };
                log.send(&bytes).await.map_err(|e| e.to_string())
            }
            LinkOp::Ask(ask) => {
                self.tasks.spawn(question(self.link.clone(), ask, self.number, self.events.clone()));
                Ok(())
            }
            LinkOp::Feed(start) => {
                let (mut send, receive) =
                    self.link.open(StreamKind::Feed, PRIORITY_FEED).await.map_err(|e| e.to_string())?;
                let bytes = encode(&start).map_err(|e| e.to_string())?;
                send.send(&bytes).await.map_err(|e| e.to_string())?;
                send.finish();
                self.tasks.spawn(feed(receive, self.number, self.events.clone()));
                Ok(())
            }
            // The link stands.
            LinkOp::Dial => Ok(()),
            LinkOp::Position(report) => {
                if let Ok(bytes) = encode(&report) {
                    // The latest wins: a datagram that cannot be sent is replaced by the next one.
                    let _lost = self.link.send_datagram(bytes.into());
                }
                Ok(())
            }
        }
    }
}

fn silent() -> Ended {
    Ended::Lost("サーバーから応答がありません。電波と回線（UDP）を確かめてください。".into())
}

async fn log_replies(
    mut receive: FrameReceiver,
    connection: u64,
    events: mpsc::Sender<LinkEvent>,
) -> Result<(), String> {
    loop {
        let frame = receive.recv().await.map_err(|e| e.to_string())?.ok_or("the server closed the log stream")?;
        let reply: LogReply = decode(&frame).map_err(|e| e.to_string())?;
        if events.send(LinkEvent { connection, input: Input::LogReply(reply) }).await.is_err() {
            return Ok(());
        }
    }
}

async fn feed(mut receive: FrameReceiver, connection: u64, events: mpsc::Sender<LinkEvent>) -> Result<(), String> {
    loop {
        let frame = receive.recv().await.map_err(|e| e.to_string())?.ok_or("the server closed the feed")?;
        match decode::<FeedItem>(&frame) {
            Ok(item) => {
                if events.send(LinkEvent { connection, input: Input::Feed(Box::new(item)) }).await.is_err() {
                    return Ok(());
                }
            }
            Err(wire::codec::DecodeError::UnknownVariant) => tracing::debug!("a newer kind of feed item was skipped"),
            Err(error) => return Err(error.to_string()),
        }
    }
}

async fn question(
    link: Connection,
    ask: Box<Ask>,
    connection: u64,
    events: mpsc::Sender<LinkEvent>,
) -> Result<(), String> {
    let id: QuestionId = ask.id;
    let answered = tokio::time::timeout(ANSWER_DEADLINE, ask_and_wait(&link, &ask)).await;
    let input = match answered {
        Ok(Ok(answer)) => Input::Answer { id, answer: Box::new(answer) },
        Ok(Err(error)) => {
            tracing::debug!(question = %id, error, "no answer on this connection");
            Input::AnswerLost { id }
        }
        Err(_) => Input::AnswerLost { id },
    };
    let _gone = events.send(LinkEvent { connection, input }).await;
    Ok(())
}

async fn ask_and_wait(link: &Connection, ask: &Ask) -> Result<Answer, String> {
    let (mut send, mut receive) =
        link.open(StreamKind::Question, PRIORITY_QUESTION).await.map_err(|e| e.to_string())?;
    let bytes = encode(ask).map_err(|e| e.to_string())?;
    send.send(&bytes).await.map_err(|e| e.to_string())?;
    send.finish();
    let frame = receive.recv().await.map_err(|e| e.to_string())?.ok_or("the stream ended without an answer")?;
    decode(&frame).map_err(|e| e.to_string())
}
