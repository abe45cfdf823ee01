//! 同意を得られない: the reason is the confirmation of the only act without undo.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
