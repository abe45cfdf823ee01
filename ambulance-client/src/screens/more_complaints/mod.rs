//! 訴え・状況, second page: the complaints that the twelve cells of the observation do not hold.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
