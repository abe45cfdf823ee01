//! Ladder pages: what happened, what it means, what to try, and that nobody has to wait. The words are the card crate's
//! and the server's.

use super::without_card::{failed_without_card, is_offered, offer};
use super::works_now::emergency_ends;
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::ladder::{LadderStepVm, LadderVm, StepState};
use crate::text::Lang;
use crate::widgets::icons::Icon;
use ambulance_core::{CaseState, HistoryState};
use card::Failure;
use wire::QuestionError;

/// Characters that stand on one strong line of a step.
const STEP_CHARS: usize = 22;

/// A reading that ended otherwise.
pub(super) fn failed(view: &View<'_>, failure: Failure) -> Shown {
    let (what, next) = (view.pick(failure.ja(), failure.en()), view.pick(failure.next_ja(), failure.next_en()));
    let again = failure.is_worth_repeating() || failure == Failure::NoCard;
    let mut steps = steps(view, next);
    if !failure.stops_lookup() {
        steps.truncate(2);
    }
    let code = failure.code().to_uppercase();
    let rule = (!again).then(|| not_visible(view));
    let primary = if again {
        (view.say("読みなおす", "Read again"), view.say("置いたまま押す", "card on the reader"))
    } else {
        without_card(view)
    };
    screen(Screen::Ladder(LadderVm {
        icon: Icon::Warning,
        title: sentence(what),
        meaning: view.say("活動・段階・受入候補は、そのまま使えます。", "Everything else works as before."),
        steps,
        no_wait: no_wait(view),
        rule,
        footer: view.say(&format!("記号 {code}"), &format!("sign {code}")),
        primary,
        side: if again {
            [Some(without_card(view)), offer(view)].into_iter().flatten().collect()
        } else {
            let again = (view.say("読みなおす", "Read again"), String::new());
            [Some(again), offer(view)].into_iter().flatten().collect()
        },
    }))
}

/// Whether a recorded look-up waits for the radio.
pub(crate) const fn is_queued(case: &CaseState) -> bool {
    matches!(case.history, HistoryState::Waiting { queued: true, .. })
}

/// Card and consent are recorded, only the radio is missing (design 11d).
pub(super) fn queued(view: &View<'_>, case: &CaseState) -> Shown {
    let step = |state, (ja, en): (&str, &str), (note_ja, note_en): (&str, &str), pressable| LadderStepVm {
        state,
        title: view.say(ja, en),
        note: view.say(note_ja, note_en),
        pressable,
    };
    let steps = vec![
        step(
            StepState::Now,
            ("待たずに進む", "Go on, do not wait"),
            ("電波が戻ると自動で照会します。押す必要はありません", "looked up by itself when the radio returns"),
            false,
        ),
        step(StepState::Later, ("聞き取り", "Ask and note"), ("電波なしで使えます", "works without radio"), true),
        step(
            StepState::Later,
            ("指令台へ無線で伝える", "Tell dispatch by voice"),
            ("氏名・生年月日は無線で言わない", "no name or birth date over the air"),
            false,
        ),
    ];
    let waiting = view.state.outbox.waiting;
    screen(Screen::Ladder(LadderVm {
        icon: Icon::BarsStruck,
        title: view.say("照会を送れません", "The look-up cannot be sent"),
        meaning: view.say(
            "カードは読めました。同意も記録しました。電波だけがありません。",
            "The card is read, the consent recorded. Only the radio is missing.",
        ),
        steps,
        no_wait: no_wait(view),
        rule: Some(ends(view, case)),
        footer: view
            .say(&format!("記号 LINK-DOWN ・ 送信待ち {waiting}件"), &format!("sign LINK-DOWN ・ {waiting} waiting")),
        primary: (view.words().to_oral.to_owned(), view.say("待たずに進む", "do not wait")),
        side: vec![
            (view.words().connect_now.to_owned(), String::new()),
            (view.words().cancel_lookup.to_owned(), String::new()),
        ],
    }))
}

/// How long the look-up waits: on the emergency basis ten minutes, else as long as the case and its consent.
fn ends(view: &View<'_>, case: &CaseState) -> (String, String) {
    let HistoryState::Waiting { since, .. } = &case.history else { return (String::new(), String::new()) };
    match emergency_ends(view, *since) {
        Some(end) => {
            let left = view.minutes(end.since_us(view.now.utc).max(0) / 60_000_000);
            let at = view.own_time(end).tokyo_hhmm();
            (
                view.say(&format!("同意なしの照会は {at} まで"), &format!("Without consent: until {at}")),
                view.say(&format!("あと {left}。過ぎたら送りません。"), &format!("{left} left, then not sent.")),
            )
        }
        None => (
            view.say("まだ届いていない ≠ 記録なし", "Not yet here ≠ no record"),
            view.say("同意があるあいだ、順番を待ちます。", "Waits as long as the consent stands."),
        ),
    }
}

