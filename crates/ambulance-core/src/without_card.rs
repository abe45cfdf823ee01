//! Disaster mode (災害時医療情報閲覧) and relief on the tablet: what the server said holds, and the look-up without a card, by
//! name, date of birth, sex and address as they were told. What holds is kept at rest, so that a tablet that starts
//! without radio knows it; it ends by itself, and a look-up that waited longer than it is not sent.

use crate::cases::CaseBook;
use crate::core::Core;
use crate::lookups::{Asked, Phase};
use crate::state::{CardState, CardSummary, CaseState, HistoryState, Now, State};
use case::{Body, Event, Writer};
use model::{CaseId, DepartmentId, Timestamp};
use patient_history::{IdentityLevel, LookupEvidence, PersonAttributes};
use wire::{DisasterNotice, Notice, Question, ReliefNotice};

/// Key of what holds, in the local state.
const NOTICE: &str = "notice";
/// The server's word for a look-up outside a period; the tablet says the same of one that does not leave.
pub(crate) const OVER: &str = "disaster_over";

impl State {
    /// The server's time, as well as this tablet knows it.
    #[must_use]
    pub fn server_time(&self, now: Now) -> Timestamp {
        self.offset.map_or(now.utc, |offset| now.utc.plus_us(offset.us))
    }
    /// The disaster period that holds.
    #[must_use]
    pub fn disaster(&self, now: Now) -> Option<&DisasterNotice> {
        self.notice.disaster.as_ref().filter(|period| self.server_time(now) < period.until)
    }
    /// The department that this unit works for as relief now.
    #[must_use]
    pub fn relief(&self, now: Now) -> Option<&ReliefNotice> {
        self.notice.relief.as_ref().filter(|relief| self.server_time(now) < relief.until)
    }
}

impl Core {
    /// What holds, from the start on.
    pub(crate) fn restore_notice(&mut self, states: &[(String, Vec<u8>)]) {
        let Some((_, value)) = states.iter().find(|(key, _)| key == NOTICE) else { return };
        match wire::codec::decode(value) {
            Ok(notice) => self.state.notice = notice,
            Err(error) => tracing::error!(%error, "what holds for a time cannot be read"),
        }
    }

    /// The server said what holds. Older servers say nothing: then nothing does.
    pub(crate) fn take_notice(&mut self, notice: Notice, now: Now) {
        self.follow_published(notice.published.as_deref(), now);
        if self.state.notice == notice {
            return;
        }
        match wire::codec::encode(&notice) {
            Ok(_) if notice == Notice::default() => self.journal.delete_state(NOTICE.to_owned()),
            Ok(value) => self.journal.put_state(NOTICE.to_owned(), value),
            Err(error) => tracing::error!(%error, "what holds for a time cannot rest"),
        }
        self.state.notice = notice;
        // A look-up may wait for a period that is over.
        self.expire_waiting(now);
    }

    /// What the crew was told stands ready; the consent is asked for as with a card.
    pub(crate) fn by_attributes(&mut self, attributes: PersonAttributes, now: Now) {
        let Some(case) = self.state.current else { return };
        let may = |c: &&CaseState| {
            let history = matches!(c.history, HistoryState::Waiting { .. } | HistoryState::Here { .. });
            !c.view.is_closed() && !history && !matches!(c.card, CardState::Reading)
        };
        if self.state.disaster(now).is_none() || self.state.case().filter(may).is_none() || !attributes.is_usable() {
            return;
        }
        let summary = CardSummary {
            read_at: now.utc,
            took_ms: 0,
            in_grace: false,
            level: IdentityLevel::FourAttributes,
            consented: false,
        };
        self.set_card(CardState::Consent(summary));
        if let Some(book) = self.books.get_mut(&case) {
            book.card = None;
            book.attributes = Some(attributes);
        }
    }

    /// Whether it is a look-up without a card that this server or this time does not answer.
    pub(crate) fn waits_for_notice(&self, asked: &Asked) -> bool {
        is_without_card(asked) && !self.knows_notices
    }

    /// Why a look-up without a card may not leave any more.
    pub(crate) fn period_is_over(&self, asked: &Asked, now: Now) -> bool {
        is_without_card(asked) && self.state.disaster(now).is_none()
    }

    /// When the first look-up that waits has waited longer than the period holds.
    pub(crate) fn notice_deadline(&self, now: Now) -> Option<(u64, &'static str)> {
        let waits = |a: &&Asked| is_without_card(a) && !matches!(a.phase, Phase::Sent { .. });
        self.asked.values().find(waits)?;
        let left = self.state.disaster(now)?.until.since_us(self.state.server_time(now));
        Some((now.mono.us.saturating_add(u64::try_from(left).unwrap_or(0)), "a disaster period ends"))
    }

    /// A case that this tablet opened as a relief unit stays that department's after a start.
    pub(crate) fn opened_for_again(&mut self, case: CaseId) {
        let device = self.config.identity.device;
        let is_own = |event: &Event| matches!(event.writer, Writer::Tablet { device: d, .. } if d == device);
        let opened = |event: &Event| matches!(event.body, Body::CaseOpened { .. }) && is_own(event);
        let facts = self.books.get(&case).map(|book| &book.facts);
        let department =
            facts.and_then(|facts| facts.iter().find(|fact| opened(&fact.event)).map(|f| f.event.department));
        if let Some(department) = department {
            self.journal.open_for(case, department);
        }
    }

    /// For whom a new case is opened.
    pub(crate) fn department_now(&self, now: Now) -> DepartmentId {
        self.state.relief(now).map_or(self.config.identity.department, |relief| relief.department)
    }
}

impl CaseBook {
    /// What a look-up shows: the card that is held, or what was told in its place, which is used up.
    pub(crate) fn take_evidence(&mut self) -> Option<LookupEvidence> {
        if let Some(attributes) = self.attributes.take() {
            return Some(LookupEvidence::by_attributes(attributes));
        }
        let held = self.card.as_ref()?;
        Some(LookupEvidence {
            level: held.summary.level,
            certificate: held.read.certificate.clone(),
            signed: held.signed.clone(),
            attributes: None,
        })
    }
}

fn is_without_card(asked: &Asked) -> bool {
    matches!(&asked.ask.question, Question::History(question) if question.evidence.attributes.is_some())
}
