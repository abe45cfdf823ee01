//! What is no notebook, and the limits.

use crate::common::{EXAMPLE_01, error_of};
use medication_notebook::{Limit, MAX_ALL_BYTES, MAX_CODE_BYTES, MAX_CODES, MAX_RECORDS, NotebookError, read};

#[test]
fn nothing_is_told_from_something_else() {
    assert_eq!(error_of(&[]), NotebookError::NothingRead);
    assert_eq!(error_of(&["", "\r\n \u{1a}\0"]), NotebookError::NothingRead);
    assert_eq!(error_of(&[EXAMPLE_01, "https://example.jp/"]), NotebookError::NoHeading { code: 2 });
    assert_eq!(error_of(&["301,2,続き,5,日分"]), NotebookError::NoHeading { code: 1 });
    assert_eq!(error_of(&["JAHIS10\n1,1,1234567,13,病院"]), NotebookError::Prescription { code: 1 });
}

#[test]
fn a_heading_alone_is_an_empty_notebook() {
    let notebook = read(&["JAHISTC08,1"]).expect("a notebook");
    assert!(notebook.patient.is_none() && notebook.medicine_rows().rows.is_empty());
}

fn too_much(limit: Limit) -> NotebookError {
    NotebookError::TooMuch { limit, found: limit.most() + 1 }
}

#[test]
fn every_limit_is_met_exactly() {
    assert_eq!(read(&vec!["JAHISTC08,1"; MAX_CODES]).map(|_| ()), Ok(()));
    assert_eq!(error_of(&vec!["JAHISTC08,1"; MAX_CODES + 1]), too_much(Limit::Codes));
    assert_eq!(error_of(&["JAHISTC08,1\n".repeat(MAX_CODES + 1).as_str()]), too_much(Limit::Codes));

    let padded = |bytes: usize| format!("JAHISTC08,1{}", "\n".repeat(bytes - "JAHISTC08,1".len()));
    assert_eq!(read(&[padded(MAX_CODE_BYTES)]).map(|_| ()), Ok(()));
    assert_eq!(error_of(&[&padded(MAX_CODE_BYTES + 1)]), too_much(Limit::CodeBytes));

    let full = padded(MAX_CODE_BYTES);
    let mut all = vec![full.as_str(); MAX_ALL_BYTES / MAX_CODE_BYTES];
    assert_eq!(read(&all).map(|_| ()), Ok(()));
    all.push("\n");
    assert_eq!(error_of(&all), too_much(Limit::AllBytes));

    let lines = |count: usize| format!("JAHISTC08,1{}", "\n5".repeat(count - 1));
    assert_eq!(read(&[lines(MAX_RECORDS)]).map(|n| n.dispensings.len()), Ok(MAX_RECORDS - 1));
    assert_eq!(error_of(&[&lines(MAX_RECORDS + 1)]), too_much(Limit::Records));
}

#[test]
fn every_error_says_what_and_what_next() {
    let id = || "1".to_owned();
    let errors = [
        NotebookError::NothingRead,
        too_much(Limit::AllBytes),
        NotebookError::NoHeading { code: 1 },
        NotebookError::Prescription { code: 1 },
        NotebookError::SplitNotUnderstood { code: 1 },
        NotebookError::PartsMissing { id: id(), read: 2, total: 3, missing: vec![3] },
        NotebookError::PartsContradict { id: id(), part: Some(2) },
        NotebookError::PartsContradict { id: id(), part: None },
        NotebookError::DifferentNotebooks { ids: vec![id()], whole: 1 },
    ];
    let said: Vec<_> = errors.iter().map(|e| [e.to_string(), e.ja(), e.next_step_ja().to_owned(), e.en()]).collect();
    insta::assert_json_snapshot!(said);
}
