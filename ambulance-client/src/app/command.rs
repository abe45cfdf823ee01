//! What a press means: commands for the core, and what opens on this tablet.

use super::navigation::{Absent, Entry, Field, List, Narrowed, Navigation, Page, page_of};
use super::picker::PickerAction;
use super::present::{self, View};
use crate::frame::ShellAction;
use crate::screens::Action;
use crate::screens::card::CardAction;
use crate::screens::consent_refused::ConsentRefusedAction;
use crate::screens::consent_unobtainable::ConsentUnobtainableAction;
use crate::screens::display::DisplayAction;
use crate::screens::handover::HandoverAction;
use crate::screens::history::HistoryAction;
use crate::screens::history_empty::HistoryEmptyAction;
use crate::screens::history_waiting::HistoryWaitingAction;
use crate::screens::ladder::LadderAction;
use crate::screens::mismatch::MismatchAction;
use crate::screens::on_scene::OnSceneAction;
use crate::screens::ready::ReadyAction;
use crate::screens::transport::TransportAction;
use crate::screens::value_keypad::ValueKeypadAction;
use crate::screens::wipe::WipeAction;
use crate::screens::works_now::WorksNowAction;
use crate::theme::ThemeName;
use crate::widgets::chips::TriageVm;
use crate::widgets::keypad::KeypadPress;
use ambulance_core::{CardState, Command, HistoryState, ReaderState};
use card::Keyed;
use case::{Belonging, FindingsChange, Receiver};
use model::{Complaint, FollowUpAnswer, HospitalId, Jcs, Triage, Vital, VitalReading};
use patient_history::{ConsentBasis, ConsentScope, NotObtainableReason, RefusalReason};

mod choice;
mod lists;
mod lock;
mod number_b;
mod oral;
mod pages;
mod pin;
mod staff_password;
mod value;
mod without_card;

/// What was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// On a screen or around it.
    Screen(Action),
    /// On the generic page.
    Picker(PickerAction),
}

/// What a press asks for.
pub enum Order {
    /// Tell the core.
    Tell(Command),
    /// Open a page.
    Go(Page),
    /// Change what is entered or chosen here.
    Change(Box<dyn FnOnce(&mut Navigation)>),
    /// Take names and history off the screen.
    Lock,
}

/// A key of a page for secret digits; what is taken back is zeroed. Returns whether that changed anything.
fn keyed<const N: usize>(digits: &mut Keyed<N>, key: KeypadPress) -> bool {
    match key {
        KeypadPress::Digit(digit) => digits.push(digit),
        KeypadPress::ClearOne => digits.pop(),
        KeypadPress::ClearAll => {
            *digits = Keyed::new();
            true
        }
    }
}

pub(crate) fn change(f: impl FnOnce(&mut Navigation) + 'static) -> Order {
    Order::Change(Box::new(f))
}

/// Masked rows come on screen, and that they did is recorded.
fn unmask() -> Vec<Order> {
    vec![change(|nav| nav.unmasked = true), Order::Tell(Command::SensitiveShown)]
}

fn tell(command: Command) -> Vec<Order> {
    vec![Order::Tell(command)]
}

fn go(page: Page) -> Vec<Order> {
    vec![Order::Go(page)]
}

fn list(list: List) -> Vec<Order> {
    go(Page::List(list))
}

fn observe(change: FindingsChange) -> Vec<Order> {
    tell(Command::Observe(change))
}

