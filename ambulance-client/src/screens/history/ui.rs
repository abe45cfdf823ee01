//! Drawing of 病歴の要点.

use egui::Rect;

use super::{FullVm, HistoryAction, HistoryVm, MAX_ALERTS};
use crate::canvas::Canvas;
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack, TARGET_MIN};
use crate::widgets::alert_row::{alert_row, needs_two_notes};
use crate::widgets::button::ButtonFace;
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::section_card::{SectionVm, section_card, section_height};
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HistoryVm, out: &mut Out<HistoryAction>) {
    let primary = Primary::new(c.w.choose_hospital, &vm.best, HistoryAction::ChooseHospital);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let title = if vm.full_period { c.w.history_full_title } else { c.w.history_title };
    panels::page_title(c, stack.top(36.0), title, &vm.fetched);
    let width = stack.rest().width();
    let full = !dense || vm.alerts.iter().take(MAX_ALERTS).any(|a| needs_two_notes(c, width, a));
    let height = if full { 92.0 } else { 80.0 };
    for (i, alert) in vm.alerts.iter().take(MAX_ALERTS).enumerate() {
        let rect = stack.top(height);
        out.when(alert_row(c, rect, i, alert), HistoryAction::OpenAlert(i));
    }
    panels::heading(c, stack.top(30.0), c.w.records, &vm.more_alerts);
    panels::rule_strip(c, stack.bottom(42.0), c.w.record_none_rule, c.w.history_rule);
    sections(c, stack.rest(), &vm.sections, out);
    let mut parts = Vec::new();
    if let Some((title, lines)) = &vm.changed {
        parts.push(Part::Info { title: title.clone(), lines: lines.clone() });
    }
    // While the summary is here, the same look-up again would bring nothing: the wider one stands in its place.
    parts.push(match (&vm.full, &vm.look_up_blocked) {
        (FullVm::Asked(since), _) => side::blocked(84.0, c.w.full_asked, since),
        (FullVm::Offered(_), Some(why)) => side::blocked(84.0, c.w.look_up_full, why),
        (FullVm::Offered(note), None) => side::word_and_note(72.0, c.w.look_up_full, note, HistoryAction::LookUpFull),
        (FullVm::None, Some(why)) => side::blocked(84.0, c.w.look_up_again, why),
        (FullVm::None, None) => side::word(72.0, c.w.look_up_again, HistoryAction::LookUpAgain),
    });
    parts.push(side::word_and_note(72.0, c.w.add_oral, &vm.told, HistoryAction::AddOral));
    let face = ButtonFace::word(c.w.hide_screen).icon(Icon::Lock, 26.0);
    parts.push(Part::Button { height: 72.0, face, action: HistoryAction::HideScreen });
    side::top(c, above, parts, out);
}

/// Two rows of two cards, each row as high as its fuller card asks, at most what is left.
fn sections(c: &mut Canvas<'_>, area: Rect, sections: &[SectionVm], out: &mut Out<HistoryAction>) {
    let wanted: Vec<f32> =
        sections.chunks(2).take(2).map(|row| row.iter().map(section_height).fold(TARGET_MIN, f32::max)).collect();
    let total: f32 = wanted.iter().sum();
    // Short of room, both rows give the same; a card shows as many lines as fit and its count says how many there are.
    let free = (area.height() - GAP - total) / 2.0;
    let mut stack = Stack::new(area, GAP);
    let mut index = 0;
    for (row, height) in sections.chunks(2).zip(wanted) {
        let rects = grid::columns(stack.top(height + free.min(6.0)), 2, GAP);
        for (section, rect) in row.iter().zip(rects) {
            out.when(section_card(c, rect, index, section), HistoryAction::OpenSection(index));
            index += 1;
        }
    }
}
