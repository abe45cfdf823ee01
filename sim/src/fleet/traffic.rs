//! Hears one tablet's traffic and turns it into times: facts until they are durable, questions until they are answered.

use super::Step;
use super::book::Book;
use crate::national::Spent;
use ambulance_runtime::{Observer, SystemClock};
use model::{Clock, LogId, QuestionId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wire::{Answer, Ask, LogFrame, LogReply, Question};

/// See the module.
pub(super) struct Traffic {
    book: Arc<Book>,
    clock: SystemClock,
    spent: Spent,
    /// How late the crew's last press was, microseconds: what follows from it was as late.
    late_us: AtomicU64,
    waiting: Mutex<Waiting>,
}

/// What was sent and has no reply yet.
#[derive(Default)]
struct Waiting {
    asks: BTreeMap<QuestionId, Asked>,
    /// The last seq of each frame, when it was sent, and how late.
    frames: BTreeMap<LogId, VecDeque<(u64, u64, u64)>>,
}

struct Asked {
    step: Step,
    at_us: u64,
    late_us: u64,
    /// The look-up's name at the national system.
    lookup: Option<String>,
}

impl Traffic {
    pub(super) fn new(book: Arc<Book>, clock: SystemClock, spent: Spent) -> Self {
        Self { book, clock, spent, late_us: AtomicU64::new(0), waiting: Mutex::default() }
    }

    /// The crew presses now, so long after it was meant to.
    pub(super) fn pressed(&self, late_us: u64) {
        self.late_us.store(late_us, Ordering::Relaxed);
    }

    fn now_us(&self) -> u64 {
        self.clock.monotonic().us
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is measured of a question; nothing of others.
fn step_of(question: &Question) -> Option<(Step, Option<String>)> {
    match question {
        Question::Suggest(_) => Some((Step::Suggestion, None)),
        Question::History(history) => Some((Step::LookUp, Some(history.lookup.to_string()))),
        Question::Document { .. } => Some((Step::Document, None)),
        Question::SignIn { .. } => Some((Step::SignIn, None)),
        _ => None,
    }
}

impl Observer for Traffic {
    fn asked(&self, ask: &Ask) {
        let Some((step, lookup)) = step_of(&ask.question) else { return };
        let asked = Asked { step, at_us: self.now_us(), late_us: self.late_us.load(Ordering::Relaxed), lookup };
        // Asked again under its name after a lost connection: the first time counts.
        self.waiting().asks.entry(ask.id).or_insert(asked);
    }

    fn answered(&self, id: QuestionId, answer: Option<&Answer>) {
        if answer.is_none() {
            return;
        }
        let Some(asked) = self.waiting().asks.remove(&id) else { return };
        if let Some(Answer::Error(error)) = answer {
            self.book.refused(asked.step, &error.code);
            return;
        }
        let own_us = asked.lookup.as_deref().and_then(|lookup| self.spent.take(lookup)).unwrap_or(0);
        let took_us = self.now_us().saturating_sub(asked.at_us).saturating_sub(own_us);
        self.book.took(asked.step, took_us, asked.late_us);
    }

    fn sent(&self, frame: &LogFrame) {
        let LogFrame::Append { entries, .. } = frame else { return };
        let Some(last) = entries.last() else { return };
        let sent = (last.seq, self.now_us(), self.late_us.load(Ordering::Relaxed));
        let mut waiting = self.waiting();
        let frames = waiting.frames.entry(last.log).or_default();
        // Sent again after a lost connection: the first time counts.
        if frames.back().is_none_or(|(seq, ..)| *seq < last.seq) {
            frames.push_back(sent);
        }
    }

    fn heard(&self, reply: &LogReply) {
        let LogReply::Durable { log, through } = reply else { return };
        let now_us = self.now_us();
        let mut waiting = self.waiting();
        let Some(frames) = waiting.frames.get_mut(log) else { return };
        while let Some((_, at_us, late_us)) = frames.front().copied().filter(|(seq, ..)| seq <= through) {
            frames.pop_front();
            self.book.took(Step::Acknowledge, now_us.saturating_sub(at_us), late_us);
        }
        if frames.is_empty() {
            waiting.frames.remove(log);
        }
    }
}
