//! One request to the reader thread, with what was keyed in it.

use std::sync::{Arc, Mutex, PoisonError};

/// Holds one request; a newer press takes the place of an older one that the reader has not taken yet.
pub struct Slot<R>(Arc<Mutex<Option<R>>>);

impl<R> Slot<R> {
    /// Asks.
    pub fn ask(&self, request: R) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
    }

    /// The request, for whoever plays the reader. Taken once, so that one press never presents twice.
    #[must_use]
    pub fn take(&self) -> Option<R> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<R> Clone for Slot<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> Default for Slot<R> {
    fn default() -> Self {
        Self(Arc::default())
    }
}
