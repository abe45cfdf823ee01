//! The band: who, what stage, how old, what waits. A polite live region.

use egui::{Align2, Rect, accesskit, pos2, vec2};

use super::{CellVm, Out, ShellAction, ShellVm};
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::{Size, grid};
use crate::widgets::{chips, icons::Icon};

pub(super) fn draw<A>(c: &mut Canvas<'_>, shell: &ShellVm, out: &mut Out<A>) {
    clock(c, shell);
    let cells = [
        ("who", &shell.who, ShellAction::OpenPatients),
        ("stage", &shell.stage_cell, ShellAction::OpenStageTimes),
        ("age", &shell.age, ShellAction::OpenWorksNow),
        ("queue", &shell.queue, ShellAction::OpenWorksNow),
    ];
    for (i, (key, vm, action)) in cells.into_iter().enumerate() {
        let rect = grid::band_cell(i);
        let opens = if i >= 2 { c.w.name_open_works_now } else { "" };
        let patch = shell.triage.filter(|_| i == 0 && !shell.locked);
        let category = patch.map(|t| format!("{} {} {} ", c.w.category, t.word(c), t.numeral())).unwrap_or_default();
        let spoken = format!("{category}{} {}", vm.note, vm.strong);
        if !shell.locked {
            let name = format!("{spoken} {opens}");
            let name = name.trim_end().to_owned();
            let kind = Kind::Ordinary;
            let press = c.press(Target { rect, key: (key, 0), name, kind, enabled: true, selected: None });
            if press.fired {
                out.shell.push(action);
            }
        }
        c.name_region(rect, &spoken, Some(accesskit::Live::Polite));
        let ground = cell_box(c, rect, vm.warn, shell.locked);
        c.on(ground, |c| {
            let mut room = rect.shrink2(vec2(16.0, 3.0));
            if let Some(triage) = patch {
                let at = Rect::from_center_size(pos2(room.min.x + 26.0, rect.center().y), vec2(52.0, 48.0));
                chips::patch(c, at, triage, Size::Body);
                room.min.x += 64.0;
            }
            words(c, room, vm, i, shell.radio);
        });
    }
}

fn clock(c: &mut Canvas<'_>, shell: &ShellVm) {
    let mut rect = grid::clock();
    if c.display.hand == grid::Hand::Left {
        rect = Rect::from_min_size(pos2(12.0, rect.min.y), rect.size());
    }
    let style = Style::strong(c.t.ink);
    if !shell.training {
        c.text(rect, Align2::CENTER_CENTER, &shell.clock, style);
        return;
    }
    let (top, bottom) = rect.split_top_bottom_at_y(rect.min.y + 38.0);
    c.text(top, Align2::CENTER_CENTER, &shell.clock, style);
    let attention = c.t.attention;
    let patch = Rect::from_center_size(bottom.center(), vec2(80.0, 28.0));
    c.fill(patch, 0, attention.fill);
    let word = c.w.training;
    c.on(attention.fill, |c| c.text(patch, Align2::CENTER_CENTER, word, Style::note(attention.on).bold()));
}

fn cell_box(c: &mut Canvas<'_>, rect: Rect, warn: bool, locked: bool) -> egui::Color32 {
    let t = c.t;
    match (locked, warn) {
        (true, _) => {
            let fill = if warn { t.attention_tint } else { t.surface };
            c.panel(rect, fill);
            fill
        }
        (false, true) => {
            c.rounded(rect, t.attention_tint, t.attention.fill, t.strong_border);
            t.attention_tint
        }
        (false, false) => {
            c.rounded(rect, t.surface, t.line, t.border);
            t.surface
        }
    }
}

fn words(c: &mut Canvas<'_>, room: Rect, vm: &CellVm, index: usize, radio: bool) {
    let t = c.t;
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 27.0);
    let mut note = top;
    if index == 3 {
        let icon = if radio { Icon::Bars } else { Icon::BarsStruck };
        c.icon(icon, Rect::from_center_size(pos2(top.min.x + 12.0, top.center().y), vec2(24.0, 24.0)), t.ink);
        note.min.x += 32.0;
    }
    let (note_style, strong) = if index < 2 {
        (Style::note(t.ink2), Style::strong(t.ink))
    } else {
        (Style::note(t.ink), Style::body(t.ink).bold())
    };
    c.ink(note, Align2::LEFT_CENTER, &vm.note, note_style);
    c.ink(bottom, Align2::LEFT_CENTER, &vm.strong, strong);
}
