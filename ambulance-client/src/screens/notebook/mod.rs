//! お薬手帳: codes are read one by one; the medicines found, and whose they are.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
