//! The specification's examples, and a writer of codes.

use encoding_rs::SHIFT_JIS;
use medication_notebook::{Notebook, NotebookError, read};

pub(crate) const EXAMPLE_01: &str = include_str!("../data/example-01.txt");
pub(crate) const EXAMPLE_04: &str = include_str!("../data/example-04.txt");
pub(crate) const EXAMPLE_06: &str = include_str!("../data/example-06.txt");
pub(crate) const EXAMPLE_10: &str = include_str!("../data/example-10.txt");
pub(crate) const EXAMPLE_11: &str = include_str!("../data/example-11.txt");
pub(crate) const SPLIT: [&str; 2] =
    [include_str!("../data/split-part-1.txt"), include_str!("../data/split-part-2.txt")];
pub(crate) const EXAMPLES: [&str; 5] = [EXAMPLE_01, EXAMPLE_04, EXAMPLE_06, EXAMPLE_10, EXAMPLE_11];

/// As a code holds it: Shift_JIS, CRLF, the old end of file.
pub(crate) fn as_code(text: &str) -> Vec<u8> {
    let lines = text.replace('\n', "\r\n") + "\u{1a}";
    let (bytes, _, lost) = SHIFT_JIS.encode(&lines);
    assert!(!lost, "the text is in Shift_JIS");
    bytes.into_owned()
}

/// Reads one text.
pub(crate) fn read_text(text: &str) -> Notebook {
    read(&[text]).expect("a notebook")
}

/// Reads a notebook of one visit on 2020-04-10 with these lines.
pub(crate) fn read_visit(lines: &str) -> Notebook {
    read_text(&format!("JAHISTC08,1\n5,R020410,1\n{lines}"))
}

/// Why several texts are no notebook.
pub(crate) fn error_of(texts: &[&str]) -> NotebookError {
    read(texts).expect_err("no notebook")
}

/// Splits a notebook behind every `each` lines, as a facility does: heading first, control record last.
pub(crate) fn split(text: &str, id: &str, each: usize) -> Vec<String> {
    let (heading, rest) = text.split_once('\n').expect("a heading");
    let lines: Vec<&str> = rest.lines().collect();
    let parts: Vec<&[&str]> = lines.chunks(each).collect();
    let total = parts.len();
    let part = |(at, lines): (usize, &&[&str])| format!("{heading}\n{}\n911,{id},{total},{}", lines.join("\n"), at + 1);
    parts.iter().enumerate().map(part).collect()
}
