//! 照会中: what has happened and what is waited for; nothing waits for it.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
