//! Band, rail, stage block, undo, banner: the four answers and the corner for the thumb.

use super::View;
use super::banner::banner;
use super::who::{called, number, same};
use crate::app::navigation::Field;
use crate::frame::{CellVm, ShellVm, StageVm, UndoVm};
use crate::theme::ThemeName;
use crate::widgets::chips::TriageVm;
use ambulance_core::limits::{UNDO_US, WIPE_DELAY_US};
use ambulance_core::{CardState, CaseState, Fault, HistoryState, LinkState, Undo};
use case::{CardAnswer, StageTime};
use model::{Stage, Timestamp, Triage};
use wire::HistoryAnswer;

/// On scene for this long is too long (minutes, design §5).
pub(super) const SCENE_LONG_MIN: i64 = 30;
/// A bed report older than this is shown as old (minutes, design §9).
pub(super) const BEDS_OLD_MIN: i64 = 15;
/// A history older than this is shown as old (minutes, design §9).
pub(super) const HISTORY_OLD_MIN: i64 = 60;
/// A just stamped stage block takes no press for this long.
const STAMP_WAIT_US: u64 = 2_000_000;

pub(super) fn shell(view: &View<'_>) -> ShellVm {
    let locked = view.nav.locked.is_some();
    let findings = view.open_case().map(|c| &c.view.findings);
    ShellVm {
        clock: view.at().tokyo_hhmm(),
        training: view.state.training,
        triage: findings.and_then(|f| f.triage).filter(|_| !locked).map(triage),
        who: if locked { hidden(view) } else { who(view) },
        stage_cell: stage_cell(view),
        age: if locked { lock_age(view) } else { age(view) },
        queue: queue(view),
        radio: view.state.link.is_up(),
        locked,
        rail: rail(view),
        age_banner: banner(view),
        stage: stage_block(view),
        undo: view.case().and_then(|c| c.undo).map(|u| undo(view, u)),
    }
}

pub(super) const fn triage(triage: Triage) -> TriageVm {
    match triage {
        Triage::Red => TriageVm::Red,
        Triage::Yellow => TriageVm::Yellow,
        Triage::Green => TriageVm::Green,
        Triage::Black => TriageVm::Black,
    }
}

fn hidden(view: &View<'_>) -> CellVm {
    let note = view.open_case().map_or_else(|| view.department(), |c| number(view, c));
    let strong = match view.open_case() {
        Some(_) => view.say("表示を隠しています", "Display hidden"),
        None => view.state.callsign.clone(),
    };
    CellVm { note, strong, warn: false }
}

fn who(view: &View<'_>) -> CellVm {
    let Some(case) = view.open_case() else {
        return CellVm {
            note: view.department(),
            strong: view
                .say(&format!("{} 待機中", view.state.callsign), &format!("{} standing by", view.state.callsign)),
            warn: false,
        };
    };
    let (ja, en) =
        match (&case.view.identity, case.view.stage(Stage::AtPatient), case.view.stage(Stage::TransferOfCare)) {
            (_, _, Some(_)) => ("引継ぎ済", "handed over"),
            (Some((_, true, _)), ..) => ("目視で本人確認", "seen to match"),
            (Some((_, false, _)), ..) => ("カードは別の人", "card of another"),
            (None, ..) if case.view.identity_found.is_some() => ("身元がわかった", "identified"),
            (None, Some(_), _) => ("本人確認まえ", "not identified"),
            (None, None, _) => ("未接触", "not met"),
        };
    let gaps = if case.view.gaps.is_empty() { "" } else { view.pick(" ・ 記録に欠け", " ・ may have gaps") };
    let said = match case.view.goes_on_in() {
        Some(_) => same(view, case).unwrap_or_default(),
        None => view.say(ja, en),
    };
    let note = format!("{} ・ {said}{gaps}", number(view, case));
    let strong = match case.record() {
        Some(answer) => person(view, answer),
        None => Some(called(view, case))
            .filter(|s| !s.is_empty())
            .unwrap_or_else(|| view.say("性別・年代 未", "Sex, age not noted")),
    };
    CellVm { note, strong, warn: needs_a_look(case) }
}

fn needs_a_look(case: &CaseState) -> bool {
    !case.view.gaps.is_empty() || !case.view.conflicts.is_empty() || case.view.goes_on_in().is_some()
}

/// The name as the national system wrote it; kana stands beside it when a character is missing (●).
pub(super) fn person(view: &View<'_>, answer: &HistoryAnswer) -> String {
    let person = &answer.snapshot.person;
    let age = view.at().tokyo_date().and_then(|today| person.birth_date.age_on(today));
    let age = age.map_or_else(String::new, |a| view.say(&format!(" {a}歳"), &format!(" {a}")));
    let kana = if person.name.has_unknown_character() { format!(" {}", person.kana.as_str()) } else { String::new() };
    format!("{}{kana}{age} {}", person.name.as_str(), view.sex(person.sex))
}

