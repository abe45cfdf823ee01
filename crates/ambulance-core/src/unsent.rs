//! What the crew is told of the queue and of the disk: how much waits, of what kind, what is stuck, whether writing works.

use crate::cases::CaseBook;
use crate::core::{Core, RECOVERED_KEY};
use crate::effect::{Effect, Sound};
use crate::limits::{STORE_PROBE_US, STUCK_SHOWN_MAX};
use crate::state::{Fault, Now, Part, Stuck};
use case::{Body, EventName};
use delivery::Wedged;
use model::{Monotonic, Timestamp};
use std::collections::BTreeMap;

/// Key of the value that is written to learn whether the disk takes writes again.
const PROBE_KEY: &str = "store-probe";

impl Part {
    /// The part of an event.
    #[must_use]
    pub const fn of(body: &Body) -> Self {
        match body {
            Body::StageStamped { .. }
            | Body::StageUndone { .. }
            | Body::StageCorrected { .. }
            | Body::StageReported { .. } => Self::Stages,
            Body::Observed { .. } | Body::OralHistoryNoted { .. } | Body::NotebookRead { .. } => Self::Findings,
            Body::CardRead { .. }
            | Body::CardBound { .. }
            | Body::CardReleased { .. }
            | Body::IdentityFound { .. }
            | Body::IdentityJudged { .. }
            | Body::ConsentRecorded { .. }
            | Body::ConsentWithdrawn { .. } => Self::Consent,
            Body::LookupAsked { .. }
            | Body::LookupReaches { .. }
            | Body::AttributesLookupAsked { .. }
            | Body::LookupEnded { .. }
            | Body::HistoryViewed { .. }
            | Body::SensitiveOpened { .. }
            | Body::HistoryWiped { .. } => Self::Lookup,
            Body::EnquirySent { .. }
            | Body::EnquirySeen { .. }
            | Body::EnquiryAnswered { .. }
            | Body::EnquiryReleased { .. }
            | Body::OfferTaken { .. }
            | Body::SuggestionRecorded { .. }
            | Body::DestinationAgreed { .. }
            | Body::DestinationDecided { .. }
            | Body::EnquiryDelivered { .. }
            | Body::EnquiryUnwatched { .. }
            | Body::AcceptanceWithdrawn { .. }
            | Body::DestinationChanged { .. } => Self::Choice,
            Body::CaseOpened { .. }
            | Body::UnitAssigned { .. }
            | Body::TabletJoined { .. }
            | Body::TabletStarted { .. }
            | Body::CrewSignedIn { .. }
            | Body::BelongingReturned { .. }
            | Body::HandoverReceived { .. }
            | Body::HandoverDocumentMade { .. }
            | Body::HandoverSigned { .. }
            | Body::CaseEnded { .. }
            | Body::GapNoted { .. }
            | Body::EntriesLost { .. }
            | Body::TemporaryIdSet { .. }
            | Body::SamePatient { .. }
            | Body::SamePatientUndone { .. }
            | Body::MessageToUnit { .. }
            | Body::MessageShown { .. }
            | Body::MessageAcknowledged { .. }
            | Body::CardAsked { .. }
            | Body::AlarmChecked { .. }
            | Body::Unknown { .. } => Self::Other,
        }
    }
}

/// Facts of one case that the server has not acknowledged, by part.
pub(crate) fn unsent(book: &CaseBook) -> BTreeMap<Part, u32> {
    let mut parts = BTreeMap::new();
    for fact in book.facts.iter().filter(|f| f.commit.is_none()) {
        *parts.entry(Part::of(&fact.event.body)).or_default() += 1;
    }
    parts
}

impl Core {
    /// The queue as the band shows it. What is on its way to the disk waits too: 0 means that the server has everything.
    pub(crate) fn recount(&mut self, now: Timestamp) {
        self.state.unwritten = self.journal.unwritten();
        let waiting = self.sender.waiting() + self.state.unwritten + self.again.waiting();
        let before = self.state.outbox.oldest_waiting_at.filter(|_| self.state.outbox.waiting > 0);
        let oldest = self.waiting_since.oldest().or(before).unwrap_or(now);
        self.state.outbox.waiting = waiting;
        self.state.outbox.oldest_waiting_at = (waiting > 0).then_some(oldest);
    }

    /// An entry that the server can never accept: kept, and shown with what it is.
    pub(crate) fn note_stuck(&mut self, wedged: Wedged) {
        let name = EventName { log: wedged.log, seq: wedged.seq };
        let found =
            self.books.iter().find_map(|(case, book)| Some((*case, Part::of(&book.facts.get(name)?.event.body))));
        let stuck = Stuck { entry: wedged, case: found.map(|f| f.0), part: found.map(|f| f.1) };
        if self.state.stuck.iter().all(|s| (s.entry.log, s.entry.seq) != (wedged.log, wedged.seq)) {
            self.state.stuck.push(stuck);
        }
        let beyond = self.state.stuck.len().saturating_sub(STUCK_SHOWN_MAX);
        self.state.stuck.drain(..beyond);
    }

    pub(crate) fn fault(&mut self, fault: Fault) {
        if !self.state.faults.contains(&fault) {
            self.state.faults.push(fault);
            self.push(Effect::Play(Sound::Alarm));
        }
    }

    /// The crew has seen what became of the earlier store: it is not told again, also not after a restart.
    pub(crate) fn recovery_seen(&mut self) {
        if self.state.recovered.take().is_some() {
            self.journal.delete_state(RECOVERED_KEY.to_owned());
        }
    }

    /// The disk did not take a write: it is tried again, so that the alarm ends by itself when the cause does.
    pub(crate) fn store_failed(&mut self, disk_full: bool, now: Monotonic) {
        let (fault, other) =
            if disk_full { (Fault::DiskFull, Fault::StoreFailed) } else { (Fault::StoreFailed, Fault::DiskFull) };
        self.state.faults.retain(|f| *f != other);
        self.fault(fault);
        self.probe_store_at_us = Some(now.us.saturating_add(STORE_PROBE_US));
    }

    /// The disk took a write.
    pub(crate) fn store_works(&mut self) {
        self.state.faults.retain(|f| !matches!(f, Fault::DiskFull | Fault::StoreFailed));
        self.probe_store_at_us = None;
    }

    pub(crate) fn probe_store(&mut self, now: Now) {
        if self.probe_store_at_us.is_some_and(|at| at <= now.mono.us) {
            self.probe_store_at_us = None;
            self.journal.put_state(PROBE_KEY.to_owned(), now.utc.0.to_be_bytes().to_vec());
        }
    }

    pub(crate) fn probe_deadline(&self) -> Option<(u64, &'static str)> {
        self.probe_store_at_us.map(|at| (at, "the disk is tried again"))
    }
}
