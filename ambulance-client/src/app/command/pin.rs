//! Presses on the PIN page.

use super::{Order, Page, change, go, keyed};
use crate::app::present::{View, may_sign};
use crate::screens::pin::PinAction;
use ambulance_core::{CardState, Command};
use card::LastTry;
use std::sync::Arc;

pub(super) fn keypad(view: &View<'_>, action: PinAction) -> Vec<Order> {
    match action {
        PinAction::Key(_) if !may_sign(view) => Vec::new(),
        PinAction::Key(key) => vec![change(move |nav| {
            keyed(&mut nav.pin, key);
        })],
        PinAction::Sign => sign(view, LastTry::Unconfirmed),
        PinAction::UseLastTry => sign(view, LastTry::Confirmed),
        PinAction::Visual => vec![Order::Tell(Command::PinToVisual), Order::Go(Page::Card)],
        PinAction::WithoutCard => go(Page::Assess),
    }
}

/// One press, one command. The digits leave the page with it: another press needs them keyed again.
fn sign(view: &View<'_>, last_try: LastTry) -> Vec<Order> {
    let Some(CardState::Pin(summary)) = view.case().map(|c| &c.card) else { return Vec::new() };
    let read_at = summary.read_at;
    match view.nav.keyed_pin().filter(|_| may_sign(view)) {
        Some(pin) => vec![
            Order::Tell(Command::EnterPin { pin: Arc::new(pin), read_at, last_try }),
            change(|nav| nav.forget_pin()),
        ],
        None => Vec::new(),
    }
}
