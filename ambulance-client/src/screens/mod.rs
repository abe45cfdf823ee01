//! The screens: each a plain view model and its drawing. What comes in is a view model, what goes out are actions.

pub mod alert_detail;
pub mod card;
pub mod card_photo;
pub mod consent_refused;
pub mod consent_sections;
pub mod consent_unobtainable;
pub mod display;
pub mod ending;
pub mod enquiry;
pub mod handover;
pub mod history;
pub mod history_empty;
pub mod history_waiting;
pub mod hospital_detail;
pub mod hospitals;
pub mod ladder;
pub mod list;
pub mod lock;
pub mod mismatch;
pub mod more_complaints;
pub mod notebook;
pub mod number_b;
pub mod on_scene;
pub mod oral;
pub mod override_choice;
pub mod patients;
pub mod pin;
pub mod ready;
pub mod safe_state;
pub mod sign_in;
pub mod staff_password;
pub mod stage_times;
pub mod transport;
pub mod value_keypad;
pub mod wipe;
pub mod without_card;
pub mod works_now;

use crate::canvas::{Canvas, Display, Ledger};
use crate::frame::{self, BannerKind, Out, ShellAction, ShellVm, Tab};

use alert_detail::{AlertDetailAction, AlertDetailVm};
use card::{CardAction, CardVm};
use card_photo::{CardPhotoAction, CardPhotoVm};
use consent_refused::{ConsentRefusedAction, ConsentRefusedVm};
use consent_sections::{ConsentSectionsAction, ConsentSectionsVm};
use consent_unobtainable::{ConsentUnobtainableAction, ConsentUnobtainableVm};
use display::{DisplayAction, DisplayVm};
use ending::{EndingAction, EndingVm};
use enquiry::{EnquiryAction, EnquiryVm};
use handover::{HandoverAction, HandoverVm};
use history::{HistoryAction, HistoryVm};
use history_empty::{HistoryEmptyAction, HistoryEmptyVm};
use history_waiting::{HistoryWaitingAction, HistoryWaitingVm};
use hospital_detail::{HospitalDetailAction, HospitalDetailVm};
use hospitals::{HospitalsAction, HospitalsVm};
use ladder::{LadderAction, LadderVm};
use list::{ListAction, ListVm};
use lock::{LockAction, LockVm};
use mismatch::{MismatchAction, MismatchVm};
use more_complaints::{MoreComplaintsAction, MoreComplaintsVm};
use notebook::{NotebookAction, NotebookVm};
use number_b::{NumberBAction, NumberBVm};
use on_scene::{OnSceneAction, OnSceneVm};
use oral::{OralAction, OralVm};
use override_choice::{OverrideChoiceAction, OverrideChoiceVm};
use patients::{PatientsAction, PatientsVm};
use pin::{PinAction, PinVm};
use ready::{ReadyAction, ReadyVm};
use sign_in::{SignInAction, SignInVm};
use staff_password::{StaffPasswordAction, StaffPasswordVm};
use stage_times::{StageTimesAction, StageTimesVm};
use transport::{TransportAction, TransportVm};
use value_keypad::{ValueKeypadAction, ValueKeypadVm};
use wipe::{WipeAction, WipeVm};
use without_card::{WithoutCardAction, WithoutCardVm};
use works_now::{WorksNowAction, WorksNowVm};

