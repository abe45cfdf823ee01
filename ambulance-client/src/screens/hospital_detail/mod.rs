//! One hospital: the terms of its sum in words, its capabilities with their source, its beds with their age.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
