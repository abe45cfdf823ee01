//! Who the patient is when no card says it, and other cases of the same patient.

use super::hospitals::gone;
use super::{Shown, View, screen};
use crate::app::picker::{PickerVm, SectionVm};
use crate::screens::Screen;
use crate::screens::mismatch::{MismatchRowVm, MismatchVm, OfOtherVm};
use crate::widgets::chips::ChipVm;
use ambulance_core::CaseState;
use ambulance_core::patients::goes_on;
use case::{IdentitySource, temporary_letter};
use model::CaseId;

/// 「傷病者 2」.
pub(super) fn number(view: &View<'_>, case: &CaseState) -> String {
    let n = case.view.patient_no.max(1);
    view.say(&format!("傷病者 {n}"), &format!("Patient {n}"))
}

/// 「身元不明 A」, while it is so or was.
pub(super) fn temporary(view: &View<'_>, case: &CaseState) -> Option<String> {
    let letter = temporary_letter(case.view.temporary_id?);
    Some(view.say(&format!("身元不明 {letter}"), &format!("Unknown {letter}")))
}

/// 「男 60代」 of any case, as observed; empty when nothing is noted.
pub(super) fn seen(view: &View<'_>, case: &CaseState) -> String {
    let findings = &case.view.findings;
    let age = match (findings.age_years, findings.age_band) {
        (Some(years), _) => Some(view.say(&format!("{years}歳"), &years.to_string())),
        (None, Some(band)) => Some(view.band(band)),
        (None, None) => None,
    };
    [findings.sex.map(|s| view.sex(s)), age].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// 「身元不明 A 男 60代」; behind a known identity it says what the patient was called first. Never a name.
pub(super) fn called(view: &View<'_>, case: &CaseState) -> String {
    let seen = seen(view, case);
    let parts = match temporary(view, case) {
        Some(temporary) if case.view.is_identified() => {
            vec![seen, view.say(&format!("(はじめ {temporary})"), &format!("(first {temporary})"))]
        }
        Some(temporary) => vec![temporary, seen],
        None => vec![seen],
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// 「傷病者 1 と同じ人」, and in which case the patient goes on, when it is another one.
pub(super) fn same(view: &View<'_>, case: &CaseState) -> Option<String> {
    let word = |id: &CaseId| {
        let other = view.state.cases.get(id);
        other.map_or_else(|| view.say("ほかの事案", "another case"), |other| number(view, other))
    };
    let goes_on = case.view.goes_on_in();
    if let Some(goes_on) = goes_on.as_ref().map(word) {
        return Some(
            view.say(&format!("{goes_on} と同じ人 ― そちらに続く"), &format!("same as {goes_on}: goes on there")),
        );
    }
    let others: Vec<String> = case.view.same_patient.keys().map(word).collect();
    let others = others.join("・");
    (!others.is_empty()).then(|| view.say(&format!("{others} と同じ人"), &format!("same as {others}")))
}

/// Cases that can be put together with the one on screen, and those that are.
pub(crate) fn others(view: &View<'_>) -> Vec<(CaseId, bool)> {
    let (Some(current), Some(own)) = (view.state.current, view.case()) else { return Vec::new() };
    let of = |(id, other): (&CaseId, &CaseState)| {
        let is_same = own.view.same_patient.contains_key(id);
        let can_be = goes_on(current, &own.view, *id, &other.view).is_some();
        (is_same || can_be).then_some((*id, is_same))
    };
    view.state.cases.iter().filter(|(id, _)| !view.nav.shut.holds(**id)).filter_map(of).collect()
}

pub(super) fn who(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return screen(Screen::List(gone(view))) };
    let chip = |word: String, chosen: bool| ChipVm { word, chosen };
    let is_unknown = case.view.temporary_id.is_some();
    let unknown = temporary(view, case).unwrap_or_else(|| view.say("身元不明", "Unknown"));
    let found = case.view.identity_found.map(|(by, _)| by);
    let sources = IdentitySource::ALL.map(|by| chip(view.say(by.ja(), by.en()), found == Some(by)));
    let mut sections = vec![
        SectionVm::wide_chips(
            &view.say("だれか わからないとき(仮の呼び名)", "Nobody knows who it is"),
            vec![chip(unknown, is_unknown)],
        ),
        SectionVm::wide_chips(
            &view.say("カードのほかで わかったとき", "Known otherwise than by a card"),
            sources.to_vec(),
        ),
    ];
    let others: Vec<ChipVm> = others(view)
        .into_iter()
        .filter_map(|(id, is_same)| view.state.cases.get(&id).map(|other| (other, is_same)))
        .map(|(other, is_same)| chip(format!("{} {}", number(view, other), called(view, other)), is_same))
        .collect();
    if !others.is_empty() {
        let heading = view
            .say("同じ人の事案(押すとまとめ、もう一度で分けます)", "Case of the same patient (press again to part)");
        sections.push(SectionVm::wide_chips(&heading, others));
    }
    let right = number(view, case);
    let vm = PickerVm { key: "who", title: view.words().identity.to_owned(), right, sections, ..PickerVm::default() };
    Shown::Picker(Box::new(vm), None)
}

/// The card was matched to another patient: loud, nothing goes on.
pub(super) fn of_other(view: &View<'_>, other: CaseId) -> MismatchVm {
    let of = view.state.cases.get(&other);
    let first = of.map_or_else(|| view.say("ほかの傷病者", "another patient"), |of| number(view, of));
    let here = view.case().map_or_else(String::new, |case| number(view, case));
    MismatchVm {
        rows: vec![MismatchRowVm {
            what: view.say("カード", "Card"),
            card: view.say(&format!("{first} と一致"), &format!("of {first}")),
            observed: view.say(&format!("いま {here}"), &format!("now {here}")),
            differs: true,
        }],
        undecided: true,
        of_other: Some(OfOtherVm {
            title: view.say(&format!("このカードは {first} のものです"), &format!("This is the card of {first}")),
            body: view.say("照会を止めました。だれのカードか、確かめてください。", "Stopped: whose card is it?"),
            confirm: view.say(&format!("{here} のカード"), &format!("Card of {here}")),
            go_to: view.say(&format!("{first} にもどる"), &format!("To {first}")),
        }),
    }
}
