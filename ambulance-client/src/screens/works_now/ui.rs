//! Drawing of いま使えるもの.

use egui::{Align2, Rect, pos2, vec2};

use super::{WorksNowAction, WorksNowVm, WorksRowVm, WorksVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part, Primary};

const ROWS: usize = 7;

/// Draws the page. Its own banner takes the age banner's place.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &WorksNowVm, out: &mut Out<WorksNowAction>) {
    let primary = Primary::new(&vm.phone.0, &vm.phone.1, WorksNowAction::PhoneHospital);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    match &vm.banner {
        Some((title, body)) => panels::age_banner(c, stack.top(88.0), title, body),
        None => panels::page_title(c, stack.top(36.0), c.w.works_now, ""),
    }
    let height = ((stack.rest().height() - 6.0 * GAP) / 7.0).min(84.0);
    for row in vm.rows.iter().take(ROWS) {
        works_row(c, stack.top(height), row);
    }
    let (title, lines) = vm.waiting.clone();
    let mut parts = vec![Part::Info { title, lines }];
    if vm.can_connect {
        parts.push(side::word(72.0, c.w.connect_now, WorksNowAction::ConnectNow));
    }
    parts.push(side::word_and_note(84.0, c.w.tablet_state, &vm.tablet, WorksNowAction::OpenTablet));
    side::top(c, above, parts, out);
}

fn works_row(c: &mut Canvas<'_>, rect: Rect, vm: &WorksRowVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.icon(vm.works.icon(), Rect::from_center_size(pos2(rect.min.x + 34.0, rect.center().y), vec2(36.0, 36.0)), t.ink);
    let column =
        |from: f32, to: f32| Rect::from_min_max(pos2(rect.min.x + from, rect.min.y), pos2(rect.min.x + to, rect.max.y));
    let colour = if vm.works == WorksVm::Yes { t.ink } else { t.attention.fill };
    c.on(t.surface, |c| {
        c.text(column(64.0, 262.0), Align2::LEFT_CENTER, &vm.what, Style::strong(t.ink));
        c.text(column(272.0, 462.0), Align2::LEFT_CENTER, &vm.state, Style::body(colour).bold());
        c.text(column(474.0, 844.0), Align2::LEFT_CENTER, &vm.note, Style::note(t.ink));
    });
}
