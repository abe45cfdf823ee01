//! 表示と施錠: settings of this tablet only.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
