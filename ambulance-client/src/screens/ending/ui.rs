//! Drawing of the page.

use super::{EndingAction, EndingVm};
use crate::canvas::Canvas;
use crate::frame::{Out, ShellVm};
use crate::widgets::side::{self, Foot};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, _vm: &EndingVm, out: &mut Out<EndingAction>) {
    let _above = side::foot(c, shell, Foot::SolidStage { height: 148.0, figure: false }, out);
}