/// What this press asks for, as the screen stood when it was made.
#[must_use]
pub fn meaning(view: &View<'_>, pressed: &Pressed) -> Vec<Order> {
    let action = match pressed {
        Pressed::Picker(action) => return lists::picker(view, *action),
        Pressed::Screen(action) => action,
    };
    match action {
        Action::Shell(a) => shell(view, a),
        Action::Ready(a) => ready(view, *a),
        Action::OnScene(a) => on_scene(view, *a),
        Action::ValueKeypad(a) => value::keypad(view, *a),
        Action::Card(a) => card(view, *a),
        Action::NumberB(a) => number_b::keypad(view, *a),
        Action::StaffPassword(a) => staff_password::keypad(view, *a),
        Action::CardPhoto(a) => number_b::photo(*a),
        Action::Pin(a) => pin::keypad(view, *a),
        Action::ConsentUnobtainable(a) => unobtainable(view, *a),
        Action::ConsentRefused(a) => refused(view, *a),
        Action::Mismatch(a) => mismatch(view, *a),
        Action::History(a) => history(view, *a),
        Action::HistoryWaiting(a) => waiting(*a),
        Action::HistoryEmpty(a) => empty(*a),
        Action::Notebook(a) => oral::notebook(*a),
        Action::Oral(a) => oral::oral(view, *a),
        Action::Hospitals(a) => choice::hospitals(view, *a),
        Action::OverrideChoice(a) => choice::override_choice(view, *a),
        Action::Enquiry(a) => choice::enquiry(view, *a),
        Action::Transport(a) => transport(view, *a),
        Action::Handover(a) => handover(*a),
        Action::Wipe(WipeAction::NextPatient) => vec![Order::Tell(Command::OpenCase), Order::Go(Page::Assess)],
        Action::Wipe(WipeAction::CardReturned) => tell(Command::Returned(Belonging::Card)),
        Action::Wipe(WipeAction::BookReturned) => tell(Command::Returned(Belonging::MedicineBook)),
        Action::WorksNow(WorksNowAction::ConnectNow) => tell(Command::ConnectNow),
        Action::WorksNow(WorksNowAction::OpenTablet) => list(List::Tablet),
        Action::WorksNow(WorksNowAction::PhoneHospital) => {
            list(List::Phone(present::destination(view).or_else(|| best(view))))
        }
        Action::Lock(a) => lock::lock(view, *a),
        Action::Ladder(a) => ladder(view, *a),
        Action::Display(a) => display(*a),
        Action::StageTimes(a) => pages::stage_times(view, *a),
        Action::Ending(a) => pages::ending(view, *a),
        Action::Patients(a) => pages::patients(view, *a),
        Action::List(a) => lists::list(view, *a),
        Action::AlertDetail(a) => pages::alert_detail(view, *a),
        Action::HospitalDetail(a) => pages::hospital_detail(view, *a),
        Action::ConsentSections(a) => pages::consent_sections(view, *a),
        Action::MoreComplaints(a) => pages::more_complaints(view, *a),
        Action::SignIn(a) => lock::sign_in(view, *a),
        Action::WithoutCard(a) => without_card::page(view, *a),
    }
}

fn best(view: &View<'_>) -> Option<HospitalId> {
    view.ranking().and_then(|r| r.candidates.first()).map(|c| c.hospital)
}

fn shell(view: &View<'_>, action: &ShellAction) -> Vec<Order> {
    match action {
        ShellAction::OpenTab(tab) => go(page_of(*tab, view.state)),
        ShellAction::OpenPatients => list(List::Patients),
        ShellAction::OpenStageTimes => list(List::Stages),
        ShellAction::OpenWorksNow => go(Page::WorksNow),
        ShellAction::UndoStamp => tell(Command::Undo),
        ShellAction::AnswerMessage => match present::message(view) {
            Some(message) if message.long => list(List::Phone(None)),
            Some(message) => tell(Command::AcknowledgeMessage(message.id)),
            None => Vec::new(),
        },
        ShellAction::StampNext => match view.open_case() {
            None => tell(Command::OpenCase),
            Some(case) => case.view.next_stage().map_or_else(Vec::new, |stage| tell(Command::Stamp(stage))),
        },
    }
}

fn ready(view: &View<'_>, action: ReadyAction) -> Vec<Order> {
    match action {
        ReadyAction::PhoneDispatch => list(List::Phone(None)),
        ReadyAction::ShowRoute => list(List::Route),
        ReadyAction::CallOff if view.open_case().is_some() => list(List::Endings),
        ReadyAction::CallOff => Vec::new(),
        ReadyAction::CorrectStage(i) => present::STRIP.get(i).map_or_else(Vec::new, |stage| pages::open_times(*stage)),
    }
}

