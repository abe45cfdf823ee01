//! What the server's ranking follows besides the hospital table, so that a tablet without radio ranks as it does: editions of
//! 実施基準 and closed areas. A tablet hears its name with the [`crate::Notice`] and asks for the content where it has another.

use model::Position;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The name of what is published where nothing is: a tablet drops what it has.
pub const NOTHING_PUBLISHED: &str = "";

/// The answer to [`crate::Question::Published`]. It rests on the tablet as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// A [`PublishedContent`], encoded: at most [`crate::limits::PUBLISHED_BYTES_MAX`] bytes. Its name is the SHA-256 of these
    /// bytes, hexadecimal.
    pub content: ByteBuf,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PublishedContent {
    /// SHA-256 of the hospital table that the editions were checked against, hexadecimal.
    #[serde(default)]
    pub table_sha256: String,
    /// The prefecture whose editions count for the unit's cases (都道府県).
    #[serde(default)]
    pub prefecture: Option<String>,
    /// Editions as they were published, each a file of its own (`docs/formats.md`); the prefecture's own first.
    #[serde(default)]
    pub editions: Vec<String>,
    /// Closed areas, each by its corners.
    #[serde(default)]
    pub closed: Vec<Vec<Position>>,
    /// Editions and areas that are not in here because they are too long.
    #[serde(default)]
    pub left_out: u32,
}
