//! Band, rail and content area: what never moves.

mod band;
mod rail;
mod view_model;

use egui::{Rect, pos2, vec2};

pub use view_model::{AgeBannerVm, BannerKind, CellVm, Out, ShellAction, ShellVm, StageVm, Tab, UndoVm};

use crate::canvas::Canvas;
use crate::theme::grid::{self, GAP};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::panels;

/// The content's rectangle; draws the age banner and leaves what is below it.
pub fn content(c: &mut Canvas<'_>, shell: &ShellVm) -> Rect {
    let area = grid::content(c.display.hand);
    let Some(banner) = &shell.age_banner else { return area };
    let mut stack = grid::Stack::new(area, GAP);
    let height = if banner.body.is_empty() { 60.0 } else { BANNER };
    draw_banner(c, stack.top(height), banner);
    stack.rest()
}

/// Height in points of a banner with two lines.
const BANNER: f32 = 72.0;
/// The button on a message, points.
const ANSWER: egui::Vec2 = vec2(168.0, 60.0);

/// The button on a message of dispatch: in the upper right corner of the content, where nothing else stands.
fn answer_message<A>(c: &mut Canvas<'_>, shell: &ShellVm, out: &mut Out<A>) {
    let Some(AgeBannerVm { kind: BannerKind::Message { long }, .. }) = &shell.age_banner else { return };
    let strip = grid::content(c.display.hand);
    let corner = pos2(strip.max.x - ANSWER.x - 6.0, strip.min.y + (BANNER - ANSWER.y) / 2.0);
    let word = if *long { c.w.message_read } else { c.w.message_understood };
    let face = ButtonFace::word(word);
    let button = Button::new(Rect::from_min_size(corner, ANSWER), ("message", 0), face);
    if button.show(c) {
        out.shell.push(ShellAction::AnswerMessage);
    }
}

/// Draws the banner as loud as it is.
pub fn draw_banner(c: &mut Canvas<'_>, rect: Rect, banner: &AgeBannerVm) {
    match banner.kind {
        BannerKind::Age => panels::age_banner(c, rect, &banner.title, &banner.body),
        BannerKind::Notice => panels::notice_strip(c, rect, &banner.title, &banner.body),
        BannerKind::Alarm => panels::alarm_strip(c, rect, &banner.title, &banner.body),
        BannerKind::Message { .. } => panels::message_strip(c, rect, ANSWER.x + 18.0, &banner.title, &banner.body),
    }
}

/// Draws rail and band; last, so that the keyboard reaches them last.
pub fn around<A>(c: &mut Canvas<'_>, shell: &ShellVm, current: Option<Tab>, out: &mut Out<A>) {
    if !shell.locked {
        answer_message(c, shell, out);
        rail::draw(c, shell, current, out);
    }
    band::draw(c, shell, out);
    if shell.training {
        c.training_frame(Rect::from_min_size(egui::Pos2::ZERO, grid::PANEL));
    }
}
