//! Drawing of 病歴の要点.

use super::{HistoryAction, HistoryVm, MAX_ALERTS};
use crate::canvas::Canvas;
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::alert_row::alert_row;
use crate::widgets::button::ButtonFace;
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::section_card::section_card;
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HistoryVm, out: &mut Out<HistoryAction>) {
    let primary = Primary::new(c.w.choose_hospital, &vm.best, HistoryAction::ChooseHospital);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.history_title, &vm.fetched);
    let height = if dense { 84.0 } else { 92.0 };
    for (i, alert) in vm.alerts.iter().take(MAX_ALERTS).enumerate() {
        let rect = stack.top(height);
        out.when(alert_row(c, rect, i, alert), HistoryAction::OpenAlert(i));
    }
    panels::heading(c, stack.top(30.0), c.w.records, &vm.more_alerts);
    panels::rule_strip(c, stack.bottom(42.0), c.w.record_none_rule, c.w.history_rule);
    let rest = stack.rest();
    let row = ((rest.height() - GAP) / 2.0).min(150.0);
    for (i, (rect, section)) in grid::cells(rest, 2, row, 4).into_iter().zip(&vm.sections).enumerate() {
        out.when(section_card(c, rect, i, section), HistoryAction::OpenSection(i));
    }
    let mut parts = Vec::new();
    if let Some((title, lines)) = &vm.changed {
        parts.push(Part::Info { title: title.clone(), lines: lines.clone() });
    }
    parts.push(side::word(72.0, c.w.look_up_again, HistoryAction::LookUpAgain));
    parts.push(side::word(72.0, c.w.add_oral, HistoryAction::AddOral));
    let face = ButtonFace::word(c.w.hide_screen).icon(Icon::Lock, 26.0);
    parts.push(Part::Button { height: 72.0, face, action: HistoryAction::HideScreen });
    side::top(c, above, parts, out);
}
