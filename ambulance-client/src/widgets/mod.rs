//! The components of the design, one idea per file.

pub mod alert_row;
pub mod button;
pub mod chips;
pub mod enquiry_row;
pub mod hospital_row;
pub mod icons;
pub mod keypad;
pub mod pager;
pub mod panels;
pub mod qr;
pub mod section_card;
pub mod side;
pub mod stage_strip;
pub mod value_cell;
