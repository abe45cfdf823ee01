//! Drawing of the generic page.

use super::{Items, PickerAction, PickerVm, SectionVm};
use crate::canvas::{Canvas, Kind, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips::{self, ChipVm, chosen_name};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};
use egui::{Align2, Rect, vec2};

const HEADING: f32 = 30.0;
const CHIP: f32 = 64.0;
const KEY: f32 = 96.0;
const ROW: f32 = 78.0;
const PAGER: f32 = 72.0;

pub(super) fn draw(c: &mut Canvas<'_>, shell: &ShellVm, vm: &PickerVm, out: &mut Out<PickerAction>) {
    let above = side::foot(c, shell, foot(vm), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(40.0), &vm.title, &vm.right);
    if let Some((rule, note)) = &vm.rule {
        panels::rule_strip(c, stack.bottom(44.0), rule, note);
    }
    if let Some((from, all)) = vm.pages {
        pager(c, stack.bottom(PAGER), (from, all, vm.page_size), out);
    }
    let area = stack.rest();
    let squeeze = squeeze(area.height(), &vm.sections);
    for (n, section) in vm.sections.iter().enumerate() {
        if !section.heading.is_empty() {
            panels::heading(c, stack.top(HEADING), &section.heading, "");
        }
        match &section.items {
            Items::Rows(rows) => {
                for (title, note) in rows {
                    if stack.rest().height() + 1.0 >= ROW * squeeze {
                        row(c, stack.top(ROW * squeeze), title, note);
                    }
                }
            }
            Items::Chips { across, chips, keys } => chip_grid(c, &mut stack, n, (*across, *keys), chips, out),
        }
    }
    let mut parts = Vec::new();
    if let Some(note) = &vm.back {
        parts.push(side::word_and_note(92.0, c.w.back, note, PickerAction::Back));
    }
    side::top(c, above, parts, out);
}

fn foot(vm: &PickerVm) -> Foot<PickerAction> {
    match (&vm.primary, &vm.primary_blocked) {
        (Some((word, _)), Some(why)) => Foot::Primary(Primary::new(word, why, PickerAction::Primary).look(Look::Disabled)),
        (Some((word, note)), None) => Foot::Primary(Primary::new(word, note, PickerAction::Primary)),
        (None, _) => Foot::StageOnly,
    }
}

/// Rows give way when the banner takes room: the share of their height that is left, at least two lines of notes.
fn squeeze(free: f32, sections: &[SectionVm]) -> f32 {
    let mut fixed = 0.0_f32;
    let mut rows = 0.0_f32;
    for section in sections {
        if !section.heading.is_empty() {
            fixed += HEADING + GAP;
        }
        match &section.items {
            Items::Rows(list) => list.iter().for_each(|_| {
                rows += ROW;
                fixed += GAP;
            }),
            Items::Chips { across, chips, keys } => {
                let lines = chips.len().div_ceil((*across).max(1));
                (0..lines).for_each(|_| fixed += if *keys { KEY } else { CHIP } + GAP);
            }
        }
    }
    if rows <= 0.0 { 1.0 } else { ((free - fixed) / rows).clamp(0.78, 1.0) }
}

fn row(c: &mut Canvas<'_>, rect: Rect, title: &str, note: &str) {
    let t = c.t;
    c.panel(rect, t.surface);
    let room = rect.shrink2(vec2(16.0, 2.0));
    c.on(t.surface, |c| {
        if note.is_empty() {
            c.text(room, Align2::LEFT_CENTER, title, Style::strong(t.ink));
            return;
        }
        let words = Rect::from_center_size(room.center(), vec2(room.width(), 60.0));
        let (top, bottom) = words.split_top_bottom_at_y(words.min.y + 34.0);
        c.text(top, Align2::LEFT_CENTER, title, Style::strong(t.ink));
        c.text(bottom, Align2::LEFT_CENTER, note, Style::note(t.ink2));
    });
}

const CHIP_KEYS: [&str; 4] = ["first chips", "second chips", "third chips", "fourth chips"];

fn chip_grid(
    c: &mut Canvas<'_>,
    stack: &mut Stack,
    section: usize,
    (across, keys): (usize, bool),
    list: &[ChipVm],
    out: &mut Out<PickerAction>,
) {
    let key = CHIP_KEYS.get(section).copied().unwrap_or("chips");
    let height = if keys { KEY } else { CHIP };
    for (line, row) in list.chunks(across.max(1)).enumerate() {
        if stack.rest().height() + 1.0 < height {
            return;
        }
        let rects = grid::columns(stack.top(height), across, GAP);
        for (i, (rect, vm)) in rects.into_iter().zip(row).enumerate() {
            let index = line * across + i;
            let pressed = if keys { letter(c, rect, (key, index), vm) } else { chips::chip(c, rect, (key, index), vm) };
            out.when(pressed, PickerAction::Chip(section, index));
        }
    }
}

fn letter(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), vm: &ChipVm) -> bool {
    let face = ButtonFace::default().line(vm.word.clone(), Size::Body, true);
    Button::new(rect, key, face).kind(Kind::Key).name(chosen_name(c, &vm.word, vm.chosen)).show(c)
}

fn pager(c: &mut Canvas<'_>, rect: Rect, (from, all, size): (usize, usize, usize), out: &mut Out<PickerAction>) {
    let rects = grid::weighted_columns(rect, &[280.0, 240.0, 280.0], GAP);
    let [before, middle, after] = rects.as_slice() else { return };
    let lang = c.w.lang;
    let word = |ja: &str, en: &str| match lang {
        crate::text::Lang::Ja => ja.to_owned(),
        crate::text::Lang::En => en.to_owned(),
    };
    let last = (from + size).min(all);
    let buttons = [
        (*before, 0, word("前へ", "Previous"), (from > 0).then(|| from.saturating_sub(size))),
        (*after, 1, word("次へ", "Next"), (last < all).then_some(from + size)),
    ];
    for (rect, i, words, to) in buttons {
        let face = ButtonFace::word(words);
        let face = if i == 1 && to.is_some() { face.icon(Icon::Chevron, 24.0) } else { face };
        let look = if to.is_some() { Look::Rest } else { Look::Disabled };
        let pressed = Button::new(rect, ("page", i), face).look(look).show(c);
        if let Some(to) = to.filter(|_| pressed) {
            out.screen.push(PickerAction::From(to));
        }
    }
    let words = format!("{} ― {last} / {all}", from + 1);
    let ink = c.t.ink;
    c.text(*middle, Align2::CENTER_CENTER, &words, Style::note(ink));
}
