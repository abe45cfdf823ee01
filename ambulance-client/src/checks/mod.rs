//! The asserts of the design over every sample screen, both languages, three themes, both hands, with and without radio.

pub(crate) mod layout;
mod pages;
mod presses;
mod safe_state;

use egui_kittest::Harness;

use crate::canvas::{Display, Ledger};
use crate::samples::Sample;
use crate::screens::{self, Action};
use crate::theme::{fonts, grid};

/// A harness that shows one sample and keeps what was pressed and drawn.
pub(crate) struct Shown {
    pub(crate) display: Display,
    pub(crate) sample: Sample,
    pub(crate) pressed: Vec<Action>,
    pub(crate) ledger: Ledger,
}

pub(crate) fn show(sample: Sample, display: Display) -> Harness<'static, Shown> {
    show_every(0.1, sample, display)
}

/// As [`show`], with this many seconds between frames; every event takes a frame.
pub(crate) fn show_every(seconds: f32, sample: Sample, display: Display) -> Harness<'static, Shown> {
    let state = Shown { display, sample, pressed: Vec::new(), ledger: Ledger::default() };
    Harness::builder()
        .with_size(grid::PANEL)
        .with_pixels_per_point(1.0)
        .with_step_dt(seconds)
        .with_max_steps(12)
        .with_context_setup(|ctx| ctx.set_fonts(fonts::load().expect("the system has the font package")))
        .build_ui_state(
            |ui, shown: &mut Shown| {
                let (pressed, ledger) = screens::show(ui, shown.display, &shown.sample.shell, &shown.sample.screen);
                shown.pressed.extend(pressed);
                shown.ledger = ledger;
            },
            state,
        )
}
