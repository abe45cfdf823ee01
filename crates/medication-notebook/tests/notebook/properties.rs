//! What holds for every input.

use crate::common::{as_code, split};
use medication_notebook::{NotebookError, Tolerated, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// Numbers of records, known and not.
const NUMBERS: [&str; 25] = [
    "1", "2", "3", "31", "4", "5", "11", "15", "51", "55", "201", "281", "291", "301", "311", "391", "401", "411",
    "421", "501", "601", "701", "911", "6", "",
];

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,14}",
        "[MTSHR][0-9]{6}",
        "20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])",
        "[ぁ-んァ-ヶ亜愛医薬錠局院髙能表Ａ-Ｚ０-９①Ⅳ]{1,12}",
        "[ｱ-ﾝﾞﾟ]{1,12}",
        "[0-9]{7}[A-Z][0-9]{4}",
    ]
}

fn line() -> impl Strategy<Value = String> {
    (prop::sample::select(NUMBERS.to_vec()), vec(field(), 0..11))
        .prop_map(|(number, fields)| format!("{number},{}", fields.join(",")))
}

/// A notebook in one code.
fn text() -> impl Strategy<Value = String> {
    let whole = |line: &String| !line.starts_with("911");
    vec(line().prop_filter("a control record", whole), 1..14)
        .prop_map(|lines| format!("JAHISTC08,1\n{}", lines.join("\n")))
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    (vec(line(), 0..12), vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)).prop_map(|(lines, damage)| {
        let mut bytes = as_code(&format!("JAHISTC08,1\n{}", lines.join("\n")));
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(codes in vec(vec(any::<u8>(), 0..200), 0..4)) {
        let _read = read(&codes);
    }

    #[test]
    fn no_damage_makes_it_panic_and_every_answer_has_words(codes in vec(damaged(), 1..4)) {
        match read(&codes) {
            Ok(notebook) => prop_assert!(notebook.medicine_rows().rows.len() <= notebook.medicines().count() + notebook.otc_medicines.len()),
            Err(error) => prop_assert!(!error.ja().is_empty() && !error.to_string().is_empty()),
        }
    }

    #[test]
    fn the_order_of_parts_and_repeats_leave_no_trace(
        text in text(),
        each in 1_usize..10,
        order in vec(any::<u32>(), 60),
        repeats in 0_usize..4,
    ) {
        let parts = split(&text, "20200410123456", each);
        let mut codes: Vec<&String> = parts.iter().chain(parts.iter().take(repeats)).collect();
        let whole = read(&[text.as_str()]);
        codes.sort_by_key(|code| order[(code.len() * 7 + code.as_bytes().iter().map(|b| usize::from(*b)).sum::<usize>()) % order.len()]);
        prop_assert_eq!(&read(&codes), &whole);
        codes.reverse();
        prop_assert_eq!(&read(&codes), &whole);
    }

    #[test]
    fn a_missing_part_is_always_told(text in text(), each in 1_usize..10, gone in any::<prop::sample::Index>()) {
        let mut parts = split(&text, "20200410123456", each);
        prop_assume!(parts.len() > 1);
        let gone = gone.index(parts.len());
        parts.remove(gone);
        let missing = vec![u16::try_from(gone + 1).expect("few parts")];
        let error = read(&parts).expect_err("a gap");
        let told = matches!(&error, NotebookError::PartsMissing { missing: told, .. } if *told == missing);
        prop_assert!(told, "{}", error);
    }

    #[test]
    fn both_encodings_say_the_same(text in text()) {
        prop_assert_eq!(read(&[as_code(&text)]), read(&[text.as_bytes()]));
    }

    #[test]
    fn no_medicine_is_lost(text in text()) {
        let notebook = read(&[text.as_str()]).expect("a notebook");
        let named = text.lines().filter(|line| line.starts_with("201,") && line.split(',').nth(2).is_some_and(|name| !name.is_empty()));
        let kept = notebook.medicines().filter(|(_, _, medicine)| !medicine.name.is_empty()).count();
        prop_assert_eq!(kept, named.count());
        let rows = notebook.medicine_rows();
        prop_assert_eq!(rows.rows.len() + rows.undated, notebook.medicines().count() + notebook.otc_medicines.len());
        prop_assert_eq!(notebook.tolerated, Tolerated { cut_fields: 0, unread_characters: 0, ..notebook.tolerated });
    }
}