fn on_scene(view: &View<'_>, action: OnSceneAction) -> Vec<Order> {
    let Some(case) = view.open_case() else { return Vec::new() };
    let findings = &case.view.findings;
    match action {
        OnSceneAction::ToggleComplaint(i) if i >= present::FIRST_PAGE => list(List::Complaints),
        OnSceneAction::ToggleComplaint(i) => Complaint::ALL
            .get(i)
            .map_or_else(Vec::new, |c| observe(FindingsChange::Complaint { complaint: *c, chosen: !findings.has(*c) })),
        OnSceneAction::ChooseJcs(i) => {
            let jcs = Jcs::GRADES.get(i).copied().and_then(Jcs::new);
            observe(FindingsChange::Jcs(jcs.filter(|j| findings.jcs != Some(*j))))
        }
        OnSceneAction::OpenValue(i) => open_value(view, i),
        OnSceneAction::CycleFollowUp(i) => {
            let question = present::follow_ups_of(findings).and_then(|(_, list)| list.get(i).copied());
            question.map_or_else(Vec::new, |question| {
                let answer = match findings.follow_ups.get(&question) {
                    None => Some(FollowUpAnswer::No),
                    Some(FollowUpAnswer::No) => Some(FollowUpAnswer::Yes),
                    Some(FollowUpAnswer::Yes | FollowUpAnswer::Unknown) => None,
                };
                observe(FindingsChange::FollowUp { question, answer })
            })
        }
        OnSceneAction::ChooseTriage(vm) => {
            let triage = triage(vm);
            observe(FindingsChange::Triage(Some(triage).filter(|t| findings.triage != Some(*t))))
        }
        OnSceneAction::OpenCandidates => go(Page::Hospitals),
        OnSceneAction::OpenWorksNow => go(Page::WorksNow),
    }
}

const fn triage(vm: TriageVm) -> Triage {
    match vm {
        TriageVm::Red => Triage::Red,
        TriageVm::Yellow => Triage::Yellow,
        TriageVm::Green => Triage::Green,
        TriageVm::Black => Triage::Black,
    }
}

/// Opens the keypad of a value, empty: what stands is shown beside it.
fn open_value(view: &View<'_>, index: usize) -> Vec<Order> {
    let Some(field) = Field::ALL.get(index).copied() else { return Vec::new() };
    let taken_at = view.at();
    vec![
        change(move |nav| {
            nav.entry = Some(Entry { field, first: String::new(), second: String::new(), lower: false, taken_at });
            if !matches!(nav.page, Page::Value | Page::List(_)) {
                nav.behind = nav.page;
            }
        }),
        Order::Go(Page::Value),
    ]
}

fn card(view: &View<'_>, action: CardAction) -> Vec<Order> {
    let at_consent = view.case().is_some_and(|c| matches!(c.card, CardState::Consent(_)));
    let at_face = view.case().is_some_and(|c| matches!(c.card, CardState::Face(_)));
    match action {
        CardAction::FaceMatches if present::is_staff_password_needed_at_face(view) => go(Page::StaffPassword),
        CardAction::FaceMatches => tell(Command::FaceMatches),
        CardAction::FaceDiffers => tell(Command::FaceDiffers),
        CardAction::UndoFace if is_told(view) => go(Page::WithoutCard),
        CardAction::UndoFace => tell(Command::ReadCard),
        CardAction::ByAttributes if present::is_disaster_offered(view) => go(Page::WithoutCard),
        CardAction::ByAttributes => Vec::new(),
        CardAction::ConsentGiven if at_consent => tell(Command::ConsentSpoken { scope: ConsentScope::All }),
        CardAction::ChooseSections if at_consent => list(List::Sections),
        CardAction::ConsentRefused if at_consent => tell(Command::ConsentRefused),
        CardAction::ConsentNotObtainable if at_consent => go(Page::Unobtainable),
        CardAction::ConsentGiven
        | CardAction::ChooseSections
        | CardAction::ConsentRefused
        | CardAction::ConsentNotObtainable => Vec::new(),
        CardAction::OpenNumberB if at_face => go(Page::NumberB),
        CardAction::ByPin if at_face => tell(Command::ByPin),
        CardAction::OpenNumberB | CardAction::ByPin => Vec::new(),
        CardAction::WithoutCard | CardAction::CardReturned => go(Page::Assess),
    }
}

/// What was told stands in the place of a card.
fn is_told(view: &View<'_>) -> bool {
    view.case().is_some_and(|c| matches!(&c.card, CardState::Consent(summary) if summary.is_without_card()))
}

