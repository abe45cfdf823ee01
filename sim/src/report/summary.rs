//! The report on a terminal: verdicts, the generator, the first figures.

use super::model::{Figure, Report};
use super::number::amount;
use super::verdict::{Verdict, with_unit};

impl Report {
    /// A few lines.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!("{}\n{} · {} · load {}\n", self.title, self.machine.text(), self.build, self.load());
        let width = self.figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
        for figure in &self.figures {
            text += &format!("  {:width$}  {}\n", figure.name, figure.text());
        }
        if let Some(generator) = &self.generator {
            text += &format!("Was the generator the bottleneck? {}\n", generator.sentence());
        }
        for verdict in &self.verdicts {
            text += &line(verdict);
        }
        text += &format!("{}\n", self.conclusion());
        text
    }

    /// Every limit was kept, or how many were not.
    pub(super) fn conclusion(&self) -> String {
        let missed = self.verdicts.iter().filter(|verdict| !verdict.passes()).count();
        match (self.verdicts.len(), missed) {
            (0, _) => "No limit was stated.".to_owned(),
            (all, 0) => format!("All {all} limits were kept."),
            (all, missed) => format!("{missed} of {all} limits were MISSED."),
        }
    }

    /// `0.52 1.25 3.0` over 1, 5 and 15 minutes.
    pub(super) fn load(&self) -> String {
        self.machine.load_before.map(amount).join(" ")
    }
}

impl Figure {
    /// `5,334 units`, with its half-width.
    pub(super) fn text(&self) -> String {
        match self.half_width {
            Some(half) => format!("{} ± {}", amount(self.value), with_unit(half, &self.unit)),
            None => with_unit(self.value, &self.unit),
        }
    }
}

fn line(verdict: &Verdict) -> String {
    let spread = verdict.spread.map_or_else(String::new, |spread| format!("; {}", spread.text()));
    let Verdict { outcome, name, .. } = verdict;
    let (measured, limit) = (verdict.measured_text(), verdict.limit_text());
    format!("{} {:12} {name}: {measured} ({limit}){spread}\n", outcome.mark(), outcome.word())
}

#[cfg(test)]
mod tests {
    use super::super::{Report, Verdict};

    #[test]
    fn the_summary_says_what_was_missed_in_words() {
        let mut report = Report::new("A storm", Some(1));
        report.figure("units", 5_334.0, "").estimate("regret", (1.25, 0.3), "min");
        report.verdict(Verdict::at_most("the last one connected", 11.0, 10.0, "s").with_goal(5.0));
        let text = report.summary();
        for part in
            ["A storm", "5,334", "1.25 ± 0.3 min", "✗ MISSED", "11 s (≤ 10 s (goal 5))", "1 of 1 limits were MISSED."]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
