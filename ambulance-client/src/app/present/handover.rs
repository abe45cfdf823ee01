//! 引継ぎ: the document in short, its QR code, and the ten seconds before the history goes.

use super::history::{alert, group_rows};
use super::lists::plain;
use super::on_scene::value_text;
use super::transport::destination;
use super::{Shown, View, screen, shell};
use crate::app::navigation::Field;
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::handover::{DocumentLineVm as Line, HandoverVm};
use crate::screens::list::ListVm;
use crate::screens::wipe::WipeVm;
use crate::widgets::chips::ChipVm;
use crate::widgets::qr::QrVm;
use ambulance_core::limits::WIPE_DELAY_US;
use ambulance_core::{CaseState, HistoryState};
use case::{Belonging, Receiver};
use model::{FollowUpAnswer, Stage};
use patient_history::{OralAnswer, SectionKind};

/// Lines of the short document; the rest stands in the full text.
const LINES: usize = 13;

pub(super) fn handover(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return super::on_scene::assess(view) };
    if case.wipe.is_some() || case.view.stage(Stage::TransferOfCare).is_some() {
        return screen(Screen::Wipe(wipe(view, case)));
    }
    let mut lines = document(view, case);
    lines.truncate(LINES);
    let made = case.document.as_ref();
    let receiver =
        |by: &Receiver| ChipVm { word: view.say(by.ja(), by.en()), chosen: case.view.received_by == Some(*by) };
    screen(Screen::Handover(HandoverVm {
        delivered: made.map(|d| {
            let name = view.hospital(d.hospital);
            view.say(&format!("引継書ができました ・ {name}"), &format!("Document ready ・ {name}"))
        }),
        lines,
        qr: made.and_then(|d| qr(d.qr.as_ref().unwrap_or(&d.address))),
        qr_note: if made.is_some() {
            view.say("病院の端末で開きます", "opens at the hospital")
        } else {
            pending(view, case)
        },
        receivers: Receiver::ALL.iter().map(receiver).collect(),
        returned: returned(view, case, Belonging::Card),
    }))
}

/// When something was given back, in words; none before.
fn returned(view: &View<'_>, case: &CaseState, what: Belonging) -> Option<String> {
    let at = case.view.returned.get(&what)?;
    Some(view.say(&format!("{} に記録しました", at.tokyo_hhmm()), &format!("Recorded {}", at.tokyo_hhmm())))
}

fn pending(view: &View<'_>, case: &CaseState) -> String {
    if destination(&case.view).is_none() {
        view.say("搬送先が決まると作れます", "needs a destination")
    } else if view.state.link.is_up() {
        view.say("引継書を作っています", "being made")
    } else {
        view.say("圏外 ― 画面と口頭で", "no radio: by voice")
    }
}

fn qr(address: &str) -> Option<QrVm> {
    let code = qrcode::QrCode::new(address.as_bytes()).ok()?;
    let dark = code.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
    Some(QrVm { side: code.width(), dark })
}

/// The document in short: findings, values, records, times.
fn document(view: &View<'_>, case: &CaseState) -> Vec<Line> {
    let mut lines = vec![Line::Heading(heading(view, case))];
    let text = |bold: &str, words: String| Line::Text(bold.to_owned(), words);
    lines.extend(Some(findings(view, case)).filter(|f| !f.is_empty()).map(|f| text("", f)));
    lines.extend(Some(vitals(view)).filter(|v| !v.is_empty()).map(|v| text("", v)));
    lines.extend(follow_ups(view, case).map(|f| text("", f)));
    lines.extend(told(view, case));
    lines.push(Line::Rule);
    lines.extend(records(view, case));
    lines.push(Line::Rule);
    lines.extend(times(view, case));
    lines
}

fn heading(view: &View<'_>, case: &CaseState) -> String {
    let who = case.history.answer().map_or_else(|| view.sex_and_age(), |a| shell::person(view, a));
    let category = case.view.findings.triage.map(|t| {
        let word = match t {
            model::Triage::Red => view.words().red,
            model::Triage::Yellow => view.words().yellow,
            model::Triage::Green => view.words().green,
            model::Triage::Black => view.words().black,
        };
        format!(" ・ {} {word} {}", view.words().category, t.numeral())
    });
    format!("{who}{}", category.unwrap_or_default())
}

