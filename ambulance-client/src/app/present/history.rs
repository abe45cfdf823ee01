//! 病歴: the summary, waiting, empty, failed, gone.

use super::lists::plain;
use super::{Shown, View, alerts, card, ladder, records, screen};
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::history::{FullVm, HistoryVm};
use crate::screens::history_empty::HistoryEmptyVm;
use crate::screens::history_waiting::{HistoryWaitingVm, LookupStepVm};
use crate::screens::list::ListVm;
use crate::widgets::alert_row::AlertVm;
use crate::widgets::section_card::{SectionLine, SectionVm};
use ambulance_core::{CaseState, HistoryState};
use field_alerts::{Alert, ToldBy};
use model::{LookupId, Timestamp};
use patient_history::{Coverage, IdentityLevel, Item, MergedHistory, Notice, Period, Row, SectionKind, SectionState};
use wire::{HistoryAnswer, QuestionError};

/// A look-up without an answer for this long says that it is queued (30 s, design §9).
const LONG_WAIT_US: i64 = 30_000_000;

/// The four cards of the summary: word ja, en, and the sections gathered in each.
pub const GROUPS: [(&str, &str, &[SectionKind]); 4] = [
    ("薬剤", "Medicine", &[SectionKind::Medications, SectionKind::EPrescriptions]),
    ("受診", "Visits", &[SectionKind::Visits, SectionKind::Treatments, SectionKind::Checkups]),
    ("手術", "Surgery", &[SectionKind::Surgeries]),
    ("透析", "Dialysis", &[SectionKind::Dialysis]),
];

pub(super) fn history(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return nothing(view, "事案がありません", "There is no case") };
    if let Some(merged) = without_national(case) {
        return screen(Screen::History(without(view, case, merged)));
    }
    match &case.history {
        HistoryState::NotAsked if left_with_the_program(case) => {
            nothing(view, "病歴は端末を入れなおしたため消えました", "The history went when the tablet was restarted")
        }
        HistoryState::NotAsked => not_asked(view),
        HistoryState::Waiting { lookup, since, queued, trouble } => {
            waiting(view, case, *lookup, *since, *queued, trouble.as_deref())
        }
        HistoryState::Here { answer, .. } => {
            let answer = case.record().unwrap_or(answer);
            if answer.snapshot.is_blank() && lines(case) == 0 && !is_wider_asked(case) {
                return empty(view, case, answer);
            }
            screen(Screen::History(here(view, case, answer)))
        }
        HistoryState::Failed { error, .. } => ladder::no_history(view, error),
        HistoryState::Wiped { at } => match case.history_said() {
            Some(said) => nothing(view, said.ja, said.en),
            None => {
                let at = at.tokyo_hhmm();
                nothing(view, &format!("病歴は {at} に消しました"), &format!("The history was erased at {at}"))
            }
        },
    }
}

/// It was answered and never wiped, yet is not here: it lives in memory only, and the program was started anew.
pub(super) fn left_with_the_program(case: &CaseState) -> bool {
    let answered = |l: &case::LookupState| l.outcome == Some(case::LookupOutcome::Answered) && l.wiped.is_none();
    matches!(case.history, HistoryState::NotAsked) && case.view.lookups.values().any(answered)
}

/// The full period is on its way, or could not be had.
const fn is_wider_asked(case: &CaseState) -> bool {
    matches!(case.full, HistoryState::Waiting { .. } | HistoryState::Failed { .. })
}

/// Lines that a notebook or the national system gave.
fn lines(case: &CaseState) -> usize {
    case.merged.as_ref().map_or(0, |merged| merged.line_count())
}

/// What is known although the national system has told nothing: a notebook, or what was told before it was asked.
fn without_national(case: &CaseState) -> Option<&MergedHistory> {
    let merged = case.merged.as_deref()?;
    match &case.history {
        HistoryState::Here { .. } | HistoryState::Waiting { .. } => None,
        HistoryState::NotAsked => Some(merged),
        // Why it failed, and that it was erased, must be seen first where there is nothing but what was told.
        HistoryState::Failed { .. } | HistoryState::Wiped { .. } => Some(merged).filter(|m| m.line_count() > 0),
    }
}

