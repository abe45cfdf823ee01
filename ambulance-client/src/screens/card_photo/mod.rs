//! 写真と本人を見比べる: the chip's own photo beside age and sex, after 照合番号B opened it.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
