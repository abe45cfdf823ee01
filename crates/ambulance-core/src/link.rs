//! The link: connection, clock offset, log replies, the feed.

use crate::cases::{RestingFact, fact_key};
use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::input::LinkInput;
use crate::state::{Fault, LinkState, Now};
use case::{Body, Event};
use delivery::DeliveryEvent;
use model::{CaseId, ClockOffset, Timestamp};
use wire::{FeedItem, FeedStart, LogReply, Welcome};

impl Core {
    pub(crate) fn on_link(&mut self, input: LinkInput, now: Now) {
        match input {
            LinkInput::Up(welcome) => self.link_up(&welcome, now),
            LinkInput::Down { why } => {
                // A redial that fails does not make the silence younger.
                let since = match self.state.link {
                    LinkState::Down { since, .. } => since,
                    LinkState::Up { .. } | LinkState::Refused { .. } => now.utc,
                };
                self.state.link = LinkState::Down { since, why };
                self.sender.handle_link_down();
                self.show_queued(true);
                self.suggest.answered();
            }
            LinkInput::Refused(code) => {
                self.state.link = LinkState::Refused { code };
                self.sender.handle_link_down();
            }
            LinkInput::Pong(pong) => {
                let rtt = now.utc.since_us(pong.sent_at);
                self.measure(pong.sent_at, pong.server_at, now);
                if let LinkState::Up { heard_at, rtt_us, .. } = &mut self.state.link {
                    *heard_at = now.utc;
                    *rtt_us = u64::try_from(rtt).ok();
                }
            }
        }
    }

    fn link_up(&mut self, welcome: &Welcome, now: Now) {
        let rtt_us = u64::try_from(now.utc.since_us(welcome.sent_at)).ok();
        self.state.link = LinkState::Up { since: now.utc, heard_at: now.utc, rtt_us };
        self.state.callsign.clone_from(&welcome.callsign);
        self.state.department_name.clone_from(&welcome.department_name);
        if !welcome.session_valid {
            self.state.crew = None;
        }
        self.measure(welcome.sent_at, welcome.server_at, now);
        self.sender.handle_link_up(now.mono);
        let known = self.books.iter().map(|(case, book)| (*case, book.received_through)).collect();
        self.push(Effect::StartFeed(FeedStart { known, capacity_known: self.state.capacity_at }));
        self.questions_after_link_up();
        if let Some(case) = self.state.current {
            self.suggest.mark(case, now.mono);
        }
    }

    /// The server's clock minus ours, at the middle of the round trip; half the round trip is its uncertainty.
    fn measure(&mut self, sent_at: Timestamp, server_at: Timestamp, now: Now) {
        let rtt = now.utc.since_us(sent_at);
        if rtt < 0 {
            return;
        }
        let offset = ClockOffset { us: server_at.since_us(sent_at.plus_us(rtt / 2)), uncertainty_us: rtt / 2 };
        let better = self.state.offset.is_none_or(|known| {
            let moved = known.us.abs_diff(offset.us)
                > known.uncertainty_us.unsigned_abs() + offset.uncertainty_us.unsigned_abs();
            moved || offset.uncertainty_us <= known.uncertainty_us
        });
        if better {
            self.state.offset = Some(offset);
        }
    }

    pub(crate) fn on_log_reply(&mut self, reply: LogReply, now: Now) {
        if let LinkState::Up { heard_at, .. } = &mut self.state.link {
            *heard_at = now.utc;
        }
        self.sender.handle_reply(&reply, now.mono);
        while let Some(event) = self.sender.poll_event() {
            self.on_delivery(event, now);
        }
        self.recount(now.utc);
    }

    fn on_delivery(&mut self, event: DeliveryEvent, now: Now) {
        match event {
            DeliveryEvent::Acknowledged { log, through } => {
                let mut touched = Vec::new();
                for (case, book) in &mut self.books {
                    if self.journal.log_of(*case) == Some(log) {
                        book.facts.acknowledge(log, through, now.utc);
                        touched.push(*case);
                    }
                }
                for case in touched {
                    self.refresh(case);
                }
            }
            DeliveryEvent::Forked { log, seq } => {
                tracing::error!(%log, seq, "two writers used one log; a new one begins");
                self.after_fork(log, now);
                self.fault(Fault::Forked);
            }
            DeliveryEvent::Wedged { log, seq, reason } => {
                self.state.outbox.wedged += 1;
                tracing::error!(%log, seq, reason = reason.0, "the server can never accept this entry");
            }
            DeliveryEvent::Missing { log, from, kept_from } => {
                tracing::error!(%log, from, kept_from, "the server needs entries that are no longer kept");
            }
            DeliveryEvent::Unreadable { log, seq } => {
                tracing::error!(%log, seq, "a row of the outbox is damaged");
                self.fault(Fault::StoreFailed);
            }
            DeliveryEvent::ServerBehind { log, from } => {
                tracing::warn!(%log, from, "the server was restored: sending again")
            }
            DeliveryEvent::Retrying { log, failures } => tracing::debug!(%log, failures, "no answer in time"),
        }
    }

    pub(crate) fn drain_sender(&mut self) {
        while let Some(order) = self.sender.poll_order() {
            self.push(Effect::Store(order));
        }
        while let Some(request) = self.sender.poll_read() {
            self.push(Effect::ReadLog(request));
        }
        while let Some(transmit) = self.sender.poll_transmit() {
            self.push(Effect::SendLog(transmit));
        }
    }

    /// The queue as the band shows it.
    pub(crate) fn recount(&mut self, now: Timestamp) {
        let waiting = self.sender.waiting();
        let oldest = self.state.outbox.oldest_waiting_at.filter(|_| self.state.outbox.waiting > 0);
        self.state.outbox.waiting = waiting;
        self.state.outbox.oldest_waiting_at = (waiting > 0).then(|| oldest.unwrap_or(now));
    }

    pub(crate) fn on_feed(&mut self, item: FeedItem, now: Now) {
        if let LinkState::Up { heard_at, .. } = &mut self.state.link {
            *heard_at = now.utc;
        }
        match item {
            FeedItem::Fact { case, position, received_at, entry } => {
                let book = self.books.entry(case).or_default();
                let new = book.receive(position, received_at, &entry);
                if let Ok(value) = wire::codec::encode(&RestingFact { received_at, entry }) {
                    self.journal.put_state(fact_key(case, position), value);
                }
                self.refresh(case);
                self.follow_view(case, now);
                if let Some(event) = new {
                    self.noticed(case, &event, now);
                }
            }
            FeedItem::Capacity { reports } => self.on_capacity(reports, now),
            FeedItem::CaughtUp { .. } => {}
        }
    }

    /// What a fact made elsewhere changes here beyond the view.
    fn noticed(&mut self, case: CaseId, event: &Event, now: Now) {
        match &event.body {
            Body::UnitAssigned { unit, .. } if *unit == self.config.identity.unit => {
                if self.state.case().is_none_or(|c| c.view.is_closed()) {
                    self.state.current = Some(case);
                    self.read_card_for_case();
                }
                self.push(Effect::Play(Sound::Alarm));
                self.suggest.mark(case, now.mono);
            }
            Body::EnquiryAnswered { .. } => {
                self.push(Effect::Play(Sound::HospitalAnswered));
                self.suggest.mark(case, now.mono);
            }
            Body::Observed { .. } => self.suggest.mark(case, now.mono),
            _ => {}
        }
    }
}
