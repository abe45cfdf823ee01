//! Drawing of 断られた.

use super::{ConsentRefusedAction, ConsentRefusedVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{chips, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ConsentRefusedVm, out: &mut Out<ConsentRefusedAction>) {
    let t = c.t;
    let primary = Primary::new(c.w.to_oral, c.w.without_card, ConsentRefusedAction::Oral).height(172.0);
    let note = c.w.without_card.replace('\n', " ");
    let face = ButtonFace::default().line(c.w.to_oral, Size::Title, true).line(note, Size::Note, true);
    let above = side::foot(c, shell, Foot::Primary(primary.face(face)), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let rect = stack.top(120.0);
    c.panel(rect, t.surface);
    let message = panels::Message {
        icon: Icon::Cross,
        icon_size: 52.0,
        title: c.w.refused_title,
        title_style: Style::title(t.ink),
        body: c.w.refused_body,
        body_style: Style::body(t.ink),
    };
    c.on(t.surface, |c| panels::message(c, rect, 16.0, t.ink, &message));
    panels::heading(c, stack.top(34.0), c.w.refused_reason, "");
    let area = stack.top(76.0 * 2.0 + GAP);
    out.at(chips::reasons(c, area, 76.0, "reason", &vm.reasons), ConsentRefusedAction::ChooseReason);
    panels::heading(c, stack.top(30.0), c.w.other_ways, "");
    let ways = [
        (c.w.oral, c.w.oral_note, ConsentRefusedAction::Oral),
        (c.w.medicine_book, c.w.read_qr, ConsentRefusedAction::MedicineBook),
    ];
    let height = if shell.age_banner.is_some() { 76.0 } else { 112.0 };
    for (i, (rect, (word, note, action))) in grid::columns(stack.top(height), 2, GAP).into_iter().zip(ways).enumerate()
    {
        let face = ButtonFace::default().line(word, Size::Strong, true).line(note, Size::Note, true);
        out.when(Button::new(rect, ("way", i), face).show(c), action);
    }
    panels::rule_strip(c, stack.bottom(42.0), "", c.w.refused_rule);
    let face = ButtonFace::word(c.w.changed_mind).icon(Icon::Undo, 28.0);
    out.when(Button::new(stack.bottom(76.0), ("mind", 0), face).show(c), ConsentRefusedAction::ChangedMind);
    side::top(c, above, vec![side::word(92.0, c.w.card_returned, ConsentRefusedAction::CardReturned)], out);
}