pub(super) fn nothing(view: &View<'_>, ja: &str, en: &str) -> Shown {
    screen(Screen::List(ListVm {
        tab: Some(Tab::History),
        title: view.say(ja, en),
        rows: vec![plain(
            view.say("この端末に病歴はありません", "No history on this tablet"),
            view.say("照会した記録は残ります。カードと同意で、また照会できます", "card and consent ask for it again"),
        )],
        rule: Some((view.words().record_none_rule.to_owned(), String::new())),
        back_to: view.words().tab_assess.to_owned(),
        ..ListVm::default()
    }))
}

fn not_asked(view: &View<'_>) -> Shown {
    let rows = vec![
        plain(view.say("1 カードを置く", "1 Put the card down"), view.say("自動で読みます", "read by itself")),
        plain(
            view.say("2 一致する", "2 Same person"),
            view.say("券面の写真と見比べて押す", "compare with the photo, press"),
        ),
        plain(
            view.say("3 同意あり", "3 Consents"),
            view.say("口頭で聞いて押す。照会が始まります", "ask, press: the look-up begins"),
        ),
    ];
    screen(Screen::List(ListVm {
        tab: Some(Tab::History),
        title: view.say("病歴はまだ照会していません", "The history was not asked for yet"),
        rows,
        rule: Some((
            view.say("未照会 ≠ なし", "Not asked ≠ none"),
            view.say("カードがなくても、聞き取りと候補は使えます。", "Asking and hospitals work without it."),
        )),
        back_to: view.words().tab_assess.to_owned(),
        primary: Some((view.words().tab_card.to_owned(), view.say("置けば読みます", "read when put down"))),
        ..ListVm::default()
    }))
}

fn waiting(
    view: &View<'_>,
    case: &CaseState,
    lookup: LookupId,
    since: Timestamp,
    queued: bool,
    trouble: Option<&QuestionError>,
) -> Shown {
    let long = queued || view.now.utc.since_us(since) >= LONG_WAIT_US;
    let (ja, en) = if long { ("順番待ちです", "Queued") } else { ("照会しています", "Looking up") };
    let time = View::m_ss(since, view.now.utc);
    let step = |done, words: String, time: String| LookupStepVm { done, words, time };
    let asked = case.view.lookups.get(&lookup);
    let consent = case.view.consent();
    let on_server = case.view.pending == 0 && !queued;
    let said = case.history_said();
    let steps = vec![
        step(
            consent.is_some(),
            consent.map_or_else(String::new, |c| {
                let words = card::basis_words(view, &c.basis);
                view.say(&format!("同意を記録しました({words})"), &format!("Consent recorded ({words})"))
            }),
            consent.map_or_else(String::new, |c| View::hms(c.at)),
        ),
        step(
            on_server,
            said.map_or_else(
                || view.say("照会をサーバーに送りました", "Sent to the server"),
                |said| view.say(said.ja, said.en),
            ),
            asked.filter(|_| on_server).map_or_else(String::new, |l| View::hms(l.asked_at)),
        ),
        match (trouble, said) {
            (None, Some(said)) => step(false, view.say(said.next_ja, said.next_en), String::new()),
            (None, None) => {
                step(false, view.say("薬・受診・手術・透析を待っています", "Waiting for the sections"), String::new())
            }
            (Some(trouble), _) => step(false, view.say(&trouble.ja, &trouble.en), String::new()),
        },
    ];
    screen(Screen::HistoryWaiting(HistoryWaitingVm {
        title: format!("{} {time}", view.pick(ja, en)),
        steps,
        candidates: (
            view.say("候補は病歴なし", "Order without history"),
            vec![
                view.say("届くと順位を計算しなおし、", "Computed again when it"),
                view.say("変わった所を知らせます", "comes; changes are told"),
            ],
        ),
    }))
}

fn empty(view: &View<'_>, case: &CaseState, answer: &HistoryAnswer) -> Shown {
    let searched = GROUPS
        .iter()
        .map(|(ja, en, kinds)| {
            let words: Vec<String> =
                kinds.iter().filter_map(|k| silence(view, answer.snapshot.state(*k))).take(1).collect();
            (view.say(ja, en), words.concat())
        })
        .collect();
    screen(Screen::HistoryEmpty(HistoryEmptyVm {
        searched,
        offers_full: case.offers_full() && view.state.link.is_up(),
        rule_note: view
            .say("新しい受診・市販薬・自費・アレルギーは入りません。", "Not in here: recent visits, allergies."),
        candidates: spoken_by_silence(view, answer).unwrap_or_else(|| {
            let lines = vec![
                view.say("記録なしを理由に", "No record never relaxes"),
                view.say("条件を外すことはありません", "a condition"),
            ];
            (view.say("候補は変わりません", "The order stays"), lines)
        }),
    }))
}

