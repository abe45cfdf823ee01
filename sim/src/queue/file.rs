//! Reading the file: TOML or JSON, all or nothing, with line and path of what is wrong.

use super::fields::QueueFile;
use super::locate::{self, Step};
use super::plan::Plan;
use std::path::{Path, PathBuf};

/// Longest file in bytes; a longer one is refused unread.
const BYTES_MAX: u64 = 4 << 20;

/// JSON Schema of the file.
pub const SCHEMA: &str = include_str!("queue.schema.json");
/// An example with every field.
pub const EXAMPLE: &str = include_str!("queue.example.toml");

/// Why a file cannot be used. Says where and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum QueueFileError {
    /// It cannot be read.
    #[error("reading {}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Too long.
    #[error("{}: longer than 4 MiB", .0.display())]
    TooLong(PathBuf),
    /// It is no TOML or JSON, or a field is not known, missing or makes no sense.
    #[error("{file}:{} {path}: {what}", line.map_or(String::new(), |line| format!("{line}:")))]
    Field {
        /// Which.
        file: String,
        /// From 1; none in JSON, where the text says it.
        line: Option<usize>,
        /// The field; "." is the whole.
        path: String,
        /// What was expected.
        what: String,
    },
}

/// A field that makes no sense.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) path: Vec<Step>,
    pub(super) what: String,
}

impl QueueFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`QueueFileError`].
    pub(super) fn load(file: &Path) -> Result<(Self, Plan), QueueFileError> {
        let io = |source| QueueFileError::Io { file: file.to_owned(), source };
        if std::fs::metadata(file).map_err(io)?.len() > BYTES_MAX {
            return Err(QueueFileError::TooLong(file.to_owned()));
        }
        #[expect(clippy::disallowed_methods, reason = "a program's edge: its input file")]
        let text = std::fs::read_to_string(file).map_err(io)?;
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self::parse(&name, &text)
    }
    /// Reads a text; one that begins with `{` is JSON, else it is TOML. `name` is for errors.
    ///
    /// # Errors
    /// [`QueueFileError`].
    pub(super) fn parse(name: &str, text: &str) -> Result<(Self, Plan), QueueFileError> {
        let json = text.trim_start().starts_with('{');
        let file = if json { from_json(name, text)? } else { from_toml(name, text)? };
        let plan = Plan::of(&file).map_err(|wrong| QueueFileError::Field {
            file: name.to_owned(),
            line: if json { None } else { locate::line(text, &wrong.path) },
            path: locate::spelled(&wrong.path),
            what: wrong.what,
        })?;
        Ok((file, plan))
    }
}

fn from_json(name: &str, text: &str) -> Result<QueueFile, QueueFileError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let file = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| field(name, None, error.path(), &error.inner().to_string()))?;
    reader.end().map_err(|error| field(name, None, &".", &error.to_string()))?;
    Ok(file)
}

fn from_toml(name: &str, text: &str) -> Result<QueueFile, QueueFileError> {
    // The message of an error of a single field has its place, but not its line.
    let line = |error: &toml::de::Error| {
        let before = text.as_bytes().iter().take(error.span().map_or(0, |span| span.start));
        Some(1 + before.filter(|byte| **byte == b'\n').count())
    };
    let reader = toml::Deserializer::parse(text).map_err(|error| field(name, line(&error), &".", error.message()))?;
    serde_path_to_error::deserialize(reader)
        .map_err(|error| field(name, line(error.inner()), error.path(), error.inner().message()))
}

fn field(name: &str, line: Option<usize>, path: &impl std::fmt::Display, what: &str) -> QueueFileError {
    let what = what.trim_end().replace('\n', "; ");
    QueueFileError::Field { file: name.to_owned(), line, path: path.to_string(), what }
}
