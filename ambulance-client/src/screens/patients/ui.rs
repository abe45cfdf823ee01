//! Drawing of 傷病者の一覧.

use egui::{Align2, Rect, pos2, vec2};

use super::{PatientRowVm, PatientsAction, PatientsVm, ROWS};
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::chips::{self, chosen_name};
use crate::widgets::icons::Icon;
use crate::widgets::pager::{self, Turn};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot};

/// Width of the take-over button in points.
const TAKE_OVER: f32 = 200.0;
/// Highest row in points.
const ROW_MAX: f32 = 112.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &PatientsVm, out: &mut Out<PatientsAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 148.0, figure: false }, out);
    let page = pager::page(&vm.rows, ROWS, vm.page);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.patients_title, &vm.incident);
    panels::rule_strip(c, stack.bottom(44.0), "", c.w.patients_rule);
    let turning = (page.pages > 1).then(|| stack.bottom(pager::HEIGHT));
    let height = ((stack.rest().height() - 3.0 * GAP) / 4.0).min(ROW_MAX);
    for (i, row) in page.rows.iter().enumerate() {
        patient(c, stack.top(height), i, page.first + i, row, out);
    }
    if let Some(rect) = turning {
        out.screen.extend(pager::pager(c, rect, &page).map(|turn| match turn {
            Turn::Previous => PatientsAction::PreviousPage,
            Turn::Next => PatientsAction::NextPage,
        }));
    }
    let mut parts = vec![
        side::word(84.0, c.w.back, PatientsAction::Back),
        side::word_and_note(100.0, c.w.add_patient, c.w.add_patient_note, PatientsAction::AddPatient),
    ];
    parts.extend(vm.seen.as_deref().map(|seen| side::word_and_note(100.0, c.w.seen, seen, PatientsAction::EditSeen)));
    parts.extend(
        vm.identity.as_deref().map(|id| side::word_and_note(100.0, c.w.identity, id, PatientsAction::EditIdentity)),
    );
    side::top(c, above, parts, out);
}

fn patient(
    c: &mut Canvas<'_>,
    rect: Rect,
    place: usize,
    index: usize,
    vm: &PatientRowVm,
    out: &mut Out<PatientsAction>,
) {
    let mut row = rect;
    if vm.can_take_over {
        row.max.x -= TAKE_OVER + GAP;
        let button = Rect::from_min_max(pos2(row.max.x + GAP, rect.min.y), rect.max);
        out.when(select(c, row, place, vm), PatientsAction::Select(index));
        let face = ButtonFace::default().line(c.w.take_over, Size::Body, true);
        let name = c.w.take_over_name(&vm.number);
        let button = Button::new(button, ("take over", place), face).name(name);
        out.when(button.show(c), PatientsAction::TakeOver(index));
    } else {
        out.when(select(c, row, place, vm), PatientsAction::Select(index));
    }
}

fn select(c: &mut Canvas<'_>, rect: Rect, place: usize, vm: &PatientRowVm) -> bool {
    let t = c.t;
    let category = c.w.category;
    let triage = match vm.triage {
        Some(triage) => format!("{category} {} {}", triage.word(c), triage.numeral()),
        None => format!("{category} {}", c.w.name_untouched),
    };
    let spoken = format!("{} {triage} {} {} {} {}", vm.number, vm.who, vm.stage, vm.writer, vm.gap);
    let name = chosen_name(c, spoken.trim_end(), vm.current);
    let selected = Some(vm.current);
    let key = ("patient", place);
    let press = c.press(Target { rect, key, name, kind: Kind::Ordinary, enabled: true, selected });
    let marked = vm.current || press.held;
    let (fill, line, width) =
        if marked { (t.tint, t.accent.fill, t.strong_border) } else { (t.surface, t.line, t.border) };
    c.rounded(rect, fill, line, width);
    c.on(fill, |c| {
        let at = Rect::from_center_size(pos2(rect.min.x + 52.0, rect.center().y), vec2(64.0, 60.0));
        match vm.triage {
            Some(triage) => chips::patch(c, at, triage, Size::Strong),
            // Not judged yet is not "none": it is said.
            None => {
                c.dashed(at, fill, t.line);
                c.ink(at.shrink(4.0), Align2::CENTER_CENTER, c.w.untouched, Style::body(t.ink2));
            }
        }
        let mut room = Rect::from_min_max(rect.min + vec2(100.0, 4.0), rect.max - vec2(16.0, 4.0));
        if vm.current {
            let icon = Rect::from_center_size(pos2(room.max.x - 14.0, rect.center().y), vec2(28.0, 28.0));
            c.icon(Icon::Check, icon, t.ink);
            room.max.x -= 40.0;
        }
        row_words(c, room, vm);
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

fn row_words(c: &mut Canvas<'_>, room: Rect, vm: &PatientRowVm) {
    let t = c.t;
    let gap = if vm.gap.is_empty() { 0.0 } else { 26.0 };
    let top = room.center().y - (36.0 + 26.0 + gap) / 2.0;
    let line = |from: f32, height: f32| Rect::from_min_size(pos2(room.min.x, top + from), vec2(room.width(), height));
    let number = format!("{} ・ ", vm.number);
    let runs = [(number.as_str(), Style::body(t.ink2)), (vm.who.as_str(), Style::strong(t.ink))];
    c.ink_spans(line(0.0, 36.0), Align2::LEFT_CENTER, &runs);
    let state = format!("{} ・ {}", vm.stage, vm.writer);
    c.ink(line(36.0, 26.0), Align2::LEFT_CENTER, &state, Style::note(t.ink));
    if gap > 0.0 {
        c.ink(line(62.0, 26.0), Align2::LEFT_CENTER, &vm.gap, Style::note(t.attention.fill).bold());
    }
}
