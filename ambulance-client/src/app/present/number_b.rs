//! 照合番号B: the keypad, the photo that it opens, and what contradicts the observation.

use super::{Shown, View, card, screen};
use crate::screens::Screen;
use crate::screens::card_photo::{CardPhotoVm, PhotoVm};
use crate::screens::mismatch::{MismatchRowVm, MismatchVm};
use crate::screens::number_b::{DIGITS, KeyedDigits, NumberBAction, NumberBVm};
use ::card::{Difference, Failure, NumberB, NumberPart};
use ambulance_core::{CardState, CaseState, NumberBState, OpenedFace};
use model::CivilDate;
use std::sync::Arc;

/// Parts that are named at once; the others follow when these are right.
const PARTS_SHOWN: usize = 2;

pub(super) fn keypad(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case().filter(|c| matches!(c.card, CardState::Face(_))) else { return card::card(view) };
    if case.number_b.face().is_some() {
        return opened(view, case);
    }
    let count = view.nav.number.count();
    let digits = KeyedDigits::of((0..count).filter_map(|place| view.nav.number.digit(place)));
    let wrong = view.nav.keyed_number().map_or_else(Vec::new, |number| implausible(view, &number));
    let (primary, action) = next(view, &case.number_b, !wrong.is_empty());
    screen(Screen::NumberB(NumberBVm {
        digits,
        progress: view.say(&format!("{count}桁まで入力"), &format!("{count} digits entered")),
        tries_left: tries(&case.number_b),
        trouble: trouble(view, &case.number_b, &wrong),
        keys: !is_over(&case.number_b),
        primary,
        action,
    }))
}

/// Whether this number may go to the card now: it can be right, and it is not the one that was wrong a moment ago.
pub(crate) fn may_present(view: &View<'_>, number: &NumberB) -> bool {
    let state = view.open_case().map(|c| &c.number_b);
    implausible(view, number).is_empty() && state.is_some_and(|state| !is_over(state) && !was_wrong(view, state))
}

fn implausible(view: &View<'_>, number: &NumberB) -> Vec<NumberPart> {
    view.at().tokyo_date().map_or_else(Vec::new, |today| number.implausible(today))
}

/// The card takes no number any more: the way on is by eye.
const fn is_over(state: &NumberBState) -> bool {
    matches!(state, NumberBState::Refused(Failure::NumberBBlocked | Failure::NumberBNotOffered))
}

/// These digits were wrong: the same again would only cost another try.
const fn was_wrong(view: &View<'_>, state: &NumberBState) -> bool {
    view.nav.number_presented && matches!(state, NumberBState::Refused(Failure::NumberBWrong { .. }))
}

const fn tries(state: &NumberBState) -> Option<u8> {
    match state {
        NumberBState::Refused(Failure::NumberBWrong { left }) => Some(*left),
        NumberBState::Refused(Failure::LastTry) => Some(1),
        NumberBState::Refused(Failure::NumberBBlocked) => Some(0),
        _ => None,
    }
}

/// What the card said, until something else was keyed; else what cannot be right.
fn trouble(view: &View<'_>, state: &NumberBState, wrong: &[NumberPart]) -> Option<(String, String)> {
    if !wrong.is_empty() {
        let parts: Vec<&str> = wrong.iter().take(PARTS_SHOWN).map(|part| view.pick(part.ja(), part.en())).collect();
        return Some((view.words().number_b_wrong.to_owned(), parts.join("\n")));
    }
    let NumberBState::Refused(failure) = state else { return None };
    Some((view.say(failure.ja(), failure.en()), view.say(failure.next_ja(), failure.next_en())))
}

fn next(view: &View<'_>, state: &NumberBState, is_wrong: bool) -> ((String, String), Option<NumberBAction>) {
    let w = view.words();
    let words = |word: &str, note: String| (word.to_owned(), note);
    let missing = DIGITS.saturating_sub(view.nav.number.count());
    if is_over(state) {
        return (words(w.back, w.to_visual.to_owned()), Some(NumberBAction::Back));
    }
    if matches!(state, NumberBState::Opening { .. }) {
        return (words(w.number_b_opening, view.say("動かさないでください", "do not move the card")), None);
    }
    if missing > 0 {
        return (words(w.open, w.digits_missing(missing)), None);
    }
    if is_wrong || was_wrong(view, state) {
        return (words(w.open, view.say("番号を直すと押せます", "correct the number")), None);
    }
    if matches!(state, NumberBState::Refused(Failure::LastTry)) {
        return (words(w.number_b_last, w.number_b_last_note.to_owned()), Some(NumberBAction::UseLastTry));
    }
    (words(w.open, String::new()), Some(NumberBAction::Open))
}

/// The face is open: what contradicts it first, then the photo beside the person.
pub(super) fn opened(view: &View<'_>, case: &CaseState) -> Shown {
    let NumberBState::Open { face, differences, decided, .. } = &case.number_b else { return card::card(view) };
    if !differences.is_empty() && !decided {
        let rows = differences.iter().map(|difference| row(view, *difference)).collect();
        return screen(Screen::Mismatch(MismatchVm { rows, undecided: true, of_other: None }));
    }
    let seen = view.sex_and_age();
    screen(Screen::CardPhoto(CardPhotoVm {
        photo: PhotoVm(Arc::clone(face)),
        age: age(view, face),
        birth: face.birth.map_or_else(|| view.say("生年月日 ―", "Born ―"), |birth| date(view, birth)),
        sex: view.sex(face.sex),
        observed: if seen.is_empty() {
            seen
        } else {
            view.say(&format!("観察 {seen}"), &format!("Observed: {seen}"))
        },
        notice: notice(view, face, differences),
    }))
}

fn notice(view: &View<'_>, face: &OpenedFace, differences: &[Difference]) -> Option<(String, String)> {
    if !differences.is_empty() {
        let words: Vec<String> = differences.iter().map(|d| view.say(&d.ja(), &d.en())).collect();
        return Some((view.words().mismatch_title.to_owned(), words.join("\n")));
    }
    let failure = Failure::PhotoUnreadable;
    let (what, next) = (view.say(failure.ja(), failure.en()), view.say(failure.next_ja(), failure.next_en()));
    face.photo.is_none().then_some((what, next))
}

fn age(view: &View<'_>, face: &OpenedFace) -> String {
    let years = face.birth.zip(view.at().tokyo_date()).and_then(|(birth, today)| birth.age_on(today));
    years.map_or_else(|| "―".to_owned(), |years| view.say(&format!("{years}歳"), &years.to_string()))
}

fn date(view: &View<'_>, date: CivilDate) -> String {
    let (y, m, d) = (date.year(), date.month(), date.day());
    view.say(&format!("{y}年{m}月{d}日"), &format!("{y}-{m:02}-{d:02}"))
}

fn row(view: &View<'_>, difference: Difference) -> MismatchRowVm {
    let (what, card, observed) = match difference {
        Difference::Sex { recorded, observed } => (view.say("性別", "Sex"), view.sex(recorded), view.sex(observed)),
        Difference::Age { recorded, observed } => {
            let years = view.say(&format!("{recorded}歳"), &recorded.to_string());
            (view.say("年齢", "Age"), years, view.band(observed))
        }
        Difference::NotYetBorn => (view.say("生年月日", "Born"), view.say("今日より後", "after today"), "―".to_owned()),
    };
    MismatchRowVm { what, card, observed, differs: true }
}
