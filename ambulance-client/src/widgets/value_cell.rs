//! A measured value: label with unit, strong value, ― when not measured. A press opens its keypad.

use egui::Rect;

use super::button::{Button, ButtonFace};
use crate::canvas::Canvas;
use crate::theme::Size;
use crate::theme::grid;

/// A value as the cell shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueVm {
    /// What is measured.
    pub label: String,
    /// Its unit, empty for JCS.
    pub unit: String,
    /// The value; none when not measured.
    pub value: Option<String>,
}

/// A row of value cells; the index of the pressed one.
pub fn row(c: &mut Canvas<'_>, area: Rect, key: &'static str, values: &[ValueVm]) -> Option<usize> {
    let mut pressed = None;
    for (i, (rect, vm)) in grid::columns(area, values.len(), grid::GAP).into_iter().zip(values).enumerate() {
        let label = [vm.label.as_str(), vm.unit.as_str()].join(" ");
        let value = vm.value.clone().unwrap_or_else(|| "―".to_owned());
        let state = vm.value.as_deref().unwrap_or(c.w.name_not_measured);
        let name = format!("{} {state} {}", vm.label, c.w.name_enter);
        let mut face = ButtonFace::default().line(label.trim_end(), Size::Note, false).line(value, Size::Strong, true);
        face.left = None;
        if Button::new(rect, (key, i), face).name(name).show(c) {
            pressed = Some(i);
        }
    }
    pressed
}
