//! Presses on the keypad of the staff password.

use super::{Order, Page, change, go, keyed};
use crate::app::present::{View, is_staff_password_needed_at_face, staff_password_trouble};
use crate::screens::staff_password::StaffPasswordAction;
use ambulance_core::Command;

pub(super) fn keypad(view: &View<'_>, action: StaffPasswordAction) -> Vec<Order> {
    match action {
        StaffPasswordAction::Key(key) => vec![change(move |nav| {
            keyed(&mut nav.staff_password, key);
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
