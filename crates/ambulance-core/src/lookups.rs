//! Questions: history look-ups first of all. Each has an id; asked again it gives the same answer.

use crate::cases::CaseBook;
use crate::core::Core;
use crate::effect::Effect;
use crate::limits::{ANSWER_WAIT_US, EMERGENCY_LOOKUP_WAIT_US, RETRY_US};
use crate::state::{HistoryState, LinkState, Now, Session};
use case::{Body, EventName, LookupOutcome};
use model::{CaseId, LookupId, Monotonic, QuestionId};
use patient_history::{ConsentBasis, IdentityLevel, Period};
use std::sync::Arc;
use wire::{Answer, Ask, HistoryAnswer, HistoryQuestion, Question, QuestionError};

/// A question that has no answer yet.
pub(crate) struct Asked {
    pub(crate) ask: Ask,
    pub(crate) case: Option<CaseId>,
    pub(crate) asked_at: Monotonic,
    /// How long it had waited before this start of the program, microseconds.
    pub(crate) waited_us: u64,
    pub(crate) phase: Phase,
}

/// Where an open question stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// To be sent when the link is up.
    Ready,
    /// Sent; asked again at this time without an answer.
    Sent { again_at_us: u64 },
    /// Failed for now; asked again at this time.
    Later { at_us: u64 },
}

impl Asked {
    pub(crate) const fn is_history(&self) -> bool {
        matches!(self.ask.question, Question::History(_) | Question::HistoryAgain { .. })
    }

    pub(crate) const fn lookup(&self) -> Option<LookupId> {
        match &self.ask.question {
            Question::History(question) => Some(question.lookup),
            Question::HistoryAgain { lookup, .. } => Some(*lookup),
            _ => None,
        }
    }
}

impl Core {
    pub(crate) fn ask(&mut self, question: Question, case: Option<CaseId>, now: Now) -> QuestionId {
        let id = QuestionId::from_uuid(self.ids.uuid(now.utc));
        let session = self.state.crew.as_ref().map(|s| s.id);
        let ask = Ask { id, session, question };
        self.asked.insert(id, Asked { ask, case, asked_at: now.mono, waited_us: 0, phase: Phase::Ready });
        id
    }

    pub(crate) fn begin_lookup(
        &mut self,
        case: CaseId,
        consent: EventName,
        basis: ConsentBasis,
        period: Period,
        now: Now,
    ) {
        let Some(evidence) = self.books.get_mut(&case).and_then(CaseBook::take_evidence) else {
            return;
        };
        let lookup = LookupId::from_uuid(self.ids.uuid(now.utc));
        let asked = match evidence.level {
            IdentityLevel::FourAttributes => Body::AttributesLookupAsked { lookup, consent },
            level => Body::LookupAsked { lookup, consent, level },
        };
        if self.write(case, asked, now).is_none() {
            return;
        }
        if period != Period::Summary {
            self.write(case, Body::LookupReaches { lookup, period }, now);
        }
        self.place(case, period, HistoryState::Waiting { lookup, since: now.utc, queued: false, trouble: None });
        if self.state.crew.is_none() {
            self.lookup_failed(case, lookup, not_signed_in(), now);
            return;
        }
        let consent = (consent.log, consent.seq);
        let question = HistoryQuestion { case, lookup, consent, basis, evidence, period };
        let id = self.ask(Question::History(question.clone()), Some(case), now);
        self.keep_lookup(id, &question, now);
        if let Some(book) = self.books.get_mut(&case) {
            book.lookup_question = Some(id);
        }
        let queued = !self.state.link.is_up();
        self.place(case, period, HistoryState::Waiting { lookup, since: now.utc, queued, trouble: None });
    }

    fn place(&mut self, case: CaseId, period: Period, to: HistoryState) {
        if let Some(state) = self.state.cases.get_mut(&case) {
            match period {
                Period::Summary => state.history = to,
                Period::Full => state.full = to,
            }
        }
    }

