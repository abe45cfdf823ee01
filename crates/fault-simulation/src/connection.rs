//! The network between one tablet's process and one server's process.
//!
//! A connection carries streams, each in order, as QUIC does. Log frames and their replies are treated worse than QUIC
//! would: each may vanish, come twice, late or out of order, because a frame of an older connection can do all of that.

use crate::faults::Fault;
use crate::world::{Event, World};
use delivery::Lane;
use model::QuestionId;
use std::collections::BTreeMap;
use wire::{Answer, Ask, FeedItem, FeedStart, LogFrame, LogReply, Ping, Pong};

/// One way takes so long, microseconds.
const ONE_WAY: (u64, u64) = (10_000, 120_000);
/// A frame that is late is late by so much.
const LATE: (u64, u64) = (300_000, 9_000_000);

pub(crate) type ConnId = u64;

/// Tablet to server.
#[derive(Clone)]
pub(crate) enum Up {
    Log(Lane, LogFrame),
    Ask(Box<Ask>),
    Feed(FeedStart),
    Ping(Ping),
}

/// Server to tablet.
#[derive(Clone)]
pub(crate) enum Down {
    Reply(Lane, LogReply),
    Answer(QuestionId, Box<Answer>),
    Feed(Box<FeedItem>),
    Pong(Pong),
}

/// One connection.
pub(crate) struct Connection {
    pub(crate) tablet: usize,
    pub(crate) tablet_life: u64,
    pub(crate) server_life: u64,
    /// Nothing comes through any more; neither end knows yet.
    pub(crate) cut: bool,
    /// When the last frame of each stream arrives.
    last: BTreeMap<u8, u64>,
}

impl Connection {
    pub(crate) const fn new(tablet: usize, tablet_life: u64, server_life: u64) -> Self {
        Self { tablet, tablet_life, server_life, cut: false, last: BTreeMap::new() }
    }
}

const fn lane(lane: Lane) -> u8 {
    match lane {
        Lane::NewestOpenCase => 0,
        Lane::OpenCase => 1,
        Lane::Unit => 2,
        Lane::OlderCase => 3,
    }
}

fn log_frame(frame: &LogFrame) -> String {
    match frame {
        LogFrame::Offer { log, head, digest } => format!("offer {log} head {head}, digest {}", digest.is_some()),
        LogFrame::End { log } => format!("end {log}"),
        LogFrame::Append { entries, .. } => {
            let [first, last] = [entries.first(), entries.last()].map(|entry| entry.map_or(0, |entry| entry.seq));
            format!(
                "append {} {first}..={last}",
                entries.first().map_or_else(String::new, |entry| entry.log.to_string())
            )
        }
    }
}

fn answer_kind(answer: &Answer) -> String {
    match answer {
        Answer::History(found) => format!("history {}", found.snapshot.lookup),
        Answer::Error(error) => format!("error {}", error.code),
        _ => "another answer".into(),
    }
}

impl World {
    pub(crate) fn send_up(&mut self, conn: ConnId, message: Up) {
        if let Up::Log(_, frame) = &message {
            self.narrate(|| format!("connection {conn} up: {}", log_frame(frame)));
        }
        let (stream, is_log) = match &message {
            Up::Log(l, _) => (Some(lane(*l)), true),
            Up::Ping(_) => (Some(10), false),
            // A question's stream may end with the question, and with its answer.
            Up::Ask(_) => (None, true),
            Up::Feed(_) => (None, false),
        };
        for at in self.arrivals(conn, stream, is_log) {
            self.at(at, Event::ToServer(conn, message.clone()));
        }
    }

    pub(crate) fn send_down(&mut self, conn: ConnId, message: Down) {
        if let Down::Reply(_, word) = &message {
            self.narrate(|| format!("connection {conn} down: {word:?}"));
        }
        if let Down::Answer(_, answer) = &message {
            self.narrate(|| format!("connection {conn} down: {}", answer_kind(answer)));
        }
        let (stream, is_log) = match &message {
            // Said in one breath with the acknowledgement: it is never lost alone.
            Down::Reply(l, LogReply::Quarantined { .. }) => (Some(20 + lane(*l)), false),
            Down::Reply(l, _) => (Some(20 + lane(*l)), true),
            Down::Feed(_) => (Some(30), false),
            Down::Pong(_) => (Some(31), false),
            Down::Answer(..) => (None, true),
        };
        for at in self.arrivals(conn, stream, is_log) {
            self.at(at, Event::ToTablet(conn, message.clone()));
        }
    }

    /// When a frame arrives: never, once or twice.
    fn arrivals(&mut self, conn: ConnId, stream: Option<u8>, may_fail: bool) -> Vec<u64> {
        let is_open = self.connections.get(&conn).is_some_and(|c| !c.cut);
        if !is_open {
            return Vec::new();
        }
        if may_fail && self.dice.chance(self.plan.drop) {
            self.note_fault(Fault::Drop);
            return Vec::new();
        }
        let twice = may_fail && self.dice.chance(self.plan.duplicate);
        if twice {
            self.note_fault(Fault::Duplicate);
        }
        let mut arrivals = Vec::with_capacity(2);
        for _ in 0..=u8::from(twice) {
            let mut at = self.now_us + self.dice.between(ONE_WAY.0, ONE_WAY.1);
            if may_fail && self.dice.chance(self.plan.delay) {
                self.note_fault(Fault::Delay);
                at += self.dice.between(LATE.0, LATE.1);
            }
            let last = stream.and_then(|stream| self.connections.get_mut(&conn)?.last.get(&stream).copied());
            let reorders = may_fail && self.dice.chance(self.plan.reorder);
            match last {
                Some(last) if last >= at && reorders => self.note_fault(Fault::Reorder),
                Some(last) => at = at.max(last + 1),
                None => {}
            }
            if let (Some(stream), Some(connection)) = (stream, self.connections.get_mut(&conn)) {
                let newest = connection.last.entry(stream).or_insert(0);
                *newest = (*newest).max(at);
            }
            arrivals.push(at);
        }
        arrivals
    }

    /// Nothing comes through any more. Both ends find out by themselves.
    pub(crate) fn cut(&mut self, conn: ConnId) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.cut = true;
        }
    }
}
