//! Drawing of 搬送しないで終わる. Choosing how it ends is the confirmation.

use egui::{Align2, Rect, pos2, vec2};

use super::{ENDINGS, EndingAction, EndingVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{BAR, GAP, Stack};
use crate::widgets::button::{ButtonFace, Look};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{chips, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &EndingVm, out: &mut Out<EndingAction>) {
    let above = side::foot(c, shell, Foot::Primary(primary(c, vm)), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.ending_title, &vm.case);
    let height = if shell.age_banner.is_some() { 64.0 } else { 84.0 };
    let area = stack.top(height * 4.0 + GAP * 3.0);
    let endings = vm.endings.get(..vm.endings.len().min(ENDINGS)).unwrap_or(&[]);
    out.at(chips::reasons(c, area, height, "ending", endings), EndingAction::ChooseEnding);
    notice(c, stack.top(168.0), &vm.record);
    let parts = vec![
        side::word(84.0, c.w.back, EndingAction::Back),
        side::word(84.0, c.w.dispatch_phone, EndingAction::PhoneDispatch),
    ];
    side::top(c, above, parts, out);
}

fn primary(c: &Canvas<'_>, vm: &EndingVm) -> Primary<EndingAction> {
    let face = ButtonFace::default().line(c.w.end_case, Size::Title, true);
    let (face, look) = match vm.endings.iter().find(|e| e.chosen) {
        Some(ending) => {
            let face = face.line(ending.word.clone(), Size::Note, true);
            (face.line(c.w.cannot_be_undone, Size::Note, true), Look::Irreversible)
        }
        None => (face.line(c.w.choose_ending_first, Size::Note, true), Look::Disabled),
    };
    Primary::new("", "", EndingAction::End).face(face).look(look).height(172.0)
}

fn notice(c: &mut Canvas<'_>, rect: Rect, record: &str) {
    let t = c.t;
    c.barred_panel(rect, t.attention_tint, t.attention.fill);
    c.on(t.attention_tint, |c| {
        let room = Rect::from_min_max(rect.min + vec2(BAR + 14.0, 8.0), rect.max - vec2(14.0, 8.0));
        let mut stack = Stack::new(room, 4.0);
        let line = stack.top(40.0);
        let icon = Rect::from_min_size(pos2(line.min.x, line.center().y - 18.0), vec2(36.0, 36.0));
        c.icon(Icon::Warning, icon, t.attention.fill);
        c.text(line.with_min_x(icon.max.x + 12.0), Align2::LEFT_CENTER, c.w.erase_title, Style::strong(t.ink));
        c.text(stack.top(52.0), Align2::LEFT_TOP, c.w.ending_keeps, Style::body(t.ink));
        c.text(stack.rest(), Align2::LEFT_TOP, record, Style::note(t.ink));
    });
}
