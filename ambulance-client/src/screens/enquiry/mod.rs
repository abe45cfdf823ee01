//! 照会中: who answered what, and the alarm of a hard case.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
