//! The link: connection, clock offset, log replies, the feed.

use crate::cases::{CaseBook, RestingFact, fact_key};
use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::input::LinkInput;
use crate::state::{Fault, LinkState, Now};
use case::{Body, Event, EventName};
use delivery::{DeliveryEvent, LogKind, Wedged};
use model::{CaseId, LogId};
use std::collections::BTreeSet;
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
                self.rank_without_server(now);
            }
            LinkInput::Refused(code) => {
                self.state.link = LinkState::Refused { code };
                self.sender.handle_link_down();
                self.show_queued(true);
                self.suggest.answered();
                self.rank_without_server(now);
            }
            LinkInput::Late(is_late) => {
                if let LinkState::Up { late, .. } = &mut self.state.link {
                    *late = is_late;
                }
            }
            LinkInput::Pong(pong) => {
                let rtt = now.utc.since_us(pong.sent_at);
                self.clock.measure(pong.sent_at, pong.server_at, now);
                self.state.offset = self.clock.offset(now);
                if let LinkState::Up { heard_at, rtt_us, .. } = &mut self.state.link {
                    *heard_at = now.utc;
                    *rtt_us = u64::try_from(rtt).ok();
                }
            }
        }
    }

    fn link_up(&mut self, welcome: &Welcome, now: Now) {
        let rtt_us = u64::try_from(now.utc.since_us(welcome.sent_at)).ok();
        self.state.link = LinkState::Up { since: now.utc, heard_at: now.utc, rtt_us, late: false };
        self.state.callsign.clone_from(&welcome.callsign);
        self.state.department_name.clone_from(&welcome.department_name);
        if !welcome.session_valid {
            self.state.crew = None;
            self.forget_staff_passwords();
        }
        self.clock.measure(welcome.sent_at, welcome.server_at, now);
        self.state.offset = self.clock.offset(now);
        self.looks_again = welcome.looks_again;
        self.meet_nonces(welcome.nonces);
        self.meet_staff(welcome);
        self.knows_notices = welcome.notice.is_some();
        self.take_notice(welcome.notice.as_deref().cloned().unwrap_or_default(), now);
        self.meet_store(welcome.store, now);
        self.sender.handle_link_up(now.mono);
        let known = self.books.iter().map(|(case, book)| (*case, book.received_through)).collect();
        let capacity_known = self.state.capacity_at;
        self.push(Effect::StartFeed(FeedStart { known, capacity_known, notices: true, levels: true }));
        self.questions_after_link_up();
        self.look_again(now);
        self.rank_with_server(now);
    }

    pub(crate) fn on_log_reply(&mut self, reply: LogReply, now: Now) {
        if let LinkState::Up { heard_at, .. } = &mut self.state.link {
            *heard_at = now.utc;
        }
        self.sender.handle_reply(&reply, now.mono);
    }

    pub(crate) fn drain_delivery(&mut self, now: Now) {
        while let Some(event) = self.sender.poll_event() {
            self.on_delivery(event, now);
        }
    }

    fn on_delivery(&mut self, event: DeliveryEvent, now: Now) {
        match event {
            DeliveryEvent::Acknowledged { log, through } => {
                self.waiting_since.acknowledged(log, through);
                self.update_log(log, |book| book.facts.acknowledge(log, through, now.utc));
            }
            DeliveryEvent::Forked { log, seq } => {
                tracing::error!(%log, seq, "two writers used one log; a new one begins");
                self.update_log(log, |book| book.facts.reopen(log, seq));
                self.record_again(log, seq, now);
                self.fault(Fault::Forked);
            }
            DeliveryEvent::Wedged { log, seq, reason } => {
                self.state.outbox.wedged += 1;
                self.note_stuck(Wedged { log, seq, reason, at: now.utc });
                tracing::error!(%log, seq, reason = reason.0, "the server can never accept this entry");
                // It may be the consent that a look-up waits for.
                self.expire_waiting(now);
            }
            DeliveryEvent::Missing { log, from, kept_from } => {
                tracing::error!(%log, from, kept_from, "the server needs entries that are no longer kept");
                self.fault(Fault::Missing { log, from, kept_from });
            }
            DeliveryEvent::Damaged { log, seq } => {
                tracing::error!(%log, seq, "a row of the outbox is damaged");
                self.fault(Fault::RowDamaged);
            }
            DeliveryEvent::Unreadable { log, seq, maybe_held } => {
                // Recorded again from memory it might stand on the server twice: it comes back with the feed or is lost.
                self.update_log(log, |book| {
                    for held in maybe_held.map(|last| seq..=last).into_iter().flatten() {
                        book.facts.take_back(EventName { log, seq: held });
                    }
                    book.facts.reopen(log, maybe_held.map_or(seq, |last| last.saturating_add(1)));
                });
                tracing::warn!(%log, seq, "a log ends because of a damaged row; what stands behind it is recorded again");
                self.record_again(log, seq, now);
            }
            DeliveryEvent::ServerBehind { log, from } => {
                tracing::warn!(%log, from, "the server was restored: sending again");
                self.update_log(log, |book| book.facts.reopen(log, from));
            }
            DeliveryEvent::Retrying { log, failures } => tracing::debug!(%log, failures, "no answer in time"),
        }
    }

    /// Changes what is known of one log's facts, and the view of its case.
    fn update_log(&mut self, log: LogId, change: impl FnOnce(&mut CaseBook)) {
        let Some(LogKind::Case(case)) = self.sender.head(log).map(|head| head.kind) else { return };
        if let Some(book) = self.books.get_mut(&case) {
            change(book);
            self.refresh(case);
        }
    }

    pub(crate) fn drain_orders(&mut self) {
        while let Some(order) = self.sender.poll_order() {
            self.push(Effect::Store(order));
        }
    }

    pub(crate) fn drain_sender(&mut self) {
        self.drain_orders();
        while let Some(request) = self.sender.poll_read() {
            self.push(Effect::ReadLog(request));
        }
        while let Some(transmit) = self.sender.poll_transmit() {
            self.push(Effect::SendLog(transmit));
        }
    }

    /// What arrived together is one transaction, and one fold of each case that it changes.
    pub(crate) fn on_feed(&mut self, items: Vec<FeedItem>, now: Now) {
        if let LinkState::Up { heard_at, .. } = &mut self.state.link {
            *heard_at = now.utc;
        }
        let (mut changed, mut new, mut caught_up) = (BTreeSet::new(), Vec::new(), false);
        for item in items {
            match item {
                FeedItem::Fact { case, position, .. } if position > 1 && !self.books.contains_key(&case) => {
                    // A case that left memory: shown whole or not at all. The server has it.
                    tracing::debug!(%case, position, "a late fact of a case that is no longer here");
                }
                FeedItem::Fact { case, position, received_at, entry } => {
                    let event = self.books.entry(case).or_default().receive(position, received_at, &entry);
                    new.extend(event.map(|event| (case, event)));
                    changed.insert(case);
                    if let Ok(value) = wire::codec::encode(&RestingFact { received_at, entry, store: self.server }) {
                        self.journal.put_state(fact_key(case, position), value);
                    }
                }
                FeedItem::Capacity { reports } => self.on_capacity(reports, now),
                FeedItem::Notice(notice) => self.take_notice(notice, now),
                FeedItem::CaughtUp { left_out, .. } => {
                    self.state.feed_leaves_out = left_out;
                    caught_up = true;
                }
            }
        }
        for case in changed {
            self.refresh(case);
            self.follow_view(case, now);
        }
        for (case, event) in &new {
            self.noticed(*case, event, now);
        }
        if caught_up {
            self.feed_caught_up(now);
        }
    }

    /// What a fact made elsewhere changes here beyond the view.
    fn noticed(&mut self, case: CaseId, event: &Event, now: Now) {
        match &event.body {
            Body::UnitAssigned { unit, .. } if *unit == self.config.identity.unit => {
                let is_over = self.state.cases.get(&case).is_some_and(|c| c.view.is_closed());
                if !is_over && self.state.case().is_none_or(|c| c.view.is_closed()) {
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
            Body::AcceptanceWithdrawn { .. } => {
                self.push(Effect::Play(Sound::Alarm));
                self.suggest.mark(case, now.mono);
            }
            // The crew has to telephone: it must notice that nobody will answer.
            Body::EnquiryUnwatched { .. } => self.push(Effect::Play(Sound::HospitalAnswered)),
            Body::MessageToUnit { to, .. } if to.is_none_or(|to| to == self.config.identity.unit) => {
                self.push(Effect::Play(Sound::HospitalAnswered));
            }
            Body::Observed { .. } => self.suggest.mark(case, now.mono),
            _ => {}
        }
    }
}
