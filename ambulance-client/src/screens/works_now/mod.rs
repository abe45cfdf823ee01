//! いま使えるもの: what works without the radio, and what waits to be sent.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
