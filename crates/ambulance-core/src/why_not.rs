//! 「なぜこの病院でないか」: any hospital of the table, asked of the tablet's own engine. It needs no radio; of other units'
//! enquiries and of ambulances on their way the server alone knows.

use crate::core::Core;
use crate::state::Now;
use hospital_selection::{Ranking, why_not};
use model::{CaseId, HospitalId};
use std::sync::Arc;
use travel_time::TravelTime as _;

impl Core {
    /// Sees where a hospital stands in the whole order now. The answer may name a hospital visited: it stays in memory and
    /// goes with the list ([`crate::CaseState::suggestion`]).
    pub(crate) fn ask_why_not(&mut self, hospital: HospitalId, now: Now) {
        let Some(case) = self.state.current else { return };
        let request = self.request_here(case, now);
        let asked = |request| why_not(&self.config.hospitals, &self.capacity, &self.config.travel, &request, hospital);
        let answer = request.and_then(asked).map(Arc::new);
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.why_not = answer;
        }
    }

    /// A new list: what was asked of a hospital is asked again, so that both are of one moment.
    pub(crate) fn ask_why_not_again(&mut self, case: CaseId, now: Now) {
        let asked = self.state.cases.get(&case).and_then(|c| c.why_not.as_ref()).map(|answer| answer.hospital);
        if let Some(hospital) = asked.filter(|_| self.state.current == Some(case)) {
            self.ask_why_not(hospital, now);
        }
    }

    /// Median minutes of the drive, in tenths: as on the list, else as this tablet times it. None where no road leads.
    pub(crate) fn eta_tenths(&self, ranking: &Ranking, hospital: HospitalId) -> Option<i32> {
        if let Some(listed) = ranking.candidates.iter().find(|c| c.hospital == hospital) {
            return listed.by_road().map(|drive| drive.p50.0);
        }
        let to = self.config.hospitals.get(hospital)?.position;
        let refined = self.config.travel.refine(ranking.scene, &[to]);
        let drive = refined.and_then(|drives| drives.first().copied());
        let drive = drive.unwrap_or_else(|| self.config.travel.minutes(ranking.scene, to));
        drive.is_reachable().then_some(drive.p50.0)
    }
}
