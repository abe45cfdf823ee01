//! An alert: record, what to watch, where it comes from, which rule. At most three on a screen.

use egui::{Align2, Rect, pos2, vec2};

use super::icons::Icon;
use crate::canvas::shapes::BarSide;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::grid::BAR;

/// An alert as the row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertVm {
    /// The record, never a diagnosis.
    pub record: String,
    /// What to watch.
    pub watch: String,
    /// Item, date, days, source.
    pub source: String,
    /// The rule's id.
    pub rule: String,
}

/// A row this high or higher has room for two lines of notes.
const TWO_NOTES: f32 = 90.0;
/// Points that icon and chevron take of a row's width.
const AROUND_WORDS: f32 = 74.0 + 52.0;
/// Points that a rule's id takes at least, `R01`; a longer one (`R14B`) stays whole.
const RULE_ROOM: f32 = 56.0;

/// Whether watch and source of this alert need two lines in a row `width` points wide, in any theme.
#[must_use]
pub fn needs_two_notes(c: &Canvas<'_>, width: f32, vm: &AlertVm) -> bool {
    let bold = Style::note(c.t.ink).bold();
    let room = width - AROUND_WORDS - rule_room(c, vm);
    c.width(&vm.watch, bold) + c.width(&format!(" ・ {}", vm.source), bold) > room
}

fn rule_room(c: &Canvas<'_>, vm: &AlertVm) -> f32 {
    c.width(&vm.rule, Style::note(c.t.ink)).ceil().max(RULE_ROOM)
}

/// Draws the row; true when pressed.
pub fn alert_row(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &AlertVm) -> bool {
    let t = c.t;
    let name = c.w.alert_name(&vm.record, &vm.watch, &vm.source, &vm.rule);
    let kind = Kind::Ordinary;
    let press = c.press(Target { rect, key: ("alert", index), name, kind, enabled: true, selected: None });
    let width = if press.held { t.strong_border } else { t.border };
    c.rounded_with_bar(rect, t.attention_tint, t.attention.fill, width, (BarSide::Left, BAR));
    let icon = Rect::from_center_size(pos2(rect.min.x + 44.0, rect.center().y), vec2(36.0, 36.0));
    c.icon(Icon::Warning, icon, t.attention.fill);
    let chevron = Rect::from_center_size(pos2(rect.max.x - 28.0, rect.center().y), vec2(24.0, 24.0));
    c.icon(Icon::Chevron, chevron, t.ink);
    let (end, rule) = (rect.max.x - 50.0, rule_room(c, vm));
    let rule_room = Rect::from_min_max(pos2(end - rule, rect.min.y), pos2(end, rect.max.y));
    let source = format!(" ・ {}", vm.source);
    let (bold, plain) = (Style::note(t.ink).bold(), Style::note(t.ink));
    let left = rect.min.x + 74.0;
    let width = rule_room.min.x - 2.0 - left;
    let notes = if needs_two_notes(c, rect.width(), vm) && rect.height() >= TWO_NOTES { 52.0 } else { 26.0 };
    let words = Rect::from_center_size(rect.center(), vec2(0.0, 35.0 + notes));
    let top = Rect::from_min_size(pos2(left, words.min.y), vec2(width, 35.0));
    let bottom = Rect::from_min_size(pos2(left, top.max.y), vec2(width, notes));
    c.on(t.attention_tint, |c| {
        c.ink(rule_room, Align2::RIGHT_CENTER, &vm.rule, Style::note(t.ink));
        c.ink(top, Align2::LEFT_CENTER, &vm.record, Style::strong(t.ink));
        let runs = [(vm.watch.as_str(), bold), (source.as_str(), plain)];
        c.ink_spans(bottom, Align2::LEFT_CENTER, &runs);
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}
