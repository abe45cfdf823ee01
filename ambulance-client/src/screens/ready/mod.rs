//! 出動中: what is shown before anyone is there.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
