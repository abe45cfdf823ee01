//! What deviates from the format and is read all the same.

use crate::common::{EXAMPLE_01, read_text, read_visit};
use medication_notebook::{Author, Tolerated, VisitNoteKind};

#[test]
fn every_version_is_read() {
    for number in 0..=99 {
        let notebook = read_text(&EXAMPLE_01.replace("JAHISTC08", &format!("JAHISTC{number:02}")));
        assert_eq!(notebook.version.number(), number);
        assert_eq!(notebook.version.is_known(), (1..=8).contains(&number));
        assert_eq!(notebook.medicine_rows().rows.len(), 5);
    }
}

#[test]
fn lines_of_an_early_version_are_shorter() {
    let notebook = read_text("JAHISTC01\n1,鈴木 太郎,1,S330303\n5,H240401\n201,1,薬,1,錠\n301,1,朝食後,28,日分,1");
    let rows = notebook.medicine_rows().rows;
    assert_eq!(
        rows.iter().map(|row| (row.date.to_string(), row.days_supplied)).collect::<Vec<_>>(),
        [("2012-04-01".into(), Some(28))]
    );
    assert_eq!(notebook.medicines().next().map(|(_, _, medicine)| medicine.author), Some(Author::Unknown));
    assert_eq!(notebook.tolerated, Tolerated::default());
}

#[test]
fn what_is_unknown_or_has_no_place_is_kept_and_counted() {
    let lines = [
        "999,新しい項目",
        "患者",
        "31,7,成分,1,,2",
        "281,1,補足,1",
        "301,1,朝食後,28,日分,1,1,,1",
        "311,1,補足,1",
        "201,1,,,,1,,1",
    ];
    let notebook = read_visit(&lines.join("\n"));
    assert_eq!(notebook.not_understood.iter().map(|line| line.as_str()).collect::<Vec<_>>(), lines);
}

#[test]
fn a_second_patient_is_not_taken_for_the_first() {
    let notebook = read_visit("1,鈴木 太郎,1,S330303\n1,鈴木 太郎,1,S330303\n1,鈴木 花子,2,S350505");
    assert_eq!(notebook.patient.as_ref().map(|patient| patient.name.as_str()), Some("鈴木 太郎"));
    assert_eq!(notebook.not_understood.len(), 1);
}

#[test]
fn surplus_fields_are_left_out_and_counted() {
    // The specification's example 8 writes 411 with eight fields.
    let notebook = read_visit("411,一包化が必要,31,,,,,,1\n411,薬疹,30,1");
    assert_eq!(notebook.tolerated, Tolerated { surplus_fields: 1, ..Tolerated::default() });
    let kinds: Vec<_> = notebook.dispensings[0].notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [VisitNoteKind::Provided, VisitNoteKind::SideEffectInHospital]);
}

#[test]
fn numbers_of_prescriptions_may_begin_anew_with_each_doctor() {
    let notebook = read_visit(
        "55,甲,内科,1\n201,1,あ,1,錠,1,,1\n201,1,い,1,錠,1,,1\n301,1,朝,7,日分,1,1,,1\n\
         55,乙,皮膚科,1\n201,1,う,1,本,1,,1\n301,1,塗布,1,調剤,5,1,,1",
    );
    let shown: Vec<_> = notebook.dispensings[0]
        .prescriptions
        .iter()
        .map(|rp| {
            (
                rp.doctor.as_ref().map(|d| d.name.as_str()),
                rp.medicines.len(),
                rp.usage.as_ref().and_then(|u| u.quantity),
            )
        })
        .collect();
    assert_eq!(shown, [(Some("甲"), 2, Some(7)), (Some("乙"), 1, Some(1))]);
}

#[test]
fn damage_is_counted_and_takes_nothing_else_with_it() {
    let bytes = b"JAHISTC08,1\r\n5,R029999,1\r\n201,1,\x88\x88,1,T,4,1149019F1625,1\r\n301,1,x,many,y,1";
    let notebook = medication_notebook::read(&[bytes]).expect("a notebook");
    assert_eq!(notebook.tolerated, Tolerated { unread_values: 2, ..notebook.tolerated });
    assert!(notebook.dispensings[0].date.is_none());
    assert_eq!(notebook.medicine_rows().undated, 1);
}
