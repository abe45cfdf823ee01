//! 安全な状態: this tablet cannot keep a record, so it says so, and what works without it. There is no case behind it:
//! no band, no rail, no stage block.

mod ui;
mod view_model;

pub use ui::{KEY, show};
pub use view_model::*;
