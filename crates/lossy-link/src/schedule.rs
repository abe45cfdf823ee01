//! What is on its way, in the order in which it comes out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::limits::MAX_IN_FLIGHT_BYTES;

/// Packets under way in one direction. Those of the same moment come out in the order in which they went in.
#[derive(Debug)]
pub struct Schedule<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    next: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<T> {
    key: (Duration, u64),
    bytes: usize,
    item: T,
}

impl<T> Schedule<T> {
    /// Nothing is on its way.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: BinaryHeap::new(), next: 0, bytes: 0 }
    }

    /// Sends an item on its way until `at`; false when [`MAX_IN_FLIGHT_BYTES`] are under way already.
    pub fn push(&mut self, at: Duration, bytes: usize, item: T) -> bool {
        if self.bytes.saturating_add(bytes) > MAX_IN_FLIGHT_BYTES {
            return false;
        }
        self.heap.push(Reverse(Entry { key: (at, self.next), bytes, item }));
        self.next += 1;
        self.bytes += bytes;
        true
    }

    /// When the next item comes out.
    #[must_use]
    pub fn next_at(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse(entry)| entry.key.0)
    }

    /// The next item whose time has come.
    pub fn pop_due(&mut self, now: Duration) -> Option<T> {
        self.next_at().filter(|at| *at <= now)?;
        let Reverse(entry) = self.heap.pop()?;
        self.bytes -= entry.bytes;
        Some(entry.item)
    }

    /// Bytes under way.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn items_come_out_by_time_then_by_order() {
        let mut schedule = Schedule::new();
        for (at, name) in [(30, 'c'), (10, 'a'), (30, 'd'), (20, 'b')] {
            assert!(schedule.push(ms(at), 1, name));
        }
        assert_eq!(schedule.next_at(), Some(ms(10)));
        assert_eq!(schedule.pop_due(ms(9)), None);
        let out: String = std::iter::from_fn(|| schedule.pop_due(ms(30))).collect();
        assert_eq!(out, "abcd");
        assert_eq!(schedule.bytes(), 0);
    }

    #[test]
    fn what_is_under_way_is_bounded() {
        let mut schedule = Schedule::new();
        assert!(schedule.push(ms(1), MAX_IN_FLIGHT_BYTES, ()));
        assert!(!schedule.push(ms(1), 1, ()));
        assert_eq!(schedule.pop_due(ms(1)), Some(()));
        assert!(schedule.push(ms(1), 1, ()));
    }
}
