//! Drawing of 出動中.

use egui::{Align2, Rect, vec2};

use super::{ReadyAction, ReadyVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::side::{self, Foot};
use crate::widgets::stage_strip::stage_strip;

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ReadyVm, out: &mut Out<ReadyAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 436.0, figure: true }, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let strip = stack.bottom(84.0 * 2.0 + GAP);
    let heading = stack.bottom(28.0);
    let facts = stack.bottom(118.0);
    call(c, stack.rest(), vm);
    three_facts(c, facts, vm);
    c.text(heading, Align2::LEFT_CENTER, c.w.stages_heading, Style::note(c.t.ink2));
    out.at(stage_strip(c, strip, &vm.stages), ReadyAction::CorrectStage);
    let parts = vec![
        side::word(84.0, c.w.dispatch_phone, ReadyAction::PhoneDispatch),
        side::word(72.0, c.w.route, ReadyAction::ShowRoute),
        side::word(72.0, c.w.cancel_turnout, ReadyAction::CallOff),
    ];
    side::top(c, above, parts, out);
}

fn call(c: &mut Canvas<'_>, rect: Rect, vm: &ReadyVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let room = rect.shrink2(vec2(16.0, 12.0));
        let mut stack = Stack::new(room, 0.0);
        let (left, right) = stack.top(26.0).split_left_right_at_fraction(0.7);
        c.text(left, Align2::LEFT_CENTER, &vm.call, Style::note(t.ink2));
        c.text(right, Align2::RIGHT_CENTER, &vm.call_age, Style::note(t.ink2));
        let note = stack.bottom(32.0);
        let address = stack.bottom(38.0);
        let free = stack.rest().height() - 42.0 - 40.0;
        stack.skip((free / 3.0).max(4.0));
        c.text(stack.top(42.0), Align2::LEFT_CENTER, &vm.headline, Style::title(t.ink));
        stack.skip(4.0);
        c.text(stack.top(36.0), Align2::LEFT_CENTER, &vm.detail, Style::strong(t.ink).regular());
        let middle = stack.rest().center().y;
        c.rule(Rect::from_min_max(egui::pos2(room.min.x, middle), egui::pos2(room.max.x, middle + 3.0)));
        c.text(address, Align2::LEFT_CENTER, &vm.address, Style::strong(t.ink));
        c.text(note, Align2::LEFT_CENTER, &vm.place_note, Style::body(t.ink));
    });
}

fn three_facts(c: &mut Canvas<'_>, area: Rect, vm: &ReadyVm) {
    let t = c.t;
    let rects = grid::weighted_columns(area, &[172.0, 330.0, 330.0], GAP);
    let [eta, card, candidates] = rects.as_slice() else { return };
    for rect in [eta, card, candidates] {
        c.panel(*rect, t.surface);
    }
    c.on(t.surface, |c| {
        let mut stack = Stack::new(eta.shrink2(vec2(16.0, 10.0)), 0.0);
        c.text(stack.top(26.0), Align2::LEFT_CENTER, c.w.until_arrival, Style::note(t.ink2));
        let minutes = vm.eta_minutes.map_or_else(|| "―".to_owned(), |m| m.to_string());
        let runs = [
            (minutes.as_str(), Style::figure(t.ink)),
            (" ", Style::strong(t.ink)),
            (c.w.minutes, Style::strong(t.ink)),
        ];
        c.spans(stack.rest().expand2(vec2(0.0, 4.0)), Align2::LEFT_CENTER, &runs);
        fact(c, *card, c.w.insurance_card, &vm.card);
        fact(c, *candidates, c.w.candidates_no_history, &vm.candidates);
    });
}

fn fact(c: &mut Canvas<'_>, rect: Rect, title: &str, words: &(String, String)) {
    let t = c.t;
    let mut stack = Stack::new(rect.shrink2(vec2(16.0, 11.0)), 0.0);
    c.text(stack.top(26.0), Align2::LEFT_CENTER, title, Style::note(t.ink2));
    stack.skip(6.0);
    c.text(stack.top(36.0), Align2::LEFT_CENTER, &words.0, Style::strong(t.ink));
    c.text(stack.top(26.0), Align2::LEFT_CENTER, &words.1, Style::note(t.ink));
}