/// An alert whose point is that there is no row stands beside the empty answer.
fn spoken_by_silence(view: &View<'_>, answer: &HistoryAnswer) -> Option<(String, Vec<String>)> {
    let alert = alert(view, answer.evaluation.alerts.first()?);
    Some((view.say(&format!("注意 {}", alert.rule), &format!("Alert {}", alert.rule)), vec![alert.record, alert.watch]))
}

/// What a section without rows says: `3か月に記録なし`, `同意なし`, `未照会`.
pub(super) fn silence(view: &View<'_>, state: &SectionState) -> Option<String> {
    match state {
        SectionState::Records { .. } => None,
        SectionState::NoRecord { look_back } => {
            Some(view.say(&format!("{}に記録なし", look_back.ja()), &format!("no record in {}", look_back.en())))
        }
        SectionState::NotPermitted | SectionState::NotAsked => Some(view.say(state.ja(), state.en())),
    }
}

fn here(view: &View<'_>, case: &CaseState, answer: &HistoryAnswer) -> HistoryVm {
    HistoryVm {
        fetched: fetched(view, case, answer),
        full_period: answer.snapshot.period == Period::Full,
        full: full(view, case),
        alerts: first_alerts(view, case),
        more_alerts: more(view, case, answer),
        sections: sections(view, case),
        told: told(view, case),
        changed: changed(view, case),
        look_up_blocked: (!view.state.link.is_up()).then(|| view.words().needs_radio.to_owned()),
        best: view.best(),
    }
}

/// The alerts of the first screen.
fn first_alerts(view: &View<'_>, case: &CaseState) -> Vec<AlertVm> {
    let all = alerts::all(case);
    let first = all.listed.iter().take(all.alerts.min(field_alerts::FIRST_SCREEN));
    first.map(|listed| alert(view, listed.alert)).collect()
}

/// The look-up of the full period: offered, on its way, failed.
fn full(view: &View<'_>, case: &CaseState) -> FullVm {
    match &case.full {
        HistoryState::Waiting { since, queued: false, .. } => FullVm::Asked(View::m_ss(*since, view.now.utc)),
        HistoryState::Waiting { .. } => FullVm::Asked(view.say("順番待ち", "queued")),
        HistoryState::Failed { .. } if case.offers_full() => {
            FullVm::Offered(view.say("前回は届きませんでした", "it failed before"))
        }
        _ if case.offers_full() => FullVm::Offered(view.say("いまは要点の期間だけ", "now the summary only")),
        _ => FullVm::None,
    }
}

/// A notebook and what was told, beside a national record that is not here. Alerts are those of the notebook.
fn without(view: &View<'_>, case: &CaseState, merged: &MergedHistory) -> HistoryVm {
    let (ja, en) = match &case.history {
        HistoryState::Failed { .. } => ("国の記録は見られません", "national record not seen"),
        HistoryState::Wiped { .. } => ("国の記録は消しました", "national record erased"),
        _ => ("国の記録は未照会", "national record not asked"),
    };
    let books = case.notebook.taken.len();
    let read = view.say(&format!("手帳 {books}冊 ・ 薬 {}件", merged.line_count()), &format!("{books} books"));
    HistoryVm {
        fetched: if books == 0 { view.say(ja, en) } else { format!("{} ・ {read}", view.pick(ja, en)) },
        alerts: first_alerts(view, case),
        more_alerts: match &case.notebook_alerts {
            Some(own) => view.say(
                &format!("手帳と聞き取りに、端末の内蔵表 {} をかけました", own.table_version),
                &format!("book, answers: this tablet's table {}", own.table_version),
            ),
            None => view.say("注意の規則は、記録と手帳にかけます", "rules check records and books"),
        },
        sections: sections(view, case),
        told: told(view, case),
        changed: changed(view, case),
        best: view.best(),
        ..HistoryVm::default()
    }
}

