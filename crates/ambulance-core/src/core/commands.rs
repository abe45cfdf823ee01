//! What each command of the crew asks for.

use super::Core;
use crate::command::Command;
use crate::effect::Effect;
use crate::state::Now;
use case::{Body, FindingsChange, OralChange};
use model::{CaseId, Position};
use patient_history::ConsentBasis;
use wire::{Passcode, PositionReport, Question};

impl Core {
    pub(super) fn command(&mut self, command: Command, now: Now) {
        match command {
            Command::SignIn { login, passcode } => self.sign_in(login, passcode, now),
            Command::SignOut => self.sign_out(),
            Command::LockOut => self.lock_out(now),
            Command::OpenCase => self.open_case(now),
            Command::SelectCase(case) => self.select_case(case, now),
            Command::TakeOver(case) => {
                self.take_over(case, now);
                self.look_again(now);
            }
            Command::Stamp(stage) => self.stamp_stage(stage, now),
            Command::Undo => self.undo_stamp(now),
            Command::Correct { of, to, reason } => self.correct_stamp(of, to, reason, now),
            Command::Observe(change) => self.observe(change, now),
            Command::ReadCard => self.read_card_again(),
            Command::OpenNumberB { number, read_at, last_try } => self.open_number_b(number, read_at, last_try),
            Command::ByPin => self.by_pin(),
            Command::EnterPin { pin, read_at, last_try } => self.enter_pin(pin, read_at, last_try, now),
            Command::PinToVisual => self.pin_to_visual(),
            Command::ByAttributes(attributes) => self.by_attributes(*attributes, now),
            Command::CompareAnyway => self.compare_anyway(),
            Command::StaffPassword { password } => self.staff_password_keyed(password),
            Command::FaceMatches => self.face(true, now),
            Command::FaceDiffers => self.face(false, now),
            Command::ConsentSpoken { scope } => {
                self.consent(ConsentBasis::Spoken { scope, told_to_hospitals: true }, now)
            }
            Command::ConsentNotObtainable(reason) => self.consent(ConsentBasis::NotObtainable { reason }, now),
            Command::ConsentRefused => self.consent(ConsentBasis::Refused { reason: None }, now),
            Command::Consent(basis) => self.consent(basis, now),
            Command::WithdrawConsent => self.withdraw_consent(now),
            Command::LookUpFull => self.look_up_full(now),
            Command::HistoryShown => self.history_shown(now),
            Command::SensitiveShown => self.sensitive_shown(now),
            Command::NotebookCode(code) => self.notebook_code(code, now),
            Command::NotebookAgain => self.notebook_again(),
            Command::NotebookUse => self.notebook_use(now),
            Command::ForgetNotebooks => self.forget_read(),
            Command::Tell(change) => self.tell(change, now),
            Command::Enquire { hospitals, by_telephone, override_reason } => {
                self.enquire(&hospitals, by_telephone, override_reason, now);
            }
            Command::TelephoneAnswer { enquiry, answer } => self.telephone_answer(enquiry, answer, now),
            Command::TakeOffer(enquiry) => self.write_current(Body::OfferTaken { enquiry }, now),
            Command::WithdrawEnquiry(enquiry) => self.release_enquiry(enquiry, now),
            Command::AgreeByTelephone(hospital) => {
                self.write_current(Body::DestinationAgreed { hospital, enquiry: None }, now);
            }
            Command::ChangeDestination { to, reason } => self.change_destination(to, reason, now),
            Command::RecoverySeen => self.recovery_seen(),
            Command::DismissRankChange => self.dismiss_rank_change(),
            Command::WhyNot(hospital) => self.ask_why_not(hospital, now),
            Command::Returned(what) => self.write_current(Body::BelongingReturned { what }, now),
            Command::ReceivedBy(by) => self.write_current(Body::HandoverReceived { by }, now),
            Command::ConnectNow => self.push(Effect::ConnectNow),
            Command::End(ending) => self.end_case(ending, now),
            Command::MakeDocument => self.make_document(now),
            Command::At(position) => self.moved_to(position, now),
            Command::CardIsThisPatients => self.card_is_this_patients(),
            Command::Unknown(unknown) => self.set_unknown(unknown, now),
            Command::IdentityFound(by) => self.identity_found(by, now),
            Command::SamePatient(other) => self.same_patient(other, now),
            Command::OtherPatient(other) => self.other_patient(other, now),
            Command::MessageShown(message) => self.message_shown(message, now),
            Command::AcknowledgeMessage(message) => self.acknowledge_message(message, now),
        }
    }

    fn sign_in(&mut self, login: String, passcode: Passcode, now: Now) {
        self.state.sign_in_error = None;
        self.ask(Question::SignIn { login, passcode }, None, now);
    }

    fn sign_out(&mut self) {
        self.state.crew = None;
        self.forget_read();
        self.forget_staff_passwords();
    }

    fn select_case(&mut self, case: CaseId, now: Now) {
        self.drop_faces();
        self.state.current = Some(case).filter(|c| self.state.cases.contains_key(c));
        self.look_again(now);
    }

    fn make_document(&mut self, now: Now) {
        if let Some(case) = self.state.current {
            self.ask(Question::Document { case }, Some(case), now);
        }
    }

    fn write_current(&mut self, body: Body, now: Now) {
        if let Some(case) = self.state.current {
            self.write(case, body, now);
        }
    }

    fn observe(&mut self, change: FindingsChange, now: Now) {
        let Some(case) = self.state.current else { return };
        self.write(case, Body::Observed { change }, now);
        self.check_face(case, now);
        self.suggest.mark(case, now.mono);
    }

    fn tell(&mut self, change: OralChange, now: Now) {
        let Some(case) = self.state.current else { return };
        self.write(case, Body::OralHistoryNoted { change }, now);
        self.suggest.mark(case, now.mono);
    }

    fn dismiss_rank_change(&mut self) {
        if let Some(state) = self.state.current.and_then(|id| self.state.cases.get_mut(&id)) {
            state.rank_change = None;
        }
    }

    fn moved_to(&mut self, position: Position, now: Now) {
        self.position = Some(position);
        self.position_n += 1;
        self.state.position_at = Some(now.utc);
        let report = PositionReport { n: self.position_n, at: now.utc, position, case: self.state.current };
        if self.state.link.is_up() {
            self.push(Effect::SendPosition(report));
        }
    }
}
