//! Presses on lists and on the pages of choices.

use super::choice::{ask_this, why_not};
use super::{Order, change, go, observe, tell};
use crate::app::navigation::{LOGIN_MAX, List, Page};
use crate::app::picker::PickerAction;
use crate::app::present::{self, LETTERS, SEXES, View};
use crate::screens::list::ListAction;
use ambulance_core::Command;
use case::{DeclineReason, EnquiryAnswer, FindingsChange, IdentitySource};
use model::{AgeBand, EnquiryId, HospitalId};
use patient_history::MedicalText;

/// A list, where a page opened it or where it stands for a part.
pub(super) fn list(view: &View<'_>, action: ListAction) -> Vec<Order> {
    match (action, view.nav.page) {
        (ListAction::PreviousPage, _) => vec![change(|nav| nav.turn = nav.turn.saturating_sub(1))],
        (ListAction::NextPage, _) => vec![change(|nav| nav.turn += 1)],
        (ListAction::Back, Page::List(List::Register)) => go(Page::Override),
        (ListAction::Back, Page::List(List::WhyNot(id))) => super::list(came_from(view, id)),
        (ListAction::Primary, Page::List(List::WhyNot(id))) => ask_this(view, id, false),
        (ListAction::Filter, Page::List(List::Register)) => super::list(List::Find),
        (ListAction::Back, Page::List(_)) => vec![change(|nav| nav.back())],
        (ListAction::Back, _) => go(Page::Assess),
        (ListAction::Filter, Page::List(List::Rows(group))) => super::list(List::Filter(group)),
        (ListAction::Filter, _) => Vec::new(),
        (ListAction::Primary, Page::Card) => go(Page::History),
        (ListAction::Primary, Page::History) => go(Page::Card),
        (ListAction::Primary, Page::List(List::Changes)) => {
            vec![Order::Tell(Command::DismissRankChange), change(|nav| nav.back())]
        }
        (ListAction::Primary, Page::List(List::Phone(Some(hospital)))) => {
            present::spoken::waiting(view, hospital).map_or_else(Vec::new, |id| super::list(List::Telephone(id)))
        }
        (ListAction::Primary, Page::List(List::Phone(None))) => {
            present::message(view).map_or_else(Vec::new, |message| tell(Command::AcknowledgeMessage(message.id)))
        }
        (ListAction::Primary, Page::List(List::Tablet)) => {
            let seen = present::damage_count(view);
            let mut orders = vec![change(move |nav| nav.seen_damage = seen)];
            orders.extend(view.state.recovered.is_some().then_some(Order::Tell(Command::RecoverySeen)));
            orders
        }
        (ListAction::Open(i), page) => open(view, page, i),
        (ListAction::Primary, _) => Vec::new(),
    }
}

/// The list that leads to a hospital's 「なぜ」: the excluded ones, else the register.
fn came_from(view: &View<'_>, hospital: HospitalId) -> List {
    let excluded = view.ranking().is_some_and(|r| r.excluded.iter().any(|e| e.hospital == hospital));
    if excluded && view.nav.behind != Page::Override { List::Excluded } else { List::Register }
}

fn open(view: &View<'_>, page: Page, index: usize) -> Vec<Order> {
    match page {
        // The only row of this page that can be pressed.
        Page::Card => tell(Command::WithdrawConsent),
        Page::List(List::Rows(_)) => super::unmask(),
        Page::List(List::Alerts) => match present::alerts::nth(view, index) {
            Some(listed) if listed.alert.sensitive && !view.nav.unmasked => super::unmask(),
            Some(_) => super::list(List::Alert(index)),
            None => Vec::new(),
        },
        Page::List(List::Register) => present::found(view).get(index).map_or_else(Vec::new, |id| why_not(*id)),
        Page::List(List::Excluded) => {
            let excluded = view.ranking().and_then(|ranking| ranking.excluded.get(index));
            excluded.map_or_else(Vec::new, |e| why_not(e.hospital))
        }
        _ => Vec::new(),
    }
}

