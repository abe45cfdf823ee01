//! The eight stages with their times: a press on a time corrects it.

use egui::Rect;

use super::button::{Button, ButtonFace, Look};
use super::icons::Icon;
use crate::canvas::Canvas;
use crate::theme::{Size, grid};

/// Where a stage stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StageState {
    /// Stamped.
    Done,
    /// The next one.
    Next,
    /// Later.
    #[default]
    Later,
}

/// A cell of the strip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageCellVm {
    /// The stage's word.
    pub word: String,
    /// Its time, HH:MM, when stamped.
    pub time: Option<String>,
    /// Where it stands.
    pub state: StageState,
}

/// Draws the strip, four per row, 84 points high each; the index of the pressed stage.
pub fn stage_strip(c: &mut Canvas<'_>, area: Rect, stages: &[StageCellVm]) -> Option<usize> {
    let mut pressed = None;
    for (i, (rect, vm)) in grid::cells(area, 4, 84.0, stages.len()).into_iter().zip(stages).enumerate() {
        let time = vm.time.clone().unwrap_or_else(|| "―".to_owned());
        let (face, look, name) = match vm.state {
            StageState::Done => {
                let face = ButtonFace::default().line(vm.word.clone(), Size::Note, true).line(time, Size::Strong, true);
                let name = c.w.correct_name(&vm.word, vm.time.as_deref().unwrap_or(""));
                (face.icon(Icon::Check, 20.0), Look::Rest, name)
            }
            StageState::Next => {
                let face =
                    ButtonFace::default().line(vm.word.clone(), Size::Note, true).line(c.w.next, Size::Body, true);
                (face, Look::Selected, format!("{} {}", vm.word, c.w.next))
            }
            StageState::Later => {
                let face = ButtonFace::default().line(vm.word.clone(), Size::Note, false).line(time, Size::Body, false);
                (face, Look::Untouched, c.w.correct_name(&vm.word, c.w.name_not_recorded))
            }
        };
        if Button::new(rect, ("stage cell", i), face).look(look).name(name).show(c) {
            pressed = Some(i);
        }
    }
    pressed
}
