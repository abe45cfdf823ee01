//! Drawing of a page of choices.

use super::{PickerAction, PickerVm, SectionVm};
use crate::canvas::{Canvas, Kind};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips::{self, ChipVm, chosen_name};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};
use egui::Rect;

const CHIP: f32 = 64.0;
const KEY: f32 = 96.0;

pub(super) fn draw(c: &mut Canvas<'_>, shell: &ShellVm, vm: &PickerVm, out: &mut Out<PickerAction>) {
    let above = side::foot(c, shell, foot(vm), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(40.0), &vm.title, &vm.right);
    for (n, section) in vm.sections.iter().enumerate() {
        if !section.heading.is_empty() {
            panels::heading(c, stack.top(30.0), &section.heading, "");
        }
        grid_of(c, &mut stack, n, section, out);
    }
    side::top(c, above, vec![side::word(92.0, c.w.back, PickerAction::Back)], out);
}

fn foot(vm: &PickerVm) -> Foot<PickerAction> {
    match (&vm.primary, &vm.primary_blocked) {
        (Some((word, _)), Some(why)) => {
            Foot::Primary(Primary::new(word, why, PickerAction::Primary).look(Look::Disabled))
        }
        (Some((word, note)), None) => Foot::Primary(Primary::new(word, note, PickerAction::Primary)),
        (None, _) => Foot::SolidStage { height: 148.0, figure: false },
    }
}

const SECTION_KEYS: [&str; 3] = ["first chips", "second chips", "third chips"];

fn grid_of(c: &mut Canvas<'_>, stack: &mut Stack, n: usize, section: &SectionVm, out: &mut Out<PickerAction>) {
    let key = SECTION_KEYS.get(n).copied().unwrap_or("chips");
    let height = if section.keys { KEY } else { CHIP };
    for (line, row) in section.chips.chunks(section.across.max(1)).enumerate() {
        if stack.rest().height() + 1.0 < height {
            return;
        }
        let rects = grid::columns(stack.top(height), section.across, GAP);
        for (i, (rect, vm)) in rects.into_iter().zip(row).enumerate() {
            let index = line * section.across + i;
            let at = (key, index);
            let pressed = if section.keys { letter(c, rect, at, vm) } else { chips::chip(c, rect, at, vm) };
            out.when(pressed, PickerAction::Chip(n, index));
        }
    }
}

fn letter(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), vm: &ChipVm) -> bool {
    let face = ButtonFace::default().line(vm.word.clone(), Size::Body, true);
    Button::new(rect, key, face).kind(Kind::Key).name(chosen_name(c, &vm.word, vm.chosen)).show(c)
}
