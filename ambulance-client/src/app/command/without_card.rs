//! Presses on the page of the look-up without a card.

use super::{Order, Page, change, go};
use crate::app::present::{View, places, searched, turns};
use crate::app::told::Era;
use crate::screens::without_card::{Part, WithoutCardAction};
use crate::widgets::keypad::KeypadPress;
use ambulance_core::Command;
use patient_history::MedicalText;

pub(super) fn page(view: &View<'_>, action: WithoutCardAction) -> Vec<Order> {
    match action {
        WithoutCardAction::Part(part) => vec![change(move |nav| nav.told.part = part)],
        WithoutCardAction::Kana(letter) => vec![change(move |nav| nav.told.push_kana(letter))],
        WithoutCardAction::Blank => vec![change(|nav| nav.told.push_kana(' '))],
        WithoutCardAction::ClearOne => vec![change(|nav| nav.told.pop_kana())],
        WithoutCardAction::ClearAll => vec![change(|nav| nav.told.clear_kana())],
        WithoutCardAction::Key(key) => vec![change(move |nav| match key {
            KeypadPress::Digit(digit) => nav.told.push_digit(digit),
            KeypadPress::ClearOne => nav.told.pop_digit(),
            KeypadPress::ClearAll => nav.told.clear_digits(),
        })],
        WithoutCardAction::Dash => vec![change(|nav| nav.told.push_dash())],
        WithoutCardAction::Era(i) => {
            Era::ALL.get(i).map_or_else(Vec::new, |era| vec![change(move |nav| nav.told.choose_era(*era))])
        }
        WithoutCardAction::Sex(i) => vec![change(move |nav| nav.told.sex = searched(i))],
        WithoutCardAction::Place(i) => match places(view).get(i) {
            Some(place) => {
                let place = MedicalText::from(place.as_str());
                vec![change(move |nav| {
                    nav.told.place = place;
                    nav.told.typed = MedicalText::default();
                })]
            }
            None => Vec::new(),
        },
        WithoutCardAction::MorePlaces => {
            let turns = turns(view).max(1);
            vec![change(move |nav| nav.told.turn = (nav.told.turn + 1) % turns)]
        }
        WithoutCardAction::Next => next(view),
        WithoutCardAction::Back => go(Page::Card),
        WithoutCardAction::GoOn => go(Page::Assess),
    }
}

/// The first part that lacks something, or on to the consent. What was keyed stays, to be corrected when nobody was found.
fn next(view: &View<'_>) -> Vec<Order> {
    let told = &view.nav.told;
    if let Some(attributes) = told.attributes(view.at()) {
        return vec![Order::Tell(Command::ByAttributes(Box::new(attributes))), Order::Go(Page::Card)];
    }
    if !told.is_complete(told.part, view.at()) {
        return Vec::new();
    }
    let lacking = Part::ALL.into_iter().find(|part| !told.is_complete(*part, view.at()));
    lacking.map_or_else(Vec::new, |part| vec![change(move |nav| nav.told.part = part)])
}
