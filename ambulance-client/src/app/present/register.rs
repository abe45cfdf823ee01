//! The register: any hospital, nearest first, found by its municipality or by a part of its name.

use super::lists::{about_km, flat_km};
use super::{Shown, View};
use crate::app::navigation::Find;
use crate::app::picker::{PickerVm, SectionVm};
use crate::frame::Tab;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use crate::widgets::chips::ChipVm;
use hospital_selection::{Hospital, HospitalTable};
use model::{HospitalId, Position};

/// At most so many hospitals are offered; of more, the nearest.
const NEAREST: usize = 30;
/// Municipalities that can be chosen, the nearest first; a hospital of another one is found by its name.
const MUNICIPALITIES: usize = 20;

fn start(view: &View<'_>) -> Option<Position> {
    view.ranking().map(|r| r.scene).or_else(|| view.case().and_then(|c| c.view.scene))
}

/// Letters as they are compared: a reader of a name types them half-width, in hiragana or in small letters.
fn plain(text: &str) -> String {
    let one = |c: char| match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        'ヶ' => 'ケ',
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(one).flat_map(char::to_lowercase).collect()
}

fn fits(find: &Find, wanted: &str, hospital: &Hospital) -> bool {
    let here = |(pref, town): &(String, String)| *pref == hospital.pref && *town == hospital.municipality;
    find.municipality.as_ref().is_none_or(here) && (wanted.is_empty() || plain(&hospital.name).contains(wanted))
}

fn by_distance<'t>(from: Position, all: impl Iterator<Item = &'t Hospital>) -> Vec<&'t Hospital> {
    let mut all: Vec<(f64, &Hospital)> = all.map(|h| (flat_km(from, h.position), h)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
    all.into_iter().map(|(_, hospital)| hospital).collect()
}

/// The hospitals that are looked for, nearest first.
pub(crate) fn found(view: &View<'_>) -> Vec<HospitalId> {
    nearest_of(view, &view.nav.find)
}

/// The nearest of all.
pub(crate) fn nearest(view: &View<'_>) -> Vec<HospitalId> {
    nearest_of(view, &Find::default())
}

fn nearest_of(view: &View<'_>, find: &Find) -> Vec<HospitalId> {
    let Some(from) = start(view) else { return Vec::new() };
    let wanted = plain(find.text.as_str());
    let all = HospitalTable::embedded().hospitals().iter().filter(|hospital| fits(find, &wanted, hospital));
    by_distance(from, all).into_iter().take(NEAREST).map(|hospital| hospital.id).collect()
}

/// Municipalities with a hospital, nearest first.
pub(crate) fn municipalities(view: &View<'_>) -> Vec<(String, String)> {
    let Some(from) = start(view) else { return Vec::new() };
    let mut towns: Vec<(String, String)> = Vec::new();
    for hospital in by_distance(from, HospitalTable::embedded().hospitals().iter()) {
        let known = towns.iter().any(|(pref, town)| *pref == hospital.pref && *town == hospital.municipality);
        if !known {
            towns.push((hospital.pref.clone(), hospital.municipality.clone()));
        }
        if towns.len() == MUNICIPALITIES {
            break;
        }
    }
    towns
}

pub(super) fn register(view: &View<'_>) -> ListVm {
    let row = |id: &HospitalId| {
        let hospital = HospitalTable::embedded().get(*id);
        ListRowVm {
            kind: if view.nav.other == Some(*id) { ListRowKind::Chosen } else { ListRowKind::Opens },
            strong: view.hospital(*id),
            note: hospital.map_or_else(String::new, |h| h.municipality.clone()),
            right: hospital.map_or_else(String::new, |h| about_km(view, h.position)),
        }
    };
    let empty = match start(view) {
        None => view.say("場所がわからないため、近い順に並べられません。", "The place is not known."),
        Some(_) => view.say("この条件の病院は名簿にありません。", "No hospital of the register fits."),
    };
    ListVm {
        tab: Some(Tab::Hospital),
        title: view.say("名簿から選ぶ(近い順)", "From the register, nearest first"),
        note: view.say("一覧にない病院も選べます", "also those not on the list"),
        rows: found(view).iter().map(row).collect(),
        page: view.nav.turn,
        filter: Some((view.say("探す", "Find"), in_words(view))),
        empty,
        back_to: view.words().another_hospital.to_owned(),
        ..ListVm::default()
    }
}

/// What is looked for: `立川市 ・ 「医療」`.
fn in_words(view: &View<'_>) -> String {
    let find = &view.nav.find;
    if !find.is_any() {
        return view.say("市区町村・名前", "place, name");
    }
    let text = (!find.text.is_empty()).then(|| format!("「{}」", find.text.as_str()));
    let town = find.municipality.as_ref().map(|(_, town)| town.clone());
    town.into_iter().chain(text).collect::<Vec<_>>().join(" ・ ")
}

/// The page on which it is said what is looked for.
pub(super) fn find(view: &View<'_>) -> Shown {
    let find = &view.nav.find;
    let towns = municipalities(view);
    let chips = towns
        .iter()
        .map(|town| ChipVm { word: town.1.clone(), chosen: find.municipality.as_ref() == Some(town) })
        .collect();
    let typed = if find.text.is_empty() {
        view.say("キーボードがあれば、名前の一部を打てます", "Type a part of the name, where there is a keyboard")
    } else {
        view.say(&format!("「{}」を消す", find.text.as_str()), &format!("Clear \"{}\"", find.text.as_str()))
    };
    let count = found(view).len();
    let vm = PickerVm {
        key: "find",
        title: view.say("病院を探す", "Find a hospital"),
        right: if count == NEAREST {
            view.say(&format!("近い {NEAREST}か所"), &format!("nearest {NEAREST}"))
        } else {
            view.say(&format!("{count}か所"), &format!("{count} found"))
        },
        sections: vec![
            SectionVm::chips(&view.say("市区町村(近い順)", "Municipality, nearest first"), chips),
            SectionVm {
                across: 1,
                ..SectionVm::chips(
                    &view.say("名前", "Name"),
                    vec![ChipVm { word: typed, chosen: !find.text.is_empty() }],
                )
            },
        ],
        primary: Some((view.say("一覧を見る", "Show"), view.say("近い順に並びます", "nearest first"))),
        primary_blocked: (count == 0).then(|| view.say("この条件の病院はありません", "none fits")),
    };
    Shown::Picker(Box::new(vm), Some(Tab::Hospital))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        assert_eq!(plain("さいたま　ＪＣＨＯ"), plain("サイタマJcho"));
        assert_eq!(plain("鳩ヶ谷"), plain("鳩ケ谷"));
    }
}
