//! Where in a TOML text a field stands.

use toml::de::{DeTable, DeValue};

/// One step of the path to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, from 0.
    At(usize),
}

/// A path as people write it: `area[0].service.cv`.
pub(super) fn spelled(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::At(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// The line of the field at `path`, from 1; of a field that is missing, that of the innermost table that should hold it. None for a
/// text that is no TOML.
pub(super) fn line(text: &str, path: &[Step]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut start = None;
    let mut here: Option<&DeValue<'_>> = None;
    for step in path {
        let next = match (here, step) {
            (None, Step::Key(key)) => document.get_ref().get(key.as_str()),
            (Some(DeValue::Table(table)), Step::Key(key)) => table.get(key.as_str()),
            (Some(DeValue::Array(list)), Step::At(index)) => list.get(*index),
            _ => None,
        };
        let Some(found) = next else { break };
        start = Some(found.span().start);
        here = Some(found.get_ref());
    }
    start.map(|start| 1 + text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_and_a_missing_one_at_its_table() {
        let text = "name = \"x\"\n\n[[area]]\nid = \"a\"\n\n[[area]]\nid = \"b\"\nservice = { mean = 1,\n cv = 2 }\n";
        let key = |key: &str| Step::Key(key.to_owned());
        assert_eq!(line(text, &[key("area"), Step::At(1), key("service"), key("cv")]), Some(9));
        assert_eq!(line(text, &[key("area"), Step::At(1), key("rate")]), Some(6));
        assert_eq!(line(text, &[key("server")]), None);
        assert_eq!(spelled(&[key("area"), Step::At(1), key("rate")]), "area[1].rate");
    }
}
