//! Lists of records: what the summary has no room for.

use super::View;
use super::history::{GROUPS, alert, fetched_short, group_rows, silence};
use super::hospitals::gone;
use super::lists::plain;
use crate::frame::Tab;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use model::CivilDate;
use patient_history::{Row, SectionKind};

/// `09-28`; the year stands there when it is not this one.
pub(super) fn short_date(date: CivilDate, today: Option<CivilDate>) -> String {
    if today.is_some_and(|t| t.year() == date.year()) {
        return format!("{:02}-{:02}", date.month(), date.day());
    }
    date.to_string()
}

/// `ワルファリンK錠1mg 09-28 28日分`.
pub(super) fn line(view: &View<'_>, row: &Row, today: Option<CivilDate>) -> String {
    let days = row.days_supplied.map_or_else(String::new, |d| view.say(&format!(" {d}日分"), &format!(", {d} days")));
    format!("{} {}{days}", row.name.as_str(), short_date(row.date, today))
}

fn record(view: &View<'_>, kind: SectionKind, row: &Row, ja: &str) -> ListRowVm {
    if row.sensitive && !view.nav.unmasked {
        return ListRowVm {
            kind: ListRowKind::Masked,
            strong: view.say(&format!("伏せた{ja} 1件"), "1 covered row"),
            note: view.say("押すと、伏せた記録を開きます", "a press opens what is covered"),
            right: String::new(),
        };
    }
    let by = row.facility.as_ref().map_or("", |f| f.name.as_str());
    let quantity = row.quantity.as_ref().map_or("", |q| q.as_str());
    let date = row.date.to_string();
    let words =
        [date.as_str(), quantity, by, view.pick(kind.ja(), kind.en()), view.pick(row.source.ja(), row.source.en())];
    ListRowVm {
        kind: ListRowKind::Plain,
        strong: row.name.as_str().to_owned(),
        note: words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ・ "),
        right: row.days_supplied.map_or_else(String::new, |d| view.say(&format!("{d}日分"), &format!("{d} days"))),
    }
}

/// All rows of a group; a section that holds none says so at the end.
pub(super) fn rows(view: &View<'_>, group: usize) -> ListVm {
    let (Some(answer), Some((ja, en, kinds))) = (view.case().and_then(|c| c.history.answer()), GROUPS.get(group))
    else {
        return gone(view);
    };
    let all = group_rows(answer, kinds);
    let mut rows: Vec<ListRowVm> = all.iter().map(|(kind, row)| record(view, *kind, row, ja)).collect();
    let silent = kinds
        .iter()
        .filter_map(|k| silence(view, answer.snapshot.state(*k)).map(|words| plain(view.say(k.ja(), k.en()), words)));
    rows.extend(silent);
    ListVm {
        tab: Some(Tab::History),
        title: view.say(&format!("{ja} {}", all.len()), &format!("{en} {}", all.len())),
        note: fetched_short(view, answer),
        rows,
        page: view.nav.turn,
        empty: view.say(
            "記録は見つかりませんでした。ないという意味ではありません。",
            "No record was found. That does not mean there is none.",
        ),
        rule: Some((
            view.words().record_none_rule.to_owned(),
            view.say("市販薬・自費・新しい受診は入りません。", "Not in here: recent, private care."),
        )),
        back_to: view.words().history_title.to_owned(),
        ..ListVm::default()
    }
}

/// All alerts, then what else is on record.
pub(super) fn alerts(view: &View<'_>) -> ListVm {
    let Some(answer) = view.case().and_then(|c| c.history.answer()) else { return gone(view) };
    let evaluation = &answer.evaluation;
    let alerts = evaluation.alerts.len();
    let row = |(i, a): (usize, &field_alerts::Alert)| {
        let vm = alert(view, a);
        let masked = a.sensitive && !view.nav.unmasked;
        ListRowVm {
            kind: match (masked, i < alerts) {
                (true, _) => ListRowKind::Masked,
                (false, true) => ListRowKind::Alert,
                (false, false) => ListRowKind::Opens,
            },
            strong: vm.record,
            note: vm.source,
            right: vm.rule,
        }
    };
    let also = evaluation.also_recorded.len();
    ListVm {
        tab: Some(Tab::History),
        title: view.say(&format!("注意 {alerts} ・ ほかの記録 {also}"), &format!("Alerts {alerts} ・ also {also}")),
        note: view
            .say(&format!("規則表 {}", evaluation.table_version), &format!("rule table {}", evaluation.table_version)),
        rows: evaluation.alerts.iter().chain(&evaluation.also_recorded).enumerate().map(row).collect(),
        page: view.nav.turn,
        empty: view.say(
            "注意に当たる記録はありませんでした。ないという意味ではありません。",
            "No record raised an alert. That does not mean there is none.",
        ),
        rule: Some((
            view.say(field_alerts::NO_RECORD_IS_NOT_NONE_JA, field_alerts::NO_RECORD_IS_NOT_NONE_EN),
            String::new(),
        )),
        back_to: view.words().history_title.to_owned(),
        ..ListVm::default()
    }
}
