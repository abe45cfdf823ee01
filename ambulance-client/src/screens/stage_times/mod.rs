//! 活動の時刻: the ten stages, corrected or removed with a reason; both times stay in the log.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
