//! An enquiry's state: △ 条件付, 待ち m:ss, × 不可, ○ 受入可. Not a target; its button is.

use egui::{Align2, Rect, pos2, vec2};

use super::button::{Button, ButtonFace};
use super::icons::Icon;
use crate::canvas::{Canvas, Style};
use crate::theme::grid::BAR;

/// What a hospital answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerVm {
    /// ○ 受入可.
    Accepted,
    /// △ 条件付.
    Conditional,
    /// × 不可.
    Declined,
    /// No answer yet.
    #[default]
    Waiting,
}

/// An enquiry as the row shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnquiryRowVm {
    /// The answer.
    pub answer: AnswerVm,
    /// The answer's word, with the time that runs: 「待ち 1:12」.
    pub word: String,
    /// The hospital.
    pub name: String,
    /// Time seen, reason, hold.
    pub note: String,
    /// The row's button, if it has one.
    pub button: Option<String>,
    /// The row that the primary is about.
    pub highlighted: bool,
}

/// Draws the row; true when its button was pressed.
pub fn enquiry_row(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &EnquiryRowVm) -> bool {
    let t = c.t;
    let ground = if vm.highlighted { t.tint } else { t.surface };
    if vm.highlighted {
        c.barred_panel(rect, ground, t.accent.fill);
    } else {
        c.panel(rect, ground);
    }
    let left = rect.min.x + if vm.highlighted { BAR + 14.0 } else { 14.0 };
    let icon = match vm.answer {
        AnswerVm::Accepted => Icon::Circle,
        AnswerVm::Conditional => Icon::Triangle,
        AnswerVm::Declined => Icon::Cross,
        AnswerVm::Waiting => Icon::Clock,
    };
    c.icon(icon, Rect::from_center_size(pos2(left + 20.0, rect.center().y), vec2(40.0, 40.0)), t.ink);
    let mut pressed = false;
    let mut right = rect.max.x - 14.0;
    if let Some(word) = &vm.button {
        let at = Rect::from_center_size(pos2(rect.max.x - 88.0, rect.center().y), vec2(148.0, 64.0));
        let button = Button::new(at, ("enquiry", index), ButtonFace::word(word.clone()));
        pressed = button.name(format!("{} {word}", vm.name)).show(c);
        right = at.min.x - 12.0;
    }
    let word = Rect::from_min_max(pos2(left + 52.0, rect.min.y), pos2(left + 192.0, rect.max.y));
    let words = Rect::from_min_max(pos2(left + 198.0, rect.center().y - 31.0), pos2(right, rect.center().y + 31.0));
    let (top, bottom) = words.split_top_bottom_at_y(words.min.y + 36.0);
    c.on(ground, |c| {
        c.ink(word, Align2::LEFT_CENTER, &vm.word, Style::body(t.ink).bold());
        c.ink(top, Align2::LEFT_CENTER, &vm.name, Style::strong(t.ink));
        let note = if vm.highlighted { t.ink } else { t.ink2 };
        c.ink(bottom, Align2::LEFT_CENTER, &vm.note, Style::note(note));
    });
    let region = rect.with_max_x(right);
    c.name_region(region, &format!("{} {} {}", vm.name, vm.word, vm.note), None);
    pressed
}
