//! Feed and questions: a task per stream.

use super::{LinkEvent, trouble};
use ambulance_core::limits::FEED_BATCH_MAX;
use ambulance_core::{Input, LinkTrouble};
use quic_link::{Connection, FrameReceiver, StreamKind};
use std::time::Duration;
use tokio::sync::mpsc;
use wire::codec::{DecodeError, decode, encode};
use wire::{Answer, Ask, FeedItem, FeedStart};

/// An answer is waited for at most this long on its stream.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Questions stand between the newest case and the backlog, a feed before the backlog.
const PRIORITY_QUESTION: i32 = 40;
const PRIORITY_FEED: i32 = 35;

/// Opens a feed and hands on what comes.
pub(super) async fn feed(
    link: Connection,
    start: FeedStart,
    connection: u64,
    events: mpsc::Sender<LinkEvent>,
) -> Result<(), LinkTrouble> {
    let (mut send, receive) = link.open(StreamKind::Feed, PRIORITY_FEED).await.map_err(|e| trouble::of_link(&e))?;
    let bytes = encode(&start).map_err(|_| LinkTrouble::NotUnderstood)?;
    send.send(&bytes).await.map_err(|e| trouble::of_frame(&e))?;
    send.finish();
    read_feed(receive, connection, events).await
}

/// Hands on together what arrived together. Items that a broken stream leaves behind come again with the next one.
async fn read_feed(
    mut receive: FrameReceiver,
    connection: u64,
    events: mpsc::Sender<LinkEvent>,
) -> Result<(), LinkTrouble> {
    let mut items = Vec::new();
    loop {
        tokio::select! {
            biased;
            frame = receive.recv(), if items.len() < FEED_BATCH_MAX => {
                let frame = frame.map_err(|e| trouble::of_frame(&e))?.ok_or(LinkTrouble::Closed)?;
                match decode::<FeedItem>(&frame) {
                    Ok(item) => items.push(item),
                    Err(DecodeError::UnknownVariant) => tracing::debug!("a newer kind of feed item was skipped"),
                    Err(_) => return Err(LinkTrouble::NotUnderstood),
                }
            }
            place = events.reserve(), if !items.is_empty() => match place {
                Ok(place) => place.send(LinkEvent { connection, input: Input::Feed(core::mem::take(&mut items)) }),
                Err(_) => return Ok(()),
            },
        }
    }
}

/// Asks one question and hands on its answer, or that there is none on this connection.
pub(super) async fn question(
    link: Connection,
    ask: Box<Ask>,
    connection: u64,
    events: mpsc::Sender<LinkEvent>,
) -> Result<(), LinkTrouble> {
    let id = ask.id;
    let answered = tokio::time::timeout(ANSWER_DEADLINE, ask_and_wait(&link, &ask)).await;
    let input = match answered {
        Ok(Ok(answer)) => Input::Answer { id, answer: Box::new(answer) },
        Ok(Err(why)) => {
            tracing::debug!(question = %id, ?why, "no answer on this connection");
            Input::AnswerLost { id }
        }
        Err(_) => Input::AnswerLost { id },
    };
    let _gone = events.send(LinkEvent { connection, input }).await;
    Ok(())
}

pub(super) async fn ask_and_wait(link: &Connection, ask: &Ask) -> Result<Answer, LinkTrouble> {
    let bytes = encode(ask).map_err(|_| LinkTrouble::NotUnderstood)?;
    let answer = link.ask(&bytes, PRIORITY_QUESTION).await.map_err(|e| trouble::of_frame(&e))?;
    let frame = answer.ok_or(LinkTrouble::Closed)?;
    decode(&frame).map_err(|_| LinkTrouble::NotUnderstood)
}
