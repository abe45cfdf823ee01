//! The fit report of a small part of Japan.

use super::departments::{DepartmentsFile, EXAMPLE};
use super::sheet::report;
use crate::report::Block;
use crate::run::Figures;
use crate::scenario::Scenario;
use crate::world::{Options, simulate};

#[test]
fn a_part_of_japan_is_judged_by_its_own_figures() {
    let text =
        "name = \"x\"\nstart = \"2023-05-13T00:00:00+09:00\"\nduration = \"6h\"\n[area]\nprefectures = [\"秋田県\"]\n";
    let scenario = Scenario::parse("test", text.as_bytes()).expect("a scenario");
    let outcomes =
        (0..2).map(|replication| simulate(&scenario, Options { replication, ..Options::default() })).collect();
    let figures = Figures::of(&scenario, outcomes);
    let (file, departments) = DepartmentsFile::parse("departments.toml", EXAMPLE).expect("the shipped file");
    let report = report(&scenario, String::new(), &figures, (&departments, &file.source));
    let judged: Vec<&str> = report.verdicts.iter().map(|verdict| verdict.name.as_str()).collect();
    assert!(judged.iter().any(|name| name.contains("重症以上, 秋田県")), "{judged:?}");
    assert!(!judged.iter().any(|name| name.contains("東京都") || name.contains("in a year")), "{judged:?}");
    assert!(report.verdicts.iter().all(|verdict| verdict.measured.is_finite()), "{:?}", report.verdicts);
    let table = |title: &str| {
        let section = report.sections.iter().find(|section| section.title == title).expect("a section");
        let rows =
            section.blocks.iter().map(|block| if let Block::Table(table) = block { table.rows.len() } else { 0 });
        rows.max().unwrap_or(0)
    };
    assert_eq!((table("Hours"), table("Prefectures"), table("Enquiries")), (12, 1, 1));
    assert_eq!(table("Departments kept out of the fit"), 0, "none of them is in this prefecture");
}
