//! 同意を項目ごとに得る: medicines, care, surgery, check-ups.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
