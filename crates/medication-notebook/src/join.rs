//! From codes to one notebook's lines.

use crate::NotebookError;
use crate::codes::{Code, Heading};
use std::collections::BTreeMap;

/// Heading and lines of one notebook, complete and in order.
pub(crate) struct Whole<'a> {
    pub(crate) heading: Heading,
    pub(crate) lines: Vec<&'a str>,
}

/// Joins what belongs together. Repeated codes count once; codes of two notebooks are refused.
pub(crate) fn join(codes: Vec<Code<'_>>) -> Result<Whole<'_>, NotebookError> {
    let mut whole: Vec<Code<'_>> = Vec::new();
    let mut split: BTreeMap<String, Vec<Code<'_>>> = BTreeMap::new();
    for code in codes {
        match &code.split {
            Some(of) => split.entry(of.id.clone()).or_default().push(code),
            None if whole.contains(&code) => {}
            None => whole.push(code),
        }
    }
    if whole.len() + split.len() > 1 {
        return Err(NotebookError::DifferentNotebooks { ids: split.into_keys().collect(), whole: whole.len() });
    }
    if let Some((id, parts)) = split.pop_first() {
        return join_parts(id, parts);
    }
    let code = whole.pop().ok_or(NotebookError::NothingRead)?;
    Ok(Whole { heading: code.heading, lines: code.lines })
}

fn join_parts(id: String, codes: Vec<Code<'_>>) -> Result<Whole<'_>, NotebookError> {
    let mut parts: BTreeMap<u16, Code<'_>> = BTreeMap::new();
    let mut doubled = None;
    for code in codes {
        let part = code.split.as_ref().map_or(0, |of| of.part);
        match parts.get(&part) {
            Some(other) if *other != code => doubled = doubled.into_iter().chain([part]).min(),
            _ => {
                parts.insert(part, code);
            }
        }
    }
    let total_of = |code: &Code<'_>| code.split.as_ref().map_or(0, |of| of.total);
    let Some((heading, total)) = parts.values().next().map(|code| (code.heading, total_of(code))) else {
        return Err(NotebookError::NothingRead);
    };
    let agree = parts.values().all(|code| code.heading == heading && total_of(code) == total);
    if doubled.is_some() || !agree {
        return Err(NotebookError::PartsContradict { id, part: doubled });
    }
    let missing: Vec<u16> = (1..=total).filter(|part| !parts.contains_key(part)).collect();
    if !missing.is_empty() {
        return Err(NotebookError::PartsMissing { id, read: parts.len(), total, missing });
    }
    Ok(Whole { heading, lines: parts.into_values().flat_map(|code| code.lines).collect() })
}
