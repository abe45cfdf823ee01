//! A page of choices by presses: sex and age, what was said on the telephone, letters of a name.

mod ui;
mod view_model;

pub use view_model::{PickerAction, PickerVm, SectionVm};

use super::command::Pressed;
use super::present::Shown;
use crate::canvas::{Canvas, Display, Ledger};
use crate::frame::{self, Out, ShellVm};
use crate::screens;

/// Draws what is shown; returns what was pressed and what was drawn.
pub fn show(ui: &egui::Ui, display: Display, shell: &ShellVm, shown: &Shown) -> (Vec<Pressed>, Ledger) {
    match shown {
        Shown::Screen(screen) => {
            let (actions, ledger) = screens::show(ui, display, shell, screen);
            (actions.into_iter().map(Pressed::Screen).collect(), ledger)
        }
        Shown::Picker(vm, tab) => {
            let mut canvas = Canvas::begin(ui, display, vm.key);
            let mut out = Out::default();
            ui::draw(&mut canvas, shell, vm, &mut out);
            frame::around(&mut canvas, shell, *tab, &mut out);
            let shell = out.shell.into_iter().map(|a| Pressed::Screen(screens::Action::Shell(a)));
            let pressed = shell.chain(out.screen.into_iter().map(Pressed::Picker)).collect();
            (pressed, canvas.finish())
        }
    }
}
