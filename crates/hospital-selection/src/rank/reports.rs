//! What was reported, found by hospital.

use crate::capacity::CapacityReport;
use crate::constraint::Reports;
use model::{HospitalId, Timestamp};
use std::borrow::Cow;

/// All reports at one moment.
pub(super) struct ReportsNow<'a> {
    /// By hospital; of one hospital in the caller's order. A caller that keeps them so is not copied.
    sorted: Cow<'a, [CapacityReport]>,
    now: Timestamp,
}

const fn key(report: &CapacityReport) -> u128 {
    report.hospital.uuid().as_u128()
}

impl<'a> ReportsNow<'a> {
    pub(super) fn new(capacity: &'a [CapacityReport], now: Timestamp) -> Self {
        let mut sorted = Cow::Borrowed(capacity);
        if !capacity.is_sorted_by_key(key) {
            // Stable: of one hospital the caller's order stays.
            sorted.to_mut().sort_by_key(key);
        }
        Self { sorted, now }
    }

    pub(super) fn of(&self, id: HospitalId) -> Reports<'_> {
        let wanted = id.uuid().as_u128();
        let from = self.sorted.partition_point(|r| key(r) < wanted);
        let mine = self.sorted.get(from..).unwrap_or_default();
        let until = mine.iter().take_while(|r| r.hospital == id).count();
        Reports { all: mine.get(..until).unwrap_or_default(), now: self.now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CapacitySource, CapacityState};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_report_that_holds_is_found_and_no_other(ids in prop::collection::vec((any::<u8>(), 0..3_u8, any::<bool>()), 0..40)) {
            let now = Timestamp::from_millis(1_795_138_380_000);
            let id = |(first, last, _): &(u8, u8, bool)| {
                let mut bytes = [0; 16];
                (bytes[0], bytes[15]) = (*first, *last);
                HospitalId::from_bytes(bytes)
            };
            let report = |one: &(u8, u8, bool)| CapacityReport {
                hospital: id(one),
                capability: None,
                state: CapacityState::Free,
                at: now.plus_minutes(if one.2 { 0 } else { 1 }),
                source: CapacitySource::Desk,
                until: None,
            };
            let all: Vec<CapacityReport> = ids.iter().map(report).collect();
            let reports = ReportsNow::new(&all, now);
            for first in 0..=255 {
                for last in 0..3 {
                    let wanted = id(&(first, last, true));
                    let plain: Vec<_> = all.iter().filter(|r| r.hospital == wanted && r.at == now).collect();
                    prop_assert_eq!(reports.of(wanted).now().collect::<Vec<_>>(), plain);
                }
            }
        }
    }
}
