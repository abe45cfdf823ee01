//! The report as lines of a table: what a spreadsheet is given.

use super::StatsReport;

/// The headings of [`StatsReport::rows`].
pub const ROW_HEADINGS: [&str; 5] = ["区分", "対象", "項目", "値", "単位"];

/// One line: part, whom or what it is about, measure, value, unit.
pub type StatsLine = [String; 5];

fn line(part: &str, about: &str, measure: &str, value: impl ToString, unit: &str) -> StatsLine {
    [part.to_owned(), about.to_owned(), measure.to_owned(), value.to_string(), unit.to_owned()]
}

impl StatsReport {
    /// Every figure on a line of its own; one that is not known has no line.
    #[must_use]
    pub fn rows(&self) -> Vec<StatsLine> {
        let mut rows = vec![
            line("件数", "", "搬送", self.transported, "件"),
            line("件数", "", "不搬送", self.not_transported, "件"),
            line("件数", "", "継続中（集計外）", self.open, "件"),
            line("件数", "", "うち訓練", self.training_cases, "件"),
        ];
        rows.extend(self.funnel.iter().map(|step| line("読取のじょうご", "", step.ja, step.n, "件")));
        for table in &self.stages {
            rows.push(line("現場の時間", table.ja, "件数", table.n, "件"));
            for interval in &table.intervals {
                rows.extend(
                    interval.mean_s.map(|s| line("現場の時間", table.ja, &format!("{} 平均", interval.ja), s, "秒")),
                );
                rows.extend(
                    interval
                        .median_s
                        .map(|s| line("現場の時間", table.ja, &format!("{} 中央値", interval.ja), s, "秒")),
                );
            }
        }
        self.cost_rows(&mut rows);
        self.place_rows(&mut rows);
        rows
    }

    fn cost_rows(&self, rows: &mut Vec<StatsLine>) {
        let cost = &self.read_cost;
        rows.push(line("読取の費用", "", "読み取った回数", cost.readings, "回"));
        rows.extend(cost.median_ms.map(|ms| line("読取の費用", "", "読取時間 中央値", ms, "ミリ秒")));
        rows.extend(cost.p90_ms.map(|ms| line("読取の費用", "", "読取時間 90%", ms, "ミリ秒")));
        rows.extend(cost.scene_difference_s.map(|s| line("読取の費用", "", "現場滞在の差（読取あり−なし）", s, "秒")));
        rows.push(line("照会", "", "照会", self.enquiries.sent, "件"));
        rows.push(line("照会", "", "搬送困難", self.enquiries.difficult, "件"));
        for count in &self.enquiries.by_case {
            rows.push(line("照会の回数", &format!("{}回", count.enquiries), "事案", count.cases, "件"));
        }
        for week in &self.enquiries.by_week {
            rows.push(line("週別", &week.week, "搬送", week.cases, "件"));
            rows.push(line("週別", &week.week, "搬送困難", week.difficult, "件"));
        }
        rows.push(line("提案と違う病院", "", "事案", self.overrides.cases, "件"));
        for reason in &self.overrides.reasons {
            rows.push(line("提案と違う病院", reason.ja, "照会", reason.enquiries, "件"));
        }
    }

    fn place_rows(&self, rows: &mut Vec<StatsLine>) {
        for row in &self.hospitals {
            let about = row.name.as_deref().unwrap_or(&row.hospital);
            for (measure, value) in [
                ("照会", row.asked),
                ("受入可", row.accepted),
                ("条件付き", row.conditional),
                ("不可", row.declined),
                ("回答なし", row.unanswered),
                ("搬送先", row.destinations),
            ] {
                rows.push(line("病院別", about, measure, value, "件"));
            }
            rows.extend(row.answer_median_s.map(|s| line("病院別", about, "回答まで 中央値", s, "秒")));
        }
        for row in &self.units {
            for (measure, value) in [
                ("搬送", row.transported),
                ("読取", row.read),
                ("閲覧", row.viewed),
                ("照会", row.enquiries),
                ("提案と違う病院", row.overridden),
            ] {
                rows.push(line("隊別", &row.callsign, measure, value, "件"));
            }
            rows.extend(row.scene_mean_s.map(|s| line("隊別", &row.callsign, "現場滞在 平均", s, "秒")));
        }
    }

    /// Gives hospitals their names.
    pub fn name_hospitals(&mut self, name: impl Fn(&str) -> Option<String>) {
        for row in &mut self.hospitals {
            row.name = name(&row.hospital);
        }
    }
}
