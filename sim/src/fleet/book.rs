//! What was measured: times of every kind of step, how late the generator was, and what went wrong.

use super::Step;
use crate::light::Times;
use crate::report::{LatencyCurve, curve};
use hdrhistogram::Histogram;
use model::EnquiryId;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longest time that is told apart (one hour), microseconds; a longer one counts as this.
const LONGEST_US: u64 = 3_600_000_000;

/// Times of one kind of step, microseconds, three digits.
struct Pair {
    intended: Histogram<u64>,
    service: Histogram<u64>,
}

/// When an enquiry was at its desk.
#[derive(Clone, Copy, Default)]
pub(super) struct AtDesk {
    pub(super) rang_us: Option<u64>,
    pub(super) answering_us: Option<u64>,
}

/// See the module. Shared by everybody.
pub(super) struct Book {
    steps: Vec<Mutex<Pair>>,
    late: Mutex<Histogram<u64>>,
    desks: Mutex<BTreeMap<EnquiryId, AtDesk>>,
    failures: Mutex<BTreeMap<String, u64>>,
    refused: Mutex<BTreeMap<String, u64>>,
    pub(super) connected: AtomicU64,
    pub(super) begun: AtomicU64,
    pub(super) done: AtomicU64,
    pub(super) failed: AtomicU64,
    /// Calls for which no unit was free at once.
    pub(super) waited: AtomicU64,
    pub(super) positions: AtomicU64,
    /// Positions that a tablet did not take because its loop stood still.
    pub(super) positions_dropped: AtomicU64,
    pub(super) page_events: AtomicU64,
    pub(super) enquiries: AtomicU64,
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).unwrap_or_else(|error| panic!("fixed bounds are good: {error}"))
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Book {
    fn default() -> Self {
        let pair = || Mutex::new(Pair { intended: histogram(), service: histogram() });
        Self {
            steps: Step::ALL.iter().map(|_| pair()).collect(),
            late: Mutex::new(histogram()),
            desks: Mutex::default(),
            failures: Mutex::default(),
            refused: Mutex::default(),
            connected: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            positions: AtomicU64::new(0),
            positions_dropped: AtomicU64::new(0),
            page_events: AtomicU64::new(0),
            enquiries: AtomicU64::new(0),
        }
    }
}

impl Book {
    /// A step took `service_us`; it began `late_us` after it was meant to.
    pub(super) fn took(&self, step: Step, service_us: u64, late_us: u64) {
        if let Some(pair) = self.steps.get(step.index()) {
            let mut pair = held(pair);
            pair.service.saturating_record(service_us.max(1));
            pair.intended.saturating_record(service_us.saturating_add(late_us).max(1));
        }
    }

    /// A press came so long after it was meant to.
    pub(super) fn late(&self, us: u64) {
        held(&self.late).saturating_record(us.max(1));
    }

    /// A transport ended otherwise; the reason names no case.
    pub(super) fn broke(&self, why: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        *held(&self.failures).entry(why.to_owned()).or_default() += 1;
    }

    /// The server answered with an error: which kind of step, and its code.
    pub(super) fn refused(&self, step: Step, code: &str) {
        *held(&self.refused).entry(format!("{}: {code}", step.name())).or_default() += 1;
    }

    /// Errors that the server answered with, and how often.
    pub(super) fn refusals(&self) -> BTreeMap<String, u64> {
        held(&self.refused).clone()
    }

    /// An enquiry is on its desk's page.
    pub(super) fn rang(&self, enquiry: EnquiryId, us: u64) {
        held(&self.desks).entry(enquiry).or_default().rang_us.get_or_insert(us);
    }

    /// A desk presses its answer.
    pub(super) fn answering(&self, enquiry: EnquiryId, us: u64) {
        held(&self.desks).entry(enquiry).or_default().answering_us = Some(us);
    }

    /// What is known of an enquiry at its desk, once.
    pub(super) fn take_at_desk(&self, enquiry: EnquiryId) -> Option<AtDesk> {
        held(&self.desks).remove(&enquiry)
    }

    /// Times from the intended start, and from the real one.
    pub(super) fn times(&self, step: Step) -> (Times, Times) {
        self.steps.get(step.index()).map_or_else(Default::default, |pair| {
            let pair = held(pair);
            (Times::of(&pair.intended), Times::of(&pair.service))
        })
    }

    /// A step's times from its intended start (or from its real one), as a curve of a report.
    pub(super) fn curve(&self, step: Step, intended: bool) -> LatencyCurve {
        match self.steps.get(step.index()) {
            Some(pair) => {
                let pair = held(pair);
                curve(step.name(), if intended { &pair.intended } else { &pair.service })
            }
            None => curve(step.name(), &histogram()),
        }
    }

    /// How late presses were.
    pub(super) fn lateness(&self) -> Times {
        Times::of(&held(&self.late))
    }

    /// Reasons why transports ended otherwise, and how often.
    pub(super) fn failures(&self) -> BTreeMap<String, u64> {
        held(&self.failures).clone()
    }

    /// Forgets every time so far: what follows is measured.
    pub(super) fn begin_again(&self) {
        for pair in &self.steps {
            let mut pair = held(pair);
            pair.intended.reset();
            pair.service.reset();
        }
        held(&self.late).reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_start_counts_from_when_it_was_meant() {
        let book = Book::default();
        book.took(Step::LookUp, 2_000, 8_000);
        let (intended, service) = book.times(Step::LookUp);
        assert!(
            (9.9..10.1).contains(&intended.max_ms) && (1.9..2.1).contains(&service.max_ms),
            "{intended:?} {service:?}"
        );
        assert_eq!(book.times(Step::Document).0.count, 0);
        assert_eq!(book.curve(Step::Document, true).count, 0);
    }

    #[test]
    fn an_enquiry_is_told_once() {
        let (book, enquiry) = (Book::default(), EnquiryId::from_bytes([1; 16]));
        book.rang(enquiry, 5);
        book.rang(enquiry, 9);
        book.answering(enquiry, 11);
        let at = book.take_at_desk(enquiry).expect("known");
        assert_eq!((at.rang_us, at.answering_us), (Some(5), Some(11)));
        assert!(book.take_at_desk(enquiry).is_none());
    }
}
