//! Drawing of the further complaints.

use super::{MoreComplaintsAction, MoreComplaintsVm};
use crate::canvas::Canvas;
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::side::{self, Foot};
use crate::widgets::{chips, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &MoreComplaintsVm, out: &mut Out<MoreComplaintsAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 148.0, figure: false }, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.more_complaints_title, c.w.any_number);
    if !vm.chosen_before.is_empty() {
        panels::rule_strip(c, stack.bottom(44.0), "", &vm.chosen_before);
    }
    let area = stack.rest();
    for (i, (rect, chip)) in grid::cells(area, 4, 84.0, vm.complaints.len()).into_iter().zip(&vm.complaints).enumerate()
    {
        out.when(chips::chip(c, rect, ("complaint", i), chip), MoreComplaintsAction::ToggleComplaint(i));
    }
    let parts = vec![side::word_and_note(92.0, c.w.back, c.w.to_assessment, MoreComplaintsAction::Back)];
    side::top(c, above, parts, out);
}
