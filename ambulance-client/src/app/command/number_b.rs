//! Presses on the keypad of 照合番号B and on the photo that it opened.

use super::{Order, Page, change, go, keyed, tell};
use crate::app::present::{View, may_present};
use crate::screens::card_photo::CardPhotoAction;
use crate::screens::number_b::NumberBAction;
use ambulance_core::{CardState, Command};
use card::LastTry;
use std::sync::Arc;

pub(super) fn keypad(view: &View<'_>, action: NumberBAction) -> Vec<Order> {
    match action {
        NumberBAction::Key(key) => vec![change(move |nav| {
            let changed = keyed(&mut nav.number, key);
            nav.number_presented &= !changed;
        })],
        NumberBAction::Open => present(view, LastTry::Unconfirmed),
        NumberBAction::UseLastTry => present(view, LastTry::Confirmed),
        NumberBAction::Back => go(Page::Card),
        NumberBAction::WithoutCard => go(Page::Assess),
    }
}

/// One press, one command. The digits stay on the page, to be corrected.
fn present(view: &View<'_>, last_try: LastTry) -> Vec<Order> {
    let Some(CardState::Face(summary)) = view.case().map(|c| &c.card) else { return Vec::new() };
    let read_at = summary.read_at;
    match view.nav.keyed_number().filter(|number| may_present(view, number)) {
        Some(number) => vec![
            Order::Tell(Command::OpenNumberB { number: Arc::new(number), read_at, last_try }),
            change(|nav| nav.number_presented = true),
        ],
        None => Vec::new(),
    }
}

pub(super) fn photo(action: CardPhotoAction) -> Vec<Order> {
    match action {
        CardPhotoAction::Matches => tell(Command::FaceMatches),
        CardPhotoAction::Differs => tell(Command::FaceDiffers),
        CardPhotoAction::WithoutCard => go(Page::Assess),
    }
}
