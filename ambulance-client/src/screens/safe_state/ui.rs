//! Drawing of the safe state. It fills the panel: nothing of a case stands around it.

use egui::{Align2, Rect, pos2, vec2};

use super::{STEPS, SafeStateAction, SafeStateVm};
use crate::canvas::{Canvas, Display, Kind, Ledger, Style};
use crate::theme::Size;
use crate::theme::grid::{self, BAR, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::panels;

/// The screen's key.
pub const KEY: &str = "safe_state";

/// Draws the screen; returns what was pressed and what was drawn.
pub fn show(ui: &egui::Ui, display: Display, vm: &SafeStateVm) -> (Vec<SafeStateAction>, Ledger) {
    let mut canvas = Canvas::begin(ui, display, KEY);
    let mut pressed = Vec::new();
    let c = &mut canvas;
    let panel = Rect::from_min_size(egui::Pos2::ZERO, grid::PANEL).shrink(GAP);
    let mut page = Stack::new(panel, GAP);
    panels::alarm(c, page.top(108.0), &vm.title, &vm.meaning);
    let footer = page.bottom(26.0);
    c.text(footer, Align2::LEFT_CENTER, &vm.footer, Style::note(c.t.ink2));
    let below = page.rest();
    let side = below.intersect(grid::side(display.hand).expand2(vec2(0.0, f32::INFINITY)));
    let wide = content(display, below);
    words(c, wide, vm);
    buttons(c, side, vm, &mut pressed);
    (pressed, canvas.finish())
}

/// Content and rail in one: nothing is in the rail here.
fn content(display: Display, below: Rect) -> Rect {
    let both = grid::content_and_rail(display.hand);
    Rect::from_min_max(pos2(both.min.x, below.min.y), pos2(both.max.x, below.max.y))
}

fn words(c: &mut Canvas<'_>, area: Rect, vm: &SafeStateVm) {
    let mut stack = Stack::new(area, GAP);
    panels::heading(c, stack.top(30.0), c.w.what_to_try, &vm.tried);
    let kept = stack.bottom(72.0);
    let height = ((stack.rest().height() - 3.0 * GAP) / 4.0).min(108.0);
    for (i, step) in vm.steps.iter().take(STEPS).enumerate() {
        step_panel(c, stack.top(height), i, step);
    }
    panels::two_lines(c, kept, &vm.kept.0, &vm.kept.1);
}

fn step_panel(c: &mut Canvas<'_>, rect: Rect, index: usize, (what, how): &(String, String)) {
    let t = c.t;
    let ground = if index == 0 { t.tint } else { t.surface };
    if index == 0 {
        c.barred_panel(rect, ground, t.accent.fill);
    } else {
        c.panel(rect, ground);
    }
    let number = (index + 1).to_string();
    c.name_region(rect, &format!("{number} {what} {how}"), None);
    let left = rect.min.x + BAR + 18.0;
    let column = |from: f32| Rect::from_min_max(pos2(left + from, rect.min.y), pos2(rect.max.x - 16.0, rect.max.y));
    c.on(ground, |c| {
        c.ink(column(0.0), Align2::LEFT_CENTER, &number, Style::strong(t.ink));
        let words = Rect::from_center_size(column(44.0).center(), vec2(column(44.0).width(), 64.0));
        let (top, bottom) = words.split_top_bottom_at_y(words.min.y + 36.0);
        c.ink(top, Align2::LEFT_CENTER, what, Style::strong(t.ink));
        c.ink(bottom, Align2::LEFT_CENTER, how, Style::note(t.ink));
    });
}

fn buttons(c: &mut Canvas<'_>, area: Rect, vm: &SafeStateVm, pressed: &mut Vec<SafeStateAction>) {
    let mut stack = Stack::new(area, GAP);
    let face = ButtonFace::default().line(c.w.try_again, Size::Title, true).line(c.w.try_again_note, Size::Note, true);
    let primary = Button::new(stack.bottom(148.0), ("primary", 0), face).look(Look::Primary).kind(Kind::Primary);
    if primary.show(c) {
        pressed.push(SafeStateAction::TryAgain);
    }
    let lines = &vm.works.1;
    let info = stack.top(panels::info_height(c, area.width(), lines));
    panels::info(c, info, &vm.works.0, lines);
    let small = [
        (c.w.next_theme, SafeStateAction::NextTheme),
        (c.w.other_language, SafeStateAction::OtherLanguage),
        (c.w.close, SafeStateAction::Close),
    ];
    for (i, (word, action)) in small.into_iter().enumerate() {
        if stack.rest().height() + 1.0 < 60.0 {
            return;
        }
        if Button::new(stack.top(60.0), ("small", i), ButtonFace::word(word)).show(c) {
            pressed.push(action);
        }
    }
}