/// The clock that matters now: since the turn-out, on scene, under way, at the hospital.
fn running(case: &CaseState) -> Option<(&StageTime, &'static str, &'static str)> {
    let at = |stage| case.view.stage(stage);
    let since_call = || at(Stage::EnRoute).or_else(|| at(Stage::Notified)).or_else(|| at(Stage::CallReceived));
    at(Stage::AtDestination)
        .map(|t| (t, "病院", "Hospital"))
        .or_else(|| at(Stage::LeftScene).map(|t| (t, "搬送", "Transport")))
        .or_else(|| at(Stage::OnScene).map(|t| (t, "現場", "On scene")))
        .or_else(|| since_call().map(|t| (t, "出動から", "Out for")))
}

/// Minutes on scene, while there.
pub(super) fn scene_minutes(view: &View<'_>) -> Option<i64> {
    let case = view.open_case()?;
    if case.view.stage(Stage::LeftScene).is_some() || case.view.stage(Stage::AtDestination).is_some() {
        return None;
    }
    case.view.stage(Stage::OnScene).map(|t| t.at.age_minutes(view.at()))
}

fn stage_cell(view: &View<'_>) -> CellVm {
    let Some(case) = view.open_case() else {
        return CellVm {
            note: view.say("事案なし", "No case"), strong: view.say("待機", "Standby"), warn: false
        };
    };
    let note = case.view.last_stage().map_or_else(String::new, |(stage, time)| {
        format!("{} {}", view.say(stage.ja(), stage_short(stage)), View::stage_time(time))
    });
    let strong = running(case).map_or_else(String::new, |(since, ja, en)| {
        let gap = if ja == "出動から" { "" } else { " " };
        let minutes = since.at.age_minutes(view.at());
        // Between two readings of one clock its error does not matter; between two clocks it does.
        let sign = if since.uncertain == view.state.offset.is_some() { "±" } else { "" };
        view.say(&format!("{ja}{gap}{sign}{minutes}分"), &format!("{en} {sign}{minutes} min"))
    });
    CellVm { note, strong, warn: scene_minutes(view).is_some_and(|m| m >= SCENE_LONG_MIN) }
}

/// English words of the stages that stand beside a time; the longer ones have no room there.
pub(super) const fn stage_short(stage: Stage) -> &'static str {
    match stage {
        Stage::EnRoute => "Out",
        Stage::AtPatient => "Contact",
        Stage::LeftScene => "Departed",
        other => other.en(),
    }
}

fn lock_age(view: &View<'_>) -> CellVm {
    let at = view.nav.locked.map_or_else(String::new, Timestamp::tokyo_hhmm);
    let strong = match (view.nav.idle_lock, view.state.crew.is_some()) {
        (true, _) => view.say("2分 操作なし", "2 min untouched"),
        (false, true) => view.say("画面を隠しました", "Hidden by hand"),
        (false, false) => view.say("サインイン前", "Not signed in"),
    };
    CellVm { note: view.say(&format!("施錠 {at}"), &format!("Locked {at}")), strong, warn: false }
}

fn age(view: &View<'_>) -> CellVm {
    let beds = view.state.capacity_at;
    let note = beds.map_or_else(
        || view.say("空床 申告なし", "Beds not told"),
        |at| view.say(&format!("空床 {}", view.ago(at)), &format!("Beds {}", view.ago(at))),
    );
    let mut warn = !view.state.link.is_up() || beds.is_some_and(|at| at.age_minutes(view.at()) >= BEDS_OLD_MIN);
    let gone = view.open_case().is_some_and(super::history::left_with_the_program);
    let strong = match view.open_case().map(|c| &c.history) {
        Some(HistoryState::NotAsked) if gone => view.say("病歴 消えました", "History gone"),
        None | Some(HistoryState::NotAsked) => match view.open_case().map(|c| (c.notebook.taken.len(), told(c))) {
            Some((1.., _)) => view.say("病歴 手帳のみ", "Book only"),
            Some((0, 1..)) => view.say("病歴 聞き取り", "As told"),
            _ => view.say("病歴 未照会", "No history"),
        },
        Some(HistoryState::Waiting { queued: true, .. }) => view.say("病歴 順番待ち", "History queued"),
        Some(HistoryState::Waiting { .. }) => view.say("病歴 照会中", "History asked"),
        Some(HistoryState::Here { answer, .. }) => {
            let at = answer.snapshot.fetched_at;
            warn |= at.age_minutes(view.at()) >= HISTORY_OLD_MIN;
            view.say(&format!("病歴 {}", view.ago(at)), &format!("History {}", view.ago(at)))
        }
        Some(HistoryState::Failed { .. }) => view.say("病歴 見られません", "No history"),
        Some(HistoryState::Wiped { .. }) => view.say("病歴 消去済", "History erased"),
    };
    CellVm { note, strong, warn }
}

