//! 照合番号B: 14 printed digits open the chip's photo. Never the 12 digits of the back.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
