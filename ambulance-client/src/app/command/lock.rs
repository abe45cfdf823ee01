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
        // Without a session nothing of a history can come. A notebook goes first.
        _ if opens_without_session(view) => without_session(view),
        _ => Vec::new(),
    }
}

/// The present patient is open to whoever holds the tablet; after too many wrong passcodes only a new record is.
fn without_session(view: &View<'_>) -> Vec<Order> {
    let (now, mut shut) = (view.now, view.nav.shut.clone());
    let mut orders = vec![Order::Tell(Command::ForgetNotebooks)];
    if !shut.is_locked_out() {
        shut.all_but_the_present(view.state);
    } else if shut.everything(view.state) {
        orders.push(Order::Tell(Command::OpenCase));
    }
    orders.push(change(move |nav| {
        nav.unlock(now);
        nav.shut = shut;
    }));
    orders
}

/// This tablet knows the passcode: the present patient is open at once, the rest when the server has confirmed it.
fn unlocked_here(view: &View<'_>) -> Vec<Order> {
    let (now, mut shut) = (view.now, view.nav.shut.clone());
    shut.all_but_the_present(view.state);
    vec![change(move |nav| {
        nav.unlock(now);
        nav.shut = shut;
    })]
}

fn key(view: &View<'_>, digit: u8) -> Vec<Order> {
    let Some(login) = view.nav.chosen_login().map(str::to_owned) else { return go(Page::List(List::Letters)) };
    let open = view.state.crew.is_some();
    // The sixth digit decides: this tablet knows the passcode, or the server is asked.
    if view.nav.entered() + 1 < crate::screens::lock::PIN_DIGITS {
        return vec![change(move |nav| nav.digit(digit))];
    }
    let passcode = view.nav.passcode_with(digit);
    match (open, view.nav.known_passcode(&passcode)) {
        (true, Some(true)) => unlocked_here(view),
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
        orders.push(change(|nav| {
            nav.members.clear();
            nav.shut.lock_out();
        }));
    }
    orders
}
