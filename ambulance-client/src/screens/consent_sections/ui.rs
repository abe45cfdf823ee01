//! Drawing of 同意を項目ごとに得る. The two answers stay in different places: choosing is in the content, consent beside it.

use egui::Align2;

use super::{ConsentSectionVm, ConsentSectionsAction, ConsentSectionsVm, SECTIONS};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips::chosen_name;
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ConsentSectionsVm, out: &mut Out<ConsentSectionsAction>) {
    let above = side::foot(c, shell, Foot::Primary(primary(c, vm)), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.consent_sections_title, &vm.matched);
    c.text(stack.top(40.0), Align2::LEFT_CENTER, c.w.consent_sections_question, Style::strong(c.t.ink));
    let height = 132.0;
    let rects = grid::cells(stack.top(height * 2.0 + GAP), 2, height, SECTIONS);
    for (i, (rect, section)) in rects.into_iter().zip(&vm.sections).enumerate() {
        out.when(section_button(c, rect, i, section), ConsentSectionsAction::ToggleSection(i));
    }
    panels::rule_strip(c, stack.bottom(44.0), "", c.w.consent_sections_rule);
    let parts = vec![
        side::word_and_note(92.0, c.w.back, c.w.to_two_answers, ConsentSectionsAction::Back),
        side::word(84.0, c.w.consent_refused, ConsentSectionsAction::ConsentRefused),
    ];
    side::top(c, above, parts, out);
}

fn section_button(c: &mut Canvas<'_>, rect: egui::Rect, index: usize, vm: &ConsentSectionVm) -> bool {
    let face = ButtonFace::default().line(vm.word.clone(), Size::Strong, true).left(22.0);
    let face = face.line(vm.holds.clone(), Size::Note, true);
    let face = if vm.chosen { face.icon(Icon::Check, 28.0) } else { face };
    let look = if vm.chosen { Look::Selected } else { Look::Rest };
    let name = chosen_name(c, &format!("{} {}", vm.word, vm.holds), vm.chosen);
    let mut button = Button::new(rect, ("section", index), face).name(name).look(look);
    button.chosen = Some(vm.chosen);
    button.show(c)
}

fn primary(c: &Canvas<'_>, vm: &ConsentSectionsVm) -> Primary<ConsentSectionsAction> {
    let chosen: Vec<_> = vm.sections.iter().filter(|s| s.chosen).map(|s| s.word.as_str()).collect();
    let face = ButtonFace::default().line(c.w.consent_sections_given, Size::Title, true);
    let (note, look) = if chosen.is_empty() {
        (c.w.choose_section_first.to_owned(), Look::Disabled)
    } else {
        (chosen.join(" ・ "), Look::Primary)
    };
    let face = face.line(note, Size::Note, true);
    Primary::new("", "", ConsentSectionsAction::ConsentGiven).face(face).look(look).height(172.0)
}
