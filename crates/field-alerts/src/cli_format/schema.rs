//! JSON Schemas and full examples, as `--schema` and `--example` print them.

/// JSON Schema (2020-12) of the history file.
#[must_use]
pub const fn schema_history() -> &'static str {
    include_str!("../../schema/alerts-history.schema.json")
}

/// JSON Schema (2020-12) of the findings file.
#[must_use]
pub const fn schema_findings() -> &'static str {
    include_str!("../../schema/findings.schema.json")
}

/// JSON Schema (2020-12) of the output.
#[must_use]
pub const fn schema_output() -> &'static str {
    include_str!("../../schema/alerts.schema.json")
}

/// A full example of the history file: an invented person.
#[must_use]
pub const fn example_history() -> &'static str {
    include_str!("../../schema/alerts-history.example.json")
}

/// A full example of the findings file.
#[must_use]
pub const fn example_findings() -> &'static str {
    include_str!("../../schema/findings.example.json")
}
