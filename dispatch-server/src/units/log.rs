//! Facts come in: offers, appends, and the one acknowledgement that counts.

use super::{Peer, decoded, sent};
use crate::app::App;
use case::{EventName, Hash, Stored};
use dispatch_core::{LogWord, Offered, UseCaseError, answer_offer, end_log, take_batch};
use model::LogId;
use quic_link::{FrameReceiver, FrameSender, StreamCode};
use std::collections::BTreeSet;
use std::sync::Arc;
use wire::limits::{LOG_FRAME_BYTES_MAX, LOGS_PER_CONNECTION_MAX};
use wire::log::check_batch;
use wire::{Entry, LogFrame, LogReply, QuarantineReason};

/// What a frame needs is boxed: between frames, which is nearly always, a stream keeps none of it.
pub(super) async fn run(app: Arc<App>, peer: Arc<Peer>, mut send: FrameSender, mut receive: FrameReceiver) {
    receive.limit(LOG_FRAME_BYTES_MAX);
    let mut offered = BTreeSet::new();
    while let Ok(Some(frame)) = receive.recv().await {
        let Some(frame) = decoded::<LogFrame>(&frame, &mut receive, "log") else { return };
        app.live.heard(peer.unit, app.now());
        let replies = match frame {
            LogFrame::Offer { log, head, digest } => {
                offered.insert(log);
                if offered.len() > LOGS_PER_CONNECTION_MAX {
                    tracing::warn!(device = %peer.device, "too many logs on one connection");
                    return receive.stop(StreamCode::REFUSED);
                }
                let offered = Offered { log, head, hash: digest.map(|d| Hash(d.into_array())) };
                let _place = app.catch_up().await;
                replies(log, Box::pin(answer_offer(&app.store, &peer.principal, offered)).await)
            }
            LogFrame::End { log } => {
                replies(log, Box::pin(end_log(&app.store, &mut app.call(), &peer.principal, log)).await)
            }
            LogFrame::Append { entries, before } => {
                if let Err(error) = check_batch(&entries) {
                    tracing::warn!(device = %peer.device, %error, "a batch that no correct tablet sends");
                    return receive.stop(StreamCode::MALFORMED);
                }
                Box::pin(append(&app, &peer, entries, before.map(|digest| Hash(digest.into_array())))).await
            }
        };
        let Some(replies) = replies else {
            // The tablet dials again and offers again; nothing was acknowledged.
            send.reset(StreamCode::INTERNAL);
            return;
        };
        for reply in replies {
            if !sent(&mut send, &reply).await {
                return;
            }
        }
    }
}

/// The server's words as frames; none when the store failed and nothing may be acknowledged.
fn replies(log: LogId, words: Result<Vec<LogWord>, UseCaseError>) -> Option<Vec<LogReply>> {
    match words {
        Ok(words) => Some(words.into_iter().map(reply).collect()),
        Err(error) => {
            tracing::error!(%error, %log, "a log could not be answered");
            None
        }
    }
}

fn reply(word: LogWord) -> LogReply {
    match word {
        LogWord::Durable { log, through } => LogReply::Durable { log, through },
        LogWord::Resume { log, from } => LogReply::Resume { log, from },
        LogWord::Forked { log, seq, from } => {
            tracing::error!(%log, seq, "two writers use one log");
            LogReply::Forked { log, seq, from }
        }
        LogWord::Quarantined { log, seq, reason } => {
            tracing::warn!(%log, seq, ?reason, "an entry stands in quarantine");
            LogReply::Quarantined { log, seq, reason: QuarantineReason(reason.number()) }
        }
    }
}

async fn append(app: &App, peer: &Peer, entries: Vec<Entry>, before: Option<Hash>) -> Option<Vec<LogReply>> {
    let log = entries.first()?.log;
    let stored = entries.into_iter().map(|entry| Stored {
        name: EventName { log: entry.log, seq: entry.seq },
        schema: entry.schema,
        bytes: entry.bytes,
    });
    replies(log, take_batch(&app.store, &mut app.call(), &peer.principal, stored.collect(), before).await)
}
