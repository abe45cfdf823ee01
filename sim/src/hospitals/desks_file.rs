//! The file of desks to play: `{"desks":[{"login":"…","passcode":"…"}]}`.

use super::policy::Always;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Desks in one file at most; a longer file is refused.
const DESKS_MAX: usize = 5_000;

/// One desk's account. `Debug` shows the name only.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskAccount {
    /// Its sign-in name.
    pub login: String,
    /// Its passcode (of a training installation).
    pub passcode: String,
    /// It always says the same; absent = by the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<Always>,
}

impl core::fmt::Debug for DeskAccount {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DeskAccount").field("login", &self.login).field("always", &self.always).finish_non_exhaustive()
    }
}

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesksFile {
    /// Desks to play.
    pub desks: Vec<DeskAccount>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DesksFileError {
    /// It cannot be read.
    #[error("reading the file of desks")]
    Io(#[source] std::io::Error),
    /// It is no such file; the text says where.
    #[error("reading the file of desks: it is not as `--schema` says")]
    Form(#[source] serde_json::Error),
    /// No desk, too many, or one name twice.
    #[error("reading the file of desks: expected 1–5000 desks with different names")]
    Desks,
}

impl DesksFile {
    /// Reads and checks it.
    ///
    /// # Errors
    /// [`DesksFileError`].
    pub fn load(path: &Path) -> Result<Self, DesksFileError> {
        #[expect(clippy::disallowed_methods, reason = "a program's edge: its input file")]
        let text = std::fs::read_to_string(path).map_err(DesksFileError::Io)?;
        Self::parse(&text)
    }
    /// From the file's text.
    ///
    /// # Errors
    /// [`DesksFileError`].
    pub fn parse(text: &str) -> Result<Self, DesksFileError> {
        let file: Self = serde_json::from_str(text).map_err(DesksFileError::Form)?;
        let mut names: Vec<&str> = file.desks.iter().map(|desk| desk.login.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let fits = names.len() == file.desks.len() && (1..=DESKS_MAX).contains(&names.len());
        if fits { Ok(file) } else { Err(DesksFileError::Desks) }
    }
    /// What `--example` prints.
    #[must_use]
    pub fn example() -> String {
        let desk = |login: &str, always| DeskAccount { login: login.into(), passcode: "xxxxxxxxxxxx".into(), always };
        let file = Self { desks: vec![desk("desk-1", None), desk("desk-2", Some(Always::Decline))] };
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }
    /// What `--schema` prints.
    pub const SCHEMA: &'static str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Desks for sim hospitals",
  "type": "object",
  "additionalProperties": false,
  "required": ["desks"],
  "properties": {
    "desks": {
      "type": "array", "minItems": 1, "maxItems": 5000,
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["login", "passcode"],
        "properties": {
          "login": { "type": "string" },
          "passcode": { "type": "string" },
          "always": { "enum": ["accept", "conditional", "decline", "silent"] }
        }
      }
    }
  }
}"#;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_read_and_shows_no_passcode_in_debug() {
        let file = DesksFile::parse(&DesksFile::example()).expect("the example");
        assert_eq!(file.desks.get(1).and_then(|d| d.always), Some(Always::Decline));
        assert!(!format!("{file:?}").contains("xxxx"));
    }

    #[test]
    fn unknown_fields_and_doubled_names_are_refused() {
        let unknown = DesksFile::parse(r#"{"desks":[{"login":"a","passcode":"b","pasword":"c"}]}"#);
        assert!(matches!(unknown, Err(DesksFileError::Form(error)) if error.to_string().contains("pasword")));
        let doubled = DesksFile::parse(r#"{"desks":[{"login":"a","passcode":"b"},{"login":"a","passcode":"c"}]}"#);
        assert!(matches!(doubled, Err(DesksFileError::Desks)));
    }
}
