//! View models from the state: pure, rebuilt for every frame. One file per screen.
//!
//! **Invariant:** every medical word comes from the crates that own it; nothing here invents one, and nothing that is not
//! in the state is shown as known.

mod card;
mod choose;
mod display;
mod enquiry;
mod handover;
mod history;
mod hospitals;
mod ladder;
mod lists;
mod lock;
mod on_scene;
mod ready;
mod records;
mod shell;
mod transport;
mod value;
mod view;
mod works_now;

pub(crate) use choose::{CORRECTIONS, LETTERS, cases, stamped};
pub use enquiry::{asked_order, decidable};
pub use history::GROUPS;
pub(crate) use hospitals::{REASONS, others};
pub use hospitals::{chosen, next_unasked};
pub(crate) use lists::nearest;
pub use on_scene::{FIRST_PAGE, follow_ups_of};
pub(crate) use on_scene::vital;
pub(crate) use ready::STRIP;
pub(crate) use value::next_field;
pub use value::parsed;
pub use view::View;

use super::navigation::{List, Page};
use super::picker::PickerVm;
use crate::frame::{ShellVm, Tab};
use crate::screens::Screen;

/// What is shown: one of the screens, or the generic page.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A screen of the design.
    Screen(Box<Screen>),
    /// A list or a choice over the part with this tab.
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

/// Everything that is drawn now.
#[must_use]
pub fn present(view: &View<'_>) -> (ShellVm, Shown) {
    let mut shell = shell::shell(view);
    let shown = if view.nav.locked.is_some() { lock::lock(view) } else { page(view, view.nav.page) };
    if matches!(&shown, Shown::Screen(s) if matches!(**s, Screen::WorksNow(_) | Screen::Wipe(_))) {
        // These two tell the age and what is erased themselves.
        shell.age_banner = None;
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
        Page::Unobtainable => card::unobtainable(view),
        Page::History => history::history(view),
        Page::Hospitals => hospitals::hospitals(view),
        Page::Override => hospitals::override_choice(view),
        Page::Enquiry => enquiry::enquiry(view),
        Page::Transport => transport::transport(view),
        Page::Handover => handover::handover(view),
        Page::Display => display::display(view),
        Page::WorksNow => works_now::works_now(view),
        Page::List(list) => lists(view, list),
    }
}

fn lists(view: &View<'_>, list: List) -> Shown {
    let (vm, tab) = match list {
        List::Patients => (choose::patients(view), None),
        List::Stages => (choose::stages(view), None),
        List::Correct(stamp, stage) => (choose::correct(view, stamp, stage), None),
        List::Complaints => (choose::complaints(view), Some(Tab::Assess)),
        List::Sections => (choose::sections(view), Some(Tab::Card)),
        List::Endings => (choose::endings(view), None),
        List::Telephone(enquiry) => (choose::telephone(view, enquiry), Some(Tab::Hospital)),
        List::Letters => (choose::letters(view), None),
        List::NotHere(what) => (lists::not_here(view, what), None),
        List::Phone(hospital) => (lists::phone(view, hospital), None),
        List::About => (lists::about(view), Some(Tab::Display)),
        List::Terms(hospital) => (lists::terms(view, hospital), Some(Tab::Hospital)),
        List::Excluded(from) => (lists::excluded(view, from), Some(Tab::Hospital)),
        List::Changes => (lists::changes(view), Some(Tab::Hospital)),
        List::Register(from) => (lists::register(view, from), Some(Tab::Hospital)),
        List::Rows(group, from) => (records::rows(view, group, from), Some(Tab::History)),
        List::Alerts(from) => (records::alerts(view, from), Some(Tab::History)),
        List::Document(from) => (handover::full_text(view, from), Some(Tab::Handover)),
    };
    Shown::Picker(Box::new(vm), tab)
}
