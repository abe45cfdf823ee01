//! 現場 観察: everything by taps.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
