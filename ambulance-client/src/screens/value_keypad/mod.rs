//! The keypad page of one value.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
