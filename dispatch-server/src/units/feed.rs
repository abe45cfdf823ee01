//! What others wrote about this unit's cases, by case and position, and what hospitals report.

use super::{Peer, decoded, sent};
use crate::app::App;
use dispatch_core::UnitFeed;
use dispatch_core::store::{CommittedFact, StoreError};
use hospital_selection::CapacityReport;
use model::{CaseId, Timestamp};
use quic_link::{FrameReceiver, FrameSender, StreamCode};
use std::sync::Arc;
use wire::{Entry, FeedItem, FeedStart, Notice};

/// Capacity reports in one frame.
const REPORTS: usize = 512;

struct Feed {
    app: Arc<App>,
    peer: Arc<Peer>,
    send: FrameSender,
    facts: UnitFeed,
    capacity_known: Option<Timestamp>,
    /// The tablet understands notices.
    notices: bool,
    /// The tablet knows ○ and filed patterns.
    levels: bool,
    /// What it was told last on this feed.
    told: Option<Notice>,
}

pub(super) async fn run(app: Arc<App>, peer: Arc<Peer>, send: FrameSender, mut receive: FrameReceiver) {
    let Ok(Some(frame)) = receive.recv().await else { return };
    let Some(start) = decoded::<FeedStart>(&frame, &mut receive, "feed start") else { return };
    // Subscribed before the first read: nothing falls in between.
    let mut changed = app.fanout.unit(peer.unit);
    let mut capacity = app.store.capacity_changes();
    let mut standing = app.standing.changes();
    let mut published = app.published.changes();
    let facts = UnitFeed::new(peer.department, peer.unit, start.known);
    let FeedStart { capacity_known, notices, levels, .. } = start;
    let mut feed = Feed { app, peer, send, facts, capacity_known, notices, levels, told: None };
    let mut reports = true;
    loop {
        changed.mark_unchanged();
        capacity.mark_unchanged();
        standing.mark_unchanged();
        published.mark_unchanged();
        // Boxed: while nothing changes a feed keeps none of what reading needs.
        match Box::pin(feed.catch_up(reports)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, device = %feed.peer.device, "a feed could not read on");
                feed.send.reset(StreamCode::INTERNAL);
                return;
            }
        }
        let told = tokio::select! {
            told = changed.changed() => told.map(|()| capacity.has_changed().unwrap_or(true)),
            told = capacity.changed() => told.map(|()| true),
            told = standing.changed() => told.map(|()| false),
            told = published.changed() => told.map(|()| false),
        };
        let Ok(next) = told else { return };
        reports = next;
    }
}

impl Feed {
    /// Sends everything that is new; false when the tablet is gone.
    async fn catch_up(&mut self, reports: bool) -> Result<bool, StoreError> {
        let at = self.app.now();
        self.facts.follow(self.app.standing.now().followed(self.peer.unit, at));
        if !self.send_notice(self.app.notice(&self.peer)).await {
            return Ok(false);
        }
        self.look(at).await?;
        while let Some((case, facts)) = self.next().await? {
            for fact in facts {
                if !sent(&mut self.send, &item(case, fact)).await {
                    return Ok(false);
                }
            }
        }
        if reports && !self.send_capacity().await? {
            return Ok(false);
        }
        Ok(sent(&mut self.send, &FeedItem::CaughtUp { at, left_out: self.facts.leaves_out() }).await)
    }

    async fn look(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let _place = self.app.catch_up().await;
        self.facts.look(&self.app.store, at).await
    }

    async fn next(&mut self) -> Result<Option<(CaseId, Vec<CommittedFact>)>, StoreError> {
        let _place = self.app.catch_up().await;
        self.facts.next(&self.app.store).await
    }

    /// What holds, when it was not said on this feed yet; false when the tablet is gone.
    async fn send_notice(&mut self, notice: Notice) -> bool {
        if !self.notices || self.told.as_ref() == Some(&notice) {
            return true;
        }
        self.told = Some(notice.clone());
        sent(&mut self.send, &FeedItem::Notice(notice)).await
    }

    async fn send_capacity(&mut self) -> Result<bool, StoreError> {
        let known = self.capacity_known;
        let reports = self.app.store.capacity_now().await?;
        let new: Vec<_> = reports.iter().filter(|report| known.is_none_or(|at| report.at > at)).copied().collect();
        let newest = new.iter().map(|report| report.at).max();
        let as_known = |report: &CapacityReport| if self.levels { Some(*report) } else { report.before_levels() };
        let told: Vec<_> = new.iter().filter_map(as_known).collect();
        for reports in told.chunks(REPORTS) {
            if !sent(&mut self.send, &FeedItem::Capacity { reports: reports.to_vec() }).await {
                return Ok(false);
            }
        }
        self.capacity_known = newest.or(known);
        Ok(true)
    }
}

fn item(case: CaseId, fact: CommittedFact) -> FeedItem {
    let stored = fact.stored;
    let entry = Entry { log: stored.name.log, seq: stored.name.seq, schema: stored.schema, bytes: stored.bytes };
    FeedItem::Fact { case, position: fact.position, received_at: fact.received_at, entry }
}