fn queue(view: &View<'_>) -> CellVm {
    let outbox = &view.state.outbox;
    let note = match &view.state.link {
        LinkState::Up { late: true, .. } => view.say("通信 返事待ち", "No reply yet"),
        LinkState::Up { .. } => view.say("通信 良", "Link good"),
        LinkState::Down { .. } => {
            let time = view.span(view.offline_us());
            view.say(&format!("圏外 {time}"), &format!("No radio {time}"))
        }
        LinkState::Refused { .. } => view.say("接続を拒否", "Kept out"),
    };
    let faults = &view.state.faults;
    let strong = if view.nav.stopped {
        view.say("止まりました", "Stopped")
    } else if super::banner::keeps_nothing(view) {
        view.say("記録できません", "Cannot save")
    } else if outbox.wedged > 0 {
        view.say(&format!("送れない {}", outbox.wedged), &format!("Stuck {}", outbox.wedged))
    } else if view.state.recovered.is_some() || faults.iter().any(|f| *f != Fault::Forked) {
        view.say("記録に欠け", "Record damaged")
    } else {
        view.say(&format!("未送信 {}", outbox.waiting), &format!("Unsent {}", outbox.waiting))
    };
    let heard = matches!(view.state.link, LinkState::Up { late: false, .. });
    let warn = !heard || outbox.wedged > 0 || !faults.is_empty() || view.nav.stopped;
    let warn = warn || view.state.recovered.is_some();
    CellVm { note, strong, warn }
}

fn rail(view: &View<'_>) -> [String; 6] {
    let dash = || "―".to_owned();
    let theme = match view.nav.display.theme {
        ThemeName::Day => view.say("昼・施錠", "Day"),
        ThemeName::Night => view.say("夜・施錠", "Night"),
        ThemeName::Sunlight => view.say("晴・施錠", "Sun"),
    };
    let Some(case) = view.open_case() else {
        return [dash(), dash(), dash(), dash(), dash(), theme];
    };
    let filled = Field::ALL.into_iter().filter(|f| super::on_scene::value_text(view, *f).is_some()).count();
    let assess = if filled == 0 { view.say("未", "not yet") } else { format!("{filled} / {}", Field::ALL.len()) };
    [
        assess,
        card_word(view, case),
        history_word(view, case),
        hospital_word(view, case),
        handover_word(view, case),
        theme,
    ]
}

fn card_word(view: &View<'_>, case: &CaseState) -> String {
    let queued = matches!(case.history, HistoryState::Waiting { queued: true, .. });
    let (ja, en) = match &case.card {
        CardState::None | CardState::Done(_) if queued => ("待ち", "queued"),
        CardState::None if case.view.consent().is_some() => ("同意済", "given"),
        CardState::None => match case.view.card_asked {
            Some((answer, _)) => card_said(answer),
            None => ("未読", "not yet"),
        },
        CardState::Reading => ("読取中", "reading"),
        CardState::Face(_) => ("読めた", "read"),
        CardState::Consent(_) => ("同意へ", "consent"),
        CardState::Mismatch => ("別の人", "differs"),
        CardState::Refused => ("断られた", "refused"),
        CardState::Done(_) => ("同意済", "given"),
        CardState::Failed(_) => ("読めず", "failed"),
        CardState::Pin(_) => ("番号へ", "PIN"),
        CardState::OfOther { .. } => ("他の人", "other's"),
    };
    view.say(ja, en)
}

/// What the caller said of the card, as short as the rail is narrow.
const fn card_said(answer: CardAnswer) -> (&'static str, &'static str) {
    match answer {
        CardAnswer::Ready => ("用意あり", "ready"),
        CardAnswer::NotAtHand => ("手元なし", "not there"),
        CardAnswer::HasNone => ("持たず", "has none"),
        CardAnswer::CouldNotAsk => ("聞けず", "not told"),
    }
}

fn told(case: &CaseState) -> usize {
    case.view.oral.answered()
}