    /// A look-up of its own beside the summary: same consent, same card, its own id and so its own entry in the audit.
    pub(crate) fn look_up_full(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(state) = self.state.case().filter(|c| c.offers_full()) else { return };
        let Some(consent) = state.view.consent() else { return };
        let asked = state.history.lookup().and_then(|lookup| state.view.lookups.get(&lookup));
        if asked.is_none_or(|asked| asked.consent != consent.name) || !consent.basis.allows_lookup() {
            return;
        }
        let (name, basis) = (consent.name, consent.basis.clone());
        self.begin_lookup(case, name, basis, Period::Full, now);
    }

    /// Sends what may leave now. A look-up is checked again at this moment (DESIGN §5.3).
    pub(crate) fn send_ready_questions(&mut self, now: Now) {
        if !self.state.link.is_up() {
            return;
        }
        self.ask_staff_passwords(now);
        let ready: Vec<QuestionId> = self.asked.iter().filter(|(_, a)| self.may_leave(a)).map(|(id, _)| *id).collect();
        for id in ready {
            if let Some(code) = self.asked.get(&id).and_then(|a| self.expired(a, now)) {
                self.expire(id, code, now);
                continue;
            }
            let session = self.state.crew.as_ref().map(|s| s.id);
            self.follow_consent(id);
            let Some(asked) = self.asked.get_mut(&id) else { continue };
            asked.ask.session = session.or(asked.ask.session);
            asked.phase = Phase::Sent { again_at_us: now.mono.us.saturating_add(ANSWER_WAIT_US) };
            let ask = Box::new(asked.ask.clone());
            self.push(Effect::Ask(ask));
        }
    }

    /// A look-up leaves in somebody's name, and when what it rests on is on this tablet's disk: then it is on its way to
    /// the server as well, which waits for it.
    fn may_leave(&self, asked: &Asked) -> bool {
        if matches!(asked.ask.question, Question::HistoryAgain { .. }) && !self.looks_again {
            return false;
        }
        if matches!(asked.ask.question, Question::Nonces) && !self.nonces.is_given {
            return false;
        }
        if matches!(&asked.ask.question, Question::History(question) if self.waits_for_staff(question)) {
            return false;
        }
        if self.waits_for_notice(asked) {
            return false;
        }
        let is_history = asked.is_history();
        asked.phase == Phase::Ready && !(is_history && (self.state.crew.is_none() || self.journal.unwritten() > 0))
    }

    /// The consent may have been recorded again under another name.
    fn follow_consent(&mut self, id: QuestionId) {
        let Some(Question::History(question)) = self.asked.get(&id).map(|asked| &asked.ask.question) else { return };
        let (log, seq) = question.consent;
        let present = self.present_name(EventName { log, seq });
        if let Some(Asked { ask: Ask { question: Question::History(question), .. }, .. }) = self.asked.get_mut(&id) {
            question.consent = (present.log, present.seq);
        }
    }

