//! From texts to codes: heading, lines, and which part of a split notebook a code is.

use crate::decode::{lines, trim};
use crate::limits::{self, MAX_PARTS, MAX_SPLIT_ID_DIGITS};
use crate::{Direction, Limit, NotebookError, Version};
use zeroize::Zeroizing;

/// What the first line of every code begins with.
const NOTEBOOK: &str = "JAHISTC";
/// What that of a paper prescription begins with, before a digit.
const PRESCRIPTION: &str = "JAHIS";
/// 分割制御レコード: id, number of parts, part.
const SPLIT_CONTROL: &str = "911";

/// The first line of a code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) version: Version,
    pub(crate) direction: Direction,
}

/// Which part of which notebook.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) id: String,
    pub(crate) total: u16,
    pub(crate) part: u16,
}

/// One code without its heading and its control record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Code<'a> {
    pub(crate) heading: Heading,
    pub(crate) lines: Vec<&'a str>,
    pub(crate) split: Option<Split>,
}

/// All codes of all texts, in the order in which they stand there. Texts without a line are passed over.
pub(crate) fn find(texts: &[Zeroizing<String>]) -> Result<Vec<Code<'_>>, NotebookError> {
    limits::check(Limit::Records, texts.iter().map(|text| lines(text).count()).sum())?;
    let mut codes = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let first = codes.len();
        for line in lines(text) {
            if let Some(heading) = heading(line) {
                codes.push(Code { heading, lines: Vec::new(), split: None });
            } else if let Some(code) = codes.get_mut(first..).and_then(<[_]>::last_mut) {
                code.lines.push(line);
            } else {
                return Err(no_notebook(line, at + 1));
            }
        }
    }
    limits::check(Limit::Codes, codes.len())?;
    for (at, code) in codes.iter_mut().enumerate() {
        take_split(code).map_err(|NotUnderstood| NotebookError::SplitNotUnderstood { code: at + 1 })?;
    }
    Ok(codes)
}

fn heading(line: &str) -> Option<Heading> {
    let rest = after(line, NOTEBOOK)?;
    let (version, direction) = rest.split_once(',').unwrap_or((rest, ""));
    let version = Version::from_digits(trim(version))?;
    Some(Heading { version, direction: Direction::from_code(trim(direction)) })
}

/// What stands behind a beginning, whatever the case: a reader may type with the caps lock on.
fn after<'a>(line: &'a str, beginning: &str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(beginning.len())?;
    head.eq_ignore_ascii_case(beginning).then_some(rest)
}

fn no_notebook(line: &str, code: usize) -> NotebookError {
    let prescription = after(line, PRESCRIPTION).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if prescription { NotebookError::Prescription { code } } else { NotebookError::NoHeading { code } }
}

/// A control record that cannot be used, or two that differ.
struct NotUnderstood;

/// Takes the control record out of the lines. The format puts it last; it counts wherever it stands.
fn take_split(code: &mut Code<'_>) -> Result<(), NotUnderstood> {
    let control = |line: &str| line.split(',').next().is_some_and(|number| trim(number) == SPLIT_CONTROL);
    for line in code.lines.extract_if(.., |line| control(line)) {
        let split = split_of(line).ok_or(NotUnderstood)?;
        if code.split.as_ref().is_some_and(|other| *other != split) {
            return Err(NotUnderstood);
        }
        code.split = Some(split);
    }
    Ok(())
}

fn split_of(line: &str) -> Option<Split> {
    let mut fields = line.split(',').skip(1).map(trim);
    let id = fields.next()?;
    let total: u16 = fields.next()?.parse().ok()?;
    let part: u16 = fields.next()?.parse().ok()?;
    let named = (1..=MAX_SPLIT_ID_DIGITS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    let counted = (1..=MAX_PARTS).contains(&total) && (1..=total).contains(&part);
    (named && counted).then(|| Split { id: id.to_owned(), total, part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_all_versions_and_directions() {
        let read = |line| heading(line).map(|h| (h.version.number(), h.direction));
        assert_eq!(read("JAHISTC08,1"), Some((8, Direction::ToPatient)));
        assert_eq!(read("JAHISTC01"), Some((1, Direction::NotSaid)));
        assert_eq!(read("jahistc1,2"), Some((1, Direction::FromPatient)));
        assert_eq!(read("JAHISTC99,7"), Some((99, Direction::NotSaid)));
        for other in ["JAHISTC", "JAHISTC,1", "JAHISTC123,1", "JAHISTCab,1", "JAHIS10", "201,1", "患者"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_control_record_names_a_part_that_can_be() {
        let part = |line| split_of(line).map(|s| (s.id, s.total, s.part));
        assert_eq!(part("911,12345678901234,2,1"), Some(("12345678901234".into(), 2, 1)));
        for bad in ["911", "911,,2,1", "911,1,0,0", "911,1,2,3", "911,1,2,0", "911,1,1000,1", "911,名,2,1", "911,1,2,x"]
        {
            assert!(part(bad).is_none(), "{bad}");
        }
    }
}
