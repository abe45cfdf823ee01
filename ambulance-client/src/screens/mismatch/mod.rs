//! カードと傷病者が合いません: nothing of the history is shown.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
