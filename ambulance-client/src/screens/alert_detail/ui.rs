//! Drawing of one alert.

use egui::{Align2, Rect, vec2};

use super::{AlertDetailAction, AlertDetailVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot};

/// Width of the column of labels in points.
const LABEL: f32 = 172.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &AlertDetailVm, out: &mut Out<AlertDetailAction>) {
    let t = c.t;
    let above = side::foot(c, shell, Foot::SolidStage { height: 148.0, figure: false }, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.alert_title, "");
    let message = panels::Message {
        icon: Icon::Warning,
        icon_size: 56.0,
        title: &vm.record,
        title_style: Style::title(t.ink),
        body: &vm.watch,
        body_style: Style::strong(t.ink),
    };
    panels::notice(c, stack.top(112.0), &message);
    panels::rule_strip(c, stack.bottom(44.0), c.w.record_none_taken_rule, c.w.record_none_taken_note);
    facts(c, stack.rest(), vm);
    let mut parts = vec![
        side::word_and_note(92.0, c.w.back, c.w.to_history, AlertDetailAction::Back),
        side::word(84.0, c.w.alert_rows, AlertDetailAction::OpenRows),
    ];
    if vm.others > 0 {
        let more = c.w.and_more(vm.others);
        parts.push(side::word_and_note(92.0, c.w.alert_list, &more, AlertDetailAction::OpenAlerts));
    }
    side::top(c, above, parts, out);
}

fn facts(c: &mut Canvas<'_>, area: Rect, vm: &AlertDetailVm) {
    let t = c.t;
    let rule =
        if vm.rule.is_empty() { String::new() } else { c.w.rule_line(&vm.rule, &vm.rule_version, &vm.table_version) };
    let lines = [
        (c.w.fact_item, vm.item.as_str()),
        (c.w.fact_date, vm.date.as_str()),
        (c.w.fact_days, vm.days.as_str()),
        (c.w.fact_source, vm.source.as_str()),
        (c.w.fact_facility, vm.facility.as_str()),
        (c.w.fact_further, vm.further.as_str()),
        (c.w.fact_needs, vm.needs.as_str()),
        (c.w.fact_rule, rule.as_str()),
    ];
    let shown = lines.iter().filter(|(_, value)| !value.is_empty());
    if shown.clone().next().is_none() {
        return;
    }
    // One more than there are lines: the item may take two.
    let count = shown.clone().fold(1.0, |n, _| n + 1.0);
    let height = ((area.height() - 20.0) / count).min(46.0);
    let panel = Rect::from_min_size(area.min, vec2(area.width(), (height * count + 20.0).min(area.height())));
    c.panel(panel, t.surface);
    c.on(t.surface, |c| {
        let mut rows = Stack::new(panel.shrink2(vec2(18.0, 10.0)), 0.0);
        for (i, (label, value)) in shown.enumerate() {
            let row = rows.top(if i == 0 { height * 2.0 } else { height });
            let (left, right) = row.split_left_right_at_x(row.min.x + LABEL);
            c.text(left, Align2::LEFT_CENTER, label, Style::note(t.ink2));
            let style = if i == 0 { Style::strong(t.ink) } else { Style::body(t.ink) };
            c.text(right, Align2::LEFT_CENTER, value, style);
        }
    });
}
