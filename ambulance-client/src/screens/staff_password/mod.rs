//! 目視確認用パスワード: the staff password that some departments require for a look-up by eye. No PIN of the card.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
