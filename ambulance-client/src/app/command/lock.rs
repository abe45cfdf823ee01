//! Presses on the lock page: who, and six digits.

use super::{Order, change, go, list, next_theme};
use crate::app::navigation::{List, Page, WRONG_MAX};
use crate::app::present::{View, opens_without_session};
use crate::screens::lock::LockAction;
use crate::screens::sign_in::SignInAction;
use crate::widgets::keypad::KeypadPress;
use ambulance_core::Command;

pub(super) fn lock(view: &View<'_>, action: LockAction) -> Vec<Order> {
    match action {
        LockAction::ChooseMember(i) => member(view, i),
        LockAction::Key(KeypadPress::Digit(digit)) => key(view, digit),
        LockAction::Key(KeypadPress::ClearOne) => vec![change(|nav| nav.delete_digit())],
        LockAction::Key(KeypadPress::ClearAll) => vec![change(|nav| nav.clear_passcode())],
        LockAction::PhoneDispatch => list(List::Phone(None)),
        LockAction::NextTheme => vec![change(|nav| nav.display.theme = next_theme(nav.display.theme))],
    }
}

pub(super) fn sign_in(view: &View<'_>, action: SignInAction) -> Vec<Order> {
    match action {
        SignInAction::ChooseMember(i) => member(view, i),
        SignInAction::Key(press) => lock(view, LockAction::Key(press)),
        SignInAction::PhoneDispatch => lock(view, LockAction::PhoneDispatch),
        SignInAction::NextTheme => lock(view, LockAction::NextTheme),
        SignInAction::PreviousPage => vec![change(|nav| nav.turn = nav.turn.saturating_sub(1))],
        SignInAction::NextPage => vec![change(|nav| nav.turn += 1)],
    }
}

fn member(view: &View<'_>, index: usize) -> Vec<Order> {
    let members = view.nav.members.len();
    match index {
        i if i < members => vec![change(move |nav| {
            nav.member = i;
            nav.clear_passcode();
        })],
        i if i == members => vec![change(|nav| nav.login.clear()), Order::Go(Page::List(List::Letters))],
        // Without a session nothing of a history can come: the tablet opens for everything else. A notebook goes first.
        _ if opens_without_session(view) => {
            let now = view.now;
            vec![Order::Tell(Command::ForgetNotebooks), change(move |nav| nav.unlock(now))]
        }
        _ => Vec::new(),
    }
}

fn key(view: &View<'_>, digit: u8) -> Vec<Order> {
    let Some(login) = view.nav.chosen_login().map(str::to_owned) else { return go(Page::List(List::Letters)) };
    let (now, open) = (view.now, view.state.crew.is_some());
    // The sixth digit decides: this tablet knows the passcode, or the server is asked.
    if view.nav.entered() + 1 < crate::screens::lock::PIN_DIGITS {
        return vec![change(move |nav| nav.digit(digit))];
    }
    let passcode = view.nav.passcode_with(digit);
    match (open, view.nav.known_passcode(&passcode)) {
        (true, Some(true)) => vec![change(move |nav| nav.unlock(now))],
        (true, Some(false)) => wrong(view),
        _ => {
            let sent = passcode.clone();
            vec![
                Order::Tell(Command::SignIn { login, passcode: sent }),
                change(move |nav| {
                    nav.clear_passcode();
                    nav.try_passcode(passcode);
                }),
            ]
        }
    }
}

/// Too many wrong passcodes end the session on this tablet, and its history: the server's word opens it again.
fn wrong(view: &View<'_>) -> Vec<Order> {
    let mut orders = vec![change(|nav| {
        nav.clear_passcode();
        nav.wrong += 1;
    })];
    if view.nav.wrong + 1 >= WRONG_MAX {
        orders.push(Order::Tell(Command::LockOut));
        orders.push(change(|nav| nav.members.clear()));
    }
    orders
}
