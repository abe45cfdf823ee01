//! Pages of rows: what the summary has no room for.

use super::history::{GROUPS, alert, group_rows, silence};
use super::{View, hospitals};
use crate::app::picker::{PAGE, PickerVm, SectionVm};
use crate::widgets::chips::ChipVm;
use model::CivilDate;
use patient_history::Row;

/// `ワルファリンK錠1mg 09-28 28日分`; the year stands there when it is not this one.
pub(super) fn line(view: &View<'_>, row: &Row, today: Option<CivilDate>) -> String {
    let date = if today.is_some_and(|t| t.year() == row.date.year()) {
        format!("{:02}-{:02}", row.date.month(), row.date.day())
    } else {
        row.date.to_string()
    };
    let days = row.days_supplied.map_or_else(String::new, |d| view.say(&format!(" {d}日分"), &format!(", {d} days")));
    format!("{} {date}{days}", row.name.as_str())
}

fn detail(view: &View<'_>, row: &Row) -> String {
    let source = view.pick(row.source.ja(), row.source.en());
    let by = row.facility.as_ref().map_or("", |f| f.name.as_str());
    let quantity = row.quantity.as_ref().map_or("", |q| q.as_str());
    [quantity, by, source].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ・ ")
}

/// All rows of a group.
pub(super) fn rows(view: &View<'_>, group: usize, from: usize) -> PickerVm {
    let (Some(answer), Some((ja, en, kinds))) = (view.case().and_then(|c| c.history.answer()), GROUPS.get(group)) else {
        return hospitals::gone(view);
    };
    let all = group_rows(answer, kinds);
    let today = view.at().tokyo_date();
    let mut rows = Vec::new();
    for (kind, row) in all.iter().skip(from).take(PAGE) {
        if row.sensitive && !view.nav.unmasked {
            rows.push((view.say(&format!("伏せた{ja} 1件"), "1 covered row"), view.say("下の「伏せた記録を開く」で出ます", "opened below")));
        } else {
            rows.push((line(view, row, today), format!("{} ・ {}", view.pick(kind.ja(), kind.en()), detail(view, row))));
        }
    }
    let silent = kinds.iter().filter_map(|k| {
        silence(view, answer.snapshot.state(*k)).map(|words| (view.say(k.ja(), k.en()), words))
    });
    if from == 0 {
        rows.extend(silent);
    }
    let mut sections = vec![SectionVm::rows("", rows)];
    if all.iter().any(|(_, r)| r.sensitive) && !view.nav.unmasked {
        sections.push(SectionVm::chips("", vec![ChipVm { word: view.say("伏せた記録を開く", "Open covered"), chosen: false }]));
    }
    PickerVm {
        key: "history_rows",
        title: view.say(&format!("{ja}の記録 {}件", all.len()), &format!("{en}: {} on record", all.len())),
        right: view.say("記録です。いま使っているとは限りません", "records, not what is taken now"),
        sections,
        rule: Some((view.words().record_none_rule.to_owned(), String::new())),
        pages: Some((from, all.len())).filter(|_| all.len() > PAGE),
        ..PickerVm::default()
    }
}

/// All alerts, then what else is on record.
pub(super) fn alerts(view: &View<'_>, from: usize) -> PickerVm {
    let Some(answer) = view.case().and_then(|c| c.history.answer()) else { return hospitals::gone(view) };
    let evaluation = &answer.evaluation;
    let all: Vec<_> = evaluation.alerts.iter().chain(&evaluation.also_recorded).collect();
    let rows = all
        .iter()
        .skip(from)
        .take(PAGE)
        .map(|a| {
            let vm = alert(view, a);
            let further = match a.further_rows {
                0 => String::new(),
                n => view.say(&format!(" ・ ほか{n}件"), &format!(" ・ {n} more")),
            };
            (format!("{} {}", vm.rule, vm.record).trim().to_owned(), format!("{} ・ {}{further}", vm.watch, vm.source))
        })
        .collect();
    let mut sections = vec![SectionVm::rows("", rows)];
    if all.iter().any(|a| a.sensitive) && !view.nav.unmasked {
        sections.push(SectionVm::chips("", vec![ChipVm { word: view.say("伏せた記録を開く", "Open covered"), chosen: false }]));
    }
    PickerVm {
        key: "history_alerts",
        title: view.say(&format!("注意 {}件と、ほかの記録 {}件", evaluation.alerts.len(), evaluation.also_recorded.len()), &format!("{} alerts, {} more records", evaluation.alerts.len(), evaluation.also_recorded.len())),
        right: format!("{} {}", view.pick("規則", "rules"), evaluation.table_version),
        sections,
        rule: Some((view.say(field_alerts::NO_RECORD_IS_NOT_NONE_JA, field_alerts::NO_RECORD_IS_NOT_NONE_EN), String::new())),
        pages: Some((from, all.len())).filter(|_| all.len() > PAGE),
        ..PickerVm::default()
    }
}