fn unobtainable(view: &View<'_>, action: ConsentUnobtainableAction) -> Vec<Order> {
    match action {
        ConsentUnobtainableAction::ChooseReason(i) => {
            let reason = NotObtainableReason::ALL.get(i).copied();
            vec![change(move |nav| nav.unobtainable = reason.filter(|r| nav.unobtainable != Some(*r)))]
        }
        ConsentUnobtainableAction::Back => go(Page::Card),
        ConsentUnobtainableAction::WithoutLookup => go(Page::Assess),
        ConsentUnobtainableAction::LookUpWithoutConsent => view.nav.unobtainable.map_or_else(Vec::new, |reason| {
            vec![
                Order::Tell(Command::ConsentNotObtainable(reason)),
                Order::Go(Page::Card),
                change(|nav| nav.unobtainable = None),
            ]
        }),
    }
}

fn refused(view: &View<'_>, action: ConsentRefusedAction) -> Vec<Order> {
    let without_card = view.state.reader != ReaderState::Card && present::is_disaster_offered(view);
    match action {
        ConsentRefusedAction::ChooseReason(i) => RefusalReason::ALL
            .get(i)
            .map_or_else(Vec::new, |reason| tell(Command::Consent(ConsentBasis::Refused { reason: Some(*reason) }))),
        ConsentRefusedAction::Oral => list(List::Oral),
        ConsentRefusedAction::MedicineBook => list(List::Notebook),
        ConsentRefusedAction::ChangedMind if without_card => go(Page::WithoutCard),
        ConsentRefusedAction::ChangedMind => tell(Command::ReadCard),
        ConsentRefusedAction::CardReturned => go(Page::Assess),
    }
}

fn mismatch(view: &View<'_>, action: MismatchAction) -> Vec<Order> {
    let of_other = match view.case().map(|c| &c.card) {
        Some(CardState::OfOther { other, .. }) => Some(*other),
        _ => None,
    };
    let undecided = of_other.is_some() || view.case().is_some_and(|c| !c.number_b.contradiction().is_empty());
    match action {
        MismatchAction::ConfirmCard => tell(Command::CardIsThisPatients),
        // One that the last unlock left shut is not opened by a card either: it is only not this patient's.
        MismatchAction::GoToOther => of_other.map_or_else(Vec::new, |other| {
            if view.nav.shut.holds(other) {
                return tell(Command::FaceDiffers);
            }
            vec![Order::Tell(Command::FaceDiffers), Order::Tell(Command::SelectCase(other))]
        }),
        MismatchAction::Compare => tell(Command::CompareAnyway),
        // Giving it back says that it is another person's.
        MismatchAction::CardReturned if undecided => {
            vec![Order::Tell(Command::FaceDiffers), Order::Go(Page::Assess)]
        }
        MismatchAction::CardReturned | MismatchAction::WithoutCard => go(Page::Assess),
        MismatchAction::FixObservation => list(List::Patients),
        MismatchAction::ReadAgain => tell(Command::ReadCard),
    }
}

/// A new look-up needs the card and the consent again.
fn look_up_again() -> Vec<Order> {
    vec![Order::Tell(Command::ReadCard), Order::Go(Page::Card)]
}

fn history(view: &View<'_>, action: HistoryAction) -> Vec<Order> {
    match action {
        HistoryAction::OpenAlert(i) => {
            let sensitive = present::alerts::nth(view, i).is_some_and(|listed| listed.alert.sensitive);
            if sensitive && !view.nav.unmasked { unmask() } else { list(List::Alert(i)) }
        }
        HistoryAction::OpenSection(i) => {
            vec![change(|nav| nav.narrowed = Narrowed::default()), Order::Go(Page::List(List::Rows(i)))]
        }
        HistoryAction::LookUpAgain => look_up_again(),
        HistoryAction::LookUpFull => tell(Command::LookUpFull),
        HistoryAction::AddOral => list(List::Oral),
        HistoryAction::HideScreen => vec![Order::Lock],
        HistoryAction::ChooseHospital => go(Page::Hospitals),
    }
}

fn waiting(action: HistoryWaitingAction) -> Vec<Order> {
    match action {
        HistoryWaitingAction::CancelLookup => tell(Command::WithdrawConsent),
        HistoryWaitingAction::AddOral => list(List::Oral),
        HistoryWaitingAction::ChooseHospital => go(Page::Hospitals),
    }
}

fn empty(action: HistoryEmptyAction) -> Vec<Order> {
    match action {
        HistoryEmptyAction::MedicineBook => list(List::Notebook),
        HistoryEmptyAction::LookUpAgain => look_up_again(),
        HistoryEmptyAction::LookUpFull => tell(Command::LookUpFull),
        HistoryEmptyAction::Oral => list(List::Oral),
    }
}

