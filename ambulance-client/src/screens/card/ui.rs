//! Drawing of カード. The two answers stand in different places, so a bouncing finger cannot record a consent.

use egui::{Align2, Rect, pos2, vec2};

use super::{CardAction, CardState, CardVm};
use crate::canvas::{Canvas, Kind, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &CardVm, out: &mut Out<CardAction>) {
    let area = frame::content(c, shell);
    let mut stack = Stack::new(area, GAP);
    let status_rect = stack.top(92.0);
    let rule = stack.bottom(42.0);
    let rects = grid::columns(stack.rest(), 2, GAP);
    let [left, right] = rects.as_slice() else { return };
    let face_first = vm.face_first();
    if face_first {
        face(c, *left, vm, out);
    } else {
        consent(c, *right, vm, out);
    }
    let above = side::foot(c, shell, Foot::StageOnly, out);
    status(c, status_rect, vm);
    if face_first {
        consent(c, *right, vm, out);
    } else {
        face(c, *left, vm, out);
    }
    panels::rule_strip(c, rule, "", if vm.told.is_some() { c.w.told_one_press } else { c.w.card_two_presses });
    let mut lower = Stack::new(above, GAP);
    let returned = lower.bottom(84.0);
    let mut parts = Vec::new();
    if let Some((word, until)) = &vm.disaster {
        parts.push(side::word_and_note(92.0, word, until, CardAction::ByAttributes));
    }
    if vm.told.is_none() {
        parts.push(side::word(92.0, c.w.number_b, CardAction::OpenNumberB));
    }
    if face_first && !vm.without_pin {
        parts.push(match &vm.no_pin {
            None => side::word(92.0, c.w.by_pin, CardAction::ByPin),
            Some(why) => side::blocked(92.0, c.w.by_pin_short, why),
        });
    }
    parts.push(side::word(84.0, c.w.without_card, CardAction::WithoutCard));
    side::top(c, lower.rest(), parts, out);
    if vm.told.is_none() {
        let button = Button::new(returned, ("returned", 0), ButtonFace::word(c.w.card_returned));
        out.when(button.show(c), CardAction::CardReturned);
    }
}

/// What tells the identity in place of the face.
fn chosen_instead(c: &Canvas<'_>, vm: &CardVm) -> Option<&'static str> {
    if vm.by_pin { Some(c.w.by_pin_short) } else { vm.told.as_ref().map(|_| c.w.four_attributes) }
}

fn status(c: &mut Canvas<'_>, rect: Rect, vm: &CardVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let width = c.width(&vm.status.right, Style::note(t.ink2)) + 4.0;
        let (left, right) = rect.split_left_right_at_x(rect.max.x - width - 16.0);
        let message = panels::Message {
            icon: vm.status.state.icon(),
            icon_size: 40.0,
            title: &vm.status.title,
            title_style: Style::strong(t.ink),
            body: &vm.status.note,
            body_style: Style::note(t.ink2),
        };
        panels::message(c, left, 12.0, t.ink, &message);
        c.text(right.with_max_x(rect.max.x - 16.0), Align2::RIGHT_CENTER, &vm.status.right, Style::note(t.ink2));
    });
}

fn step_panel(c: &mut Canvas<'_>, rect: Rect, current: bool, title: &str, question: &str) -> Rect {
    let t = c.t;
    c.panel(rect, t.surface);
    if current {
        let bar = Rect::from_min_size(rect.min, vec2(rect.width(), grid::BAR));
        c.fill(bar, 0, t.accent.fill);
    }
    let mut stack = Stack::new(rect.shrink2(vec2(16.0, 16.0)), GAP);
    stack.skip(12.0);
    c.on(t.surface, |c| {
        c.text(stack.top(36.0), Align2::LEFT_CENTER, title, Style::strong(t.ink));
        c.text(stack.top(62.0), Align2::LEFT_TOP, question, Style::body(t.ink));
    });
    stack.rest()
}

