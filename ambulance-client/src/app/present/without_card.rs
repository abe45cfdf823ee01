//! 災害時の照会: the page on which the crew keys what it was told of a patient without a card, and the ways to it.

use super::{Shown, View, card, screen};
use crate::app::told::Era;
use crate::screens::Screen;
use crate::screens::without_card::{PLACES, Part, WithoutCardVm};
use crate::widgets::chips::ChipVm;
use ambulance_core::{CaseState, HistoryState};
use model::Sex;
use patient_history::{IdentityLevel, MedicalText};

/// Sexes that can be searched for, in screen order.
const SEARCHED: [Sex; 2] = [Sex::Male, Sex::Female];

/// The sex of a press.
pub(crate) fn searched(index: usize) -> Option<Sex> {
    SEARCHED.get(index).copied()
}

/// Whether the look-up without a card can be begun for the case on screen.
pub(crate) fn is_offered(view: &View<'_>) -> bool {
    let may = |c: &CaseState| {
        !c.view.is_closed() && !matches!(c.history, HistoryState::Waiting { .. } | HistoryState::Here { .. })
    };
    view.state.disaster(view.now).is_some() && view.open_case().is_some_and(may)
}

/// The button that leads here, while a period holds: `災害時の照会`, until when.
pub(super) fn offer(view: &View<'_>) -> Option<(String, String)> {
    let period = view.state.disaster(view.now).filter(|_| is_offered(view))?;
    let until = month_day_hm(period.until);
    Some((view.words().disaster_lookup.to_owned(), view.say(&format!("{until} まで"), &format!("until {until}"))))
}

/// `11/20 12:00` in Japan.
pub(super) fn month_day_hm(at: model::Timestamp) -> String {
    let text = at.tokyo_rfc3339();
    let part = |range| text.get(range).unwrap_or("--");
    format!("{}/{} {}", part(5..7), part(8..10), part(11..16))
}

/// Whether the look-up that failed was one without a card.
pub(crate) fn failed_without_card(case: &CaseState) -> bool {
    let level = case.history.lookup().and_then(|lookup| case.view.lookups.get(&lookup)).map(|state| state.level);
    matches!(case.history, HistoryState::Failed { .. }) && level == Some(IdentityLevel::FourAttributes)
}

/// Municipalities of the period that are shown now.
pub(crate) fn places<'v>(view: &View<'v>) -> &'v [String] {
    let area = view.state.disaster(view.now).map_or(&[][..], |period| period.area.as_slice());
    let from = view.nav.told.turn * PLACES;
    area.get(from..area.len().min(from + PLACES)).unwrap_or_default()
}

/// How many pages of municipalities there are.
pub(crate) fn turns(view: &View<'_>) -> usize {
    view.state.disaster(view.now).map_or(0, |period| period.area.len()).div_ceil(PLACES)
}

/// What was keyed, a line each, to be read to the patient before the consent.
pub(super) fn as_told(view: &View<'_>) -> MedicalText {
    let told = &view.nav.told;
    let sex = told.sex.map_or_else(String::new, |sex| view.sex(sex));
    let date = told.birth_date(view.at()).map_or_else(String::new, |date| date.to_string());
    MedicalText::new(format!("{}\n{date} {sex}\n{}", told.kana(), told.address().as_str()))
}

pub(super) fn page(view: &View<'_>) -> Shown {
    if !is_offered(view) {
        return card::card(view);
    }
    let told = &view.nav.told;
    let chip = |word: String, chosen| ChipVm { word, chosen };
    let words = |part| match part {
        Part::Name => view.say("カナ氏名", "Name (kana)"),
        Part::Birth => view.say("生年月日・性別", "Birth, sex"),
        Part::Address => view.say("住所", "Address"),
    };
    let (primary, ready) = next(view);
    screen(Screen::WithoutCard(WithoutCardVm {
        part: told.part,
        parts: Part::ALL.into_iter().map(|part| chip(words(part), told.is_complete(part, view.at()))).collect(),
        entered: entered(view),
        note: note(view),
        eras: Era::ALL.into_iter().map(|era| chip(era_words(view, era), told.era == era)).collect(),
        sexes: SEARCHED.into_iter().map(|sex| chip(view.sex(sex), told.sex == Some(sex))).collect(),
        places: places(view).iter().map(|name| chip(name.clone(), told.place.as_str() == name)).collect(),
        more_places: turns(view) > 1,
        explanation: explanation(view),
        primary,
        ready,
    }))
}

fn era_words(view: &View<'_>, era: Era) -> String {
    let (ja, en) = era.words();
    view.say(ja, en)
}

fn entered(view: &View<'_>) -> MedicalText {
    let told = &view.nav.told;
    match told.part {
        Part::Name if told.kana().is_empty() => MedicalText::from("―"),
        Part::Name => MedicalText::from(told.kana()),
        Part::Birth => told.date_as_keyed(),
        Part::Address => {
            let address = told.address();
            if address.is_empty() { MedicalText::from("―") } else { address }
        }
    }
}

fn note(view: &View<'_>) -> String {
    let told = &view.nav.told;
    match told.part {
        Part::Name => view.say("姓と名をカナで", "family and given name in kana"),
        Part::Birth if told.missing_digits() == 0 && told.birth_date(view.at()).is_none() => {
            view.say("この日付はありません", "there is no such day")
        }
        Part::Birth if told.sex.is_none() => view.say("性別も選びます", "choose the sex as well"),
        Part::Birth => String::new(),
        Part::Address => view.say("市区町村を選び、番地を数字で", "municipality, then numbers"),
    }
}

fn explanation(view: &View<'_>) -> Vec<String> {
    let until = view.state.disaster(view.now).map_or_else(String::new, |period| month_day_hm(period.until));
    vec![
        view.say(
            &format!("災害時の照会は {until} まで。\nカードのない人だけに使います。"),
            &format!("Until {until}, only for\nthose without a card."),
        ),
        view.say(
            "4つがそろい、一人に絞れたときだけ\n回答があります。",
            "All four are needed, and they\nmust narrow to one person.",
        ),
        view.say(
            "一覧にない住所は、キーボードが\nあれば入力できます。",
            "Another address can be typed\non a keyboard, where there is one.",
        ),
        view.say("照会は記録され、あとで審査があります。", "It is recorded and reviewed later."),
    ]
}

/// What comes next: the next part that lacks something, or the consent.
fn next(view: &View<'_>) -> ((String, String), bool) {
    let told = &view.nav.told;
    let w = view.words();
    if told.attributes(view.at()).is_some() {
        return ((w.ask_consent.to_owned(), view.say("本人確認: 4情報", "name, birth, sex, address")), true);
    }
    let is_last = told.is_complete(told.part, view.at());
    let word = view.say("つぎへ", "Next");
    let note = if is_last {
        view.say("残りを入れます", "the rest is missing")
    } else {
        match told.part {
            Part::Name => view.say("氏名を入れると押せます", "enter the name first"),
            Part::Birth => view.say("生年月日と性別を入れると押せます", "enter both first"),
            Part::Address => view.say("住所を入れると押せます", "enter the address first"),
        }
    };
    ((word, note), is_last)
}