fn sections(view: &View<'_>, case: &CaseState) -> Vec<SectionVm> {
    case.merged.as_ref().map_or_else(Vec::new, |merged| GROUPS.iter().map(|g| section(view, merged, g)).collect())
}

/// 「聞き取り 5件」, on the button that adds to them.
fn told(view: &View<'_>, case: &CaseState) -> String {
    match case.view.oral.answered() {
        0 => String::new(),
        n => view.say(&format!("{n}件"), &format!("{n} answers")),
    }
}

fn fetched(view: &View<'_>, case: &CaseState, answer: &HistoryAnswer) -> String {
    let at = answer.snapshot.fetched_at;
    let mut words = view.say(
        &format!("取得 {}({})", at.tokyo_hhmm(), view.ago(at)),
        &format!("{} ({})", at.tokyo_hhmm(), view.ago(at)),
    );
    if let Some(consent) = case.view.consent() {
        let basis = card::basis_words(view, &consent.basis);
        words.push_str(&view.say(&format!(" ・ 同意 {basis}"), &format!(" ・ {basis}")));
    }
    let asked = case.view.lookups.get(&answer.snapshot.lookup);
    if asked.is_some_and(|state| state.level == IdentityLevel::FourAttributes) {
        let level = IdentityLevel::FourAttributes;
        words.push_str(&view.say(&format!(" ・ 本人確認 {}", level.ja()), " ・ no card"));
    }
    let claims = match answer.snapshot.state(SectionKind::Medications) {
        SectionState::Records { complete_up_to, .. } => *complete_up_to,
        _ => None,
    };
    if let Some(day) = claims {
        words.push_str(
            &view.say(&format!(" ・ 薬は{}月{}日まで", day.month(), day.day()), &format!(" ・ claims to {day}")),
        );
    }
    words
}

/// `要点の期間 ・ 取得 10:30(4分前)`, without the consent.
pub(super) fn fetched_short(view: &View<'_>, answer: &HistoryAnswer) -> String {
    let at = answer.snapshot.fetched_at;
    let period = match answer.snapshot.period {
        Period::Summary => view.pick("要点の期間", "summary"),
        Period::Full => view.pick("全期間", "full period"),
    };
    let (at, ago) = (at.tokyo_hhmm(), view.ago(at));
    view.say(&format!("{period} ・ 取得 {at}({ago})"), &format!("{period} ・ {at} ({ago})"))
}

/// How many further rows made the same rule speak.
pub(super) fn more_of(view: &View<'_>, further: usize) -> String {
    if further == 0 {
        return String::new();
    }
    view.say(&format!("同じ規則の記録 ほか {further}件"), &format!("{further} more rows of this rule"))
}

/// A record that matters, as the rule words it; a masked one until it is opened says only that it is there.
pub(super) fn alert(view: &View<'_>, alert: &Alert) -> AlertVm {
    if alert.sensitive && !view.nav.unmasked {
        return AlertVm {
            record: view.say("伏せた注意 1件", "1 covered alert"),
            watch: view.say("押すと開きます", "a press opens it"),
            source: view.say("開いたことは記録に残ります", "opening is recorded"),
            rule: String::new(),
        };
    }
    let told = || alert.told.map_or_else(String::new, |told| told_by(view, told));
    let source = alert.row.as_ref().map_or_else(told, |row| {
        let mut words = format!("{} {}", view.pick(row.section.ja(), row.section.en()), row.date);
        if let Some(days) = row.days_supplied {
            words.push_str(&view.say(&format!(" {days}日分"), &format!(", {days} days")));
        }
        let by = row.facility.as_ref().map_or_else(|| view.pick(row.source.ja(), row.source.en()), |f| f.name.as_str());
        format!("{words} {by}")
    });
    AlertVm {
        record: view.say(alert.title_ja.as_str(), alert.title_en.as_str()),
        watch: view.say(alert.watch_ja.as_str(), alert.watch_en.as_str()),
        source,
        rule: alert.rule.as_str().to_owned(),
    }
}

