//! Text that is part of somebody's history.

use core::fmt;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A piece of a person's record: a name, a medicine, a facility, a code.
///
/// Its buffer is overwritten when it is dropped, and it cannot reach a log by accident: there is no `Display`, and
/// `Debug` prints no content. Read it on purpose with [`MedicalText::as_str`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct MedicalText(String);

impl MedicalText {
    /// Takes the text over without leaving a second copy.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
    /// The text, to be drawn or compared; never to be logged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Whether a character is `●`: what the national system writes for one outside its character set. It is shown as it
    /// came, never guessed.
    #[must_use]
    pub fn has_unknown_character(&self) -> bool {
        self.0.contains('●')
    }
}

impl From<&str> for MedicalText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for MedicalText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for MedicalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MedicalText(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let text = MedicalText::from("ワルファリンK錠1mg");
        assert_eq!(format!("{text:?}"), "MedicalText(..)");
    }

    #[test]
    fn it_travels_as_a_plain_string() {
        let text = MedicalText::from("髙●　礼子");
        assert_eq!(serde_json::to_string(&text).expect("json"), "\"髙●　礼子\"");
        assert!(text.has_unknown_character());
    }
}
