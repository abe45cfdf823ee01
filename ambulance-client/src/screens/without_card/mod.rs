//! 災害時の照会: no card; name in kana, date of birth, sex and address by keys.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::{KANA, PLACES, Part, WithoutCardAction, WithoutCardVm};