    /// Why a look-up may not leave any more.
    fn expired(&self, asked: &Asked, now: Now) -> Option<&'static str> {
        let question = match &asked.ask.question {
            Question::History(question) => question,
            Question::HistoryAgain { case, .. } => {
                let view = &self.state.cases.get(case)?.view;
                return match view.consent() {
                    _ if view.is_closed() => Some("case-closed"),
                    None => Some("consent-withdrawn"),
                    Some(_) => None,
                };
            }
            _ => return None,
        };
        let state = self.state.cases.get(&question.case)?;
        let waited = now.mono.since_us(asked.asked_at).unwrap_or(u64::MAX).saturating_add(asked.waited_us);
        let present = |(log, seq): (model::LogId, u64)| self.present_name(EventName { log, seq });
        let emergency = matches!(question.basis, ConsentBasis::NotObtainable { .. });
        if state.view.is_closed() {
            Some("case-closed")
        } else if state.view.consent().is_none_or(|c| c.name != present(question.consent)) {
            Some("consent-withdrawn")
        } else if self.is_refused(present(question.consent)) {
            Some("consent-refused")
        } else if self.period_is_over(asked, now) {
            Some(crate::without_card::OVER)
        } else if emergency && waited > EMERGENCY_LOOKUP_WAIT_US {
            Some("emergency-waited-too-long")
        } else {
            None
        }
    }

    /// Whether the server has said that it can never accept this fact.
    fn is_refused(&self, name: EventName) -> bool {
        self.sender.is_wedged(name.log, name.seq)
    }

    fn expire(&mut self, id: QuestionId, code: &'static str, now: Now) {
        let Some(asked) = self.asked.remove(&id) else { return };
        self.forget_lookup(id);
        match asked.ask.question {
            Question::History(question) => self.end_unanswered(question.case, question.lookup, code, now),
            Question::HistoryAgain { case, lookup } => self.not_shown(case, lookup, not_sent(code)),
            _ => {}
        }
    }

    /// A look-up ends without an answer: the crew sees why.
    pub(crate) fn end_unanswered(&mut self, case: CaseId, lookup: LookupId, code: &'static str, now: Now) {
        let outcome = LookupOutcome::Expired { code: code.into() };
        self.write(case, Body::LookupEnded { lookup, outcome }, now);
        self.not_shown(case, lookup, not_sent(code));
    }

    pub(crate) fn on_answer(&mut self, id: QuestionId, answer: Answer, now: Now) {
        let Some(answer) = self.staff_answered(id, answer) else { return };
        let Some(mut asked) = self.asked.remove(&id) else {
            return;
        };
        let goes_on = matches!(&answer, Answer::Error(error) if error.retryable);
        if asked.is_history() && !goes_on {
            self.forget_lookup(id);
        }
        match (answer, &asked.ask.question) {
            (Answer::Error(error), Question::Nonces) => self.nonces_refused(&error.code, now),
            (Answer::Nonces(given), Question::Nonces) => self.nonces_came(given, now),
            (Answer::Published(published), Question::Published) => self.published_came(&published, now),
            (Answer::Error(error), _) if error.retryable && !matches!(asked.ask.question, Question::SignIn { .. }) => {
                asked.phase = Phase::Later { at_us: now.mono.us.saturating_add(RETRY_US) };
                self.say_trouble(asked.case, asked.lookup(), error);
                self.asked.insert(id, asked);
            }
            (Answer::Error(error), Question::History(question)) => {
                self.note_signature_refused(&error.code);
                let (case, lookup) = (question.case, question.lookup);
                self.lookup_failed(case, lookup, error, now);
            }
            (Answer::Error(error), Question::HistoryAgain { case, lookup }) => self.not_shown(*case, *lookup, error),
            (Answer::Error(error), Question::SignIn { .. }) => self.state.sign_in_error = Some(error),
            (Answer::Error(error), Question::Published) => {
                tracing::warn!(code = %error.code, "what is published was refused; it is asked for with the next notice");
            }
            (Answer::Error(error), Question::Suggest(_) | Question::Document { .. } | Question::Preview(_)) => {
                tracing::warn!(code = %error.code, "a question was refused");
                self.suggest.answered();
            }
            (Answer::History(answer), Question::History(question)) => {
                let (case, lookup) = (question.case, question.lookup);
                self.history_came(case, lookup, *answer, now);
            }
            (Answer::History(answer), Question::HistoryAgain { case, lookup }) => {
                self.history_is_back(*case, *lookup, *answer, now);
            }
            (Answer::Suggestion(suggestion), Question::Suggest(question)) => {
                let case = question.case;
                self.suggestion_came(case, id, *suggestion, now);
            }
            (Answer::SignedIn(signed), Question::SignIn { .. }) => {
                let session = Session { id: signed.session, crew: signed.crew, name: signed.name, until: signed.until };
                self.write_unit(Body::CrewSignedIn { crew: session.crew, session: session.id }, now);
                self.state.crew = Some(session);
                self.state.sign_in_error = None;
                self.look_again(now);
            }
            (Answer::Document(document), Question::Document { case }) => {
                if let Some(state) = self.state.cases.get_mut(case) {
                    state.document = Some(document);
                }
            }
            _ => tracing::warn!(question = %id, "an answer of another kind was dropped"),
        }
    }

    /// A look-up that goes on trying says what is wrong meanwhile.
    pub(crate) fn say_trouble(&mut self, case: Option<CaseId>, lookup: Option<LookupId>, error: QuestionError) {
        let state = case.and_then(|case| self.state.cases.get_mut(&case));
        let place = lookup.and_then(|lookup| state.and_then(|state| state.place_of(lookup)));
        if let Some(HistoryState::Waiting { trouble, .. }) = place {
            *trouble = Some(Box::new(error));
        }
    }

    pub(crate) fn lookup_failed(&mut self, case: CaseId, lookup: LookupId, error: QuestionError, now: Now) {
        let outcome = LookupOutcome::Failed { code: error.code.clone() };
        self.write(case, Body::LookupEnded { lookup, outcome }, now);
        self.not_shown(case, lookup, error);
    }

    /// There is no history to show, and why.
    fn not_shown(&mut self, case: CaseId, lookup: LookupId, error: QuestionError) {
        if let Some(state) = self.state.cases.get_mut(&case) {
            let to = HistoryState::Failed { lookup, error };
            match state.place_of(lookup) {
                Some(place) => *place = to,
                None => state.history = to,
            }
        }
    }

    fn history_came(&mut self, case: CaseId, lookup: LookupId, answer: HistoryAnswer, now: Now) {
        if self.show_history(case, lookup, answer) {
            self.write(case, Body::LookupEnded { lookup, outcome: LookupOutcome::Answered }, now);
            self.suggest.mark(case, now.mono);
        }
    }

    /// An answer to a look-up that was wiped or withdrawn meanwhile is dropped unread.
    pub(crate) fn show_history(&mut self, case: CaseId, lookup: LookupId, answer: HistoryAnswer) -> bool {
        let Some(state) = self.state.cases.get_mut(&case) else { return false };
        match state.place_of(lookup) {
            Some(place @ HistoryState::Waiting { .. }) => {
                *place = HistoryState::Here { lookup, answer: Arc::new(answer) };
            }
            _ => return false,
        }
        self.merge_history(case);
        true
    }

    pub(crate) fn history_shown(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(state) = self.state.cases.get(&case) else { return };
        let here = |place: &HistoryState| place.answer().and(place.lookup());
        let unseen = |lookup: &LookupId| !state.view.lookups.get(lookup).is_some_and(|l| l.viewed);
        let lookups: Vec<LookupId> =
            [&state.history, &state.full].into_iter().filter_map(here).filter(unseen).collect();
        for lookup in lookups {
            self.write(case, Body::HistoryViewed { lookup }, now);
        }
    }

    pub(crate) fn sensitive_shown(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let shown = self.state.cases.get(&case).and_then(|c| c.record()).map(|answer| answer.snapshot.lookup);
        if let Some(lookup) = shown {
            self.write(case, Body::SensitiveOpened { lookup }, now);
        }
    }

    pub(crate) fn on_answer_lost(&mut self, id: QuestionId, now: Now) {
        let at_us = now.mono.us.saturating_add(RETRY_US);
        if let Some(asked) = self.asked.get_mut(&id) {
            asked.phase = Phase::Later { at_us };
        }
    }

    pub(crate) fn question_timeouts(&mut self, now: Now) {
        for asked in self.asked.values_mut() {
            match asked.phase {
                Phase::Sent { again_at_us: at } | Phase::Later { at_us: at } if at <= now.mono.us => {
                    asked.phase = Phase::Ready
                }
                _ => {}
            }
        }
        self.expire_waiting(now);
        self.close_windows(now);
    }

    /// A look-up that may not leave any more ends also without radio: the crew learns it when it is so.
    pub(crate) fn expire_waiting(&mut self, now: Now) {
        let waits = |a: &Asked| !matches!(a.phase, Phase::Sent { .. });
        let over: Vec<_> = self
            .asked
            .iter()
            .filter(|(_, a)| waits(a))
            .filter_map(|(id, a)| Some((*id, self.expired(a, now)?)))
            .collect();
        for (id, code) in over {
            self.expire(id, code, now);
        }
    }

    pub(crate) fn question_deadline(&self) -> Option<(u64, &'static str)> {
        let of = |a: &Asked| match a.phase {
            Phase::Sent { again_at_us } => Some((again_at_us, "an answer is overdue")),
            Phase::Later { at_us } => Some((at_us, "a question is asked again")),
            Phase::Ready => None,
        };
        let emergency = |a: &Asked| match &a.ask.question {
            Question::History(question) if matches!(question.basis, ConsentBasis::NotObtainable { .. }) => {
                let over = a.asked_at.us.saturating_add(EMERGENCY_LOOKUP_WAIT_US).saturating_add(1);
                (!matches!(a.phase, Phase::Sent { .. })).then_some((over, "a look-up waited too long"))
            }
            _ => None,
        };
        self.asked.values().flat_map(|a| [of(a), emergency(a)]).flatten().min()
    }

    /// On a new connection every open question goes again, with its id.
    pub(crate) fn questions_after_link_up(&mut self) {
        for asked in self.asked.values_mut() {
            asked.phase = Phase::Ready;
        }
        self.show_queued(false);
    }

    pub(crate) fn show_queued(&mut self, is_queued: bool) {
        for place in self.state.cases.values_mut().flat_map(|state| [&mut state.history, &mut state.full]) {
            if let HistoryState::Waiting { queued, .. } = place {
                *queued = is_queued;
            }
        }
        debug_assert!(is_queued != matches!(self.state.link, LinkState::Up { .. }));
    }
}

