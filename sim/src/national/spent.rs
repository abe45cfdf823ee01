//! How long the stand-in itself took for each look-up: a load test takes it out of the product's times.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Look-ups that are remembered; of more the first name is forgotten, and its time counts as the product's.
const REMEMBERED_MAX: usize = 65_536;

/// See the module. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Spent(Arc<Mutex<BTreeMap<String, u64>>>);

impl Spent {
    /// A question was here for so long.
    pub(super) fn note(&self, lookup: &str, time: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.pop_first();
        }
        *known.entry(lookup.to_owned()).or_default() += u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    }

    /// Microseconds for a look-up, once.
    #[must_use]
    pub fn take(&self, lookup: &str) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(lookup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tries_of_one_look_up_are_one_sum_and_it_is_told_once() {
        let spent = Spent::default();
        spent.note("a", Duration::from_micros(5));
        spent.note("a", Duration::from_micros(7));
        assert_eq!((spent.take("a"), spent.take("a"), spent.take("b")), (Some(12), None, None));
    }
}
