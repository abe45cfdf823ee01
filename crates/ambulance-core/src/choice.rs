//! Where to go: the list, enquiries, telephone agreements.

use crate::core::Core;
use crate::limits::{RERANK_US, SUGGEST_GATHER_US};
use crate::rank_change::{has_moved, moved};
use crate::stages::later;
use crate::state::{CaseState, Now, RankChange, SuggestionState};
use case::{AnsweredBy, Body, CaseView, DeclineReason, EnquiryAnswer, OverrideReason, ReleaseReason};
use hospital_selection::params::CREW_CANDIDATES;
use hospital_selection::{CapacityReport, Continuity, Exclusion, ExclusionReason, SelectionRequest, merge_needs, rank};
use model::{CaseId, EnquiryId, HospitalId, Monotonic, Need, Position, QuestionId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use wire::{Question, SuggestQuestion, Suggestion};

/// When to compute and ask again.
#[derive(Default)]
pub(crate) struct SuggestPlan {
    /// The case whose inputs have changed, and since when.
    dirty: Option<(CaseId, Monotonic)>,
    /// The question that is open.
    open: Option<QuestionId>,
    /// Ask the server from this time on.
    ask_at_us: Option<u64>,
    /// Compute again for freshness.
    refresh_at_us: Option<u64>,
}

impl SuggestPlan {
    /// Something that the list depends on has changed.
    pub(crate) fn mark(&mut self, case: CaseId, now: Monotonic) {
        self.dirty = Some((case, now));
    }
    /// The open question is answered, refused or lost.
    pub(crate) fn answered(&mut self) {
        self.open = None;
    }
    /// Asks the server although nothing has changed.
    pub(crate) fn ask_anew(&mut self, now: Monotonic) {
        self.ask_at_us.get_or_insert(now.us.saturating_add(SUGGEST_GATHER_US));
    }
    /// Nothing has changed since the list was computed.
    pub(crate) const fn is_settled(&self) -> bool {
        self.dirty.is_none()
    }
    pub(crate) fn deadline(&self) -> Option<(u64, &'static str)> {
        // While a question is open the next one waits for its answer, not for a time.
        let ask = self.ask_at_us.filter(|_| self.open.is_none()).map(|us| (us, "the server is asked where to go"));
        let refresh = self.refresh_at_us.map(|us| (us, "reports grow older"));
        [ask, refresh].into_iter().flatten().min()
    }
}

impl Core {
    pub(crate) fn on_capacity(&mut self, reports: Vec<CapacityReport>, now: Now) {
        let hospitals: BTreeSet<HospitalId> = reports.iter().map(|report| report.hospital).collect();
        self.take_capacity(reports);
        for hospital in hospitals {
            self.keep_capacity(hospital);
        }
        if let Some(case) = self.state.current {
            self.suggest.mark(case, now.mono);
        }
    }

    pub(crate) fn take_capacity(&mut self, reports: Vec<CapacityReport>) {
        for report in reports {
            self.state.capacity_at = self.state.capacity_at.max(Some(report.at));
            let same = |r: &CapacityReport| r.hospital == report.hospital && r.capability == report.capability;
            match self.capacity.iter_mut().find(|r| same(r)) {
                Some(known) if known.at <= report.at => *known = report,
                Some(_) => {}
                None => self.capacity.push(report),
            }
        }
    }

    /// The server's list goes out of date with the link: the tablet's own takes its place at once.
    pub(crate) fn rank_without_server(&mut self, now: Now) {
        let of_server = |c: &CaseState| c.suggestion.as_ref().is_some_and(|s| s.by_server);
        if let Some(case) = self.state.current.filter(|id| self.state.cases.get(id).is_some_and(of_server)) {
            self.suggest.mark(case, now.mono);
        }
    }

    /// The server is there: it is asked, and a list that it has sent already stands until it answers.
    pub(crate) fn rank_with_server(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        if self.state.case().and_then(|c| c.suggestion.as_ref()).is_some_and(|list| list.by_server) {
            self.suggest.ask_anew(now.mono);
        } else {
            self.suggest.mark(case, now.mono);
        }
    }

    /// Computes the list here at once, and asks the server as soon as the changes of a moment are gathered.
    pub(crate) fn run_suggestions(&mut self, now: Now) {
        if self.suggest.refresh_at_us.is_some_and(|at| at <= now.mono.us) {
            self.suggest.refresh_at_us = None;
            if let Some(case) = self.state.current {
                self.suggest.mark(case, now.mono);
            }
        }
        if let Some((case, since)) = self.suggest.dirty.take() {
            self.rank_here(case, now);
            self.suggest.ask_at_us.get_or_insert(since.us.saturating_add(SUGGEST_GATHER_US));
            self.suggest.refresh_at_us = Some(now.mono.us.saturating_add(RERANK_US));
        }
        if self.suggest.open.is_none() && self.suggest.ask_at_us.is_some_and(|at| at <= now.mono.us) {
            self.suggest.ask_at_us = None;
            self.ask_where_to_go(now);
        }
    }

    fn start_point(&self, view: &CaseView) -> Option<Position> {
        self.position.or(view.scene)
    }

    fn history_needs(&self, case: CaseId) -> Vec<Need> {
        let answer = self.state.cases.get(&case).and_then(|c| c.record());
        answer.map_or_else(Vec::new, |a| a.evaluation.needs.clone())
    }

    /// Hospitals that know the patient: most where a rule asks for continuity, less where a visit alone says so. History: the
    /// list that they move stays in memory.
    fn known_hospitals(&self, case: CaseId, at: Timestamp) -> Vec<Continuity> {
        let Some(answer) = self.state.cases.get(&case).and_then(|c| c.record()) else { return Vec::new() };
        let by_rule = answer.evaluation.continuity.iter().map(|facility| facility.name.as_str());
        let visited = at.tokyo_date().map_or_else(Vec::new, |today| answer.snapshot.visited(today));
        self.config.hospitals.continuity(by_rule, visited.iter().map(|one| (one.facility.name.as_str(), one.days)))
    }

    /// What this tablet asks its own engine for an open case whose place is known.
    pub(crate) fn request_here(&self, case: CaseId, now: Now) -> Option<SelectionRequest> {
        let state = self.state.cases.get(&case).filter(|c| !c.view.is_closed())?;
        let from = self.start_point(&state.view)?;
        let at = self.state.server_time(now);
        let mut request = SelectionRequest::new(at, from, &state.view.findings_at(at));
        request.needs = merge_needs(&request.needs, &self.history_needs(case));
        request.needs = merge_needs(&request.needs, &state.view.oral.needs(state.view.findings.triage));
        request.exclude = exclusions(&state.view);
        request.continuity = self.known_hospitals(case, at);
        request.prefecture = self.prefecture();
        request.max_candidates = CREW_CANDIDATES;
        Some(request)
    }

    fn rank_here(&mut self, case: CaseId, now: Now) {
        let Some(request) = self.request_here(case, now) else { return };
        let (at, from) = (request.at, request.scene);
        let ranking = Arc::new(rank(&self.config.hospitals, &self.capacity, &self.config.travel, &request));
        let with_history = self.state.cases.get(&case).is_some_and(|c| c.history.answer().is_some());
        let list = SuggestionState { ranking, at, by_server: false, decision: None, with_history };
        self.show_list(case, list, now);
        self.prepare_door_question(case, from, now);
    }

    fn ask_where_to_go(&mut self, now: Now) {
        let Some(case) = self.state.current.filter(|_| self.state.link.is_up()) else {
            return;
        };
        let Some(state) = self.state.cases.get(&case).filter(|c| !c.view.is_closed()) else {
            return;
        };
        let Some(from) = self.start_point(&state.view) else {
            return;
        };
        let lookup = state.record().map(|answer| answer.snapshot.lookup);
        let question = SuggestQuestion {
            case,
            from,
            findings: state.view.findings_at(now.utc),
            lookup,
            exclude: exclusions(&state.view),
            levels: true,
        };
        self.asked.retain(|_, asked| !matches!(asked.ask.question, Question::Suggest(_)));
        let id = self.ask(Question::Suggest(question), Some(case), now);
        self.suggest.open = Some(id);
    }

    pub(crate) fn suggestion_came(&mut self, case: CaseId, id: QuestionId, suggestion: Suggestion, now: Now) {
        if self.suggest.open == Some(id) {
            self.suggest.open = None;
        }
        // The inputs have moved on: the list that stands here is newer than this answer.
        if self.suggest.ask_at_us.is_some() || self.suggest.dirty.is_some() {
            return;
        }
        let list = SuggestionState {
            ranking: Arc::new(suggestion.ranking),
            at: suggestion.at,
            by_server: true,
            decision: Some(suggestion.decision),
            with_history: suggestion.lookup.is_some(),
        };
        self.show_list(case, list, now);
    }

    pub(crate) fn show_list(&mut self, case: CaseId, list: SuggestionState, now: Now) {
        let Some(state) = self.state.cases.get_mut(&case) else {
            return;
        };
        let before = state.suggestion.as_ref().filter(|old| !old.with_history && list.with_history);
        if let Some(before) = before {
            let moved = moved(&before.ranking, &list.ranking);
            if has_moved(&moved) {
                let until = later(now.mono, crate::limits::RANK_NOTICE_US);
                state.rank_change = Some(RankChange { moved, until });
            }
        }
        state.suggestion = Some(list);
        self.ask_why_not_again(case, now);
    }

    pub(crate) fn enquire(
        &mut self,
        hospitals: &[HospitalId],
        by_telephone: bool,
        override_reason: Option<OverrideReason>,
        now: Now,
    ) {
        let Some(case) = self.state.current else { return };
        let Some(state) = self.state.cases.get(&case).filter(|c| !c.view.is_closed()) else {
            return;
        };
        let ranking = state.suggestion.as_ref().map(|s| Arc::clone(&s.ranking));
        let lookup = state.record().map(|answer| answer.snapshot.lookup);
        let open = |h: HospitalId| {
            state.view.enquiries.values().any(|e| e.hospital == h && e.released.is_none() && e.answer.is_none())
        };
        let asked: Vec<HospitalId> = hospitals.iter().copied().filter(|h| !open(*h)).collect();
        let batch = u8::try_from(asked.len()).unwrap_or(u8::MAX);
        for hospital in asked {
            let body = Body::EnquirySent {
                enquiry: EnquiryId::from_uuid(self.ids.uuid(now.utc)),
                hospital,
                lookup,
                needs: ranking.as_ref().map_or_else(Vec::new, |r| r.needs.clone()),
                tell_alerts: lookup.is_some(),
                batch,
                by_telephone,
                eta_tenths: ranking.as_ref().and_then(|r| self.eta_tenths(r, hospital)),
                override_reason,
            };
            self.write(case, body, now);
        }
    }

    pub(crate) fn telephone_answer(&mut self, enquiry: EnquiryId, answer: EnquiryAnswer, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(hospital) = self.state.case().and_then(|c| c.view.enquiries.get(&enquiry)).map(|e| e.hospital) else {
            return;
        };
        let accepted = answer == EnquiryAnswer::Accepted;
        self.write(case, Body::EnquiryAnswered { enquiry, hospital, answer, by: AnsweredBy::Telephone }, now);
        if accepted && !self.state.link.is_up() {
            // Agreed while nobody could be asked: a fact that the server makes the next version (DESIGN issue of enquiry).
            self.write(case, Body::DestinationAgreed { hospital, enquiry: Some(enquiry) }, now);
        }
        self.suggest.mark(case, now.mono);
    }

    /// Only what stands can be changed; the fact names it, so that the server sees when something else was decided meanwhile.
    pub(crate) fn change_destination(&mut self, to: Option<HospitalId>, reason: OverrideReason, now: Now) {
        let Some(case) = self.state.current else { return };
        let standing = self.state.case().and_then(|c| c.view.destination()).map(|d| (d.version, d.hospital));
        let Some((version, _)) = standing.filter(|(_, hospital)| Some(*hospital) != to) else { return };
        self.write(case, Body::DestinationChanged { version, to, reason }, now);
        self.suggest.mark(case, now.mono);
    }

    pub(crate) fn release_enquiry(&mut self, enquiry: EnquiryId, now: Now) {
        if let Some(case) = self.state.current {
            self.write(case, Body::EnquiryReleased { enquiry, reason: ReleaseReason::CrewWithdrew }, now);
        }
    }
}

/// Hospitals that this case has asked in vain.
pub(crate) fn exclusions(view: &CaseView) -> Vec<Exclusion> {
    view.enquiries
        .values()
        .filter_map(|e| {
            if let Some((_, at)) = e.withdrawn {
                return Some(Exclusion { hospital: e.hospital, at, reason: ExclusionReason::Withdrew });
            }
            let (answer, at) = e.answer.as_ref()?;
            let reason = match answer {
                EnquiryAnswer::Accepted | EnquiryAnswer::Conditional { .. } => return None,
                EnquiryAnswer::NoAnswer => ExclusionReason::NoAnswer,
                EnquiryAnswer::Declined(reason) => excluded_for(*reason),
            };
            Some(Exclusion { hospital: e.hospital, at: *at, reason })
        })
        .collect()
}

/// The nine reasons of the survey as the engine knows them.
#[must_use]
pub(crate) const fn excluded_for(reason: DeclineReason) -> ExclusionReason {
    match reason {
        DeclineReason::BedsFull => ExclusionReason::Full,
        DeclineReason::InSurgery | DeclineReason::Busy => ExclusionReason::Busy,
        DeclineReason::CannotTreat => ExclusionReason::TreatmentDifficult,
        DeclineReason::NotOurField => ExclusionReason::OutOfSpecialty,
        DeclineReason::NoDoctor => ExclusionReason::NoDoctor,
        DeclineReason::NoPriorVisit | DeclineReason::Unknown | DeclineReason::Other => ExclusionReason::Other,
    }
}
