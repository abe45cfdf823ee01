//! 暗証番号: the patient keys four digits, the card signs. The digits themselves never come to this page's model.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