fn history_word(view: &View<'_>, case: &CaseState) -> String {
    match &case.history {
        HistoryState::NotAsked if super::history::left_with_the_program(case) => view.say("消えた", "gone"),
        HistoryState::NotAsked if !case.notebook.taken.is_empty() => match super::alerts::all(case).alerts {
            0 => view.say("手帳", "book"),
            n => view.say(&format!("注意 {n}"), &format!("Alert {n}")),
        },
        HistoryState::NotAsked if told(case) > 0 => {
            view.say(&format!("聞取 {}", told(case)), &format!("told {}", told(case)))
        }
        HistoryState::NotAsked => "―".to_owned(),
        HistoryState::Waiting { queued: true, .. } => view.say("待ち", "queued"),
        HistoryState::Waiting { .. } => view.say("照会中", "asked"),
        HistoryState::Here { answer, .. } => match super::alerts::all(case).alerts {
            0 if answer.snapshot.is_blank() => view.say("記録なし", "none"),
            0 => view.say("注意 0", "Alert 0"),
            n => view.say(&format!("注意 {n}"), &format!("Alert {n}")),
        },
        HistoryState::Failed { .. } => view.say("見られず", "failed"),
        HistoryState::Wiped { .. } => view.say("消去済", "erased"),
    }
}

fn hospital_word(view: &View<'_>, case: &CaseState) -> String {
    let asked = case.view.enquiries.len();
    if case.view.destination().is_some() {
        return view.say("決定", "set");
    }
    if !case.view.agreed.is_empty() {
        return view.say("電話で可", "phone");
    }
    if asked > 0 {
        return view.say(&format!("照会 {asked}"), &format!("Ask {asked}"));
    }
    match view.ranking().map(|r| r.candidates.len()) {
        Some(n) => view.say(&format!("候補 {n}"), &n.to_string()),
        None => "―".to_owned(),
    }
}

fn handover_word(view: &View<'_>, case: &CaseState) -> String {
    let stamped = |stage| case.view.stage(stage).is_some();
    if case.wipe.is_some() {
        view.say("消去まえ", "erasing")
    } else if stamped(Stage::TransferOfCare) {
        view.say("済", "done")
    } else if stamped(Stage::AtDestination) {
        view.say("病院", "there")
    } else if stamped(Stage::LeftScene) {
        view.say("搬送中", "moving")
    } else {
        "―".to_owned()
    }
}

fn stage_block(view: &View<'_>) -> StageVm {
    let Some(case) = view.open_case() else {
        return StageVm {
            caption: view.say("指令なしで", "without a call"),
            word: view.say("事案を始める", "Begin a case"),
            note: view.say("押した時刻を記録", "records the time"),
            waiting: false,
        };
    };
    let Some(next) = case.view.next_stage() else { return StageVm::default() };
    let handed_over = next == Stage::BackInService;
    let caption =
        if handed_over { view.say("引継ぎ 済", "Handed over") } else { view.words().next_stage.to_owned() };
    let word = view.stage(next);
    let mut block = StageVm { caption, word, note: stage_note(view, case, next), waiting: false };
    if let Some(wait) = case.undo.and_then(|u| stamp_wait(view, u)) {
        block.waiting = true;
        block.note = view.say(&format!("{wait}秒後に押せます"), &format!("in {wait} s"));
    }
    block
}

fn stage_note(view: &View<'_>, case: &CaseState, next: Stage) -> String {
    if super::banner::keeps_nothing(view) {
        return view.say("残りません ― 紙に", "not kept: on paper");
    }
    if view.nav.locked.is_some() {
        return view.say("開かずに記録", "without unlocking");
    }
    match next {
        Stage::EnRoute | Stage::OnScene => view.say("押した時刻を記録", "records the time"),
        Stage::TransferOfCare => match case.view.destination() {
            Some(d) => view.hospital(d.hospital),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// Seconds until a just stamped block can be pressed again.
fn stamp_wait(view: &View<'_>, undo: Undo) -> Option<u64> {
    let whole = if undo.stage == Stage::TransferOfCare { WIPE_DELAY_US } else { UNDO_US };
    let left = undo.until.us.checked_sub(view.now.mono.us)?;
    let until_free = left.checked_sub(whole.saturating_sub(STAMP_WAIT_US))?;
    (until_free > 0).then(|| until_free.div_ceil(1_000_000))
}

fn undo(view: &View<'_>, undo: Undo) -> UndoVm {
    let stage = view.say(undo.stage.ja(), undo.stage.en());
    let left = undo.until.us.saturating_sub(view.now.mono.us).div_ceil(1_000_000);
    let at = view.case().and_then(|c| c.view.stage(undo.stage)).map(|t| View::hms(t.at)).unwrap_or_default();
    UndoVm { recorded: recorded(view, &stage, &at), stage, seconds_left: u32::try_from(left).unwrap_or(u32::MAX) }
}

/// `車内収容 10:31:05 を記録`; a long word stands without its verb, so that it keeps to one line.
fn recorded(view: &View<'_>, stage: &str, at: &str) -> String {
    let short = stage.chars().count() <= 4;
    let verb = if short { " を記録" } else { "" };
    view.say(&format!("{stage} {at}{verb}"), &format!("{stage} {at}"))
}