pub(super) fn findings(view: &View<'_>, case: &CaseState) -> String {
    let findings = &case.view.findings;
    let mut words: Vec<String> = findings.complaints.iter().map(|c| view.say(c.ja(), c.en())).collect();
    words.extend(findings.jcs.map(|j| format!("JCS {}", j.grade())));
    words.join(" ・ ")
}

pub(super) fn vitals(view: &View<'_>) -> String {
    let words: Vec<String> = Field::ALL
        .into_iter()
        .filter_map(|f| value_text(view, f).map(|v| format!("{} {v}", super::on_scene::field_words(view, f).0)))
        .collect();
    words.join(" ")
}

fn follow_ups(view: &View<'_>, case: &CaseState) -> Option<String> {
    let of = |wanted: FollowUpAnswer| {
        case.view
            .findings
            .follow_ups
            .iter()
            .filter(move |(_, a)| **a == wanted)
            .map(|(q, _)| q.ja())
            .collect::<Vec<_>>()
    };
    let (yes, no) = (of(FollowUpAnswer::Yes), of(FollowUpAnswer::No));
    let mut words = Vec::new();
    if !yes.is_empty() {
        words.push(format!("{} {}", yes.join("・"), view.words().yes));
    }
    if !no.is_empty() {
        words.push(format!("{} {}", no.join("・"), view.words().no));
    }
    (!words.is_empty()).then(|| words.join(" ・ "))
}

fn records(view: &View<'_>, case: &CaseState) -> Vec<Line> {
    let text = |bold: String, words: String| Line::Text(bold, words);
    let Some(answer) = case.record() else {
        let why = match &case.history {
            HistoryState::NotAsked => view.say("未照会(なし、ではありません)", "not asked (not \"none\")"),
            HistoryState::Waiting { .. } => view.say("照会中(まだ届いていません)", "asked, not here yet"),
            HistoryState::Failed { .. } => {
                view.say("見られませんでした(なし、ではありません)", "could not be seen (not \"none\")")
            }
            HistoryState::Wiped { .. } | HistoryState::Here { .. } => view.say("消去済", "erased"),
        };
        return vec![text(view.say("病歴", "History"), why)];
    };
    let mut lines: Vec<Line> = answer
        .evaluation
        .alerts
        .iter()
        .filter(|a| !a.sensitive || view.nav.unmasked)
        .map(|a| {
            let words = a.row.as_ref().map_or_else(String::new, |r| {
                let days = r
                    .days_supplied
                    .map_or_else(String::new, |d| view.say(&format!(" {d}日分"), &format!(", {d} days")));
                format!("{}{days}", super::records::short_date(r.date, view.at().tokyo_date()))
            });
            text(alert(view, a).record, words)
        })
        .collect();
    if lines.is_empty() {
        let n = group_rows(answer, &SectionKind::ALL).len();
        lines.push(text(
            view.say("記録", "Records"),
            view.say(&format!("{n}件 ・ 記録なし ≠ なし"), &format!("{n} ・ no record ≠ none")),
        ));
    }
    lines
}

/// What was told, and that a notebook was read: its medicines are on this tablet's history pages only.
fn told(view: &View<'_>, case: &CaseState) -> Vec<Line> {
    let oral = &case.view.oral;
    let by = oral.informant.map_or_else(String::new, |by| format!("({})", view.pick(by.ja(), by.en())));
    let of = |wanted: OralAnswer| {
        let topics = oral.answers.iter().filter(|(_, (answer, _))| *answer == wanted);
        let topics: Vec<&str> = topics.map(|(topic, _)| view.pick(topic.ja(), topic.en())).collect();
        (!topics.is_empty()).then(|| format!("{} {}", topics.join("・"), view.pick(wanted.ja(), wanted.en())))
    };
    let answers: Vec<String> = OralAnswer::ALL.into_iter().filter_map(of).collect();
    let mut lines = Vec::new();
    if !answers.is_empty() {
        lines.push(Line::Text(format!("{}{by}", view.words().oral), answers.join(" ・ ")));
    }
    let medicines: usize = case.notebook.taken.iter().map(|read| read.rows().len()).sum();
    if medicines > 0 {
        let words = view.say(&format!("薬 {medicines}件"), &format!("{medicines} medicines"));
        lines.push(Line::Text(view.words().medicine_book.to_owned(), words));
    }
    lines
}

