//! The notebook's medicines as rows of a history.

use crate::common::{EXAMPLE_11, read_text, read_visit};
use medication_notebook::Notebook;
use patient_history::{RowCode, RowSource};

fn code_of(fields: &str) -> RowCode {
    read_visit(&format!("201,1,薬,1,錠,{fields}")).medicine_rows().rows[0].code.clone()
}

#[test]
fn a_code_keeps_its_system() {
    let yj = |code: &str| RowCode::Yj(code.into());
    for (fields, code) in [
        ("2,620004992,1", RowCode::Receipt("620004992".into())),
        ("3,2171022F1029,1", yj("2171022F1029")),
        ("4,1149019f1625,1", yj("1149019F1625")),
        ("４,１１４９０１９Ｆ１６２５,1", yj("1149019F1625")),
        ("6,100607002,1", RowCode::Hot("100607002".into())),
        ("1,,1", RowCode::None),
        ("2,620004992,1,一般名,2,1149019F1ZZZ", yj("1149019F1ZZZ")),
        ("4,2171022F1029,1,一般名,2,1149019F1ZZZ", yj("2171022F1029")),
        ("2,620004992,1,一般名,1,1149019F1ZZZ", RowCode::Receipt("620004992".into())),
    ] {
        assert_eq!(code_of(fields), code, "{fields}");
    }
}

#[test]
fn a_code_without_its_systems_form_is_no_code() {
    for fields in ["2,710010093,1", "2,62000499,1", "4,620004992,1", "6,12,1", "5,123,1", "1,620004992,1", ",620004992"]
    {
        assert_eq!(code_of(fields), RowCode::None, "{fields}");
    }
}

fn facility(notebook: &Notebook) -> Option<(String, Option<String>)> {
    let facility = notebook.medicine_rows().rows[0].facility.clone()?;
    Some((facility.name.as_str().to_owned(), facility.institution_code.map(|code| code.as_str().to_owned())))
}

#[test]
fn the_facility_is_who_prescribed() {
    let medicine = "201,1,薬,1,錠,1,,1";
    let both = read_visit(&format!("11,薬局,1,4,1234567,,,,1\n51,病院,01,1,234567,1\n{medicine}"));
    assert_eq!(facility(&both), Some(("病院".into(), Some("0110234567".into()))));
    let in_hospital = read_visit(&format!("11,病院,13,,1234567,,,,1\n{medicine}"));
    assert_eq!(facility(&in_hospital), Some(("病院".into(), None)));
    assert_eq!(facility(&read_visit(medicine)), None);
}

#[test]
fn a_dose_says_what_it_counts() {
    let quantity = |usage: &str| {
        let rows = read_visit(&format!("201,1,薬,2,錠,1,,1\n{usage}")).medicine_rows().rows;
        (rows[0].quantity.as_ref().map(|q| q.as_str().to_owned()), rows[0].days_supplied)
    };
    assert_eq!(quantity("301,1,朝夕,14,日分,1"), (Some("朝夕 1日2錠".into()), Some(14)));
    assert_eq!(quantity("301,1,痛い時,10,回分,3"), (Some("痛い時 1回2錠".into()), None));
    assert_eq!(quantity("301,1,,1,調剤,5"), (Some("全量2錠".into()), None));
    assert_eq!(quantity("301,1,,14,,1"), (Some("1日2錠".into()), Some(14)));
    assert_eq!(quantity(""), (Some("2錠".into()), None));
}

#[test]
fn rows_stand_newest_first_and_what_has_no_day_is_counted() {
    let rows = read_text(EXAMPLE_11).medicine_rows();
    let days: Vec<String> = rows.rows.iter().map(|row| row.date.to_string()).collect();
    assert_eq!(days, ["2020-04-10", "2020-04-10", "2020-04-07", "2020-04-07", "2020-04-07", "2020-04-06"]);
    assert_eq!(rows.undated, 1, "a medicine bought on an unknown day");
    assert!(rows.rows.iter().all(|row| row.source == RowSource::Notebook));
}
