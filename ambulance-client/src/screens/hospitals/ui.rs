//! Drawing of 受入候補.

use egui::{Align2, Rect, pos2, vec2};

use super::{HospitalsAction, HospitalsVm, ROWS, TogetherVm};
use crate::canvas::shapes::BarSide;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{BAR, GAP, Stack};
use crate::widgets::button::ButtonFace;
use crate::widgets::hospital_row::{hospital_row, term_columns};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HospitalsVm, out: &mut Out<HospitalsAction>) {
    let foot = match &vm.ask {
        Some(name) => {
            let face = ButtonFace::default().line(name.clone(), Size::Strong, true);
            let face = face.line(side::ask_word(c, shell), Size::Title, true);
            Foot::Primary(Primary::new("", "", HospitalsAction::SendEnquiry).face(face).height(160.0))
        }
        None => Foot::StageOnly,
    };
    let above = side::foot(c, shell, foot, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    if let Some((title, line)) = &vm.changed {
        out.when(changed(c, stack.top(64.0), title, line), HospitalsAction::OpenChanged);
    }
    header(c, stack.top(32.0), vm.count);
    if let Some(credit) = &vm.credit {
        c.text(stack.bottom(22.0), Align2::LEFT_CENTER, credit, Style::note(c.t.ink2));
    }
    c.text(stack.bottom(26.0), Align2::LEFT_CENTER, &vm.footer, Style::note(c.t.ink2));
    if let Some((title, words)) = &vm.excluded {
        out.when(excluded(c, stack.bottom(76.0), title, words), HospitalsAction::OpenExcluded);
    }
    let height = ((stack.rest().height() - 3.0 * GAP) / 4.0).min(118.0);
    for (i, row) in vm.rows.iter().take(ROWS).enumerate() {
        out.when(hospital_row(c, stack.top(height), i, row), HospitalsAction::SelectHospital(i));
    }
    side::top(c, above, parts(c, shell, vm), out);
}

fn parts(c: &Canvas<'_>, shell: &ShellVm, vm: &HospitalsVm) -> Vec<Part<HospitalsAction>> {
    let another = side::word_and_note(72.0, c.w.another_hospital, c.w.one_reason, HospitalsAction::AnotherHospital);
    let mut parts = if shell.radio {
        vec![together(c, &vm.together), side::word(60.0, c.w.ask_by_phone, HospitalsAction::AskByPhone), another]
    } else {
        // One telephone asks one hospital: the primary is the call.
        vec![side::blocked(96.0, c.w.ask_together, c.w.needs_radio), another]
    };
    parts.extend(vm.last_resort.iter().map(|(title, lines)| Part::Info { title: title.clone(), lines: lines.clone() }));
    parts
}

fn together(c: &Canvas<'_>, vm: &TogetherVm) -> Part<HospitalsAction> {
    if vm.picked {
        return side::strong_and_note(96.0, c.w.one_by_one, &vm.minutes, HospitalsAction::AskTogether);
    }
    let face = ButtonFace::default().line(c.w.ask_together, Size::Strong, true).line(&*vm.whom, Size::Note, true);
    let face = face.line(&*vm.minutes, Size::Note, true);
    Part::Button { height: 96.0, face, action: HospitalsAction::AskTogether }
}

fn changed(c: &mut Canvas<'_>, rect: Rect, title: &str, line: &str) -> bool {
    let t = c.t;
    let press = c.press(Target {
        rect,
        key: ("changed", 0),
        name: format!("{title} {line}"),
        kind: Kind::Ordinary,
        enabled: true,
        selected: None,
    });
    let fill = if press.held { t.tint } else { t.surface };
    c.rounded_with_bar(rect, fill, t.line, t.border, (BarSide::Left, BAR));
    let room = Rect::from_min_max(rect.min + vec2(26.0, 3.0), rect.max - vec2(52.0, 3.0));
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 30.0);
    c.on(fill, |c| {
        c.ink(top, Align2::LEFT_CENTER, title, Style::body(t.ink).bold());
        c.ink(bottom, Align2::LEFT_CENTER, line, Style::note(t.ink));
    });
    chevron(c, rect);
    press.fired
}

fn chevron(c: &mut Canvas<'_>, rect: Rect) {
    let ink = c.t.ink;
    c.icon(Icon::Chevron, Rect::from_center_size(pos2(rect.max.x - 28.0, rect.center().y), vec2(24.0, 24.0)), ink);
}

fn header(c: &mut Canvas<'_>, rect: Rect, count: usize) {
    let t = c.t;
    let words = c.w.candidate_count(count);
    let left = Rect::from_min_size(pos2(rect.min.x + 16.0, rect.min.y), vec2(280.0, rect.height()));
    c.text(left, Align2::LEFT_CENTER, &words, Style::body(t.ink).bold());
    let columns = term_columns(rect);
    let first = columns.first().map_or(rect.max.x, |r| r.min.x);
    let total = Rect::from_min_max(pos2(first - 130.0, rect.min.y), pos2(first - 28.0, rect.max.y));
    c.text(total, Align2::RIGHT_CENTER, c.w.total, Style::note(t.ink2));
    for (column, word) in columns.into_iter().zip(c.w.terms()) {
        c.text(column, Align2::RIGHT_CENTER, word, Style::note(t.ink2));
    }
}

fn excluded(c: &mut Canvas<'_>, rect: Rect, title: &str, words: &str) -> bool {
    let t = c.t;
    let press = c.press(Target {
        rect,
        key: ("excluded", 0),
        name: format!("{title} {words}"),
        kind: Kind::Ordinary,
        enabled: true,
        selected: None,
    });
    let fill = if press.held { t.tint } else { t.surface };
    c.rounded(rect, fill, t.line, t.border);
    let room = Rect::from_min_max(rect.min + vec2(16.0, 6.0), rect.max - vec2(52.0, 6.0));
    let words = format!(" ― {words}");
    c.on(fill, |c| {
        let runs = [(title, Style::note(t.ink).bold()), (words.as_str(), Style::note(t.ink))];
        c.ink_spans(room, Align2::LEFT_CENTER, &runs);
    });
    chevron(c, rect);
    press.fired
}
