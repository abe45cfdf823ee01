//! 搬送中: how long, whereto, what the hospital asks.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
