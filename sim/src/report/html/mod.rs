//! The report as one HTML page: verdicts first, then whether the generator was the bottleneck, figures, conditions, sections.
//!
//! The page needs no script and loads nothing; it follows the reader's light or dark screen and prints on paper. All text goes
//! through maud, which escapes it; drawings come from `draw`, which escapes it too.

mod canvas;
mod draw;
mod page;
mod parts;
mod scale;

use super::model::Report;

const STYLE: &str = include_str!("style.css");

impl Report {
    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::page(self).into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Block};
    use super::super::{Bars, Cell, EXAMPLE, Latency, Plot, Report, Section, Series, Table, Verdict};

    fn example() -> Report {
        serde_json::from_str(EXAMPLE).expect("the example")
    }

    #[test]
    fn the_page_opens_offline_and_without_a_script() {
        let page = example().to_html();
        for forbidden in ["<script", "src=\"http", "href=\"http", "@import", "url("] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("prefers-color-scheme"));
    }

    #[test]
    fn every_word_of_a_report_is_escaped() {
        let evil = "</style><script>alert('x')</script>\"";
        let mut report = Report::new(evil, Some(1));
        report.command = evil.to_owned();
        report.assume(evil).fault(evil).figure(evil, 1.0, evil);
        report.verdict(Verdict::at_most(evil, 1.0, 2.0, evil).with_note(evil));
        let mut table = Table::new(evil, [(evil, evil)]).with_note(evil);
        table.row([Cell::from(evil)]);
        let axis = || Axis::new(evil, evil);
        let plot = Plot::new(evil, axis(), axis()).series(Series::line(evil, vec![[0.0, 1.0]])).with_note(evil);
        let bars = Bars::new(evil, evil, axis(), vec![evil.to_owned()]).series(evil, [1.0]);
        let latency = Latency::new(evil, evil).with_note(evil);
        report.section(Section::new(evil).text(evil).table(table).plot(plot).bars(bars).latency(latency));
        let page = report.to_html();
        assert!(!page.contains("<script") && page.matches("</style>").count() == 1);
    }

    #[test]
    fn every_drawing_has_a_name_and_its_numbers_as_a_table() {
        let report = example();
        let page = report.to_html();
        let drawn = report.sections.iter().flat_map(|section| &section.blocks);
        let drawn = drawn.filter(|block| matches!(block, Block::Plot(_) | Block::Bars(_) | Block::Latency(_))).count();
        assert!(drawn >= 3);
        assert_eq!(page.matches("role=\"img\"").count(), drawn);
        assert_eq!(page.matches("<title>").count(), drawn + 1, "one of each drawing, one of the page");
        assert_eq!(page.matches("<desc>").count(), drawn);
        assert!(page.matches("<caption").count() >= drawn);
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        assert_eq!(example().to_html(), example().to_html());
    }
}
