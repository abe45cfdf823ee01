//! Split notebooks: any order, repeats, gaps, mixtures.

use crate::common::{EXAMPLE_01, EXAMPLE_10, EXAMPLE_11, SPLIT, as_code, error_of, read_text, split};
use medication_notebook::{NotebookError, read};

const ID: &str = "12345678901234";

#[test]
fn parts_join_in_any_order_and_encoding_and_repeats_are_harmless() {
    let whole = read_text(EXAMPLE_11);
    let parts = split(EXAMPLE_11, ID, 9);
    let mut codes: Vec<Vec<u8>> = parts.iter().rev().map(|part| as_code(part)).collect();
    codes.extend(parts.iter().take(2).map(|part| part.clone().into_bytes()));
    assert_eq!(read(&codes).expect("a notebook"), whole);
}

#[test]
fn codes_typed_one_after_another_are_told_apart() {
    let typed = split(EXAMPLE_11, ID, 9).join("\r");
    assert_eq!(read(&[typed]).expect("a notebook"), read_text(EXAMPLE_11));
    assert_eq!(read(&[EXAMPLE_01, "", EXAMPLE_01]).expect("a notebook"), read_text(EXAMPLE_01));
}

#[test]
fn a_gap_is_named() {
    let mut parts = split(EXAMPLE_10, ID, 5);
    assert_eq!(parts.len(), 3);
    parts.remove(1);
    let error = read(&parts).expect_err("a gap");
    assert_eq!(error, NotebookError::PartsMissing { id: ID.into(), read: 2, total: 3, missing: vec![2] });
    assert_eq!(error.to_string(), format!("joining the notebook {ID}: 2 of 3 parts read, missing 2"));
    assert_eq!(error.ja(), "3枚のうち2枚を読み取りました。残り: 2枚目。");
    assert_eq!(error.next_step_ja(), "残りのQRコードを読み取ってください。順番は問いません。");
}

#[test]
fn parts_of_two_notebooks_are_refused_by_name() {
    let other = SPLIT[1].replace(ID, "99999999999999");
    let ids = vec![ID.to_owned(), "99999999999999".to_owned()];
    assert_eq!(error_of(&[SPLIT[0], &other]), NotebookError::DifferentNotebooks { ids: ids.clone(), whole: 0 });
    assert_eq!(error_of(&[&other, SPLIT[0], EXAMPLE_01]), NotebookError::DifferentNotebooks { ids, whole: 1 });
    let two = NotebookError::DifferentNotebooks { ids: Vec::new(), whole: 2 };
    assert_eq!(error_of(&[EXAMPLE_01, EXAMPLE_10]), two);
    assert_eq!(two.ja(), "別々のお薬手帳のQRコードが2種類混ざっています。");
}

#[test]
fn parts_that_contradict_each_other_are_refused() {
    let id = ID.to_owned();
    let changed = SPLIT[1].replace("ﾘﾝﾃﾞﾛﾝ", "ﾛｷｿﾆﾝ");
    let doubled = NotebookError::PartsContradict { id: id.clone(), part: Some(2) };
    assert_eq!(error_of(&[SPLIT[0], SPLIT[1], &changed]), doubled);
    assert_eq!(error_of(&[&changed, SPLIT[1], SPLIT[0]]), doubled);
    let of_three = SPLIT[1].replace(",2,2", ",3,2");
    let older = SPLIT[1].replace("JAHISTC08", "JAHISTC07");
    for other in [of_three, older] {
        assert_eq!(error_of(&[SPLIT[0], &other]), NotebookError::PartsContradict { id: id.clone(), part: None });
    }
}

#[test]
fn a_code_that_does_not_say_which_part_it_is_is_named() {
    let bad = SPLIT[1].replace(",2,2", ",2,3");
    assert_eq!(error_of(&[SPLIT[0], &bad]), NotebookError::SplitNotUnderstood { code: 2 });
    let twice = format!("{}\n911,{ID},2,1", SPLIT[1]);
    assert_eq!(error_of(&[&twice]), NotebookError::SplitNotUnderstood { code: 1 });
}
