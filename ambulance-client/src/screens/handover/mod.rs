//! 引継ぎ: the document, its QR code, who received the patient.

mod ui;
mod view_model;

pub use ui::ui;
pub use view_model::*;
