//! What a desk did not take up of what it was proposed. Held in memory: after a start of the server it is proposed once more,
//! while it is new.

use model::EnquiryId;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Proposals that are remembered; at the limit the oldest is forgotten, whose time is over long before.
const ASIDE_MAX: usize = 4_096;

/// By the enquiry whose answer they follow from.
#[derive(Debug, Default)]
pub(crate) struct PutAside(Mutex<VecDeque<EnquiryId>>);

impl PutAside {
    /// Proposes it no more.
    pub(crate) fn put(&self, enquiry: EnquiryId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains(&enquiry) {
            return;
        }
        if all.len() >= ASIDE_MAX {
            all.pop_front();
        }
        all.push_back(enquiry);
    }
    /// Whether it was put aside.
    pub(crate) fn has(&self, enquiry: EnquiryId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&enquiry)
    }
}
