//! 搬送しないで終わる: the seven endings without a handover to a physician.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
