//! The best hospitals so far, best first.

use super::{Key, Valued};
use model::HospitalId;
use std::cmp::Reverse;
use travel_time::Tenths;

pub(super) struct Best<'t> {
    all: Vec<Valued<'t>>,
    wanted: usize,
    /// Nobody is too many: sorted once, at the end.
    everybody: bool,
}

impl<'t> Best<'t> {
    /// The `wanted` best out of `of`.
    pub(super) fn new(wanted: usize, of: usize) -> Self {
        Self { all: Vec::with_capacity(wanted.min(of) + 1), wanted, everybody: wanted >= of }
    }

    /// What a further hospital has to beat; none = it is among the best as it is.
    fn last(&self) -> Option<Key> {
        let last = self.wanted.checked_sub(1).filter(|_| !self.everybody)?;
        self.all.get(last).map(Valued::key)
    }

    /// Whether a hospital that said nothing of itself is too late with at least this total.
    pub(super) fn is_behind_untold(&self, total: Tenths, id: HospitalId) -> bool {
        self.last().is_some_and(|last| (total, Reverse(None), id) > last)
    }

    /// Whether every hospital with more than this total is.
    pub(super) fn all_behind(&self, total: Tenths) -> bool {
        self.last().is_some_and(|(last, ..)| total > last)
    }

    pub(super) fn add(&mut self, valued: Valued<'t>) {
        if self.everybody {
            self.all.push(valued);
            return;
        }
        let at = self.all.partition_point(|v| v.key() < valued.key());
        if at < self.wanted {
            self.all.insert(at, valued);
            self.all.truncate(self.wanted);
        }
    }

    pub(super) fn sorted(mut self) -> Vec<Valued<'t>> {
        self.all.sort_by_key(Valued::key);
        self.all
    }
}
