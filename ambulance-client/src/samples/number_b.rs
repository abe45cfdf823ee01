//! 照合番号B: keying, what can go wrong, the photo, the contradiction.

use super::card_steps::mismatch;
use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::card_photo::{CardPhotoVm, PhotoVm};
use crate::screens::mismatch::MismatchVm;
use crate::screens::number_b::{KeyedDigits, NumberBAction, NumberBVm};
use crate::text::Lang;
use ambulance_core::OpenedFace;
use card::photo::Photo;
use card::{Failure, NumberPart};
use model::{CivilDate, Sex};
use std::sync::Arc;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let mut shell = shell::at(lang, "10:29", Moment::Contact, 6);
    if let Some(card) = shell.rail.get_mut(1) {
        *card = say(lang, "読めた", "read");
    }
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    let w = lang.words();
    let impossible =
        [NumberPart::EraYear, NumberPart::ExpiryYear].map(|part| say(lang, part.ja(), part.en())).join("\n");
    let correct = (w.open.to_owned(), say(lang, "番号を直すと押せます", "correct the number"));
    let last = (w.number_b_last.to_owned(), w.number_b_last_note.to_owned());
    let back = (w.back.to_owned(), w.to_visual.to_owned());
    let some = NumberBVm { primary: (w.open.to_owned(), w.digits_missing(3)), action: None, ..keypad(lang, 11) };
    let wrong =
        NumberBVm { primary: correct.clone(), action: None, ..refused(lang, Failure::NumberBWrong { left: 9 }) };
    let last_try = NumberBVm {
        primary: last,
        action: Some(NumberBAction::UseLastTry),
        tries_left: Some(1),
        ..refused(lang, Failure::LastTry)
    };
    let blocked = NumberBVm {
        primary: back,
        action: Some(NumberBAction::Back),
        keys: false,
        tries_left: Some(0),
        ..refused(lang, Failure::NumberBBlocked)
    };
    let cannot_be = NumberBVm {
        trouble: Some((w.number_b_wrong.to_owned(), impossible)),
        primary: correct,
        action: None,
        ..keypad(lang, 14)
    };
    vec![
        make("03c-number-b-keypad", Screen::NumberB(some)),
        make("03c2-number-b-ready", Screen::NumberB(keypad(lang, 14))),
        make("03c3-number-b-impossible", Screen::NumberB(cannot_be)),
        make("03c4-number-b-wrong", Screen::NumberB(NumberBVm { tries_left: Some(9), ..wrong })),
        make("03c5-number-b-last-try", Screen::NumberB(last_try)),
        make("03c6-number-b-blocked", Screen::NumberB(blocked)),
        make("03i-card-photo", Screen::CardPhoto(photo(lang, true))),
        make("03i2-card-photo-missing", Screen::CardPhoto(photo(lang, false))),
        make("03i3-number-b-mismatch", Screen::Mismatch(MismatchVm { undecided: true, ..mismatch(lang) })),
    ]
}

fn keypad(lang: Lang, count: usize) -> NumberBVm {
    let digits = b"23030420314285".iter().take(count).map(|ascii| ascii - b'0');
    NumberBVm {
        digits: KeyedDigits::of(digits),
        progress: say(lang, &format!("{count}桁まで入力"), &format!("{count} digits entered")),
        tries_left: None,
        trouble: None,
        keys: true,
        primary: (lang.words().open.to_owned(), String::new()),
        action: Some(NumberBAction::Open),
    }
}

fn refused(lang: Lang, failure: Failure) -> NumberBVm {
    let what = say(lang, failure.ja(), failure.en());
    NumberBVm { trouble: Some((what, say(lang, failure.next_ja(), failure.next_en()))), ..keypad(lang, 14) }
}

/// An oval before a plain ground: of nobody.
fn drawn() -> Photo {
    let (width, height) = (42_u32, 54_u32);
    let shade = |at: u32| {
        let (x, y) = (i64::from(at % width) - 21, i64::from(at / width) - 25);
        if x * x * 3 + y * y * 2 < 700 { 150 } else { 225 }
    };
    Photo { width, height, pixels: zeroize::Zeroizing::new((0..width * height).map(shade).collect()), is_rgb: false }
}

fn photo(lang: Lang, is_there: bool) -> CardPhotoVm {
    let failure = Failure::PhotoUnreadable;
    let face = OpenedFace { birth: CivilDate::new(1948, 3, 4), sex: Sex::Female, photo: is_there.then(drawn) };
    CardPhotoVm {
        photo: PhotoVm(Arc::new(face)),
        age: say(lang, "78歳", "78"),
        birth: say(lang, "1948年3月4日", "1948-03-04"),
        sex: say(lang, "女", "F"),
        observed: say(lang, "観察 女 70代", "Observed: F 70s"),
        notice: (!is_there)
            .then(|| (say(lang, failure.ja(), failure.en()), say(lang, failure.next_ja(), failure.next_en()))),
    }
}
