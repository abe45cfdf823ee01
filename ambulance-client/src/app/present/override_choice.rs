//! ほかの病院: another than the first, any of the register, or no destination any more; each with one reason.

use super::hospitals::{hospitals, terms_in_words};
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::override_choice::OverrideChoiceVm;
use crate::widgets::chips::ChipVm;
use case::OverrideReason;
use model::HospitalId;

/// Reasons to choose another hospital, in screen order: ja, en.
pub(crate) const REASONS: [(OverrideReason, &str, &str); 8] = [
    (OverrideReason::PatientWish, "本人・家族の希望", "Patient's or family's wish"),
    (OverrideReason::OwnDoctor, "かかりつけ", "Regular hospital"),
    (OverrideReason::Road, "道路事情", "Road"),
    (OverrideReason::Specialty, "専門", "Specialty"),
    (OverrideReason::PhysicianOrder, "医師の指示", "Doctor's order"),
    (OverrideReason::AgreedByTelephone, "先に電話で了解", "Agreed by phone before"),
    (OverrideReason::ConditionChanged, "容体が変わった", "Condition changed"),
    (OverrideReason::Other, "その他", "Other"),
];

/// Whether choosing another hospital moves a destination that stands.
#[must_use]
pub fn changes_destination(view: &View<'_>) -> bool {
    view.case().is_some_and(|c| c.view.destination().is_some())
}

/// The destination that stands is given up, and the search goes on.
fn nowhere_words(view: &View<'_>) -> String {
    view.say("搬送先を未定にもどす", "No destination")
}

/// Hospitals offered on ほかの病院: the candidates behind the first, or the one from the register in the first place.
pub(crate) fn others(view: &View<'_>) -> Vec<HospitalId> {
    let standing = view.case().and_then(|c| c.view.destination()).map(|d| d.hospital);
    let mut ids: Vec<HospitalId> = view
        .ranking()
        .map_or(&[][..], |r| r.candidates.as_slice())
        .iter()
        .skip(1)
        .map(|c| c.hospital)
        .filter(|id| Some(*id) != standing)
        .take(3)
        .collect();
    if let Some(other) = view.nav.other.filter(|o| !ids.contains(o)) {
        ids.insert(0, other);
    }
    // Where a destination stands, the last place is the one of no hospital.
    ids.truncate(if changes_destination(view) { 2 } else { 3 });
    ids
}

pub(super) fn override_choice(view: &View<'_>) -> Shown {
    let Some(first) = view.ranking().and_then(|r| r.candidates.first()) else { return hospitals(view) };
    let candidate = |id: HospitalId| view.ranking().and_then(|r| r.candidates.iter().find(|c| c.hospital == id));
    let chip = |id: HospitalId| {
        let minutes =
            candidate(id).map_or_else(String::new, |c| format!(" {}", view.minutes(i64::from(c.whole().total))));
        ChipVm {
            word: format!("{}{minutes}", view.hospital(id)),
            chosen: !view.nav.nowhere && view.nav.other == Some(id),
        }
    };
    let reason = |(r, ja, en): &(OverrideReason, &str, &str)| ChipVm {
        word: view.say(ja, en),
        chosen: view.nav.other_reason == Some(*r),
    };
    let compare = view.nav.other.filter(|_| !view.nav.nowhere).and_then(candidate).map(|c| {
        let more = c.whole().total - first.whole().total;
        let name = &c.short_name;
        let title = if more > 0 {
            view.say(
                &format!("{name}は 1位より {more}分 長い見込み"),
                &format!("{name} takes {more} min more than the first"),
            )
        } else {
            view.say(&format!("{name}は 1位と同じくらいの見込み"), &format!("{name} takes about as long as the first"))
        };
        (title, terms_in_words(view, c))
    });
    let reason_words =
        REASONS.iter().find(|(r, ..)| view.nav.other_reason == Some(*r)).map(|(_, ja, en)| view.say(ja, en));
    let changes = changes_destination(view);
    let nowhere = changes && view.nav.nowhere;
    let to = if nowhere { Some(nowhere_words(view)) } else { view.nav.other.map(|id| view.hospital(id)) };
    let ask = to.zip(reason_words);
    screen(Screen::OverrideChoice(OverrideChoiceVm {
        first: view.say(
            &format!("1位は {} {}分", first.short_name, first.whole().total),
            &format!("first is {} {} min", first.short_name, first.whole().total),
        ),
        hospitals: others(view).into_iter().map(chip).collect(),
        reasons: REASONS.iter().map(reason).collect(),
        compare,
        ask,
        nowhere: changes.then(|| ChipVm { word: nowhere_words(view), chosen: nowhere }),
        changes,
    }))
}
