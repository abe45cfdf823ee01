//! Short codes: the only text in an entry.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Longest code in bytes.
pub const CODE_BYTES_MAX: usize = 40;

/// A code such as `medication` or `unconscious`: 1 to [`CODE_BYTES_MAX`] characters of `a–z 0–9 _ . -`, so that no name
/// or sentence can slip in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Code(String);

/// Not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 1 to {CODE_BYTES_MAX} characters of a-z, 0-9, '_', '.', '-'")]
pub struct CodeError;

impl Code {
    /// Takes a code.
    ///
    /// # Errors
    /// [`CodeError`] when it is too long, empty, or has other characters.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
        let fits = (1..=CODE_BYTES_MAX).contains(&text.len());
        if fits && text.bytes().all(is_plain) { Ok(Self(text.to_owned())) } else { Err(CodeError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_codes() {
        assert_eq!(Code::new("lookup.not-obtainable_1").expect("a code").as_str(), "lookup.not-obtainable_1");
        for text in ["", "Medication", "山田", "two words", &"a".repeat(CODE_BYTES_MAX + 1)] {
            assert_eq!(Code::new(text), Err(CodeError), "{text}");
        }
    }
}
