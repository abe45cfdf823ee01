//! Reading a scenario: all or nothing, and every error says where.

use super::check::{Step, check};
use super::{Scenario, ScenarioError, shipped};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Longest file, bytes; a longer one is refused unread.
pub const MAX_SCENARIO_BYTES: usize = 256 * 1024;
/// JSON Schema (2020-12) of what the TOML holds.
pub const SCENARIO_SCHEMA: &str = include_str!("scenario.schema.json");

/// A scenario with every field, commented.
#[must_use]
pub const fn example() -> &'static str {
    include_str!("../../scenarios/example.toml")
}

impl Scenario {
    /// Reads and checks a scenario; `file` stands in errors.
    ///
    /// # Errors
    /// [`ScenarioError`] with file, line, column, field and what was expected.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, ScenarioError> {
        if bytes.len() > MAX_SCENARIO_BYTES {
            return Err(ScenarioError::TooLong { file: file.to_owned(), bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|e| ScenarioError::NotText { file: file.to_owned(), byte: e.valid_up_to() })?;
        let place = Place { file, text };
        let scenario: Self = toml::from_str(text).map_err(|error| place.of_toml(&error))?;
        match check(&scenario) {
            Some(wrong) => Err(place.of_path(&wrong.path, format!("expected {}", wrong.expected))),
            None => Ok(scenario),
        }
    }

    /// A scenario that ships, by its name.
    ///
    /// # Errors
    /// [`ScenarioError::Unknown`] when none has this name.
    pub fn shipped(name: &str) -> Result<Self, ScenarioError> {
        let one = shipped(name).ok_or_else(|| {
            let known: Vec<&str> = super::SHIPPED.iter().map(|s| s.name).collect();
            ScenarioError::Unknown { name: name.to_owned(), known: known.join(", ") }
        })?;
        Self::parse(&format!("{name}.toml"), one.toml.as_bytes())
    }
}

struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn of_toml(&self, error: &toml::de::Error) -> ScenarioError {
        let span = error.span().unwrap_or(0..0);
        let field = self.field_at(&span).unwrap_or_else(|| "scenario".to_owned());
        self.error(span.start, field, error.message().trim().replace('\n', "; "))
    }

    fn of_path(&self, path: &[Step], problem: String) -> ScenarioError {
        let at = DeTable::parse(self.text).ok().and_then(|table| start_of(table.get_ref(), path));
        self.error(at.unwrap_or(0), spell(path), problem)
    }

    fn error(&self, byte: usize, field: String, problem: String) -> ScenarioError {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ScenarioError::At { file: self.file.to_owned(), line, column, field, problem }
    }

    /// The path of the innermost key or value that holds the span.
    fn field_at(&self, span: &Range<usize>) -> Option<String> {
        let table = DeTable::parse(self.text).ok()?;
        let mut path = Vec::new();
        let mut here = table.get_ref();
        loop {
            let inside = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
            let found =
                here.iter().find(|(key, value)| inside(&key.span()) || holds(value.get_ref(), &value.span(), span))?;
            path.push(Step::Key(found.0.get_ref().to_string()));
            if inside(&found.0.span()) {
                return Some(spell(&path));
            }
            match (found.1.get_ref(), element_at(found.1.get_ref(), span)) {
                (DeValue::Table(inner), _) if deeper(inner, span) => here = inner,
                (_, Some((index, DeValue::Table(inner)))) if deeper(inner, span) => {
                    path.push(Step::Index(index));
                    here = inner;
                }
                (_, Some((index, _))) => {
                    path.push(Step::Index(index));
                    return Some(spell(&path));
                }
                _ => return Some(spell(&path)),
            }
        }
    }
}

/// Whether a value holds the span. A table's own span may be that of its heading alone, so its entries are asked.
fn holds(value: &DeValue<'_>, range: &Range<usize>, span: &Range<usize>) -> bool {
    let own = range.start <= span.start && span.end <= range.end;
    own || match value {
        DeValue::Table(inner) => deeper(inner, span),
        DeValue::Array(_) => element_at(value, span).is_some(),
        _ => false,
    }
}

fn deeper(table: &DeTable<'_>, span: &Range<usize>) -> bool {
    table.iter().any(|(key, value)| {
        let key = key.span();
        (key.start <= span.start && span.end <= key.end) || holds(value.get_ref(), &value.span(), span)
    })
}

fn element_at<'v, 'i>(value: &'v DeValue<'i>, span: &Range<usize>) -> Option<(usize, &'v DeValue<'i>)> {
    let DeValue::Array(list) = value else { return None };
    list.iter().enumerate().find(|(_, one)| holds(one.get_ref(), &one.span(), span)).map(|(i, one)| (i, one.get_ref()))
}

/// Where the value of a path begins; of a missing field the last part of its path that there is.
fn start_of(table: &DeTable<'_>, path: &[Step]) -> Option<usize> {
    let mut at = None;
    let mut here: Option<&DeValue<'_>> = None;
    for step in path {
        let next = match (step, here) {
            (Step::Key(name), None) => table.get(name.as_str()),
            (Step::Key(name), Some(DeValue::Table(inner))) => inner.get(name.as_str()),
            (Step::Index(i), Some(DeValue::Array(list))) => list.get(*i),
            _ => None,
        };
        let Some(found) = next else { break };
        at = Some(found.span().start);
        here = Some(found.get_ref());
    }
    at
}

fn spell(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(name) if text.is_empty() => text.push_str(name),
            Step::Key(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Index(i) => text.push_str(&format!("[{i}]")),
        }
    }
    text
}
