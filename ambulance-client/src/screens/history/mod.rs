//! 病歴の要点: records, never diagnoses.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