fn face(c: &mut Canvas<'_>, rect: Rect, vm: &CardVm, out: &mut Out<CardAction>) {
    let asked = vm.face_first();
    let (title, question) =
        if vm.told.is_some() { (c.w.told_title, c.w.told_question) } else { (c.w.face_title, c.w.face_question) };
    let rest = step_panel(c, rect, asked && vm.status.state == CardState::Read, title, question);
    let mut stack = Stack::new(rest, GAP);
    let second = stack.bottom(72.0);
    let chosen = chosen_instead(c, vm).map(str::to_owned);
    match chosen.or_else(|| vm.matched_at.as_ref().map(|at| format!("{} {at}", c.w.face_matched))) {
        None => {
            let first = stack.bottom(148.0);
            let face = ButtonFace::default().line(c.w.face_matches, Size::Title, true);
            let look = if vm.status.state == CardState::Read { Look::Primary } else { Look::Disabled };
            let button = Button::new(first, ("face", 0), face).look(look).kind(Kind::Primary);
            out.when(button.show(c), CardAction::FaceMatches);
            let button = Button::new(second, ("face", 1), ButtonFace::word(c.w.face_differs));
            out.when(button.show(c), CardAction::FaceDiffers);
        }
        Some(chosen) => {
            let first = stack.bottom(96.0);
            let face = ButtonFace::default().line(chosen.clone(), Size::Strong, true);
            let mut button = Button::new(first, ("face matched", 0), face.icon(Icon::Check, 28.0)).look(Look::Selected);
            button.chosen = Some(true);
            let _already_matched = button.show(c);
            let undo = if vm.told.is_some() { c.w.told_correct } else { c.w.undo };
            let button = Button::new(second, ("face undo", 0), ButtonFace::word(undo));
            out.when(
                button.name(format!("{undo} {}", chosen_instead(c, vm).unwrap_or(c.w.face_matched))).show(c),
                CardAction::UndoFace,
            );
        }
    }
    match &vm.told {
        None => picture(c, stack.rest()),
        Some(told) => c.text(stack.rest(), Align2::LEFT_TOP, told.as_str(), Style::body(c.t.ink)),
    }
}

fn picture(c: &mut Canvas<'_>, rect: Rect) {
    let centre = rect.center();
    let ink = c.t.ink;
    let card = Rect::from_center_size(pos2(centre.x - 88.0, centre.y + 12.0), vec2(136.0, 136.0));
    c.icon(Icon::CardFace, card, ink);
    c.icon(Icon::Chevron, Rect::from_center_size(pos2(centre.x + 18.0, centre.y), vec2(26.0, 26.0)), ink);
    c.icon(Icon::Person, Rect::from_center_size(pos2(centre.x + 106.0, centre.y - 2.0), vec2(100.0, 116.0)), ink);
}

fn consent(c: &mut Canvas<'_>, rect: Rect, vm: &CardVm, out: &mut Out<CardAction>) {
    let current = !vm.face_first();
    let rest = step_panel(c, rect, current, c.w.consent_title, c.w.consent_question);
    let mut stack = Stack::new(rest, GAP);
    let unobtainable = stack.bottom(72.0);
    let two = stack.bottom(72.0);
    let first = stack.bottom(148.0);
    if let Some(at) = &vm.consented_at {
        given(c, first, at);
        return;
    }
    let face = ButtonFace::default().line(c.w.consent_given, Size::Title, true).line(c.w.consent_all, Size::Note, true);
    let button = Button::new(first, ("consent", 0), face);
    let button = if current { button.look(Look::Primary).kind(Kind::Primary) } else { button };
    out.when(button.show(c), CardAction::ConsentGiven);
    let words = [(c.w.consent_sections, CardAction::ChooseSections), (c.w.consent_refused, CardAction::ConsentRefused)];
    for (i, (rect, (word, action))) in grid::columns(two, 2, GAP).into_iter().zip(words).enumerate() {
        out.when(Button::new(rect, ("consent", i + 1), ButtonFace::word(word)).show(c), action);
    }
    let button = Button::new(unobtainable, ("consent", 3), ButtonFace::word(c.w.consent_unobtainable));
    out.when(button.show(c), CardAction::ConsentNotObtainable);
}

/// The consent stands already: the face is compared after it, because there was to be a PIN.
fn given(c: &mut Canvas<'_>, rect: Rect, at: &str) {
    let face = ButtonFace::default().line(format!("{} {at}", c.w.consent_given), Size::Strong, true);
    let mut button = Button::new(rect, ("consented", 0), face.icon(Icon::Check, 28.0)).look(Look::Selected);
    button.chosen = Some(true);
    let _already_given = button.show(c);
}
