//! 傷病者の一覧: this unit's cases; each keeps its own band, card and queue.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
