//! (head comes with the first code)

pub mod card;
pub mod national;
