//! The staff password: keying, asked for again, locked.

use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::staff_password::StaffPasswordVm;
use crate::text::Lang;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let shell = shell::at(lang, "10:29", Moment::Contact, 6);
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    let w = lang.words();
    let trouble = |what: (&str, &str), next: &str| Some((say(lang, what.0, what.1), say(lang, next, "")));
    let needed = StaffPasswordVm {
        entered: 0,
        ready: false,
        trouble: trouble(
            (
                "目視の照会に、目視確認用パスワードが要ります。",
                "The staff password (4 digits) is needed for a look-up by eye.",
            ),
            "確かめて入力してください。5回続けて違うと10分使えません。",
        ),
        primary: (say(lang, "照会する", "Look up"), w.digits_missing(4)),
        back: (say(lang, "待たずに進む", "Go on, do not wait"), say(lang, "聞き取りで補う", "ask and note")),
        ..keypad(lang)
    };
    let locked = StaffPasswordVm {
        keys: false,
        trouble: trouble(
            (
                "目視確認用パスワードの間違いが続いたため、10分使えません。",
                "The staff password is locked for ten minutes.",
            ),
            "照合番号Bで照会するか、管理者に再発行を頼んでください。",
        ),
        primary: (say(lang, "照会する", "Look up"), say(lang, "番号では進めません", "digits do not help")),
        ..needed.clone()
    };
    vec![
        make("03p-staff-password", Screen::StaffPassword(keypad(lang))),
        make("03p2-staff-password-needed", Screen::StaffPassword(needed)),
        make("03p3-staff-password-locked", Screen::StaffPassword(locked)),
    ]
}

fn keypad(lang: Lang) -> StaffPasswordVm {
    let w = lang.words();
    StaffPasswordVm {
        title: say(lang, "目視確認用パスワード", "Staff password"),
        entered: 4,
        explanation: vec![
            say(
                lang,
                "本部が発行した、あなたの4桁です。\n傷病者の暗証番号ではありません。",
                "Your own 4 digits from the\ndepartment. Not a card PIN.",
            ),
            say(
                lang,
                "5回続けて違うと10分使えません。\n忘れたら再発行だけができます。",
                "5 wrong: locked for 10 min.\nForgotten: ask for another.",
            ),
            say(lang, "端末には残りません。", "It is not kept on this tablet."),
        ],
        trouble: None,
        keys: true,
        primary: (w.face_matches.to_owned(), say(lang, "4桁が合えば照会できます", "looked up if it is right")),
        ready: true,
        back: (w.back.to_owned(), say(lang, "顔の確認へもどる", "back to the face")),
    }
}
