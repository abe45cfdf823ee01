//! 受入候補: the order, and every minute of it.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
