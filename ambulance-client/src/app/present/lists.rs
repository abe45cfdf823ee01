//! Lists: what is only to be read, excluded hospitals, the register.

use super::View;
use super::hospitals::{gone, to_candidates};
use crate::app::navigation::Absent;
use crate::frame::Tab;
use crate::screens::list::{ListRowKind, ListRowVm, ListVm};
use hospital_selection::HospitalTable;
use model::{HospitalId, Position};

/// A row that is only to be read.
pub(super) fn plain(strong: String, note: String) -> ListRowVm {
    ListRowVm { kind: ListRowKind::Plain, strong, note, right: String::new() }
}

/// `青波大学病院 3位→2位`, `さくら台病院 候補から外れました`.
pub(super) fn move_words(view: &View<'_>, id: HospitalId, from: Option<u32>, to: Option<u32>) -> String {
    format!("{} {}", view.hospital(id), moved(view, from, to))
}

/// What moved, in words: only places that the present list has, and who left it.
pub(super) fn moves(view: &View<'_>) -> Vec<String> {
    let listed = view.ranking().map_or(0, |r| r.candidates.len());
    let change = view.case().and_then(|c| c.rank_change.as_ref());
    let moved = change.map_or(&[][..], |c| c.moved.as_slice()).iter();
    let stands = |to: &Option<u32>| to.is_none_or(|to| usize::try_from(to).is_ok_and(|to| to <= listed));
    moved.filter(|(.., to)| stands(to)).map(|(id, _, from, to)| move_words(view, *id, *from, *to)).collect()
}

fn moved(view: &View<'_>, from: Option<u32>, to: Option<u32>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => view.say(&format!("{from}位→{to}位"), &format!("{from} → {to}")),
        (None, Some(to)) => view.say(&format!("新しく{to}位"), &format!("new at {to}")),
        (_, None) => view.say("候補から外れました", "left the list"),
    }
}

pub(super) fn not_here(view: &View<'_>, what: Absent) -> ListVm {
    let (title, line): ((&str, &str), (&str, &str)) = match what {
        Absent::Print => (
            ("印刷", "Print"),
            ("この端末に印刷機はありません。QRで渡してください", "No printer: hand it over by the QR"),
        ),
        Absent::Training if view.state.training => (
            ("訓練", "Training"),
            ("この端末は訓練用に作られています。本番には使えません", "Made for training; cannot be used live"),
        ),
        Absent::Training => (
            ("訓練", "Training"),
            ("この端末は本番用です。訓練には訓練用の端末を使います", "A live tablet; training has its own"),
        ),
    };
    ListVm {
        title: view.say(title.0, title.1),
        rows: vec![plain(view.say(line.0, line.1), String::new())],
        ..ListVm::default()
    }
}

/// Whom to phone, and for a hospital what to say (伝達文): it is read out, so each row is a sentence.
pub(super) fn phone(view: &View<'_>, hospital: Option<HospitalId>) -> ListVm {
    let who = hospital.map_or_else(|| view.say("指令台", "Dispatch"), |h| view.hospital(h));
    let mut rows = vec![plain(
        view.say("隊の電話でかけてください", "Use the unit's telephone"),
        view.say(
            "番号は名簿にありません ・ この端末からは発信できません",
            "no number in the register; this tablet cannot call",
        ),
    )];
    if let Some(hospital) = hospital {
        rows.extend(super::spoken::sentences(view, hospital).into_iter().map(|(strong, note)| plain(strong, note)));
    }
    let waits = hospital.and_then(|h| super::spoken::waiting(view, h)).is_some();
    let primary = (view.say("電話の返事を入れる", "Note the answer"), who.clone());
    let vm = ListVm {
        title: view.say(&format!("{who}へ電話"), &format!("Phone {who}")),
        rows,
        primary: waits.then_some(primary),
        ..ListVm::default()
    };
    if hospital.is_none() { super::messages::listed(view, vm) } else { vm }
}