/// A look-up that ended without history.
pub(super) fn no_history(view: &View<'_>, error: &QuestionError) -> Shown {
    let (what, next) = match view.lang() {
        Lang::Ja => (error.ja.as_str(), error.next_ja.as_str()),
        Lang::En => (error.en.as_str(), "Go on, and ask the patient or family."),
    };
    let code = error.code.to_uppercase();
    screen(Screen::Ladder(LadderVm {
        icon: if view.state.link.is_up() { Icon::Warning } else { Icon::BarsStruck },
        title: sentence(what),
        meaning: view.say(
            "病歴がないのではなく、いまは見られないだけです。",
            "It is not that there is none: it cannot be seen now.",
        ),
        steps: steps(view, next),
        no_wait: no_wait(view),
        rule: Some(not_visible(view)),
        footer: view.say(&format!("記号 {code}"), &format!("sign {code}")),
        primary: (view.say("病院を選ぶ", "Hospitals"), view.say("病歴なしで選べます", "works without history")),
        side: vec![again(view), (view.say("聞き取りへ", "Ask and note"), String::new())],
    }))
}

/// Looking up again reads the card; without one, what was told is corrected.
fn again(view: &View<'_>) -> (String, String) {
    let told = view.case().is_some_and(failed_without_card);
    let note = if told && is_offered(view) {
        view.say("聞いた内容をなおす", "corrects what was told")
    } else {
        view.say("カードを読みなおす", "reads the card again")
    };
    (view.say("照会しなおす", "Look up again"), note)
}

fn not_visible(view: &View<'_>) -> (String, String) {
    (
        view.say("見られない ≠ 記録なし", "Not visible ≠ no record"),
        view.say("聞き取りで補ってください。", "Ask the patient or family."),
    )
}

fn without_card(view: &View<'_>) -> (String, String) {
    (view.say("カードなしで進む", "Go on without"), view.say("聞き取りと観察で", "by asking"))
}

fn sentence(words: &str) -> String {
    words.trim_end_matches(['。', '.']).to_owned()
}

/// The sentences of the next step, one row each, and the way on without the card as the last one.
fn steps(view: &View<'_>, next: &str) -> Vec<LadderStepVm> {
    let stop = match view.lang() {
        Lang::Ja => "。",
        Lang::En => ". ",
    };
    let sentences = next.split(stop).map(|s| sentence(s.trim())).filter(|s| !s.is_empty()).take(3);
    let mut steps: Vec<LadderStepVm> = sentences.enumerate().map(|(i, words)| step(i, &words)).collect();
    steps.push(LadderStepVm {
        state: StepState::Later,
        title: view.say("カードなしで進む", "Go on without the card"),
        note: view.say("待たずに進んでください", "do not wait"),
        pressable: true,
    });
    steps
}

fn step(index: usize, words: &str) -> LadderStepVm {
    let state = if index == 0 { StepState::Now } else { StepState::Later };
    let long = words.chars().count() > STEP_CHARS && !words.is_ascii();
    let cut = words.char_indices().rev().find(|(_, c)| *c == '、').filter(|_| long);
    let (title, note) = match cut {
        Some((i, c)) => (words.get(..i).unwrap_or(words), words.get(i + c.len_utf8()..).unwrap_or_default()),
        None => (words, ""),
    };
    LadderStepVm { state, title: title.to_owned(), note: note.to_owned(), pressable: false }
}

/// That nobody has to wait, with the best of the list.
fn no_wait(view: &View<'_>) -> (String, String) {
    let candidates = view.ranking().map_or(&[][..], |r| r.candidates.as_slice());
    if candidates.is_empty() {
        return (
            view.say("待たなくてよい", "No need to wait"),
            view.say("受入候補は場所がわかりしだい出ます", "hospitals appear once the place is known"),
        );
    }
    let words: Vec<String> = candidates
        .iter()
        .take(3)
        .map(|c| {
            view.say(
                &format!("{} {}分", c.short_name, c.whole().total),
                &format!("{} {} min", c.short_name, c.whole().total),
            )
        })
        .collect();
    (view.say("待たなくてよい ― 候補は出ています", "No need to wait ― hospitals are shown"), words.join(" ・ "))
}
