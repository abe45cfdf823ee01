//! What crews press: a transport now and then interrupted, in an order that nobody planned.

use crate::town;
use crate::world::World;
use ambulance_core::{CardInput, CardState, Command, HistoryState, Input, State};
use case::{CorrectionReason, DeclineReason, Ending, EnquiryAnswer, FindingsChange};
use model::{Complaint, HospitalId, Stage, Triage};
use patient_history::{ConsentScope, NotObtainableReason};
use wire::Passcode;

/// Cases that one tablet opens by itself.
const CASES_MAX: usize = 5;

impl World {
    /// One press on one tablet.
    pub(crate) fn crew_presses(&mut self, t: usize) {
        let Some(state) = self.tablets.get(t).and_then(|tablet| tablet.core.as_ref()).map(|core| core.state().clone())
        else {
            return;
        };
        if state.crew.is_none() && self.dice.chance(500) {
            let town = self.tablets.get(t).map_or(1, |tablet| tablet.place.town.0);
            let sign_in = Command::SignIn { login: format!("crew{town}"), passcode: Passcode::new("right".into()) };
            self.press(t, sign_in);
            return;
        }
        let open = state.case().is_some_and(|case| !case.view.is_closed());
        if !open {
            self.without_case(t, &state);
            return;
        }
        // A question on the screen is mostly answered before anything else.
        let asks = state.case().is_some_and(|case| matches!(case.card, CardState::Face(_) | CardState::Consent(_)));
        if asks && self.dice.chance(700) {
            self.card(t, &state);
            return;
        }
        match self.dice.below(100) {
            0..26 => self.stamp(t, &state),
            26..46 => self.observe(t),
            46..52 => self.press(t, Command::Undo),
            52..56 => self.correct(t, &state),
            56..72 => self.card(t, &state),
            72..88 => self.enquiry(t, &state),
            88..92 => self.other_case(t, &state),
            92..94 => self.press(t, Command::HistoryShown),
            94 => self.press(t, Command::WithdrawConsent),
            95 => self.press(t, Command::End(Ending::Cancelled)),
            96 => self.press(t, Command::SignOut),
            97 => self.open(t, &state),
            _ => {
                if let Some(position) = town::scene() {
                    self.press(t, Command::At(position));
                }
            }
        }
    }

    fn without_case(&mut self, t: usize, state: &State) {
        let other = state.cases.iter().find(|(_, case)| !case.view.is_closed()).map(|(id, _)| *id);
        match other.filter(|_| self.dice.chance(600)) {
            Some(case) => self.press(t, Command::SelectCase(case)),
            None => self.open(t, state),
        }
    }

    fn open(&mut self, t: usize, state: &State) {
        if state.cases.len() < CASES_MAX {
            if let Some(position) = town::scene() {
                self.press(t, Command::At(position));
            }
            self.press(t, Command::OpenCase);
        }
    }

    fn stamp(&mut self, t: usize, state: &State) {
        let Some(view) = state.case().map(|case| &case.view) else { return };
        // What comes before the unit is on its way is stamped by the dispatch centre.
        let next = view.next_stage().map_or(Stage::EnRoute, |stage| stage.max(Stage::EnRoute));
        self.press(t, Command::Stamp(next));
    }

    fn observe(&mut self, t: usize) {
        let complaint = self.dice.pick(&Complaint::ALL).copied();
        let chosen = self.dice.chance(700);
        let change = match complaint.filter(|_| self.dice.chance(800)) {
            Some(complaint) => FindingsChange::Complaint { complaint, chosen },
            None => FindingsChange::Triage(Some(if chosen { Triage::Red } else { Triage::Yellow })),
        };
        self.press(t, Command::Observe(change));
    }

    fn correct(&mut self, t: usize, state: &State) {
        let Some((_, time)) = state.case().and_then(|case| case.view.last_stage()) else { return };
        let to = if self.dice.chance(200) { None } else { Some(time.at.plus_us(-60_000_000)) };
        self.press(t, Command::Correct { of: time.stamp, to, reason: CorrectionReason::PressedLate });
    }

    fn card(&mut self, t: usize, state: &State) {
        let Some(case) = state.case() else { return };
        match &case.card {
            CardState::Face(_) => {
                let same = self.dice.chance(900);
                self.press(t, if same { Command::FaceMatches } else { Command::FaceDiffers });
            }
            CardState::Consent(_) => {
                let command = match self.dice.below(10) {
                    0 => Command::ConsentRefused,
                    1 | 2 => Command::ConsentNotObtainable(NotObtainableReason::Unconscious),
                    _ => Command::ConsentSpoken { scope: ConsentScope::All },
                };
                self.press(t, command);
            }
            _ if matches!(case.history, HistoryState::Waiting { .. } | HistoryState::Here { .. }) => {
                self.press(t, Command::HistoryShown);
            }
            _ => {
                self.input(t, Input::Card(CardInput::Reading));
                self.input(t, Input::Card(CardInput::Read { read: Box::new(town::card()), took_ms: 5 }));
            }
        }
    }

    fn enquiry(&mut self, t: usize, state: &State) {
        let Some(view) = state.case().map(|case| &case.view) else { return };
        let standing = view.enquiries.iter().find(|(_, e)| e.released.is_none() && e.answer.is_none());
        let offered =
            view.enquiries.iter().find(|(_, e)| matches!(e.answer, Some((EnquiryAnswer::Conditional { .. }, _))));
        match self.dice.below(10) {
            0..5 => self.enquire(t),
            5 | 6 => {
                if let Some((enquiry, _)) = standing.filter(|(_, e)| e.by_telephone) {
                    let answer = if self.dice.chance(600) {
                        EnquiryAnswer::Accepted
                    } else {
                        EnquiryAnswer::Declined(DeclineReason::Busy)
                    };
                    self.press(t, Command::TelephoneAnswer { enquiry: *enquiry, answer });
                }
            }
            7 => {
                if let Some((enquiry, _)) = offered {
                    self.press(t, Command::TakeOffer(*enquiry));
                }
            }
            8 => {
                if let Some((enquiry, _)) = standing {
                    self.press(t, Command::WithdrawEnquiry(*enquiry));
                }
            }
            _ => {
                if let Some(hospital) = self.some_hospital() {
                    self.press(t, Command::AgreeByTelephone(hospital));
                }
            }
        }
    }

    fn enquire(&mut self, t: usize) {
        let count = self.dice.between(1, 3);
        let mut hospitals: Vec<HospitalId> = (0..count).filter_map(|_| self.some_hospital()).collect();
        hospitals.dedup();
        let by_telephone = self.dice.chance(300);
        self.press(t, Command::Enquire { hospitals, by_telephone, override_reason: None });
    }

    pub(crate) fn some_hospital(&mut self) -> Option<HospitalId> {
        self.dice.pick(self.hospitals.hospitals()).map(|hospital| hospital.id)
    }

    fn other_case(&mut self, t: usize, state: &State) {
        let cases: Vec<_> = state.cases.keys().copied().collect();
        let Some(case) = self.dice.pick(&cases).copied() else { return };
        let command = if self.dice.chance(500) { Command::TakeOver(case) } else { Command::SelectCase(case) };
        self.press(t, command);
    }
}
