//! だれが乗っているか: a crew member and six digits, at the start of a shift or when the session has ended.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
