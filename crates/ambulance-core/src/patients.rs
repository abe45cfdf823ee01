//! Whose card it is and whose case: unknown patients, one card for one patient of an incident, cases of one patient.
//!
//! A card answers for the case for which it was read. What binds it is a fact ([`case::Body::CardBound`]), so that the next
//! tablet and the next start know it too; the certificate itself stays in memory.

use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::state::{CardState, CardSummary, Now};
use case::patient::TEMPORARY_IDS;
use case::{Body, CardMark, CaseView, IdentitySource, WipeCause};
use model::CaseId;
use std::collections::BTreeSet;

impl Core {
    /// The other patient's case to which this card is bound: of the same incident, or of another one that is still open.
    pub(crate) fn other_case_of_card(&self, case: CaseId, certificate: &[u8]) -> Option<CaseId> {
        let own = &self.state.cases.get(&case)?.view;
        let confirmed = |view: &CaseView, id: CaseId, beside: CaseId| {
            view.cards.get(&CardMark::of(id, certificate)).is_some_and(|bound| bound.also_of == Some(beside))
        };
        let concerns = |id: &CaseId, view: &CaseView| {
            let is_same_patient = own.same_patient.contains_key(id);
            if confirmed(own, case, *id) || confirmed(view, *id, case) {
                return false;
            }
            let is_near = !view.is_closed() || (own.incident.is_some() && own.incident == view.incident);
            *id != case && !is_same_patient && is_near
        };
        let others = self.state.cases.iter().filter(|(id, other)| concerns(id, &other.view));
        let mut bound = others.filter(|(id, other)| other.view.cards.contains_key(&CardMark::of(**id, certificate)));
        bound.next().map(|(id, _)| *id)
    }

    /// Two cases may hold one card that nobody has compared yet: the first to match it has it, the second is told.
    pub(crate) fn card_became_another_s(&mut self, case: CaseId, summary: &CardSummary) -> bool {
        let held = self.books.get(&case).and_then(|book| book.card.as_ref());
        let Some(held) = held.filter(|held| held.also_of.is_none()) else { return false };
        let Some(other) = self.other_case_of_card(case, &held.read.certificate) else { return false };
        self.set_card(CardState::OfOther { summary: summary.clone(), other });
        self.push(Effect::Play(Sound::Alarm));
        true
    }

    pub(crate) fn card_is_this_patients(&mut self) {
        let Some(case) = self.state.current else { return };
        let Some(CardState::OfOther { summary, other }) = self.state.case().map(|c| c.card.clone()) else { return };
        if let Some(held) = self.books.get_mut(&case).and_then(|book| book.card.as_mut()) {
            held.also_of = Some(other);
            self.set_card(CardState::Face(summary));
        }
    }

    /// The crew has compared the card that is held: it is this patient's, or it is not after all.
    pub(crate) fn bind_card(&mut self, case: CaseId, same_person: bool, now: Now) {
        let Some(held) = self.books.get(&case).and_then(|book| book.card.as_ref()) else { return };
        let (mark, also_of) = (CardMark::of(case, &held.read.certificate), held.also_of);
        let bound = self.state.cases.get(&case).and_then(|c| c.view.cards.get(&mark)).copied();
        let body = match (same_person, bound) {
            // It is the last one bound again: what is looked up next is looked up for it.
            (true, _) => Body::CardBound { mark, also_of },
            (false, Some(_)) => Body::CardReleased { mark },
            (false, None) => return,
        };
        self.write(case, body, now);
    }

    /// Temporary ids are given in order inside the incident; one that was taken back is not given again.
    pub(crate) fn set_unknown(&mut self, unknown: bool, now: Now) {
        let Some((case, view)) = self.open_patient() else { return };
        if unknown == view.temporary_id.is_some() {
            return;
        }
        let incident = view.incident;
        let of_incident = self.state.cases.values().filter(|c| incident.is_some() && c.view.incident == incident);
        let taken: BTreeSet<u8> = of_incident.filter_map(|c| c.view.temporary_id).collect();
        let free = (0..TEMPORARY_IDS).find(|id| !taken.contains(id)).unwrap_or(TEMPORARY_IDS - 1);
        self.write(case, Body::TemporaryIdSet { id: unknown.then_some(free) }, now);
    }

    pub(crate) fn identity_found(&mut self, by: Option<IdentitySource>, now: Now) {
        let Some((case, view)) = self.open_patient() else { return };
        if view.identity_found.map(|(by, _)| by) != by {
            self.write(case, Body::IdentityFound { by }, now);
        }
    }

    /// The two facts name each other. The case on screen goes on, unless hospitals know the patient by the other one. What
    /// was looked up for the case that ends here leaves the memory: it belongs to the card that was read for it.
    pub(crate) fn same_patient(&mut self, other: CaseId, now: Now) {
        let Some((case, view)) = self.open_patient() else { return };
        let Some(goes_on) = self.state.cases.get(&other).and_then(|c| goes_on(case, view, other, &c.view)) else {
            return;
        };
        let ends = if goes_on == case { other } else { case };
        self.drop_history(ends, WipeCause::CaseEnded, now);
        self.write(case, Body::SamePatient { other, goes_on }, now);
        self.write(other, Body::SamePatient { other: case, goes_on }, now);
        self.drop_faces();
        self.state.current = Some(goes_on);
        self.suggest.mark(goes_on, now.mono);
    }

    pub(crate) fn other_patient(&mut self, other: CaseId, now: Now) {
        let Some(case) = self.state.current else { return };
        for (own, with) in [(case, other), (other, case)] {
            let same = self.state.cases.get(&own).and_then(|c| c.view.same_patient.get(&with));
            if let Some(of) = same.map(|same| same.name) {
                self.write(own, Body::SamePatientUndone { of }, now);
            }
        }
        self.look_again(now);
    }

    fn open_patient(&self) -> Option<(CaseId, &CaseView)> {
        let case = self.state.current?;
        self.state.case().filter(|c| !c.view.is_closed()).map(|c| (case, &c.view))
    }
}

/// Which of two cases of one patient goes on; none when they cannot be put together: one is over, or hospitals were asked
/// in both.
#[must_use]
pub fn goes_on(case: CaseId, view: &CaseView, other: CaseId, of_other: &CaseView) -> Option<CaseId> {
    let asked = |view: &CaseView| {
        view.destination().is_some() || !view.agreed.is_empty() || view.enquiries.values().any(|e| e.released.is_none())
    };
    if case == other || view.is_closed() || of_other.is_closed() {
        return None;
    }
    match (asked(view), asked(of_other)) {
        (true, true) => None,
        (false, true) => Some(other),
        (_, false) => Some(case),
    }
}