/// Which screen is shown, with what it shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// See [`ready`].
    Ready(ReadyVm),
    /// See [`on_scene`].
    OnScene(OnSceneVm),
    /// See [`value_keypad`].
    ValueKeypad(ValueKeypadVm),
    /// See [`card`].
    Card(CardVm),
    /// See [`number_b`].
    NumberB(NumberBVm),
    /// See [`staff_password`].
    StaffPassword(StaffPasswordVm),
    /// See [`card_photo`].
    CardPhoto(CardPhotoVm),
    /// See [`consent_unobtainable`].
    ConsentUnobtainable(ConsentUnobtainableVm),
    /// See [`consent_refused`].
    ConsentRefused(ConsentRefusedVm),
    /// See [`mismatch`].
    Mismatch(MismatchVm),
    /// See [`history`].
    History(HistoryVm),
    /// See [`history_waiting`].
    HistoryWaiting(HistoryWaitingVm),
    /// See [`history_empty`].
    HistoryEmpty(HistoryEmptyVm),
    /// See [`notebook`].
    Notebook(NotebookVm),
    /// See [`oral`].
    Oral(OralVm),
    /// See [`hospitals`].
    Hospitals(HospitalsVm),
    /// See [`override_choice`].
    OverrideChoice(OverrideChoiceVm),
    /// See [`enquiry`].
    Enquiry(EnquiryVm),
    /// See [`transport`].
    Transport(TransportVm),
    /// See [`handover`].
    Handover(HandoverVm),
    /// See [`wipe`].
    Wipe(WipeVm),
    /// See [`works_now`].
    WorksNow(WorksNowVm),
    /// See [`lock`].
    Lock(LockVm),
    /// See [`ladder`].
    Ladder(LadderVm),
    /// See [`display`].
    Display(DisplayVm),
    /// See [`stage_times`].
    StageTimes(StageTimesVm),
    /// See [`ending`].
    Ending(EndingVm),
    /// See [`patients`].
    Patients(PatientsVm),
    /// See [`list`].
    List(ListVm),
    /// See [`alert_detail`].
    AlertDetail(AlertDetailVm),
    /// See [`hospital_detail`].
    HospitalDetail(HospitalDetailVm),
    /// See [`consent_sections`].
    ConsentSections(ConsentSectionsVm),
    /// See [`more_complaints`].
    MoreComplaints(MoreComplaintsVm),
    /// See [`sign_in`].
    SignIn(SignInVm),
    /// See [`pin`].
    Pin(PinVm),
    /// See [`without_card`].
    WithoutCard(WithoutCardVm),
}

/// What the crew pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Around the screen.
    Shell(ShellAction),
    /// On [`ready`].
    Ready(ReadyAction),
    /// On [`on_scene`].
    OnScene(OnSceneAction),
    /// On [`value_keypad`].
    ValueKeypad(ValueKeypadAction),
    /// On [`card`].
    Card(CardAction),
    /// On [`number_b`].
    NumberB(NumberBAction),
    /// On [`staff_password`].
    StaffPassword(StaffPasswordAction),
    /// On [`card_photo`].
    CardPhoto(CardPhotoAction),
    /// On [`consent_unobtainable`].
    ConsentUnobtainable(ConsentUnobtainableAction),
    /// On [`consent_refused`].
    ConsentRefused(ConsentRefusedAction),
    /// On [`mismatch`].
    Mismatch(MismatchAction),
    /// On [`history`].
    History(HistoryAction),
    /// On [`history_waiting`].
    HistoryWaiting(HistoryWaitingAction),
    /// On [`history_empty`].
    HistoryEmpty(HistoryEmptyAction),
    /// On [`notebook`].
    Notebook(NotebookAction),
    /// On [`oral`].
    Oral(OralAction),
    /// On [`hospitals`].
    Hospitals(HospitalsAction),
    /// On [`override_choice`].
    OverrideChoice(OverrideChoiceAction),
    /// On [`enquiry`].
    Enquiry(EnquiryAction),
    /// On [`transport`].
    Transport(TransportAction),
    /// On [`handover`].
    Handover(HandoverAction),
    /// On [`wipe`].
    Wipe(WipeAction),
    /// On [`works_now`].
    WorksNow(WorksNowAction),
    /// On [`lock`].
    Lock(LockAction),
    /// On [`ladder`].
    Ladder(LadderAction),
    /// On [`display`].
    Display(DisplayAction),
    /// On [`stage_times`].
    StageTimes(StageTimesAction),
    /// On [`ending`].
    Ending(EndingAction),
    /// On [`patients`].
    Patients(PatientsAction),
    /// On [`list`].
    List(ListAction),
    /// On [`alert_detail`].
    AlertDetail(AlertDetailAction),
    /// On [`hospital_detail`].
    HospitalDetail(HospitalDetailAction),
    /// On [`consent_sections`].
    ConsentSections(ConsentSectionsAction),
    /// On [`more_complaints`].
    MoreComplaints(MoreComplaintsAction),
    /// On [`sign_in`].
    SignIn(SignInAction),
    /// On [`pin`].
    Pin(PinAction),
    /// On [`without_card`].
    WithoutCard(WithoutCardAction),
}

