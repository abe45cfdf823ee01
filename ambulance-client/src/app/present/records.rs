//! Lists of records: what the summary has no room for.

use super::View;
use super::filter::{origin_word, reach_word};
use super::history::{GROUPS, alert, fetched_short, uncovered};
use super::hospitals::gone;
use super::lists::plain;
use crate::frame::Tab;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm, ROWS};
use crate::widgets::section_card::SectionLine;
use model::CivilDate;
use patient_history::{Filter, Item, Line, MergedHistory, Reach, SectionKind, Told};

/// `09-28`; the year stands there when it is not this one.
pub(super) fn short_date(date: CivilDate, today: Option<CivilDate>) -> String {
    if today.is_some_and(|t| t.year() == date.year()) {
        return format!("{:02}-{:02}", date.month(), date.day());
    }
    date.to_string()
}

/// `ワルファリンK錠1mg 09-28 28日分`.
pub(super) fn line(view: &View<'_>, line: &Line) -> SectionLine {
    let days =
        line.days_supplied().map_or_else(String::new, |d| view.say(&format!(" {d}日分"), &format!(", {d} days")));
    let date = line.date().map_or_else(String::new, |date| short_date(date, view.at().tokyo_date()));
    SectionLine { words: line.name().to_owned(), when: format!("{date}{days}").trim().to_owned() }
}

/// `61日前`, `きょう`.
fn age(view: &View<'_>, line: &Line) -> String {
    match view.at().tokyo_date().and_then(|today| line.age_days(today)) {
        None => String::new(),
        Some(0) => view.say("きょう", "today"),
        Some(days) if days < 0 => view.say("先の日付", "still to come"),
        Some(days) => view.say(&format!("{days}日前"), &format!("{days} d ago")),
    }
}

/// A line with its generic name and class, its age, and every source that has it.
fn record(view: &View<'_>, line: &Line, kinds: &[SectionKind]) -> ListRowVm {
    let date = line.date().map_or_else(String::new, |date| date.to_string());
    let age = age(view, line);
    let when = if age.is_empty() { date } else { format!("{date}({age})") };
    let sources = line.sources().iter().map(|s| view.pick(s.ja(), s.en())).collect::<Vec<_>>().join("・");
    // The group's own word stands in the title.
    let section = line.kinds().into_iter().next().filter(|kind| kinds.first() != Some(kind) && !is_medicine(*kind));
    let section = section.map_or("", |kind| view.pick(kind.ja(), kind.en()));
    let facility = line.facility().map_or("", |f| f.name.as_str());
    let words =
        [when.as_str(), line.class().unwrap_or(""), line.quantity().unwrap_or(""), facility, section, sources.as_str()];
    let name = match line.generic().filter(|generic| !line.name().contains(generic)) {
        Some(generic) => format!("{}({generic})", line.name()),
        None => line.name().to_owned(),
    };
    ListRowVm {
        kind: ListRowKind::Plain,
        strong: name,
        note: words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ・ "),
        right: line.days_supplied().map_or_else(String::new, |d| view.say(&format!("{d}日分"), &format!("{d} days"))),
    }
}

const fn is_medicine(kind: SectionKind) -> bool {
    matches!(kind, SectionKind::Medications | SectionKind::EPrescriptions)
}

fn masked(view: &View<'_>, ja: &str) -> ListRowVm {
    ListRowVm {
        kind: ListRowKind::Masked,
        strong: view.say(&format!("伏せた{ja} 1件"), "1 covered row"),
        note: view.say("押すと、伏せた記録を開きます", "a press opens what is covered"),
        right: String::new(),
    }
}

fn told(view: &View<'_>, told: &Told) -> ListRowVm {
    let by = told.by.map_or("", |by| view.pick(by.ja(), by.en()));
    let at = told.at.tokyo_hhmm();
    let words = [at.as_str(), by, view.pick("聞き取り", "as told")];
    ListRowVm {
        kind: ListRowKind::Plain,
        strong: view.say(told.topic.ja(), told.topic.en()),
        note: words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ・ "),
        right: view.say(told.answer.ja(), told.answer.en()),
    }
}

/// The filter of these sections alone; none of them named wants everything.
pub(super) fn of_group(view: &View<'_>, kinds: &[SectionKind]) -> Filter {
    Filter { sections: kinds.iter().copied().collect(), opened: view.nav.unmasked, ..Filter::default() }
}

/// Word and sections of a group; the index behind the last one is everything.
fn group(view: &View<'_>, index: usize) -> (String, &'static str, &'static [SectionKind]) {
    match GROUPS.get(index) {
        Some((ja, en, kinds)) => (view.say(ja, en), ja, kinds),
        None => (view.say("記録", "Records"), "記録", &[]),
    }
}

