//! Drawing of 記録なし.

use egui::{Align2, vec2};

use super::{HistoryEmptyAction, HistoryEmptyVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HistoryEmptyVm, out: &mut Out<HistoryEmptyAction>) {
    let t = c.t;
    let primary = Primary::new(c.w.to_oral, c.w.oral_note, HistoryEmptyAction::Oral);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let message = panels::Message {
        icon: Icon::Warning,
        icon_size: 56.0,
        title: c.w.empty_title,
        title_style: Style::title(t.ink),
        body: c.w.empty_body,
        body_style: Style::body(t.ink),
    };
    panels::notice(c, stack.top(132.0), &message);
    panels::heading(c, stack.top(30.0), c.w.searched, "");
    for (section, words) in &vm.searched {
        if stack.rest().height() < 84.0 + 54.0 {
            break;
        }
        let rect = stack.top(84.0);
        c.panel(rect, t.surface);
        let (left, right) = rect.shrink2(vec2(24.0, 4.0)).split_left_right_at_fraction(0.5);
        c.on(t.surface, |c| {
            c.text(left, Align2::LEFT_CENTER, section, Style::strong(t.ink));
            c.text(right, Align2::RIGHT_CENTER, words, Style::body(t.ink));
        });
    }
    panels::rule_strip(c, stack.bottom(44.0), c.w.record_none_rule, &vm.rule_note);
    let (title, lines) = vm.candidates.clone();
    let look_up = if vm.offers_full {
        side::word(72.0, c.w.look_up_full, HistoryEmptyAction::LookUpFull)
    } else {
        side::word(72.0, c.w.look_up_again, HistoryEmptyAction::LookUpAgain)
    };
    let parts = vec![
        Part::Info { title, lines },
        side::word(84.0, c.w.read_medicine_book, HistoryEmptyAction::MedicineBook),
        look_up,
    ];
    side::top(c, above, parts, out);
}
