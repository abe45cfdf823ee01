//! 暗証番号: what the page shows while the patient keys and the card signs.

use super::{Shown, View, card, screen};
use crate::screens::Screen;
use crate::screens::pin::{DIGITS, PinAction, PinVm};
use ::card::Failure;
use ambulance_core::{CardState, CaseState, PinState, PinTrouble};

pub(super) fn keypad(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case().filter(|c| matches!(c.card, CardState::Pin(_))) else { return card::card(view) };
    let entered = view.nav.pin.count();
    let missing = DIGITS.saturating_sub(entered);
    let trouble = trouble(view, case);
    let keys = trouble.is_none_or(|trouble| !is_over(trouble)) && !is_signing(&case.pin);
    let (primary, action) = next(view, case, trouble, missing);
    screen(Screen::Pin(PinVm {
        entered,
        progress: view.say(&format!("{entered}桁まで入力"), &format!("{entered} digits entered")),
        tries_left: trouble.and_then(tries),
        trouble: trouble.map(|trouble| words(view, trouble)),
        keys,
        primary,
        action,
    }))
}

/// Whether the card page may offer the PIN; else why not.
pub(super) fn offer(view: &View<'_>) -> Result<(), String> {
    if view.state.crew.is_none() {
        return Err(view.say("サインインが要ります", "sign in first"));
    }
    if view.state.nonces == 0 {
        return Err(view.say("通信がつながると使えます", "needs the link once"));
    }
    Ok(())
}

/// Whether what was keyed may go to the card now.
pub(crate) fn may_sign(view: &View<'_>) -> bool {
    let case = view.open_case().filter(|c| matches!(c.card, CardState::Pin(_)));
    case.is_some_and(|case| !is_signing(&case.pin) && trouble(view, case).is_none_or(|trouble| !is_over(trouble)))
}

const fn is_signing(pin: &PinState) -> bool {
    matches!(pin, PinState::Signing { .. })
}

/// What stands in the way: what the last press ended with, or what would stop the next one.
fn trouble(view: &View<'_>, case: &CaseState) -> Option<PinTrouble> {
    match case.pin {
        PinState::Signing { .. } => None,
        PinState::Refused(trouble) if is_over(trouble) => Some(trouble),
        _ if view.state.crew.is_none() => Some(PinTrouble::NotSignedIn),
        _ if view.state.nonces == 0 => Some(PinTrouble::NoNonce),
        PinState::Refused(PinTrouble::NotSignedIn | PinTrouble::NoNonce) | PinState::Asked => None,
        PinState::Refused(trouble) => Some(trouble),
    }
}

/// Nothing can be keyed any more: the way on is by eye.
const fn is_over(trouble: PinTrouble) -> bool {
    match trouble {
        PinTrouble::Card(failure) => matches!(failure, Failure::PinBlocked | Failure::PinNotOffered),
        PinTrouble::NoNonce | PinTrouble::NotSignedIn | PinTrouble::ConsentGone => true,
        PinTrouble::NotKept => false,
    }
}

const fn tries(trouble: PinTrouble) -> Option<u8> {
    match trouble {
        PinTrouble::Card(Failure::PinWrong { left }) => Some(left),
        PinTrouble::Card(Failure::LastTry) => Some(1),
        PinTrouble::Card(Failure::PinBlocked) => Some(0),
        _ => None,
    }
}

fn words(view: &View<'_>, trouble: PinTrouble) -> (String, String) {
    let (ja, next_ja, en, next_en) = match trouble {
        PinTrouble::Card(failure) => (failure.ja(), failure.next_ja(), failure.en(), failure.next_en()),
        PinTrouble::NoNonce => (
            "署名に使う番号が、この端末に残っていません。",
            "通信がつながると届きます。いまは目視確認で進んでください。",
            "This tablet has no number left to sign over.",
            "They come with the link. Go on by comparing the face.",
        ),
        PinTrouble::NotSignedIn => (
            "隊員がサインインしていないため、暗証番号を使えません。",
            "サインインするか、目視確認で進んでください。",
            "Nobody is signed in: the PIN cannot be used.",
            "Sign in, or go on by comparing the face.",
        ),
        PinTrouble::NotKept => (
            "この端末に記録できないため、暗証番号をカードに送っていません。",
            "目視確認で進んでください。",
            "This tablet could not keep its record: the PIN was not sent to the card.",
            "Go on by comparing the face.",
        ),
        PinTrouble::ConsentGone => (
            "同意が取り消されました。照会はしていません。",
            "もう一度たずねるときは、カードを置き直してください。",
            "The consent was withdrawn. Nothing was looked up.",
            "To ask again, put the card down again.",
        ),
    };
    (view.say(ja, en), view.say(next_ja, next_en))
}

fn next(
    view: &View<'_>,
    case: &CaseState,
    trouble: Option<PinTrouble>,
    missing: usize,
) -> ((String, String), Option<PinAction>) {
    let w = view.words();
    let words = |word: &str, note: String| (word.to_owned(), note);
    if trouble.is_some_and(is_over) {
        return (words(w.pin_to_visual, w.pin_to_visual_note.to_owned()), Some(PinAction::Visual));
    }
    if is_signing(&case.pin) {
        return (words(w.pin_signing, view.say("動かさないでください", "do not move the card")), None);
    }
    let is_last = case.pin.is_last_try();
    let word = if is_last { w.pin_last } else { w.pin_sign };
    if missing > 0 {
        return (words(word, w.digits_missing(missing)), None);
    }
    if is_last {
        return (words(word, w.number_b_last_note.to_owned()), Some(PinAction::UseLastTry));
    }
    (words(word, String::new()), Some(PinAction::Sign))
}
