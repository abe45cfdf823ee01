//! 断られた: nothing is sent; other ways to ask.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
