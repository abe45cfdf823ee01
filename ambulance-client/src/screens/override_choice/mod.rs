//! ほかの病院: the order is changed only with one reason, by presses.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