pub(super) fn picker(view: &View<'_>, action: PickerAction) -> Vec<Order> {
    let Page::List(open) = view.nav.page else { return Vec::new() };
    match (open, action) {
        (List::Find, PickerAction::Back | PickerAction::Primary) => super::list(List::Register),
        (List::Find, PickerAction::Chip(section, index)) => find(view, section, index),
        (List::Seen | List::Who, PickerAction::Back) => super::list(List::Patients),
        (List::Filter(group), PickerAction::Back | PickerAction::Primary) => super::list(List::Rows(group)),
        (List::Filter(group), PickerAction::Chip(section, index)) => narrow(group, section, index),
        (_, PickerAction::Back) => vec![change(|nav| nav.back())],
        (List::Seen, PickerAction::Chip(section, index)) => seen(view, section, index),
        (List::Who, PickerAction::Chip(section, index)) => who(view, section, index),
        (List::Telephone(enquiry), PickerAction::Chip(section, index)) => telephone(enquiry, section, index),
        (List::Letters, PickerAction::Chip(_, index)) => letter(index),
        (List::Letters, PickerAction::Primary) => vec![change(|nav| {
            let login = std::mem::take(&mut nav.login);
            if !login.is_empty() {
                nav.add_member(&login);
            }
            nav.back();
        })],
        _ => Vec::new(),
    }
}

fn narrow(group: usize, section: usize, index: usize) -> Vec<Order> {
    match section {
        0 => super::list(List::Filter(present::group_of_chip(index).unwrap_or(group))),
        1 => {
            let origin = present::ORIGINS.get(index).copied().flatten();
            vec![change(move |nav| nav.narrowed.origin = origin)]
        }
        _ => match present::REACHES.get(index).copied() {
            Some(days) => vec![change(move |nav| nav.narrowed.days = days)],
            None => vec![change(|nav| nav.narrowed.text = MedicalText::default())],
        },
    }
}

/// A municipality; a second press takes it back. The other chip clears what was typed.
fn find(view: &View<'_>, section: usize, index: usize) -> Vec<Order> {
    let town = present::municipalities(view).get(index).cloned();
    match section {
        0 => vec![change(move |nav| {
            let same = nav.find.municipality == town;
            nav.find.municipality = town.filter(|_| !same);
        })],
        _ => vec![change(|nav| nav.find.text = MedicalText::default())],
    }
}

/// A second press on what is chosen takes it back.
fn seen(view: &View<'_>, section: usize, index: usize) -> Vec<Order> {
    let findings = view.open_case().map(|c| &c.view.findings);
    if section == 0 {
        return SEXES.get(index).map_or_else(Vec::new, |sex| {
            let chosen = Some(*sex).filter(|s| findings.and_then(|f| f.sex) != Some(*s));
            observe(FindingsChange::Sex(chosen))
        });
    }
    let Ok(band) = u8::try_from(index) else { return Vec::new() };
    let chosen = Some(AgeBand(band)).filter(|b| findings.and_then(|f| f.age_band) != Some(*b));
    observe(FindingsChange::AgeBand(chosen))
}

/// Who it is without a card; a second press takes it back.
fn who(view: &View<'_>, section: usize, index: usize) -> Vec<Order> {
    let Some(case) = view.case().map(|c| &c.view) else { return Vec::new() };
    let command = match section {
        0 => Some(Command::Unknown(case.temporary_id.is_none())),
        1 => IdentitySource::ALL.get(index).map(|by| {
            Command::IdentityFound(Some(*by).filter(|by| case.identity_found.map(|(known, _)| known) != Some(*by)))
        }),
        _ => present::same_patient_others(view).get(index).map(|(other, is_same)| match is_same {
            true => Command::OtherPatient(*other),
            false => Command::SamePatient(*other),
        }),
    };
    command.map_or_else(Vec::new, tell)
}

fn telephone(enquiry: EnquiryId, section: usize, index: usize) -> Vec<Order> {
    let command = match (section, index) {
        (0, 0) => Some(Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Accepted }),
        (0, _) => Some(Command::WithdrawEnquiry(enquiry)),
        (_, i) => {
            DeclineReason::ALL.get(i).map(|r| Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Declined(*r) })
        }
    };
    command.map_or_else(Vec::new, |c| vec![Order::Tell(c), Order::Go(Page::Enquiry)])
}

/// The key after the letters takes the last one back.
fn letter(index: usize) -> Vec<Order> {
    let letter = LETTERS.chars().nth(index);
    vec![change(move |nav| match letter {
        Some(letter) if nav.login.len() < LOGIN_MAX => nav.login.push(letter),
        Some(_) => {}
        None => {
            nav.login.pop();
        }
    })]
}