impl Screen {
    /// The screen's key: targets of different screens never share a press.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Ready(_) => "ready",
            Self::OnScene(_) => "on_scene",
            Self::ValueKeypad(_) => "value_keypad",
            Self::Card(_) => "card",
            Self::NumberB(_) => "number_b",
            Self::StaffPassword(_) => "staff_password",
            Self::CardPhoto(_) => "card_photo",
            Self::ConsentUnobtainable(_) => "consent_unobtainable",
            Self::ConsentRefused(_) => "consent_refused",
            Self::Mismatch(_) => "mismatch",
            Self::History(_) => "history",
            Self::HistoryWaiting(_) => "history_waiting",
            Self::HistoryEmpty(_) => "history_empty",
            Self::Notebook(_) => "notebook",
            Self::Oral(_) => "oral",
            Self::Hospitals(_) => "hospitals",
            Self::OverrideChoice(_) => "override_choice",
            Self::Enquiry(_) => "enquiry",
            Self::Transport(_) => "transport",
            Self::Handover(_) => "handover",
            Self::Wipe(_) => "wipe",
            Self::WorksNow(_) => "works_now",
            Self::Lock(_) => "lock",
            Self::Ladder(_) => "ladder",
            Self::Display(_) => "display",
            Self::StageTimes(_) => "stage_times",
            Self::Ending(_) => "ending",
            Self::Patients(_) => "patients",
            Self::List(_) => "list",
            Self::AlertDetail(_) => "alert_detail",
            Self::HospitalDetail(_) => "hospital_detail",
            Self::ConsentSections(_) => "consent_sections",
            Self::MoreComplaints(_) => "more_complaints",
            Self::SignIn(_) => "sign_in",
            Self::Pin(_) => "pin",
            Self::WithoutCard(_) => "without_card",
        }
    }

    /// The tab of the rail that is current on this screen.
    #[must_use]
    pub fn tab(&self) -> Option<Tab> {
        match self {
            Self::Ready(_)
            | Self::WorksNow(_)
            | Self::Lock(_)
            | Self::SignIn(_)
            | Self::StageTimes(_)
            | Self::Ending(_)
            | Self::Patients(_) => None,
            Self::List(vm) => vm.tab,
            Self::OnScene(_) | Self::ValueKeypad(_) | Self::MoreComplaints(_) => Some(Tab::Assess),
            Self::Card(_)
            | Self::NumberB(_)
            | Self::Pin(_)
            | Self::StaffPassword(_)
            | Self::CardPhoto(_)
            | Self::ConsentSections(_)
            | Self::ConsentUnobtainable(_)
            | Self::ConsentRefused(_)
            | Self::Mismatch(_)
            | Self::Notebook(_)
            | Self::WithoutCard(_)
            | Self::Ladder(_) => Some(Tab::Card),
            Self::Oral(_)
            | Self::History(_)
            | Self::HistoryWaiting(_)
            | Self::HistoryEmpty(_)
            | Self::AlertDetail(_) => Some(Tab::History),
            Self::Hospitals(_) | Self::OverrideChoice(_) | Self::Enquiry(_) | Self::HospitalDetail(_) => {
                Some(Tab::Hospital)
            }
            Self::Transport(_) | Self::Handover(_) | Self::Wipe(_) => Some(Tab::Handover),
            Self::Display(_) => Some(Tab::Display),
        }
    }
}

