//! 照会中: who answered what, and the alarm of a hard case.

use super::shell::{SCENE_LONG_MIN, scene_minutes};
use super::{Shown, View, asking, hospitals, screen};
use crate::screens::Screen;
use crate::screens::enquiry::{EnquiryVm, ROWS};
use crate::widgets::enquiry_row::{AnswerVm, EnquiryRowVm};
use ambulance_core::CaseState;
use case::enquiry::UNSEEN_SECONDS;
use case::{EnquiryAnswer, EnquiryState, HowDecided, ReleaseReason};
use model::EnquiryId;

/// Enquiries from which on a case with a long scene is 搬送困難 (消防庁: 照会 4 回以上).
const HARD_ENQUIRIES: usize = 4;

fn stands(e: &EnquiryState, view: &View<'_>) -> bool {
    matches!(&e.answer, Some((EnquiryAnswer::Conditional { expires_at, .. }, _)) if *expires_at > view.at())
        && e.released.is_none()
}

const fn order(answer: AnswerVm) -> u8 {
    match answer {
        AnswerVm::Accepted => 0,
        AnswerVm::Conditional => 1,
        AnswerVm::Waiting => 2,
        AnswerVm::Declined => 3,
    }
}

fn answer(view: &View<'_>, e: &EnquiryState) -> AnswerVm {
    match &e.answer {
        _ if e.withdrawn.is_some() => AnswerVm::Declined,
        Some((EnquiryAnswer::Accepted, _)) => AnswerVm::Accepted,
        Some((EnquiryAnswer::Conditional { .. }, _)) if stands(e, view) => AnswerVm::Conditional,
        None if e.released.is_none() => AnswerVm::Waiting,
        _ => AnswerVm::Declined,
    }
}

/// Nobody at the hospital has seen it, and nobody may be going to: the telephone comes first (未読・電話へ).
#[must_use]
pub fn unread(view: &View<'_>, e: &EnquiryState) -> bool {
    let waits = e.answer.is_none() && e.released.is_none() && e.seen_at.is_none() && !e.by_telephone && e.acknowledged;
    let unwatched = e.unwatched && e.delivered_at.is_none();
    waits && (unwatched || view.at().since_us(e.sent_at) >= UNSEEN_SECONDS * 1_000_000)
}

/// Enquiries in screen order: best answer first, the newest first among equals.
#[must_use]
pub fn asked_order(view: &View<'_>) -> Vec<EnquiryId> {
    let Some(case) = view.case() else { return Vec::new() };
    let mut ids: Vec<(&EnquiryId, &EnquiryState)> = case.view.enquiries.iter().collect();
    ids.sort_by_key(|(id, e)| (order(answer(view, e)), std::cmp::Reverse(e.sent_at), **id));
    ids.into_iter().map(|(id, _)| *id).collect()
}

/// The standing offer that ここに決める takes.
#[must_use]
pub fn decidable(view: &View<'_>) -> Option<EnquiryId> {
    let case = view.case()?;
    if case.view.destination().is_some() || case.view.is_closed() {
        return None;
    }
    asked_order(view).into_iter().find(|id| case.view.enquiries.get(id).is_some_and(|e| stands(e, view)))
}

pub(super) fn enquiry(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case().filter(|c| !c.view.enquiries.is_empty()) else {
        return hospitals::hospitals(view);
    };
    let decide = decidable(view);
    let rows: Vec<EnquiryRowVm> = asked_order(view)
        .into_iter()
        .take(ROWS)
        .filter_map(|id| Some((id, case.view.enquiries.get(&id)?)))
        .map(|(id, e)| row(view, case, e, decide == Some(id)))
        .collect();
    let next = hospitals::next_unasked(view, next_count(view));
    let open = case
        .view
        .enquiries
        .values()
        .any(|e| matches!(answer(view, e), AnswerVm::Waiting | AnswerVm::Conditional | AnswerVm::Accepted));
    let undecided = case.view.destination().is_none();
    let due = undecided && last_resort_is_due(view, case);
    let phone = case.view.enquiries.values().filter(|e| e.by_telephone).count();
    screen(Screen::Enquiry(EnquiryVm {
        alarm: alarm(view, case),
        asked: asked(view, case),
        rows,
        phone_count: u32::try_from(phone).unwrap_or(u32::MAX),
        next_note: next_note(view, &next),
        decide: decide.and_then(|id| case.view.enquiries.get(&id)).map(|e| offer(view, e)),
        last_resort: due || (!open && undecided && next.is_empty()),
        last_resort_note: asking::when(view)
            .filter(|_| undecided)
            .unwrap_or_else(|| view.words().last_resort_note.to_owned()),
    }))
}