/// 「聞き取り 家族 10:31」: an alert that stands on an answer, not on a record.
pub(super) fn told_by(view: &View<'_>, told: ToldBy) -> String {
    let (word, at) = (view.pick("聞き取り", "Told"), told.at.tokyo_hhmm());
    match told.by {
        Some(by) => format!("{word} {} {at}", view.pick(by.ja(), by.en())),
        None => format!("{word} {at}"),
    }
}

fn more(view: &View<'_>, case: &CaseState, answer: &HistoryAnswer) -> String {
    let all = alerts::all(case);
    let hidden = all.alerts.saturating_sub(field_alerts::FIRST_SCREEN);
    let notice = answer.snapshot.notices.iter().find(|n| **n != Notice::StandIn);
    if let Some(notice) = notice {
        return view.say(notice.ja(), notice.en());
    }
    if hidden > 0 {
        return view
            .say(&format!("ほかの注意 {hidden}件 ― 注意の行から"), &format!("{hidden} more alerts: press an alert"));
    }
    let also = all.listed.len().saturating_sub(all.alerts);
    if also > 0 {
        return view.say(&format!("ほかに気になる記録 {also}件"), &format!("{also} more on record"));
    }
    if all.alerts == 0 {
        return view.say("注意に当たる記録はありませんでした", "no record raised an alert");
    }
    String::new()
}

/// Rows of a group, newest first, with where each stands.
pub(super) fn group_rows<'a>(answer: &'a HistoryAnswer, kinds: &[SectionKind]) -> Vec<(SectionKind, &'a Row)> {
    let mut rows: Vec<(SectionKind, &Row)> =
        kinds.iter().flat_map(|k| answer.snapshot.rows(*k).iter().map(|r| (*k, r))).collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.date));
    rows
}

/// A card holds three lines; so many items are looked through for them, however many are masked.
const LOOKED_THROUGH: usize = 48;

fn section(view: &View<'_>, merged: &MergedHistory, group: &(&str, &str, &[SectionKind])) -> SectionVm {
    let (ja, en, kinds) = group;
    let word = view.say(ja, en);
    let coverages = || kinds.iter().map(|kind| merged.section(*kind).coverage);
    let back = coverages().find_map(|coverage| match coverage {
        Coverage::Recorded { look_back, .. } | Coverage::NoRecord { look_back } => Some(look_back),
        Coverage::NotAsked | Coverage::NotPermitted => None,
    });
    let look_back = back.map_or_else(String::new, |b| view.say(&b.ja(), &b.en()));
    let filter = records::of_group(view, kinds);
    let count = merged.count(&filter);
    if count.total == 0 {
        let words = coverages().find_map(|coverage| uncovered(view, coverage)).unwrap_or_default();
        return SectionVm { title: word, look_back, lines: vec![SectionLine::words(words)] };
    }
    // With the banner above there is room for one line less; the count says how many there are.
    let room = 3 - usize::from(count.masked > 0) - usize::from(super::banner::banner(view).is_some());
    let page = merged.page(&filter, 0, LOOKED_THROUGH);
    let shown = page.items.iter().filter_map(|item| if let Item::Line(line) = item { Some(*line) } else { None });
    let mut lines: Vec<SectionLine> = shown.take(room).map(|line| records::line(view, line)).collect();
    if count.masked > 0 {
        let masked = count.masked;
        lines.push(SectionLine::words(view.say(&format!("伏せた{ja} {masked}件"), &format!("{masked} covered"))));
    }
    SectionVm { title: format!("{word} {}", count.total), look_back, lines }
}

/// What stands behind a section that the national system gave no rows for.
pub(super) fn uncovered(view: &View<'_>, coverage: Coverage) -> Option<String> {
    match coverage {
        Coverage::Recorded { .. } => None,
        Coverage::NoRecord { look_back } => {
            Some(view.say(&format!("{}に記録なし", look_back.ja()), &format!("no record in {}", look_back.en())))
        }
        Coverage::NotPermitted => Some(view.say("同意なし", "Not permitted")),
        Coverage::NotAsked => Some(view.say("未照会", "Not asked")),
    }
}

pub(super) fn changed(view: &View<'_>, case: &CaseState) -> Option<(String, Vec<String>)> {
    case.rank_change.as_ref()?;
    let lines: Vec<String> = super::lists::moves(view).into_iter().take(2).collect();
    (!lines.is_empty()).then(|| (view.say("候補が変わりました", "The order changed"), lines))
}