fn narrowed(view: &View<'_>, kinds: &[SectionKind]) -> Filter {
    let chosen = &view.nav.narrowed;
    let since = chosen.days.and_then(|days| Some(view.at().tokyo_date()?.plus_days(-days)));
    Filter {
        text: chosen.text.clone(),
        origin: chosen.origin,
        reach: since.map_or(Reach::Everything, Reach::Since),
        ..of_group(view, kinds)
    }
}

/// How many rows the list of a group has as it is narrowed down now.
pub(super) fn count(view: &View<'_>, index: usize) -> usize {
    let (_, _, kinds) = group(view, index);
    let merged = view.case().and_then(|c| c.merged.as_ref());
    merged.map_or(0, |merged| merged.count(&narrowed(view, kinds)).total)
}

/// The rows of a group on the open page; sections without a row say so behind the last one.
pub(super) fn rows(view: &View<'_>, index: usize) -> ListVm {
    let Some(merged) = view.case().and_then(|c| c.merged.as_ref()) else { return gone(view) };
    let (word, ja, kinds) = group(view, index);
    let filter = narrowed(view, kinds);
    let found = merged.count(&filter).total;
    let is_narrowed = view.nav.narrowed.is_any();
    let silent: Vec<ListRowVm> = if is_narrowed { Vec::new() } else { silent(view, merged, kinds) };
    let total = found + silent.len();
    let first = view.nav.turn.min(total.saturating_sub(1) / ROWS) * ROWS;
    let mut rows = Vec::with_capacity(ROWS);
    if first < found {
        let page = merged.page(&filter, first, ROWS);
        rows.extend(page.items.iter().map(|item| match item {
            Item::Told(said) => told(view, said),
            Item::Line(line) => record(view, line, kinds),
            Item::Masked(_) => masked(view, ja),
        }));
    }
    let room = ROWS.saturating_sub(rows.len());
    rows.extend(silent.into_iter().skip(first.saturating_sub(found)).take(room));
    ListVm {
        tab: Some(Tab::History),
        title: format!("{word} {found}"),
        note: view.case().and_then(|c| c.record()).map_or_else(String::new, |a| fetched_short(view, a)),
        rows,
        total: Some(total),
        page: first / ROWS,
        filter: Some((view.words().filter.to_owned(), filter_words(view))),
        empty: if is_narrowed {
            view.say(
                "この条件に合う記録はありません。ないという意味ではありません。",
                "Nothing fits. That does not mean there is none.",
            )
        } else {
            view.say(
                "記録は見つかりませんでした。ないという意味ではありません。",
                "No record was found. That does not mean there is none.",
            )
        },
        rule: Some((
            view.words().record_none_rule.to_owned(),
            view.say("市販薬・自費・新しい受診は入りません。", "Not in here: recent, private care."),
        )),
        back_to: view.words().history_title.to_owned(),
        ..ListVm::default()
    }
}

fn silent(view: &View<'_>, merged: &MergedHistory, kinds: &[SectionKind]) -> Vec<ListRowVm> {
    let words = |kind: &SectionKind| {
        let words = uncovered(view, merged.section(*kind).coverage)?;
        Some(plain(view.say(kind.ja(), kind.en()), words))
    };
    kinds.iter().filter_map(words).collect()
}

/// 「お薬手帳 ・ 3か月以内」; 「全部」 when nothing is left out.
fn filter_words(view: &View<'_>) -> String {
    let chosen = &view.nav.narrowed;
    let origin = chosen.origin.map(|origin| origin_word(view, Some(origin)));
    let days = chosen.days.map(|days| reach_word(view, Some(days)));
    let text = Some(chosen.text.as_str()).filter(|text| !text.is_empty()).map(|text| format!("「{text}」"));
    let words: Vec<String> = [origin, days, text].into_iter().flatten().collect();
    if words.is_empty() { view.say("全部を表示", "all shown") } else { words.join(" ") }
}

/// All alerts, then what else is on record.
pub(super) fn alerts(view: &View<'_>) -> ListVm {
    let known = view.case().filter(|c| c.record().is_some() || c.notebook_alerts.is_some());
    let Some(case) = known else { return gone(view) };
    let all = super::alerts::all(case);
    let alerts = all.alerts;
    let row = |(i, listed): (usize, &super::alerts::Listed<'_>)| {
        let vm = alert(view, listed.alert);
        let masked = listed.alert.sensitive && !view.nav.unmasked;
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
    let also = all.listed.len().saturating_sub(alerts);
    ListVm {
        tab: Some(Tab::History),
        title: view.say(&format!("注意 {alerts} ・ ほかの記録 {also}"), &format!("Alerts {alerts} ・ also {also}")),
        note: super::alerts::tables(view, case),
        rows: all.listed.iter().enumerate().map(row).collect(),
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