/// Draws `screen` with all that stands around it; returns what was pressed and what was drawn.
pub fn show(ui: &egui::Ui, display: Display, shell: &ShellVm, screen: &Screen) -> (Vec<Action>, Ledger) {
    let message = shell.age_banner.as_ref().filter(|b| matches!(b.kind, BannerKind::Message { .. }));
    let arrangement = message.map_or_else(|| screen.key().to_owned(), |b| format!("{} {}", screen.key(), b.title));
    let mut canvas = Canvas::begin_as(ui, display, screen.key(), &arrangement);
    let tab = screen.tab();
    let c = &mut canvas;
    let actions = match screen {
        Screen::Ready(vm) => draw(c, shell, vm, tab, ready::ui, Action::Ready),
        Screen::OnScene(vm) => draw(c, shell, vm, tab, on_scene::ui, Action::OnScene),
        Screen::ValueKeypad(vm) => draw(c, shell, vm, tab, value_keypad::ui, Action::ValueKeypad),
        Screen::Card(vm) => draw(c, shell, vm, tab, card::ui, Action::Card),
        Screen::NumberB(vm) => draw(c, shell, vm, tab, number_b::ui, Action::NumberB),
        Screen::Pin(vm) => draw(c, shell, vm, tab, pin::ui, Action::Pin),
        Screen::StaffPassword(vm) => draw(c, shell, vm, tab, staff_password::ui, Action::StaffPassword),
        Screen::CardPhoto(vm) => draw(c, shell, vm, tab, card_photo::ui, Action::CardPhoto),
        Screen::ConsentUnobtainable(vm) => {
            draw(c, shell, vm, tab, consent_unobtainable::ui, Action::ConsentUnobtainable)
        }
        Screen::ConsentRefused(vm) => draw(c, shell, vm, tab, consent_refused::ui, Action::ConsentRefused),
        Screen::Mismatch(vm) => draw(c, shell, vm, tab, mismatch::ui, Action::Mismatch),
        Screen::History(vm) => draw(c, shell, vm, tab, history::ui, Action::History),
        Screen::HistoryWaiting(vm) => draw(c, shell, vm, tab, history_waiting::ui, Action::HistoryWaiting),
        Screen::HistoryEmpty(vm) => draw(c, shell, vm, tab, history_empty::ui, Action::HistoryEmpty),
        Screen::Notebook(vm) => draw(c, shell, vm, tab, notebook::ui, Action::Notebook),
        Screen::Oral(vm) => draw(c, shell, vm, tab, oral::ui, Action::Oral),
        Screen::Hospitals(vm) => draw(c, shell, vm, tab, hospitals::ui, Action::Hospitals),
        Screen::OverrideChoice(vm) => draw(c, shell, vm, tab, override_choice::ui, Action::OverrideChoice),
        Screen::Enquiry(vm) => draw(c, shell, vm, tab, enquiry::ui, Action::Enquiry),
        Screen::Transport(vm) => draw(c, shell, vm, tab, transport::ui, Action::Transport),
        Screen::Handover(vm) => draw(c, shell, vm, tab, handover::ui, Action::Handover),
        Screen::Wipe(vm) => draw(c, shell, vm, tab, wipe::ui, Action::Wipe),
        Screen::WorksNow(vm) => draw(c, shell, vm, tab, works_now::ui, Action::WorksNow),
        Screen::Lock(vm) => draw(c, shell, vm, tab, lock::ui, Action::Lock),
        Screen::Ladder(vm) => draw(c, shell, vm, tab, ladder::ui, Action::Ladder),
        Screen::Display(vm) => draw(c, shell, vm, tab, display::ui, Action::Display),
        Screen::StageTimes(vm) => draw(c, shell, vm, tab, stage_times::ui, Action::StageTimes),
        Screen::Ending(vm) => draw(c, shell, vm, tab, ending::ui, Action::Ending),
        Screen::Patients(vm) => draw(c, shell, vm, tab, patients::ui, Action::Patients),
        Screen::List(vm) => draw(c, shell, vm, tab, list::ui, Action::List),
        Screen::AlertDetail(vm) => draw(c, shell, vm, tab, alert_detail::ui, Action::AlertDetail),
        Screen::HospitalDetail(vm) => draw(c, shell, vm, tab, hospital_detail::ui, Action::HospitalDetail),
        Screen::ConsentSections(vm) => draw(c, shell, vm, tab, consent_sections::ui, Action::ConsentSections),
        Screen::MoreComplaints(vm) => draw(c, shell, vm, tab, more_complaints::ui, Action::MoreComplaints),
        Screen::SignIn(vm) => draw(c, shell, vm, tab, sign_in::ui, Action::SignIn),
        Screen::WithoutCard(vm) => draw(c, shell, vm, tab, without_card::ui, Action::WithoutCard),
    };
    (actions, canvas.finish())
}

fn draw<V, A>(
    c: &mut Canvas<'_>,
    shell: &ShellVm,
    vm: &V,
    tab: Option<Tab>,
    ui: impl FnOnce(&mut Canvas<'_>, &ShellVm, &V, &mut Out<A>),
    wrap: impl Fn(A) -> Action,
) -> Vec<Action> {
    let mut out = Out::default();
    ui(c, shell, vm, &mut out);
    frame::around(c, shell, tab, &mut out);
    let shell_actions = out.shell.into_iter().map(Action::Shell);
    shell_actions.chain(out.screen.into_iter().map(wrap)).collect()
}
