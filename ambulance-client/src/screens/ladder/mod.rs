//! A ladder page: what happened, what it means, at most four steps, 「カードなしで進む」.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
