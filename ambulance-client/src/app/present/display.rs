//! 表示と施錠.

use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::display::DisplayVm;

pub(super) fn display(view: &View<'_>) -> Shown {
    screen(Screen::Display(DisplayVm {
        auto_theme: view.nav.auto_theme,
        brightness: format!("{}%", view.nav.brightness),
        loudness: view.nav.loudness,
    }))
}
