//! A list in full, on pages: medicines, visits, surgery, dialysis, excluded hospitals, moved ranks, other alerts.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
