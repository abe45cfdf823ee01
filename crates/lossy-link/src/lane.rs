//! One direction's traffic: what the path decided, carried out.

use std::time::Duration;

use crate::counts::PathCounts;
use crate::path::{Fate, Path};
use crate::schedule::Schedule;

/// What is on its way in one direction, of one path or of many.
pub(crate) struct Lane<T> {
    under_way: Schedule<T>,
    delivered: u64,
    refused: u64,
}

impl<T: Clone> Lane<T> {
    /// Sends a packet on its way, or not, as its path decides.
    pub(crate) fn carry(&mut self, path: &mut Path, now: Duration, bytes: usize, packet: T) {
        let Fate::Carried { at, copy } = path.offer(now, bytes) else {
            return;
        };
        for at in std::iter::once(at).chain(copy) {
            self.push(at, bytes, packet.clone());
        }
    }

    /// Sends a packet on its way whatever a path says; false when too much is on its way.
    pub(crate) fn push(&mut self, at: Duration, bytes: usize, packet: T) -> bool {
        let taken = self.under_way.push(at, bytes, packet);
        self.refused += u64::from(!taken);
        taken
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.under_way.next_at()
    }

    /// The next packet whose time has come.
    pub(crate) fn pop_due(&mut self, now: Duration) -> Option<T> {
        let due = self.under_way.pop_due(now)?;
        self.delivered += 1;
        Some(due)
    }

    /// What only the one who carries knows; the rest of the counts is the path's.
    pub(crate) fn counts(&self) -> PathCounts {
        PathCounts { delivered: self.delivered, dropped: self.refused, ..PathCounts::default() }
    }
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { under_way: Schedule::new(), delivered: 0, refused: 0 }
    }
}