/// Why a look-up that waited was not sent.
fn not_sent(code: &str) -> QuestionError {
    let (ja, next_ja, en) = match code {
        "case-closed" => (
            "事案が終わったため、病歴の照会は送りませんでした。",
            "照会は要りません。",
            "The case was over: the look-up was not sent.",
        ),
        "consent-withdrawn" => (
            "同意が取り消されたため、病歴の照会をやめました。",
            "聞き取りで補ってください。",
            "The consent was withdrawn: the look-up ended.",
        ),
        "consent-refused" => (
            "同意の記録をサーバーが受け付けないため、病歴の照会はできません。",
            "聞き取りで補い、指令センターに連絡してください。",
            "The server refused the record of the consent: the look-up cannot be made.",
        ),
        crate::without_card::OVER => (
            "災害時の照会の期間が終わったため、カードなしの照会は送りませんでした。",
            "カードを使うか、聞き取りで補ってください。",
            "The disaster period is over: the look-up without a card was not sent.",
        ),
        _ => (
            "同意なしの照会は 10分送れなかったため、やめました。",
            "まだ必要なら、カードを置きなおして理由を選んでください。",
            "The look-up without consent waited over 10 min: it was not sent.",
        ),
    };
    QuestionError { code: code.into(), ja: ja.into(), next_ja: next_ja.into(), en: en.into(), retryable: false }
}

fn not_signed_in() -> QuestionError {
    QuestionError {
        code: "not-signed-in".into(),
        ja: "隊員がサインインしていないため、病歴を照会できません。".into(),
        next_ja: "表示の画面でサインインし、カードを読みなおしてください。搬送は続けられます。".into(),
        en: "Nobody is signed in: the history cannot be asked for.".into(),
        retryable: false,
    }
}
