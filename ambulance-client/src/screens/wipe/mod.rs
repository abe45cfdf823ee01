//! 医師引継ぎ was stamped: the history goes in seconds, and everything is still there until then.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
