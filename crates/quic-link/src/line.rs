//! A short line at the door: first come, first served, bounded in length and in time. It knows no socket and no clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Who waits, the longest first.
pub(crate) struct Line<T> {
    waiting: VecDeque<(Instant, T)>,
    places: usize,
    patience: Duration,
}

impl<T> Line<T> {
    pub(crate) fn new(places: usize, patience: Duration) -> Self {
        Self { waiting: VecDeque::new(), places, patience }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Joins the end of the line.
    ///
    /// # Errors
    /// The line is full; whoever came is given back.
    pub(crate) fn join(&mut self, guest: T, now: Instant) -> Result<(), T> {
        if self.waiting.len() >= self.places {
            return Err(guest);
        }
        self.waiting.push_back((now, guest));
        Ok(())
    }

    /// Whoever has waited longest.
    pub(crate) fn next(&mut self) -> Option<T> {
        self.waiting.pop_front().map(|(_, guest)| guest)
    }

    /// When the first will have waited too long.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|(since, _)| *since + self.patience)
    }

    /// One who has waited too long.
    pub(crate) fn late(&mut self, now: Instant) -> Option<T> {
        if self.deadline()? <= now { self.next() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn begin() -> Instant {
        Instant::now()
    }

    #[test]
    fn who_came_first_goes_first() {
        let (mut line, now) = (Line::new(3, Duration::from_secs(1)), begin());
        for guest in 1..=3 {
            assert_eq!(line.join(guest, now), Ok(()));
        }
        assert_eq!((line.next(), line.next(), line.next(), line.next()), (Some(1), Some(2), Some(3), None));
    }

    #[test]
    fn the_line_is_bounded_and_a_place_that_is_free_again_is_given_again() {
        let (mut line, now) = (Line::new(2, Duration::from_secs(1)), begin());
        assert_eq!((line.join(1, now), line.join(2, now), line.join(3, now)), (Ok(()), Ok(()), Err(3)));
        assert_eq!(line.next(), Some(1));
        assert_eq!(line.join(3, now), Ok(()));
    }

    #[test]
    fn nobody_waits_longer_than_the_patience() {
        let (mut line, now) = (Line::new(9, Duration::from_secs(4)), begin());
        let after = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(line.deadline(), None);
        line.join(1, now).expect("room");
        line.join(2, after(1)).expect("room");
        assert_eq!(line.deadline(), Some(after(4)));
        assert_eq!(line.late(after(3)), None);
        assert_eq!((line.late(after(4)), line.late(after(4))), (Some(1), None));
        assert_eq!((line.late(after(5)), line.is_empty()), (Some(2), true));
    }
}
