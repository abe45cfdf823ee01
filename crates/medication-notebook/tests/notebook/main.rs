//! The notebook through its public door.

mod common;
mod errors;
mod examples;
mod properties;
mod rows;
mod splits;
mod tolerance;
