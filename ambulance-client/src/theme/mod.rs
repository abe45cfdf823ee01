//! Colours, type, fonts and grid of the design; constants only.

pub mod fonts;
pub mod grid;
pub mod tokens;
pub mod type_scale;

pub use grid::Hand;
pub use tokens::{ThemeName, Tokens};
pub use type_scale::{Face, Size};
