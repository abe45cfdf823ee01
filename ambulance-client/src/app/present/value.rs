//! The keypad of one value.

use super::on_scene::{field_words, tenths_text, value_text, vital};
use super::{Shown, View, on_scene, screen};
use crate::app::navigation::{Entry, Field};
use crate::screens::Screen;
use crate::screens::value_keypad::ValueKeypadVm;
use crate::widgets::chips::ChipVm;
use model::Vital;

/// What a row of digits means in tenths: temperature is typed with its decimal, 368 = 36.8. None outside the range that
/// a meter can show.
#[must_use]
pub fn parsed(vital: Vital, digits: &str) -> Option<i32> {
    let typed: i32 = digits.parse().ok()?;
    let tenths = if vital == Vital::Temperature { typed } else { typed.checked_mul(10)? };
    let (low, high) = vital.range_tenths();
    (low..=high).contains(&tenths).then_some(tenths)
}

fn shown(vital: Vital, digits: &str) -> String {
    if digits.is_empty() {
        return "―".to_owned();
    }
    if vital == Vital::Temperature && digits.len() > 2 {
        let (whole, tenth) = digits.split_at(digits.len() - 1);
        return format!("{whole}.{tenth}");
    }
    digits.to_owned()
}

pub(super) fn keypad(view: &View<'_>) -> Shown {
    let Some(entry) = view.nav.entry.as_ref() else { return on_scene::assess(view) };
    let (title, unit) = field_words(view, entry.field);
    let pressure = entry.field == Field::Pressure;
    let now = vital(entry.field);
    let value = if pressure {
        format!("{}/{}", shown(Vital::SystolicPressure, &entry.first), shown(Vital::DiastolicPressure, &entry.second))
    } else {
        shown(now, &entry.first)
    };
    let part = |ja: &str, en: &str, chosen| ChipVm { word: view.say(ja, en), chosen };
    let parts = if pressure {
        vec![part("最高", "Upper", !entry.lower), part("最低", "Lower", entry.lower)]
    } else {
        Vec::new()
    };
    let before = value_text(view, entry.field);
    let (record_note, missing) = outcome(view, entry, &title);
    let next = next_field(entry.field).map_or_else(|| view.say("区分", "Category"), |f| field_words(view, f).0);
    let taken =
        view.say(&format!("{} 測定", entry.taken_at.tokyo_hhmm()), &format!("taken {}", entry.taken_at.tokyo_hhmm()));
    let touched = !entry.first.is_empty() || !entry.second.is_empty();
    screen(Screen::ValueKeypad(ValueKeypadVm {
        title,
        unit,
        value,
        taken_at: taken,
        advice: advice(view, entry.field),
        previous: before.as_ref().map_or_else(
            || view.say("まえの値 なし", "No value before"),
            |b| view.say(&format!("まえの値 {b}"), &format!("Before: {b}")),
        ),
        parts,
        limits: false,
        next_item: next,
        revert: touched.then(|| view.say("入力を消す", "Clear entry")),
        record_note,
        missing,
    }))
}

/// The item after this one; none = the category.
pub(crate) fn next_field(field: Field) -> Option<Field> {
    Field::ALL.into_iter().skip_while(|f| *f != field).nth(1)
}

fn advice(view: &View<'_>, field: Field) -> String {
    match field {
        Field::Temperature => view.say("36.8 は 3 6 8 と押します", "for 36.8 press 3 6 8"),
        _ => view.say("測定器の表示をそのまま入れます", "as the meter shows it"),
    }
}

/// What the primary would record, or why it cannot.
fn outcome(view: &View<'_>, entry: &Entry, title: &str) -> (Option<String>, String) {
    let first = vital(entry.field);
    if entry.first.is_empty() {
        return (None, view.say("値を入れると押せます", "enter a value"));
    }
    let Some(upper) = parsed(first, &entry.first) else { return (None, range_words(view, first)) };
    if entry.field == Field::Pressure {
        if entry.second.is_empty() {
            return (Some(format!("{title} {}/―", tenths_text(first, upper))), String::new());
        }
        let Some(lower) = parsed(Vital::DiastolicPressure, &entry.second) else {
            return (None, range_words(view, Vital::DiastolicPressure));
        };
        if lower > upper {
            return (None, view.say("最低が最高より大きい", "lower above upper"));
        }
        return (Some(format!("{title} {}/{}", tenths_text(first, upper), tenths_text(first, lower))), String::new());
    }
    (Some(format!("{title} {}", tenths_text(first, upper))), String::new())
}

fn range_words(view: &View<'_>, vital: Vital) -> String {
    let (low, high) = vital.range_tenths();
    let (low, high) = (tenths_text(vital, low), tenths_text(vital, high));
    view.say(&format!("{low}〜{high} の値です"), &format!("between {low} and {high}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_tenths_within_the_meter_s_range() {
        assert_eq!(parsed(Vital::Temperature, "368"), Some(368));
        assert_eq!(parsed(Vital::Temperature, "37"), None, "3.7 is a slip");
        assert_eq!(parsed(Vital::OxygenSaturation, "96"), Some(960));
        assert_eq!(parsed(Vital::OxygenSaturation, "101"), None);
        assert_eq!(parsed(Vital::Glucose, ""), None);
    }
}
