//! The tablet's pixels: screens drawn from view models, presses returned as actions.
//!
//! In come plain view models (words and numbers ready to draw) and touches; out go actions and what was drawn.
//!
//! **Invariant:** no medical rule, no socket, no file but the system's fonts, no wall clock; text under 20 points is never
//! drawn, and there is no field for the 12-digit number.

pub mod app;
pub mod canvas;
pub mod cli;
pub mod frame;
pub mod screens;
pub mod script;
pub mod text;
pub mod theme;
pub mod widgets;

#[cfg(any(test, feature = "samples"))]
pub mod samples;

#[cfg(test)]
mod checks;
