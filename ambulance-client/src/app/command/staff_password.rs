//! Presses on the keypad of the staff password.

use super::{Order, Page, change, go};
use crate::app::present::{View, is_staff_password_needed_at_face, staff_password_trouble};
use crate::screens::staff_password::StaffPasswordAction;
use crate::widgets::keypad::KeypadPress;
use ambulance_core::Command;

pub(super) fn keypad(view: &View<'_>, action: StaffPasswordAction) -> Vec<Order> {
    match action {
        StaffPasswordAction::Key(key) => vec![change(move |nav| match key {
            KeypadPress::Digit(digit) => {
                nav.staff_password.push(digit);
            }
            KeypadPress::ClearOne => {
                nav.staff_password.pop();
            }
            KeypadPress::ClearAll => nav.forget_staff_password(),
        })],
        StaffPasswordAction::Done => done(view),
        StaffPasswordAction::Back if is_staff_password_needed_at_face(view) => go(Page::Card),
        StaffPasswordAction::Back => go(Page::Assess),
    }
}

/// The digits leave the page for the core's memory, and the page goes on.
fn done(view: &View<'_>) -> Vec<Order> {
    let Some(password) = view.nav.keyed_staff_password() else { return Vec::new() };
    let mut orders = vec![Order::Tell(Command::StaffPassword { password })];
    if is_staff_password_needed_at_face(view) {
        orders.extend([Order::Tell(Command::FaceMatches), Order::Go(Page::Card)]);
    } else if view.case().is_some_and(|case| staff_password_trouble(case).is_some()) {
        orders.push(Order::Go(Page::History));
    } else {
        return Vec::new();
    }
    orders.push(change(super::Navigation::forget_staff_password));
    orders
}
