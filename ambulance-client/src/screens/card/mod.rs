//! カード: two presses on two places, face and consent.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
