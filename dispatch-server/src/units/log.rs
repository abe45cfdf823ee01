//! Facts come in: offers, appends, and the one acknowledgement that counts.

use super::{Peer, decoded, sent};
use crate::app::App;
use case::{EventName, Hash, Stored};
use dispatch_core::append_from_unit;
use dispatch_core::store::{AppendOutcome, EventStore, LogOwner, Quarantine, StoreError};
use model::LogId;
use quic_link::{FrameReceiver, FrameSender, StreamCode};
use std::collections::BTreeSet;
use std::sync::Arc;
use wire::limits::LOGS_PER_CONNECTION_MAX;
use wire::log::check_batch;
use wire::{Entry, LogFrame, LogReply, QuarantineReason};

pub(super) async fn run(app: Arc<App>, peer: Arc<Peer>, mut send: FrameSender, mut receive: FrameReceiver) {
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
                answer_offer(&app, &peer, log, head, digest.map(|d| Hash(d.into_array()))).await
            }
            LogFrame::Append { entries } => {
                if let Err(error) = check_batch(&entries) {
                    tracing::warn!(device = %peer.device, %error, "a batch that no correct tablet sends");
                    return receive.stop(StreamCode::MALFORMED);
                }
                append(&app, &peer, entries).await
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

async fn answer_offer(app: &App, peer: &Peer, log: LogId, head: u64, digest: Option<Hash>) -> Option<Vec<LogReply>> {
    match offer_replies(app, peer, log, head, digest).await {
        Ok(replies) => Some(replies),
        Err(error) => {
            tracing::error!(%error, %log, "an offer could not be answered");
            None
        }
    }
}

async fn offer_replies(
    app: &App,
    peer: &Peer,
    log: LogId,
    offered: u64,
    digest: Option<Hash>,
) -> Result<Vec<LogReply>, StoreError> {
    let Some(head) = app.store.log_head(log).await? else { return Ok(vec![LogReply::Resume { log, from: 1 }]) };
    if head.owner != LogOwner::Device(peer.device) {
        tracing::error!(%log, device = %peer.device, "a tablet offers another writer's log");
        return Ok(vec![LogReply::Forked { log, seq: 1 }]);
    }
    if let Some(seq) = head.forked_at {
        return Ok(vec![LogReply::Forked { log, seq }]);
    }
    // The writer's newest entry is another one here: a copy of its store wrote before.
    let held = app.store.entry_hash(EventName { log, seq: offered }).await?;
    if held.is_some_and(|held| digest.is_some_and(|theirs| theirs != held)) {
        tracing::error!(%log, seq = offered, device = %peer.device, "a copied store offers its log");
        return Ok(vec![LogReply::Forked { log, seq: offered }]);
    }
    let mut replies = quarantine_replies(log, app.store.quarantined(log).await?);
    replies.push(LogReply::Resume { log, from: head.head.saturating_add(1) });
    Ok(replies)
}

fn quarantine_replies(log: LogId, entries: Vec<(u64, Quarantine)>) -> Vec<LogReply> {
    let reply = |(seq, reason): (u64, Quarantine)| LogReply::Quarantined {
        log,
        seq,
        reason: QuarantineReason(reason.number()),
    };
    entries.into_iter().map(reply).collect()
}

async fn append(app: &App, peer: &Peer, entries: Vec<Entry>) -> Option<Vec<LogReply>> {
    let log = entries.first()?.log;
    let stored = entries.into_iter().map(|entry| Stored {
        name: EventName { log: entry.log, seq: entry.seq },
        schema: entry.schema,
        bytes: entry.bytes,
    });
    let appended = match append_from_unit(&app.store, &mut app.call(), &peer.principal, stored.collect()).await {
        Ok(appended) => appended,
        Err(error) => {
            tracing::error!(%error, %log, "a batch could not be stored");
            return None;
        }
    };
    for (seq, reason) in &appended.quarantined {
        tracing::warn!(%log, seq, ?reason, "an entry stands in quarantine");
    }
    let mut replies = quarantine_replies(log, appended.quarantined);
    replies.push(match appended.outcome {
        AppendOutcome::Durable { through } => LogReply::Durable { log, through },
        AppendOutcome::Gap { from } => LogReply::Resume { log, from },
        AppendOutcome::Forked { seq } => LogReply::Forked { log, seq },
        AppendOutcome::Conflict => return None,
    });
    Some(replies)
}
