//! Band, rail and content area: what never moves.

mod band;
mod rail;
mod view_model;

use egui::Rect;

pub use view_model::{AgeBannerVm, BannerKind, CellVm, Out, ShellAction, ShellVm, StageVm, Tab, UndoVm};

use crate::canvas::Canvas;
use crate::theme::grid::{self, GAP};
use crate::widgets::panels;

/// The content's rectangle; draws the age banner and leaves what is below it.
pub fn content(c: &mut Canvas<'_>, shell: &ShellVm) -> Rect {
    let area = grid::content(c.display.hand);
    let Some(banner) = &shell.age_banner else { return area };
    let mut stack = grid::Stack::new(area, GAP);
    let height = if banner.body.is_empty() { 60.0 } else { 72.0 };
    draw_banner(c, stack.top(height), banner);
    stack.rest()
}

/// Draws the banner as loud as it is.
pub fn draw_banner(c: &mut Canvas<'_>, rect: Rect, banner: &AgeBannerVm) {
    match banner.kind {
        BannerKind::Age => panels::age_banner(c, rect, &banner.title, &banner.body),
        BannerKind::Notice => panels::notice_strip(c, rect, &banner.title, &banner.body),
        BannerKind::Alarm => panels::alarm_strip(c, rect, &banner.title, &banner.body),
    }
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