fn times(view: &View<'_>, case: &CaseState) -> Vec<Line> {
    let words: Vec<String> = super::ready::STRIP
        .into_iter()
        .filter_map(|s| {
            case.view.stage(s).map(|t| format!("{} {}", view.pick(s.ja(), shell::stage_short(s)), View::stage_time(t)))
        })
        .collect();
    let across = if words.iter().any(|w| w.contains('±')) { 2 } else { 3 };
    words.chunks(across).map(|row| Line::Times(row.join(" "))).collect()
}

/// The whole of what this tablet would hand over, page by page.
pub(super) fn full_text(view: &View<'_>) -> ListVm {
    let lines = view.open_case().map_or_else(Vec::new, |case| document(view, case));
    let rows = lines
        .into_iter()
        .filter_map(|line| match line {
            Line::Heading(words) | Line::Times(words) => Some(plain(words, String::new())),
            Line::Text(bold, words) if bold.is_empty() => Some(plain(words, String::new())),
            Line::Text(bold, words) => Some(plain(bold, words)),
            Line::Rule => None,
        })
        .collect();
    ListVm {
        tab: Some(Tab::Handover),
        title: view.words().handover_title.to_owned(),
        rows,
        page: view.nav.turn,
        rule: Some((view.words().record_none_rule.to_owned(), String::new())),
        back_to: view.words().tab_handover.to_owned(),
        ..ListVm::default()
    }
}

fn wipe(view: &View<'_>, case: &CaseState) -> WipeVm {
    let at = case.view.stage(Stage::TransferOfCare).map(|t| View::hms(t.at)).unwrap_or_default();
    let name = destination(&case.view).map(|h| view.hospital(h));
    let left_us = case.wipe.map(|w| w.at.us.saturating_sub(view.now.mono.us));
    let had = matches!(case.history, HistoryState::Here { .. } | HistoryState::Waiting { .. });
    let countdown = match (left_us, &case.history) {
        (Some(us), _) if had => {
            let s = us.div_ceil(1_000_000);
            view.say(&format!("病歴は あと {s}秒で消えます"), &format!("The history goes in {s} s"))
        }
        (Some(us), _) => {
            let s = us.div_ceil(1_000_000);
            view.say(&format!("あと {s}秒で事案を閉じます"), &format!("The case closes in {s} s"))
        }
        (None, HistoryState::Wiped { at }) => {
            let at = View::hms(*at);
            view.say(&format!("病歴を消しました {at}"), &format!("The history was erased {at}"))
        }
        (None, _) => view.say("この端末に病歴はありません", "No history on this tablet"),
    };
    let passed_us = left_us.map_or(WIPE_DELAY_US, |us| WIPE_DELAY_US.saturating_sub(us));
    WipeVm {
        returned: [Belonging::Card, Belonging::MedicineBook].map(|what| returned(view, case, what)),
        title: view.say(&format!("医師引継ぎ {at}"), &format!("Handed over {at}")),
        received: name.unwrap_or_default(),
        countdown,
        passed: f32::from(u16::try_from(passed_us / 10_000).unwrap_or(1000)) / 1000.0,
        what: view.say(
            "消す: 氏名・薬・受診・手術・透析\n残す: 段階の時刻、照会した事実と根拠、引継書の受領",
            "Goes: name, medicine, visits, surgery, dialysis\nStays: times, the look-up and its basis, the receipt",
        ),
        counting: left_us.is_some(),
    }
}
