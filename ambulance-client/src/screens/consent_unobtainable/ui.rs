//! Drawing of 同意を得られない.

use egui::{Align2, Rect, pos2, vec2};

use super::{ConsentUnobtainableAction, ConsentUnobtainableVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{BAR, GAP, Stack};
use crate::widgets::button::{ButtonFace, Look};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{chips, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ConsentUnobtainableVm, out: &mut Out<ConsentUnobtainableAction>) {
    let above = side::foot(c, shell, Foot::Primary(primary(c, vm)), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.unobtainable_title, &vm.matched);
    let height = if shell.age_banner.is_some() { 68.0 } else { 84.0 };
    let area = stack.top(height * 3.0 + GAP * 2.0);
    out.at(chips::reasons(c, area, height, "reason", &vm.reasons), ConsentUnobtainableAction::ChooseReason);
    notice(c, stack.top(190.0), &vm.record);
    panels::rule_strip(c, stack.bottom(42.0), "", c.w.unobtainable_tell);
    let parts = vec![
        side::word_and_note(92.0, c.w.back, c.w.ask_again, ConsentUnobtainableAction::Back),
        side::word(84.0, c.w.without_lookup, ConsentUnobtainableAction::WithoutLookup),
    ];
    side::top(c, above, parts, out);
}

fn primary(c: &Canvas<'_>, vm: &ConsentUnobtainableVm) -> Primary<ConsentUnobtainableAction> {
    let chosen = vm.reasons.iter().find(|r| r.chosen);
    let face = ButtonFace::default().line(c.w.lookup_without_consent, Size::Strong, true);
    let (face, look) = match chosen {
        Some(reason) => {
            let face = face.line(c.w.reason_is(&reason.word), Size::Note, true);
            (face.line(c.w.cannot_be_undone, Size::Note, true), Look::Irreversible)
        }
        None => (face.line(c.w.choose_reason_first, Size::Note, true), Look::Disabled),
    };
    let action = ConsentUnobtainableAction::LookUpWithoutConsent;
    Primary::new("", "", action).face(face).look(look).height(172.0)
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
        let words = line.with_min_x(icon.max.x + 12.0);
        c.text(words, Align2::LEFT_CENTER, c.w.unobtainable_notice, Style::strong(t.ink));
        c.text(stack.top(62.0), Align2::LEFT_TOP, c.w.unobtainable_when, Style::body(t.ink));
        c.text(stack.rest(), Align2::LEFT_TOP, record, Style::note(t.ink));
    });
}
