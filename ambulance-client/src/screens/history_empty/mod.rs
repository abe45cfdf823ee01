//! 記録なし: what was searched and how far back; the ranking does not relax.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
