//! 暗証番号: keying, what can go wrong, the last try; and the card page before and after it.

use super::card_steps::card;
use super::shell::{self, Moment};
use super::{Sample, say};
use crate::screens::Screen;
use crate::screens::card::CardVm;
use crate::screens::pin::{PinAction, PinVm};
use crate::text::Lang;
use ::card::Failure;

pub(super) fn samples(lang: Lang) -> Vec<Sample> {
    let mut shell = shell::at(lang, "10:29", Moment::Contact, 6);
    if let Some(card) = shell.rail.get_mut(1) {
        *card = say(lang, "番号へ", "PIN");
    }
    let make = |name, screen| Sample { name, shell: shell.clone(), screen };
    let w = lang.words();
    let missing = |count: usize| (w.pin_sign.to_owned(), w.digits_missing(4 - count));
    let keyed = |count| PinVm { primary: missing(count), action: None, ..keypad(lang, count) };
    let signing = PinVm {
        primary: (w.pin_signing.to_owned(), say(lang, "動かさないでください", "do not move the card")),
        action: None,
        keys: false,
        ..keypad(lang, 0)
    };
    let wrong = PinVm {
        tries_left: Some(2),
        primary: missing(0),
        action: None,
        ..refused(lang, 0, Failure::PinWrong { left: 2 })
    };
    let last_try = PinVm {
        tries_left: Some(1),
        primary: (w.pin_last.to_owned(), w.number_b_last_note.to_owned()),
        action: Some(PinAction::UseLastTry),
        ..refused(lang, 4, Failure::LastTry)
    };
    let blocked = PinVm {
        tries_left: Some(0),
        keys: false,
        primary: (w.pin_to_visual.to_owned(), w.pin_to_visual_note.to_owned()),
        action: Some(PinAction::Visual),
        ..refused(lang, 0, Failure::PinBlocked)
    };
    let no_pin = Some(say(lang, "通信がつながると使えます", "needs the link once"));
    vec![
        make("03j-pin-keypad", Screen::Pin(keyed(2))),
        make("03j2-pin-ready", Screen::Pin(keypad(lang, 4))),
        make("03j3-pin-signing", Screen::Pin(signing)),
        make("03j4-pin-wrong", Screen::Pin(wrong)),
        make("03j5-pin-last-try", Screen::Pin(last_try)),
        make("03j6-pin-blocked", Screen::Pin(blocked)),
        make("03j7-pin-consent", Screen::Card(CardVm { by_pin: true, ..card(lang, None) })),
        make("03j8-pin-not-offered", Screen::Card(CardVm { no_pin, ..card(lang, None) })),
        make("03j9-pin-to-visual", Screen::Card(CardVm { consented_at: Some("10:29".to_owned()), ..card(lang, None) })),
    ]
}

fn keypad(lang: Lang, entered: usize) -> PinVm {
    PinVm {
        entered,
        progress: say(lang, &format!("{entered}桁まで入力"), &format!("{entered} digits entered")),
        tries_left: None,
        trouble: None,
        keys: true,
        primary: (lang.words().pin_sign.to_owned(), String::new()),
        action: Some(PinAction::Sign),
    }
}

fn refused(lang: Lang, entered: usize, failure: Failure) -> PinVm {
    let what = say(lang, failure.ja(), failure.en());
    PinVm { trouble: Some((what, say(lang, failure.next_ja(), failure.next_en()))), ..keypad(lang, entered) }
}
