//! 施錠: names and history are off the screen; stage and phone stay.

mod ui;
mod view_model;

pub use ui::ui;
pub(in crate::screens) use ui::{banner, member, pin, title};
pub use view_model::*;
