//! View models from the state: pure, rebuilt for every frame. One file per screen.
//!
//! **Invariant:** every medical word comes from the crates that own it; nothing here invents one, and nothing that is not
//! in the state is shown as known.

pub(crate) mod alerts;
mod asking;
mod banner;
mod card;
mod choose;
mod details;
mod display;
mod enquiry;
mod filter;
mod handover;
mod history;
mod hospitals;
mod ladder;
mod lists;
mod lock;
mod messages;
mod notebook;
mod number_b;
mod on_scene;
mod oral;
mod override_choice;
mod pin;
mod published;
mod ready;
mod records;
mod register;
mod route;
mod safe_state;
mod shell;
pub(crate) mod spoken;
mod staff_password;
mod stages;
mod tablet;
mod transport;
mod value;
mod view;
mod who;
mod why_not;
mod without_card;
mod works_now;

pub use asking::{is_proposed, picked, top};
pub(crate) use choose::{LETTERS, SEXES, cases};
pub use enquiry::{asked_order, decidable, next_count, unread};
pub(crate) use filter::{ORIGINS, REACHES, group_of_chip};
pub use history::GROUPS;
pub use hospitals::{chosen, next_unasked};
pub(crate) use ladder::is_queued;
pub(crate) use lock::opens_without_session;
pub(crate) use messages::{message, on_screen};
pub(crate) use number_b::may_present;
pub(crate) use on_scene::vital;
pub use on_scene::{FIRST_PAGE, follow_ups_of};
pub(crate) use oral::own_hospitals;
pub use override_choice::changes_destination;
pub(crate) use override_choice::{REASONS, others};
pub(crate) use pin::may_sign;
pub(crate) use ready::STRIP;
pub(crate) use register::{found, municipalities, nearest};
pub use safe_state::safe_state;
pub(crate) use staff_password::{
    is_needed_at_face as is_staff_password_needed_at_face, trouble as staff_password_trouble,
};
pub(crate) use stages::REASONS as CORRECTION_REASONS;
pub(crate) use tablet::damage_count;
pub(crate) use value::next_field;
pub use value::parsed;
pub use view::View;
pub(crate) use who::others as same_patient_others;
pub(crate) use without_card::{failed_without_card, is_offered as is_disaster_offered, places, searched, turns};

use super::navigation::{List, Page};
use super::picker::PickerVm;
use crate::frame::{BannerKind, ShellVm, Tab};
use crate::screens::Screen;

/// What is shown: one of the screens, or a page of choices.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A screen of the design.
    Screen(Box<Screen>),
    /// A page of choices over the part with this tab.
    Picker(Box<PickerVm>, Option<Tab>),
}

impl Shown {
    /// Its key, for tests and pictures.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Screen(screen) => screen.key(),
            Self::Picker(vm, _) => vm.key,
        }
    }
}

fn screen(screen: Screen) -> Shown {
    Shown::Screen(Box::new(screen))
}

/// Where the patient goes, decided or agreed by telephone.
pub(crate) fn destination(view: &View<'_>) -> Option<model::HospitalId> {
    view.case().and_then(|c| transport::destination(&c.view))
}

/// Everything that is drawn now.
#[must_use]
pub fn present(view: &View<'_>) -> (ShellVm, Shown) {
    let mut shell = shell::shell(view);
    let shown = if view.nav.locked.is_some() { lock::lock(view) } else { page(view, view.nav.page) };
    if matches!(&shown, Shown::Screen(s) if matches!(**s, Screen::WorksNow(_) | Screen::Wipe(_))) {
        // These two tell the age and what is erased themselves.
        shell.age_banner = shell.age_banner.filter(|b| b.kind != BannerKind::Age);
    }
    if let Some(undo) = shell.undo.as_mut().filter(|_| shown.key() == "wipe") {
        undo.recorded.clear();
    }
    (shell, shown)
}

fn page(view: &View<'_>, page: Page) -> Shown {
    match page {
        Page::Assess => on_scene::assess(view),
        Page::Value => value::keypad(view),
        Page::Card => card::card(view),
        Page::NumberB => number_b::keypad(view),
        Page::Pin => pin::keypad(view),
        Page::WithoutCard => without_card::page(view),
        Page::StaffPassword => staff_password::at_face(view),
        Page::Unobtainable => card::unobtainable(view),
        Page::History => history::history(view),
        Page::Hospitals => hospitals::hospitals(view),
        Page::Override => override_choice::override_choice(view),
        Page::Enquiry => enquiry::enquiry(view),
        Page::Transport => transport::transport(view),
        Page::Handover => handover::handover(view),
        Page::Display => display::display(view),
        Page::WorksNow => works_now::works_now(view),
        Page::List(list) => over(view, list),
    }
}

fn over(view: &View<'_>, list: List) -> Shown {
    let of = |vm| screen(Screen::List(vm));
    match list {
        List::Patients => choose::patients(view),
        List::Seen => choose::seen(view),
        List::Who => who::who(view),
        List::Stages => stages::stages(view),
        List::Endings => stages::endings(view),
        List::Complaints => choose::complaints(view),
        List::Sections => choose::sections(view),
        List::Telephone(enquiry) => choose::telephone(view, enquiry),
        List::Letters => choose::letters(view),
        List::Terms(hospital) => details::hospital(view, hospital),
        List::Alert(index) => details::alert(view, index),
        List::Oral => oral::oral(view),
        List::Notebook => notebook::notebook(view),
        List::Filter(group) => filter::filter(view, group),
        List::NotHere(what) => of(lists::not_here(view, what)),
        List::Phone(hospital) => of(lists::phone(view, hospital)),
        List::About => of(lists::about(view)),
        List::Excluded => of(lists::excluded(view)),
        List::Changes => of(lists::changes(view)),
        List::Register => of(register::register(view)),
        List::Find => register::find(view),
        List::Route => of(route::route(view)),
        List::WhyNot(hospital) => why_not::why_not(view, hospital),
        List::Rows(group) => of(records::rows(view, group)),
        List::Alerts => of(records::alerts(view)),
        List::Document => of(handover::full_text(view)),
        List::Tablet => of(tablet::tablet(view)),
    }
}
