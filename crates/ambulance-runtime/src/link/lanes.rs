//! Log frames on a stream per lane: backlog that QUIC holds already never delays a stamp.
//!
//! A log may move to another lane (its case closes, another one begins). It moves only when nothing of it is on its way,
//! because order holds inside one stream alone.

use super::trouble;
use ambulance_core::LinkTrouble;
use delivery::{Lane, Transmit};
use model::LogId;
use quic_link::{Connection, FrameReceiver, StreamKind};
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::codec::{decode, encode};
use wire::{LogFrame, LogReply};

/// Frames that wait for a lane's stream. The sender keeps fewer in flight; beyond it a frame is dropped, its log is
/// offered again later, and nothing is lost.
const LANE_FRAMES_MAX: usize = 32;

/// Streams of higher priority are sent first; questions stand between the newest case and the backlog.
pub(super) const fn priority(lane: Lane) -> i32 {
    match lane {
        Lane::NewestOpenCase => 50,
        Lane::OpenCase => 30,
        Lane::Unit => 20,
        Lane::OlderCase => 10,
    }
}

/// The streams that are open, and where each log is. A lane that waits for room holds no other back.
#[derive(Default)]
pub struct Lanes {
    open: BTreeMap<Lane, mpsc::Sender<LogFrame>>,
    places: Places,
}

impl Lanes {
    /// Hands a frame to its lane, opening the stream with the first. Each stream is a task: its end is the link's trouble.
    pub fn send(
        &mut self,
        transmit: Transmit,
        link: &Connection,
        replies: &mpsc::Sender<LogReply>,
        tasks: &mut JoinSet<Result<(), LinkTrouble>>,
    ) {
        let Transmit { lane, frame } = transmit;
        let lane = self.places.lane(&frame, lane);
        let stream = self.open.entry(lane).or_insert_with(|| {
            let (frames, waiting) = mpsc::channel(LANE_FRAMES_MAX);
            tasks.spawn(run(link.clone(), priority(lane), waiting, replies.clone()));
            frames
        });
        if stream.try_send(frame).is_err() {
            tracing::warn!(?lane, "a log frame found no room; its log is offered again later");
        }
    }

    /// A reply has come.
    pub fn heard(&mut self, reply: &LogReply) {
        self.places.heard(reply);
    }
}

/// The lane of each log that has something on its way.
#[derive(Default)]
struct Places(BTreeMap<LogId, (Lane, Sent)>);

/// What a log waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Offer,
    Through(u64),
}

impl Places {
    fn lane(&mut self, frame: &LogFrame, wanted: Lane) -> Lane {
        let (log, sent) = match frame {
            LogFrame::Offer { log, .. } | LogFrame::End { log } => (*log, Sent::Offer),
            LogFrame::Append { entries, .. } => match entries.last() {
                Some(last) => (last.log, Sent::Through(last.seq)),
                None => return wanted,
            },
        };
        let place = self.0.entry(log).or_insert((wanted, sent));
        place.1 = sent;
        place.0
    }

    fn heard(&mut self, reply: &LogReply) {
        let (log, done) = match reply {
            LogReply::Durable { log, through } => (log, Some(*through)),
            LogReply::Resume { log, .. } | LogReply::Forked { log, .. } => (log, None),
            LogReply::Quarantined { .. } => return,
        };
        let is_done = self.0.get(log).is_some_and(|(_, sent)| match (sent, done) {
            (Sent::Through(last), Some(through)) => through >= *last,
            (Sent::Offer, None) => true,
            _ => matches!(reply, LogReply::Forked { .. }),
        });
        if is_done {
            self.0.remove(log);
        }
    }
}

/// One lane's stream: frames out, replies in, each at its own pace.
async fn run(
    link: Connection,
    priority: i32,
    mut frames: mpsc::Receiver<LogFrame>,
    replies: mpsc::Sender<LogReply>,
) -> Result<(), LinkTrouble> {
    let (mut send, receive) = link.open(StreamKind::Log, priority).await.map_err(|e| trouble::of_link(&e))?;
    let writing = async {
        while let Some(frame) = frames.recv().await {
            let bytes = encode(&frame).map_err(|_| LinkTrouble::NotUnderstood)?;
            send.send(&bytes).await.map_err(|e| trouble::of_frame(&e))?;
        }
        Ok(())
    };
    tokio::try_join!(writing, read(receive, replies)).map(|((), ())| ())
}

async fn read(mut receive: FrameReceiver, replies: mpsc::Sender<LogReply>) -> Result<(), LinkTrouble> {
    loop {
        let frame = receive.recv().await.map_err(|e| trouble::of_frame(&e))?.ok_or(LinkTrouble::Closed)?;
        match decode::<LogReply>(&frame) {
            Ok(reply) => {
                if replies.send(reply).await.is_err() {
                    return Ok(());
                }
            }
            Err(wire::codec::DecodeError::UnknownVariant) => tracing::debug!("a newer kind of reply was skipped"),
            Err(_) => return Err(LinkTrouble::NotUnderstood),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Entry;

    const LOG: LogId = LogId::from_bytes([1; 16]);

    fn append(seq: u64) -> LogFrame {
        LogFrame::Append { entries: vec![Entry { log: LOG, seq, schema: 1, bytes: Vec::new() }], before: None }
    }

    #[test]
    fn a_log_changes_its_lane_only_when_nothing_of_it_is_on_its_way() {
        let mut places = Places::default();
        assert_eq!(places.lane(&append(1), Lane::NewestOpenCase), Lane::NewestOpenCase);
        assert_eq!(places.lane(&append(2), Lane::OlderCase), Lane::NewestOpenCase);
        places.heard(&LogReply::Durable { log: LOG, through: 1 });
        assert_eq!(places.lane(&append(3), Lane::OlderCase), Lane::NewestOpenCase);
        places.heard(&LogReply::Durable { log: LOG, through: 3 });
        assert_eq!(places.lane(&append(4), Lane::OlderCase), Lane::OlderCase);
        places.heard(&LogReply::Durable { log: LOG, through: 4 });
        assert!(places.0.is_empty(), "nothing is kept of logs that rest");
    }

    #[test]
    fn an_offer_is_answered_by_the_place_to_go_on() {
        let mut places = Places::default();
        let offer = LogFrame::Offer { log: LOG, head: 4, digest: None };
        assert_eq!(places.lane(&offer, Lane::Unit), Lane::Unit);
        places.heard(&LogReply::Resume { log: LOG, from: 5 });
        assert!(places.0.is_empty());
    }
}