fn transport(view: &View<'_>, action: TransportAction) -> Vec<Order> {
    match action {
        TransportAction::Answer { .. } => Vec::new(),
        TransportAction::OpenValue(i) => open_value(view, i),
        TransportAction::ShowRoute => list(List::Route),
        TransportAction::ConditionChanged => go(Page::Assess),
        TransportAction::PhoneHospital => {
            let to = view.case().and_then(|c| c.view.destination()).map(|d| d.hospital);
            list(List::Phone(to))
        }
        TransportAction::ChangeDestination => match view.case().and_then(|c| c.view.destination()) {
            // What stands is changed with a reason.
            Some(_) => go(Page::Override),
            None => go(Page::Hospitals),
        },
    }
}

fn handover(action: HandoverAction) -> Vec<Order> {
    match action {
        HandoverAction::Print => list(List::NotHere(Absent::Print)),
        HandoverAction::FullText => list(List::Document),
        HandoverAction::ChooseReceiver(i) => {
            Receiver::ALL.get(i).map_or_else(Vec::new, |by| tell(Command::ReceivedBy(*by)))
        }
        HandoverAction::CardReturned => tell(Command::Returned(Belonging::Card)),
        HandoverAction::FixDocument => go(Page::Assess),
    }
}

fn ladder(view: &View<'_>, action: LadderAction) -> Vec<Order> {
    let failed_look_up =
        view.nav.page == Page::History && view.case().is_some_and(|c| matches!(c.history, HistoryState::Failed { .. }));
    let again = match view.case().map(|c| &c.card) {
        Some(CardState::Failed(f)) => f.is_worth_repeating() || *f == card::Failure::NoCard,
        _ => false,
    };
    let queued = view.nav.page == Page::Card && view.case().is_some_and(present::is_queued);
    let disaster = present::is_disaster_offered(view);
    let told = disaster && view.case().is_some_and(present::failed_without_card);
    match (action, failed_look_up, again) {
        (LadderAction::Primary | LadderAction::Step(_), ..) if queued => list(List::Oral),
        (LadderAction::Side(0), ..) if queued => tell(Command::ConnectNow),
        (LadderAction::Side(_), ..) if queued => tell(Command::WithdrawConsent),
        (LadderAction::Step(_), ..) => go(Page::Assess),
        (LadderAction::Primary, true, _) => go(Page::Hospitals),
        (LadderAction::Side(0), true, _) if told => go(Page::WithoutCard),
        (LadderAction::Side(0), true, _) => look_up_again(),
        (LadderAction::Side(1), false, _) if disaster => go(Page::WithoutCard),
        (LadderAction::Side(_), true, _) => list(List::Oral),
        (LadderAction::Primary, false, true) | (LadderAction::Side(_), false, false) => tell(Command::ReadCard),
        (LadderAction::Primary, false, false) | (LadderAction::Side(_), false, true) => go(Page::Assess),
    }
}

fn display(action: DisplayAction) -> Vec<Order> {
    let set = |f: fn(&mut Navigation)| vec![change(f)];
    match action {
        DisplayAction::AutoTheme => set(|nav| nav.auto_theme = true),
        DisplayAction::Theme(theme) => vec![change(move |nav| {
            nav.auto_theme = false;
            nav.display.theme = theme;
        })],
        DisplayAction::Darker => set(|nav| nav.brightness = nav.brightness.saturating_sub(10).max(10)),
        DisplayAction::Brighter => set(|nav| nav.brightness = nav.brightness.saturating_add(10).min(100)),
        DisplayAction::Sound(loudness) => vec![change(move |nav| nav.loudness = loudness)],
        DisplayAction::Hand(hand) => vec![change(move |nav| nav.display.hand = hand)],
        DisplayAction::Language(lang) => vec![change(move |nav| nav.display.lang = lang)],
        DisplayAction::WorksNow => go(Page::WorksNow),
        DisplayAction::Training => list(List::NotHere(Absent::Training)),
        DisplayAction::About => list(List::About),
        DisplayAction::PhoneDispatch => list(List::Phone(None)),
        DisplayAction::Lock => vec![Order::Lock],
    }
}

const fn next_theme(theme: ThemeName) -> ThemeName {
    match theme {
        ThemeName::Day => ThemeName::Night,
        ThemeName::Night => ThemeName::Sunlight,
        ThemeName::Sunlight => ThemeName::Day,
    }
}
