//! One alert with everything behind it: the record, what to watch, where it comes from, which rule said so.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
