//! The app as a crew meets it: real core, real screens, presses by name; no GPU.

mod bench;
mod choice;
mod destination;
mod drawn;
mod lock;
mod no_card;
mod number_b;
mod offline;
mod patients;
mod pin;
mod presses;
mod roads;
mod staff_password;
mod without_card;

use super::TabletApp;
use crate::canvas::Ledger;
use crate::theme::{fonts, grid};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

/// The app with what it drew last.
pub(super) struct Shown {
    pub(super) app: TabletApp,
    pub(super) ledger: Ledger,
    /// Characters and keys that came from a keyboard.
    pub(super) typed: usize,
}

/// A harness that runs the app as the window does: state, presses, drawing.
pub(super) fn harness(app: TabletApp) -> Harness<'static, Shown> {
    let state = Shown { app, ledger: Ledger::default(), typed: 0 };
    Harness::builder()
        .with_size(grid::PANEL)
        .with_pixels_per_point(1.0)
        .with_step_dt(0.3)
        .with_max_steps(12)
        .with_context_setup(|ctx| ctx.set_fonts(fonts::load().expect("the system has the font package")))
        .build_ui_state(
            |ui, shown: &mut Shown| {
                shown.typed += ui.input(|input| input.events.iter().map(typed).sum::<usize>());
                shown.app.take_in(ui.ctx());
                shown.ledger = shown.app.draw(ui);
            },
            state,
        )
}

/// Presses what has this name, and lets the app follow.
pub(super) fn press(harness: &mut Harness<'_, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

/// Which page is shown.
pub(super) fn key(harness: &Harness<'_, Shown>) -> &'static str {
    harness.state().app.shown().1.key()
}

/// Everything that is written on the page, a line each.
pub(super) fn words(harness: &Harness<'_, Shown>) -> String {
    harness.state().ledger.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Digits on the keypad of the page that is open.
pub(super) fn keyed(harness: &mut Harness<'_, Shown>, digits: &str) {
    for digit in digits.chars() {
        press(harness, &digit.to_string());
    }
}

fn typed(event: &egui::Event) -> usize {
    match event {
        egui::Event::Text(text) | egui::Event::Paste(text) => text.chars().count(),
        egui::Event::Key { pressed: true, .. } => 1,
        _ => 0,
    }
}
