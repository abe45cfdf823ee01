//! The synthetic case of the design (78 F, fall at home); every person, hospital and number is invented.

mod before_hospital;
mod card_steps;
mod choice;
mod details;
mod history;
mod lists;
mod messages;
mod number_b;
mod pages;
mod pin;
mod shell;
mod staff_password;
mod towards_end;
mod without_card;

use crate::frame::ShellVm;
use crate::screens::Screen;
use crate::text::Lang;

/// A screen of the case with all that stands around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// File name of its picture: `02-onscene`.
    pub name: &'static str,
    /// Around the screen.
    pub shell: ShellVm,
    /// The screen.
    pub screen: Screen,
}

/// Words of the sample in the language of the screens.
fn say(lang: Lang, ja: &str, en: &str) -> String {
    match lang {
        Lang::Ja => ja.to_owned(),
        Lang::En => en.to_owned(),
    }
}

/// Every sample, in the order of the design's list.
#[must_use]
pub fn all(lang: Lang) -> Vec<Sample> {
    let mut all = before_hospital::samples(lang);
    all.extend(card_steps::samples(lang));
    all.extend(number_b::samples(lang));
    all.extend(pin::samples(lang));
    all.extend(staff_password::samples(lang));
    all.extend(history::samples(lang));
    all.extend(choice::samples(lang));
    all.extend(towards_end::samples(lang));
    all.extend(lists::samples(lang));
    all.extend(details::samples(lang));
    all.extend(pages::samples(lang));
    all.extend(without_card::samples(lang));
    all.extend(messages::samples(lang));
    all
}
