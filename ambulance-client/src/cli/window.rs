//! The tablet's window.

use super::{Cli, Outcome};
use anyhow::Result;

/// Opens the window.
///
/// # Errors
/// When there is no display, or the tablet cannot start.
pub fn main(_cli: &Cli) -> Result<Outcome> {
    anyhow::bail!("the window is being wired")
}
