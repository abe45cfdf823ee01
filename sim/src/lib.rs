//! (head comes with the first code)

pub mod card;
