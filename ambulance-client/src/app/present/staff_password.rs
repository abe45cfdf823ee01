//! 目視確認用パスワード: at the face where it is required, and when the look-up waits for it.

use super::{Shown, View, card, screen};
use crate::screens::Screen;
use crate::screens::staff_password::{DIGITS, StaffPasswordVm};
use ambulance_core::{CardState, CaseState, HistoryState, STAFF_PASSWORD_CODES};
use wire::QuestionError;

/// Codes after which digits do not help: only a new password, or 照合番号B.
const NO_DIGITS: [&str; 2] = ["staff_password_locked", "staff_password_not_issued"];

/// What a look-up that waits for the password says.
pub(crate) fn trouble(case: &CaseState) -> Option<&QuestionError> {
    match &case.history {
        HistoryState::Waiting { trouble: Some(error), .. } if error.code.starts_with(STAFF_PASSWORD_CODES) => {
            Some(error)
        }
        _ => None,
    }
}

/// Whether the comparison by eye that is about to be confirmed needs it.
pub(crate) fn is_needed_at_face(view: &View<'_>) -> bool {
    let by_eye = |case: &CaseState| matches!(case.card, CardState::Face(_)) && case.number_b.face().is_none();
    view.state.staff_password_required && view.open_case().is_some_and(by_eye)
}

pub(super) fn at_face(view: &View<'_>) -> Shown {
    if !is_needed_at_face(view) {
        return card::card(view);
    }
    let done = (view.words().face_matches.to_owned(), view.say("4桁が合えば照会できます", "looked up if it is right"));
    let back = (view.words().back.to_owned(), view.say("顔の確認へもどる", "back to the face"));
    keypad(view, None, done, back)
}

/// The look-up waits: the digits can be keyed (again), or the crew goes on without it.
pub(super) fn waiting(view: &View<'_>, error: &QuestionError) -> Shown {
    let done = (view.say("照会する", "Look up"), view.say("4桁が合えば照会します", "looked up if it is right"));
    let back = (view.say("待たずに進む", "Go on, do not wait"), view.say("聞き取りで補う", "ask and note"));
    keypad(view, Some(error), done, back)
}

fn keypad(view: &View<'_>, error: Option<&QuestionError>, done: (String, String), back: (String, String)) -> Shown {
    let entered = view.nav.staff_password.count();
    let missing = DIGITS.saturating_sub(entered);
    let keys = !error.is_some_and(|error| NO_DIGITS.contains(&error.code.as_str()));
    let note = if !keys {
        view.say("番号では進めません", "digits do not help")
    } else if missing > 0 {
        view.words().digits_missing(missing)
    } else {
        done.1
    };
    screen(Screen::StaffPassword(StaffPasswordVm {
        title: view.say("目視確認用パスワード", "Staff password"),
        entered,
        explanation: vec![
            view.say(
                "本部が発行した、あなたの4桁です。\n傷病者の暗証番号ではありません。",
                "Your own 4 digits from the\ndepartment. Not a card PIN.",
            ),
            view.say(
                "5回続けて違うと10分使えません。\n忘れたら再発行だけができます。",
                "5 wrong: locked for 10 min.\nForgotten: ask for another.",
            ),
            view.say("端末には残りません。", "It is not kept on this tablet."),
        ],
        trouble: error.map(|error| (view.say(&error.ja, &error.en), view.say(&error.next_ja, ""))),
        keys,
        primary: (done.0, note),
        ready: keys && missing == 0,
        back,
    }))
}