/// The last resort is to be turned to now, and was not yet.
fn last_resort_is_due(view: &View<'_>, case: &CaseState) -> bool {
    let asks = |id| case.view.enquiries.values().any(|e| e.hospital == id && e.released.is_none());
    view.ranking().is_some_and(|ranking| {
        asking::is_due(ranking) && !ranking.fallback.as_ref().is_some_and(|fallback| asks(fallback.hospital))
    })
}

/// How many the crew asks next: two at once, or one by telephone.
#[must_use]
pub fn next_count(view: &View<'_>) -> usize {
    if view.state.link.is_up() { 2 } else { 1 }
}

fn next_note(view: &View<'_>, next: &[model::HospitalId]) -> String {
    if view.case().is_some_and(|c| c.view.destination().is_some()) {
        return view.say("搬送先は決まっています", "the destination stands");
    }
    if next.is_empty() {
        return view.say("もう候補がありません", "no more on the list");
    }
    next.iter().map(|id| view.hospital(*id)).collect::<Vec<_>>().join("・")
}

fn alarm(view: &View<'_>, case: &CaseState) -> Option<(String, String)> {
    withdrawn(view, case).or_else(|| hard(view, case)).or_else(|| last_resort(view, case))
}

/// The prefecture's rule (受入医療機関確保基準) says that asking on is over.
fn last_resort(view: &View<'_>, case: &CaseState) -> Option<(String, String)> {
    let last = view.ranking()?.last_resort.as_ref().filter(|last| last.due && case.view.destination().is_none())?;
    Some((view.say("最終受入を頼む時期です", "Ask for final acceptance now"), asking::gone(view, last)))
}

/// A hospital took its acceptance back and nothing was decided since.
fn withdrawn(view: &View<'_>, case: &CaseState) -> Option<(String, String)> {
    let (destination, reason, at) = case.view.withdrawn_destination()?;
    let (name, at) = (view.hospital(destination.hospital), at.tokyo_hhmm());
    let (ja, en) = (reason.ja(), reason.en());
    Some((
        view.say(&format!("受入取消 ― {name}"), &format!("Taken back: {name}")),
        view.say(
            &format!("{at} {ja} ・ 搬送先は未定です。次の病院へ"),
            &format!("{at} {en} ・ no destination: ask the next"),
        ),
    ))
}

fn hard(view: &View<'_>, case: &CaseState) -> Option<(String, String)> {
    let asked = case.view.enquiries.len();
    let minutes = scene_minutes(view)?;
    let hard = asked >= HARD_ENQUIRIES && minutes >= SCENE_LONG_MIN && case.view.destination().is_none();
    hard.then(|| {
        let title = view.say(
            &format!("搬送困難 ― 照会 {asked}件 ・ 現場 {minutes}分"),
            &format!("Hard to place: {asked} asked, {minutes} min"),
        );
        let due = view.ranking().and_then(|r| r.last_resort.as_ref()).filter(|last| last.due);
        let body = if let Some(last) = due {
            let gone = asking::gone(view, last);
            view.say(&format!("最終受入の時期です ・ {gone}"), &format!("final acceptance now ・ {gone}"))
        } else if view.state.link.is_up() {
            view.say("指令台にも同じ表示が出ています", "Dispatch sees this too")
        } else {
            view.say("圏外です。指令台へ無線か電話で知らせてください", "No radio link: tell dispatch by voice")
        };
        (title, body)
    })
}

fn asked(view: &View<'_>, case: &CaseState) -> String {
    let n = case.view.enquiries.len();
    let first = case.view.enquiries.values().map(|e| e.sent_at).min();
    first.map_or_else(String::new, |at| {
        view.say(&format!("照会 {}から ・ {n}件", at.tokyo_hhmm()), &format!("asked since {} ・ {n}", at.tokyo_hhmm()))
    })
}

fn drive(view: &View<'_>, e: &EnquiryState) -> String {
    e.eta_tenths.map_or_else(String::new, |t| {
        let m = (t + 5).div_euclid(10);
        view.say(&format!(" ・ 移動 {m}分"), &format!(" ・ drive {m} min"))
    })
}

fn offer(view: &View<'_>, e: &EnquiryState) -> (String, String) {
    let condition = match &e.answer {
        Some((EnquiryAnswer::Conditional { condition, .. }, _)) => condition.as_str(),
        _ => "",
    };
    (view.hospital(e.hospital), format!("{condition}{}", drive(view, e)))
}