pub(super) fn about(view: &View<'_>) -> ListVm {
    let state = view.state;
    let table = HospitalTable::embedded();
    let rows = vec![
        plain(view.say("この版", "Version"), env!("CARGO_PKG_VERSION").to_owned()),
        plain(view.say("隊", "Unit"), format!("{} {}", state.department_name, state.callsign)),
        plain(
            view.say("端末の種類", "Kind"),
            if state.training { view.say("訓練", "training") } else { view.say("本番", "live") },
        ),
        plain(view.say("病院の名簿", "Register"), format!("{} ・ {}", table.version(), table.hospitals().len())),
        plain(view.say("必要な機能の規則", "Rules of needs"), hospital_selection::RULES_VERSION.to_owned()),
        plain(view.say("実施基準・通行止め", "Standards, closed roads"), super::published::in_words(view)),
    ];
    ListVm { tab: Some(Tab::Display), title: view.words().about.to_owned(), rows, ..ListVm::default() }
}

pub(super) fn excluded(view: &View<'_>) -> ListVm {
    let all = view.ranking().map_or(&[][..], |r| r.excluded.as_slice());
    let rows = all
        .iter()
        .map(|e| ListRowVm {
            kind: ListRowKind::Opens,
            strong: e.short_name.to_string(),
            note: view.say(&e.detail, &e.detail_en),
            right: String::new(),
        })
        .collect();
    let total = view.ranking().map_or(0, |r| r.excluded_total);
    ListVm {
        tab: Some(Tab::Hospital),
        title: view.say(&format!("除外 {}", all.len()), &format!("{} excluded", all.len())),
        note: view
            .say(&format!("近い順 ・ 名簿全体では {total}件"), &format!("nearest first ・ {total} on the register")),
        rows,
        page: view.nav.turn,
        empty: view.say("除外した病院はありません", "none is excluded"),
        rule: Some((
            String::new(),
            view.say(
                "外すのは規則だけです。押すと理由が出て、理由を付けて選べます。",
                "Only rules exclude. Press one to see why; it can be chosen with a reason.",
            ),
        )),
        back_to: to_candidates(view),
        ..ListVm::default()
    }
}

pub(super) fn changes(view: &View<'_>) -> ListVm {
    let Some(change) = view.case().and_then(|c| c.rank_change.as_ref()) else { return gone(view) };
    let needs = view.ranking().map_or_else(String::new, |r| {
        r.needs.iter().map(|n| view.pick(n.capability.ja(), n.capability.en())).collect::<Vec<_>>().join("・")
    });
    let rows = change
        .moved
        .iter()
        .map(|(id, _, from, to)| ListRowVm {
            kind: ListRowKind::Plain,
            strong: view.hospital(*id),
            note: String::new(),
            right: moved(view, *from, *to),
        })
        .collect();
    ListVm {
        tab: Some(Tab::Hospital),
        title: view.say("病歴で順位が変わりました", "History changed the order"),
        note: view.say(&format!("必要: {needs}"), &format!("needs: {needs}")),
        rows,
        page: view.nav.turn,
        back_to: to_candidates(view),
        primary: Some((view.say("わかった", "Understood"), view.say("知らせを消します", "ends the notice"))),
        ..ListVm::default()
    }
}

/// Distance on a flat map of Japan, km: good enough to sort by and to show as 約.
pub(super) fn flat_km(a: Position, b: Position) -> f64 {
    let (lat, lon) = ((a.lat() - b.lat()) * 111.0, (a.lon() - b.lon()) * 91.0);
    (lat * lat + lon * lon).sqrt()
}

/// 「北東」: the direction from one point to another, of eight.
pub(super) fn direction(view: &View<'_>, from: Position, to: Position) -> String {
    let east = (to.lon() - from.lon()) * 91.0;
    let north = (to.lat() - from.lat()) * 111.0;
    let eighths = (east.atan2(north) / std::f64::consts::FRAC_PI_4).round().rem_euclid(8.0);
    let names = [
        ("北", "N"),
        ("北東", "NE"),
        ("東", "E"),
        ("南東", "SE"),
        ("南", "S"),
        ("南西", "SW"),
        ("西", "W"),
        ("北西", "NW"),
    ];
    let near = |i: usize| f64::from(u8::try_from(i).unwrap_or(0)) > eighths - 0.5;
    let found = (0..names.len()).find(|i| near(*i)).and_then(|i| names.get(i)).unwrap_or(&names[0]);
    view.say(found.0, found.1)
}

/// `約 3.2 km`.
pub(super) fn about_km(view: &View<'_>, to: Position) -> String {
    view.ranking().map_or_else(String::new, |r| {
        let km = flat_km(r.scene, to);
        view.say(&format!("約 {km:.1} km"), &format!("about {km:.1} km"))
    })
}
