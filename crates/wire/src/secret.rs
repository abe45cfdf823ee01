//! What must not be printed.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A person's passcode on its way to the server. No `Debug`, no `Display`; overwritten when dropped.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Passcode(String);

impl Passcode {
    /// Takes the text over.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
    /// The text, for the one comparison it is meant for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
