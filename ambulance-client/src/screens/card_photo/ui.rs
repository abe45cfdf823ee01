//! Drawing of the photo page. The two answers stand in different places, so a bouncing finger cannot give both.

use egui::{Align2, Rect, vec2};

use super::{CardPhotoAction, CardPhotoVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &CardPhotoVm, out: &mut Out<CardPhotoAction>) {
    let primary = Primary::new(c.w.face_matches, "", CardPhotoAction::Matches);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.photo_title, "");
    panels::rule_strip(c, stack.bottom(42.0), "", c.w.photo_not_stored);
    let rects = grid::weighted_columns(stack.rest(), &[432.0, 412.0], GAP);
    let [left, right] = rects.as_slice() else { return };
    photo(c, *left, vm);
    let mut right = Stack::new(*right, GAP);
    let differs = right.bottom(84.0);
    facts(c, right.top(236.0), vm);
    if let Some((what, next)) = &vm.notice {
        notice(c, right.rest(), what, next);
    }
    let button = Button::new(differs, ("differs", 0), ButtonFace::word(c.w.face_differs));
    out.when(button.show(c), CardPhotoAction::Differs);
    side::top(c, above, vec![side::word(84.0, c.w.without_card, CardPhotoAction::WithoutCard)], out);
}

fn photo(c: &mut Canvas<'_>, rect: Rect, vm: &CardPhotoVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    let room = rect.shrink(12.0);
    match &vm.photo.0.photo {
        Some(photo) => {
            c.photo(room, photo);
            c.name_region(room, c.w.photo_name, None);
        }
        None => {
            let side = 200.0_f32.min(room.height() - 60.0);
            c.icon(Icon::Person, Rect::from_center_size(room.center() - vec2(0.0, 30.0), vec2(side, side)), t.ink2);
            let (_, words) = room.split_top_bottom_at_y(room.max.y - 44.0);
            c.on(t.surface, |c| c.text(words, Align2::CENTER_CENTER, c.w.photo_none, Style::body(c.t.ink)));
        }
    }
}

fn facts(c: &mut Canvas<'_>, rect: Rect, vm: &CardPhotoVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 12.0)), 6.0);
        c.text(stack.top(26.0), Align2::LEFT_CENTER, c.w.photo_on_card, Style::note(t.ink2));
        let (left, right) = {
            let row = stack.top(72.0);
            row.split_left_right_at_fraction(0.62)
        };
        c.text(left, Align2::LEFT_CENTER, &vm.age, Style::figure(t.ink));
        c.text(right, Align2::LEFT_CENTER, &vm.sex, Style::title(t.ink));
        c.text(stack.top(40.0), Align2::LEFT_CENTER, &vm.birth, Style::strong(t.ink));
        c.rule(stack.top(4.0));
        c.text(stack.top(34.0), Align2::LEFT_CENTER, &vm.observed, Style::body(t.ink));
    });
}

fn notice(c: &mut Canvas<'_>, rect: Rect, what: &str, next: &str) {
    let t = c.t;
    let mut area = Stack::new(rect, 0.0);
    let rect = area.top(190.0_f32.min(rect.height()));
    c.barred_panel(rect, t.attention_tint, t.attention.fill);
    c.on(t.attention_tint, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(24.0, 10.0)), 4.0);
        c.text(stack.top(64.0), Align2::LEFT_TOP, what, Style::body(t.ink).bold());
        c.text(stack.rest(), Align2::LEFT_TOP, next, Style::note(t.ink));
    });
}
