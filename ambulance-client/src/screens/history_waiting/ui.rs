//! Drawing of 照会中.

use egui::{Align2, Rect, pos2, vec2};

use super::{HistoryWaitingAction, HistoryWaitingVm, LookupStepVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HistoryWaitingVm, out: &mut Out<HistoryWaitingAction>) {
    let t = c.t;
    let action = HistoryWaitingAction::ChooseHospital;
    let primary = Primary::new(c.w.choose_hospital, c.w.choose_without_history, action);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let rect = stack.top(132.0);
    c.panel(rect, t.surface);
    let message = panels::Message {
        icon: Icon::Clock,
        icon_size: 56.0,
        title: &vm.title,
        title_style: Style::title(t.ink),
        body: c.w.waiting_body,
        body_style: Style::body(t.ink),
    };
    c.on(t.surface, |c| panels::message(c, rect, 24.0, t.ink, &message));
    panels::heading(c, stack.top(30.0), c.w.state_now, "");
    for step in &vm.steps {
        if stack.rest().height() > 84.0 + 54.0 {
            step_panel(c, stack.top(84.0), step);
        }
    }
    panels::rule_strip(c, stack.bottom(44.0), c.w.not_yet_rule, c.w.not_yet_note);
    let (title, lines) = vm.candidates.clone();
    let parts = vec![
        Part::Info { title, lines },
        side::word(84.0, c.w.cancel_lookup, HistoryWaitingAction::CancelLookup),
        side::word(72.0, c.w.add_oral, HistoryWaitingAction::AddOral),
    ];
    side::top(c, above, parts, out);
    c.repaint_after(1.0);
}

fn step_panel(c: &mut Canvas<'_>, rect: Rect, vm: &LookupStepVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    let icon = if vm.done { Icon::Circle } else { Icon::Clock };
    c.icon(icon, Rect::from_center_size(pos2(rect.min.x + 40.0, rect.center().y), vec2(32.0, 32.0)), t.ink);
    c.on(t.surface, |c| {
        let (left, right) = rect.split_left_right_at_x(rect.max.x - 164.0);
        c.text(left.with_min_x(rect.min.x + 68.0), Align2::LEFT_CENTER, &vm.words, Style::strong(t.ink));
        c.text(right.with_max_x(rect.max.x - 24.0), Align2::RIGHT_CENTER, &vm.time, Style::body(t.ink));
    });
}
