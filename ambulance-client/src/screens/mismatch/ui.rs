//! Drawing of カード ≠ 傷病者.

use egui::{Align2, Rect, pos2, vec2};

use super::{MismatchAction, MismatchRowVm, MismatchVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &MismatchVm, out: &mut Out<MismatchAction>) {
    let primary = Primary::new(c.w.read_again, c.w.read_again_note, MismatchAction::ReadAgain);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let (title, body) = match &vm.of_other {
        Some(of_other) => (of_other.title.as_str(), of_other.body.as_str()),
        None => (c.w.mismatch_title, c.w.mismatch_body),
    };
    panels::alarm(c, stack.top(132.0), title, body);
    // Two patients stand in the row, not a card and what was observed.
    if vm.of_other.is_none() {
        let head = stack.top(26.0);
        let style = Style::note(c.t.ink2);
        c.text(column(head, 206.0, 230.0), Align2::LEFT_CENTER, c.w.on_card, style);
        c.text(column(head, 448.0, 230.0), Align2::LEFT_CENTER, c.w.observed, style);
    }
    for row in &vm.rows {
        if stack.rest().height() > 92.0 + 84.0 {
            row_panel(c, stack.top(92.0), row);
        }
    }
    let (recorded, note) = if vm.undecided {
        (c.w.not_yet_sent, c.w.not_yet_sent_note)
    } else {
        (c.w.mismatch_recorded, c.w.mismatch_recorded_note)
    };
    panels::two_lines(c, stack.bottom(72.0), recorded, note);
    if let Some(of_other) = &vm.of_other {
        let parts = vec![
            side::word(84.0, &of_other.go_to, MismatchAction::GoToOther),
            side::word(84.0, &of_other.confirm, MismatchAction::ConfirmCard),
            side::word(84.0, c.w.card_returned, MismatchAction::CardReturned),
            side::word(84.0, c.w.without_card, MismatchAction::WithoutCard),
        ];
        side::top(c, above, parts, out);
        return;
    }
    let compare = vm.undecided.then(|| side::word(84.0, c.w.compare_anyway, MismatchAction::Compare));
    let parts = [
        side::word(84.0, c.w.card_returned, MismatchAction::CardReturned),
        side::word(84.0, c.w.fix_observation, MismatchAction::FixObservation),
        side::word(84.0, c.w.without_card, MismatchAction::WithoutCard),
    ];
    side::top(c, above, compare.into_iter().chain(parts).collect(), out);
}

fn column(row: Rect, from: f32, width: f32) -> Rect {
    Rect::from_min_size(pos2(row.min.x + from, row.min.y), vec2(width, row.height()))
}

fn row_panel(c: &mut Canvas<'_>, rect: Rect, vm: &MismatchRowVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        c.text(column(rect, 24.0, 170.0), Align2::LEFT_CENTER, &vm.what, Style::body(t.ink));
        c.text(column(rect, 206.0, 230.0), Align2::LEFT_CENTER, &vm.card, Style::strong(t.ink));
        c.text(column(rect, 448.0, 220.0), Align2::LEFT_CENTER, &vm.observed, Style::strong(t.ink));
        let icon = if vm.differs { Icon::Cross } else { Icon::Circle };
        c.icon(icon, Rect::from_center_size(pos2(rect.min.x + 692.0, rect.center().y), vec2(36.0, 36.0)), t.ink);
        let word = if vm.differs { c.w.differs } else { c.w.same };
        c.text(column(rect, 722.0, 124.0), Align2::LEFT_CENTER, word, Style::body(t.ink).bold());
    });
}
