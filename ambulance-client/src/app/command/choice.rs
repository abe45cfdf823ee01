//! Presses on the way to a hospital: the list, another hospital, the enquiries.

use super::{Order, best, change, go, list, tell};
use crate::app::navigation::{List, Page};
use crate::app::present::{self, View};
use crate::screens::enquiry::EnquiryAction;
use crate::screens::hospitals::HospitalsAction;
use crate::screens::override_choice::OverrideChoiceAction;
use ambulance_core::Command;
use model::HospitalId;

pub(super) fn ask(view: &View<'_>, hospitals: Vec<HospitalId>, by_telephone: bool) -> Vec<Order> {
    if hospitals.is_empty() {
        return Vec::new();
    }
    // Without a link an enquiry is a telephone call that is noted here.
    let by_telephone = by_telephone || !view.state.link.is_up();
    vec![Order::Tell(Command::Enquire { hospitals, by_telephone, override_reason: None }), Order::Go(Page::Enquiry)]
}

pub(super) fn hospitals(view: &View<'_>, action: HospitalsAction) -> Vec<Order> {
    let chosen = view.ranking().and_then(|r| present::chosen(r, view.nav.hospital)).map(|c| c.hospital);
    let first = best(view);
    match action {
        HospitalsAction::SelectHospital(i) => {
            let pressed = pressed_row(view, i);
            match pressed {
                Some(id) if chosen == Some(id) && present::picked(view).is_empty() => list(List::Terms(id)),
                Some(id) => vec![change(move |nav| {
                    nav.hospital = Some(id);
                    nav.together = false;
                })],
                None => Vec::new(),
            }
        }
        HospitalsAction::OpenChanged => list(List::Changes),
        HospitalsAction::OpenExcluded => list(List::Excluded),
        HospitalsAction::SendEnquiry if !present::picked(view).is_empty() => {
            let mut orders = ask(view, present::picked(view), false);
            orders.push(change(|nav| nav.together = false));
            orders
        }
        HospitalsAction::SendEnquiry if chosen == first => ask(view, chosen.into_iter().collect(), false),
        // Another than the first takes one reason.
        HospitalsAction::SendEnquiry => chosen.map_or_else(Vec::new, choose_other),
        HospitalsAction::AskTogether if present::is_proposed(view) => vec![change(|nav| nav.together = !nav.together)],
        HospitalsAction::AskTogether => ask(view, present::top(view), false),
        HospitalsAction::AskByPhone if chosen == first => ask(view, chosen.into_iter().collect(), true),
        HospitalsAction::AskByPhone => chosen.map_or_else(Vec::new, choose_other),
        HospitalsAction::AnotherHospital => go(Page::Override),
    }
}

/// The page on which another hospital takes its reason.
pub(super) fn choose_other(hospital: HospitalId) -> Vec<Order> {
    let other = change(move |nav| {
        nav.other = Some(hospital);
        nav.nowhere = false;
    });
    vec![other, Order::Go(Page::Override)]
}

/// Another than the first takes one reason.
pub(super) fn ask_this(view: &View<'_>, hospital: HospitalId, by_telephone: bool) -> Vec<Order> {
    if best(view) == Some(hospital) {
        return ask(view, vec![hospital], by_telephone);
    }
    choose_other(hospital)
}

/// The page that says why not this hospital; this tablet's engine is asked, for one that is on no list.
pub(super) fn why_not(hospital: HospitalId) -> Vec<Order> {
    vec![Order::Tell(Command::WhyNot(hospital)), Order::Go(Page::List(List::WhyNot(hospital)))]
}

/// The hospital of a row as the screen showed it.
fn pressed_row(view: &View<'_>, index: usize) -> Option<HospitalId> {
    let ranking = view.ranking()?;
    let chosen = present::chosen(ranking, view.nav.hospital).map(|c| c.hospital);
    let below = ranking.candidates.iter().skip(crate::screens::hospitals::ROWS).find(|c| Some(c.hospital) == chosen);
    match below {
        Some(c) if index + 1 == crate::screens::hospitals::ROWS => Some(c.hospital),
        _ => ranking.candidates.get(index).map(|c| c.hospital),
    }
}

pub(super) fn override_choice(view: &View<'_>, action: OverrideChoiceAction) -> Vec<Order> {
    match action {
        OverrideChoiceAction::ChooseHospital(i) => {
            let other = present::others(view).get(i).copied();
            vec![change(move |nav| {
                nav.other = other;
                nav.nowhere = false;
            })]
        }
        OverrideChoiceAction::ChooseNowhere => vec![change(|nav| nav.nowhere = !nav.nowhere)],
        OverrideChoiceAction::SearchRegister => list(List::Register),
        OverrideChoiceAction::ChooseReason(i) => {
            let reason = present::REASONS.get(i).map(|(r, ..)| *r);
            vec![change(move |nav| nav.other_reason = reason)]
        }
        OverrideChoiceAction::Back => go(Page::Hospitals),
        OverrideChoiceAction::SendEnquiry => choose(view),
    }
}

/// Another hospital than the first, or none any more, with its reason.
fn choose(view: &View<'_>) -> Vec<Order> {
    let Some(reason) = view.nav.other_reason else { return Vec::new() };
    let changes = present::changes_destination(view);
    let (command, next) = match view.nav.other {
        _ if changes && view.nav.nowhere => (Command::ChangeDestination { to: None, reason }, Page::Hospitals),
        Some(hospital) if changes => (Command::ChangeDestination { to: Some(hospital), reason }, Page::Enquiry),
        Some(hospital) => {
            let by_telephone = !view.state.link.is_up();
            let hospitals = vec![hospital];
            (Command::Enquire { hospitals, by_telephone, override_reason: Some(reason) }, Page::Enquiry)
        }
        None => return Vec::new(),
    };
    let done = change(|nav| {
        nav.other = None;
        nav.nowhere = false;
        nav.other_reason = None;
    });
    vec![Order::Tell(command), done, Order::Go(next)]
}

pub(super) fn enquiry(view: &View<'_>, action: EnquiryAction) -> Vec<Order> {
    match action {
        EnquiryAction::RowButton(i) => {
            let row = present::asked_order(view).get(i).copied();
            let enquiry = row.and_then(|id| Some((id, view.case()?.view.enquiries.get(&id)?)));
            enquiry.map_or_else(Vec::new, |(id, e)| match present::unread(view, e) {
                true => list(List::Phone(Some(e.hospital))),
                false => list(List::Telephone(id)),
            })
        }
        EnquiryAction::CountPhoneEnquiry => ask(view, present::next_unasked(view, 1), true),
        EnquiryAction::AskDispatch | EnquiryAction::PhoneDispatch => list(List::Phone(None)),
        EnquiryAction::AskNext => ask(view, present::next_unasked(view, present::next_count(view)), false),
        EnquiryAction::LastResort => {
            let last = view.ranking().and_then(|r| r.fallback.as_ref()).map(|f| f.hospital);
            ask(view, last.into_iter().collect(), false)
        }
        EnquiryAction::Decide => present::decidable(view).map_or_else(Vec::new, |id| tell(Command::TakeOffer(id))),
    }
}