fn row(view: &View<'_>, case: &CaseState, e: &EnquiryState, decidable: bool) -> EnquiryRowVm {
    let kind = answer(view, e);
    let decided = case.view.destination().is_some_and(|d| d.hospital == e.hospital);
    let agreed = case.view.agreed.iter().any(|(_, h)| *h == e.hospital);
    let at = e.answer.as_ref().map_or(e.sent_at, |(_, at)| *at).tokyo_hhmm();
    let (word, mut note) = match &e.answer {
        _ if e.withdrawn.is_some() => taken_back(view, e),
        Some((EnquiryAnswer::Accepted, _)) => (view.say("受入可", "Accepts"), format!("{at}{}", drive(view, e))),
        Some((EnquiryAnswer::Conditional { condition, expires_at }, _)) if kind == AnswerVm::Conditional => {
            let left = View::m_ss(view.at(), *expires_at);
            (
                view.say("条件付", "Conditional"),
                view.say(
                    &format!("{at} {condition} ・ 確保 あと {left}"),
                    &format!("{at} {condition} ・ held {left} more"),
                ),
            )
        }
        Some((EnquiryAnswer::Conditional { condition, .. }, _)) => {
            (view.say("期限切れ", "Lapsed"), format!("{at} {condition}"))
        }
        Some((EnquiryAnswer::Declined(reason), _)) => {
            (view.say("不可", "Declined"), format!("{at} {}", view.pick(reason.ja(), reason.en())))
        }
        Some((EnquiryAnswer::NoAnswer, _)) => (view.say("返事なし", "No answer"), at),
        None => waiting(view, e),
    };
    if decided || agreed {
        note = view.say(&format!("{note} ・ 搬送先に決定"), &format!("{note} ・ destination"));
    } else if let Some(reason) = e.released {
        note.push_str(" ・ ");
        note.push_str(&released(view, case, reason));
    }
    let button = (kind == AnswerVm::Waiting).then(|| {
        if unread(view, e) {
            return view.say("電話へ", "Phone");
        }
        view.say(if e.by_telephone { "返事" } else { "電話した" }, if e.by_telephone { "Answer" } else { "Phoned" })
    });
    EnquiryRowVm {
        answer: kind,
        word,
        name: view.hospital(e.hospital),
        note,
        button,
        highlighted: decidable || decided,
    }
}

fn taken_back(view: &View<'_>, e: &EnquiryState) -> (String, String) {
    let words = e.withdrawn.map_or_else(String::new, |(reason, at)| {
        format!("{} {}", at.tokyo_hhmm(), view.pick(reason.ja(), reason.en()))
    });
    (view.say("受入取消", "Taken back"), words)
}

fn waiting(view: &View<'_>, e: &EnquiryState) -> (String, String) {
    if e.released.is_some() {
        return (view.say("終了", "Over"), e.sent_at.tokyo_hhmm());
    }
    let time = View::m_ss(e.sent_at, view.at());
    if unread(view, e) {
        let note = if e.unwatched && e.delivered_at.is_none() {
            view.say("画面を見ている人がいません ・ 電話へ", "nobody watches the page ・ phone")
        } else {
            view.say("届きましたが見ていません ・ 電話へ", "delivered, not seen ・ phone")
        };
        return (view.say(&format!("未読 {time}"), &format!("Unread {time}")), format!("{note}{}", drive(view, e)));
    }
    let note = match (e.by_telephone, e.seen_at, e.acknowledged) {
        (true, ..) => view.say("電話で照会中", "asked by phone"),
        (false, Some(_), _) | (false, None, true) if !view.state.link.is_up() => {
            view.say("届きました ・ 圏外の返事は電話で", "delivered ・ no radio: ask by phone")
        }
        (false, None, false) if !view.state.link.is_up() => {
            view.say("まだ送れていません ・ 電話で", "not sent yet ・ ask by phone")
        }
        (false, Some(at), _) => view
            .say(&format!("{} 見た ・ 返事なし", at.tokyo_hhmm()), &format!("{} seen ・ no answer", at.tokyo_hhmm())),
        (false, None, true) => view.say("届きました ・ まだ見ていません", "delivered ・ not seen yet"),
        (false, None, false) => view.say("まだ送れていません", "not sent yet"),
    };
    (view.say(&format!("待ち {time}"), &format!("Wait {time}")), format!("{note}{}", drive(view, e)))
}

fn released(view: &View<'_>, case: &CaseState, reason: ReleaseReason) -> String {
    let by_phone = case.view.destination().filter(|d| d.how == HowDecided::Telephone).map(|d| case.view.agreed_at(d));
    match (reason, by_phone) {
        (ReleaseReason::DecidedElsewhere, Some(at)) => {
            let at = at.tokyo_hhmm();
            view.say(&format!("{at} に電話で合意した病院に決まりました"), &format!("decided by phone at {at}"))
        }
        (ReleaseReason::DecidedElsewhere, None) => view.say("ほかに決まりました", "decided elsewhere"),
        (ReleaseReason::CrewWithdrew, _) => view.say("取り下げました", "taken back"),
        (ReleaseReason::CaseEnded, _) => view.say("事案終了", "case over"),
        (ReleaseReason::TimedOut, _) => view.say("時間切れ ・ 電話で聞けます", "timed out ・ can be phoned"),
    }
}
