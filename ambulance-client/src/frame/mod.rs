//! Band, rail and content area: what never moves.

mod band;
mod rail;
mod view_model;

use egui::Rect;

pub use view_model::{AgeBannerVm, CellVm, Out, ShellAction, ShellVm, StageVm, Tab, UndoVm};

use crate::canvas::Canvas;
use crate::theme::grid::{self, GAP};
use crate::widgets::panels;

/// The content's rectangle; draws the age banner and leaves what is below it.
pub fn content(c: &mut Canvas<'_>, shell: &ShellVm) -> Rect {
    let area = grid::content(c.display.hand);
    let Some(banner) = &shell.age_banner else { return area };
    let mut stack = grid::Stack::new(area, GAP);
    let height = if banner.body.is_empty() { 60.0 } else { 72.0 };
    panels::age_banner(c, stack.top(height), &banner.title, &banner.body);
    stack.rest()
}

/// Draws rail and band; last, so that the keyboard reaches them last.
pub fn around<A>(c: &mut Canvas<'_>, shell: &ShellVm, current: Option<Tab>, out: &mut Out<A>) {
    if !shell.locked {
        rail::draw(c, shell, current, out);
    }
    band::draw(c, shell, out);
    if shell.training {
        c.training_frame(Rect::from_min_size(egui::Pos2::ZERO, grid::PANEL));
    }
}
