//! 聞き取り: what patient, family or staff say, by presses.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
