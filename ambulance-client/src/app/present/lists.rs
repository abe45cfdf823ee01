//! Lists that are only to be read, and the register.

use super::hospitals::{gone, terms_in_words};
use super::View;
use crate::app::navigation::Absent;
use crate::app::picker::{PAGE, PickerVm, SectionVm};
use hospital_selection::HospitalTable;
use model::{HospitalId, Position};

/// `青波大学病院 3位→2位`, `さくら台病院 候補から外れました`.
pub(super) fn move_words(view: &View<'_>, id: HospitalId, from: Option<u32>, to: Option<u32>) -> String {
    let name = view.hospital(id);
    match (from, to) {
        (Some(from), Some(to)) => view.say(&format!("{name} {from}位→{to}位"), &format!("{name} {from} → {to}")),
        (None, Some(to)) => view.say(&format!("{name} 新しく{to}位"), &format!("{name} new at {to}")),
        (_, None) => view.say(&format!("{name} 候補から外れました"), &format!("{name} left the list")),
    }
}

pub(super) fn not_here(view: &View<'_>, what: Absent) -> PickerVm {
    let (title, line): ((&str, &str), (&str, &str)) = match what {
        Absent::Oral => (("聞き取り", "Ask and note"), ("この版では、訴え・測定・追加の質問を観察の画面に入れます", "In this version, note it on the assessment")),
        Absent::MedicineBook => (("お薬手帳", "Medicine book"), ("この版では、QRを読み取れません。紙のまま病院へ渡してください", "This version does not read its QR: hand the book over")),
        Absent::NumberB => (("照合番号B", "Number B"), ("この版では使えません。券面の写真と見比べてください", "Not in this version: compare with the printed photo")),
        Absent::Route => (("経路", "Route"), ("この端末に地図はありません。車載の案内を使ってください", "No map here: use the vehicle's navigation")),
        Absent::Print => (("印刷", "Print"), ("この端末に印刷機はありません。QRで渡してください", "No printer: hand it over by the QR")),
        Absent::Training => (("訓練モード", "Training"), if view.state.training {
            ("この端末は訓練用に作られています。本番には使えません", "Made for training; cannot be used live")
        } else {
            ("この端末は本番用です。訓練には訓練用の端末を使います", "A live tablet; training has its own")
        }),
    };
    PickerVm {
        key: "not_here",
        title: view.say(title.0, title.1),
        sections: vec![SectionVm::rows("", vec![(view.say(line.0, line.1), String::new())])],
        ..PickerVm::default()
    }
}

pub(super) fn phone(view: &View<'_>, hospital: Option<HospitalId>) -> PickerVm {
    let who = hospital.map_or_else(|| view.say("指令台", "Dispatch"), |h| view.hospital(h));
    PickerVm {
        key: "phone",
        title: view.say(&format!("{who}へ電話"), &format!("Phone {who}")),
        sections: vec![SectionVm::rows("", vec![(
            view.say("隊の電話でかけてください。この端末からは発信できません", "Use the unit's telephone: this tablet cannot call"),
            if hospital.is_some() { view.say("電話で照会した返事は「照会中」の画面で入れます", "note the answer on the enquiry page") } else { String::new() },
        )])],
        ..PickerVm::default()
    }
}

pub(super) fn about(view: &View<'_>) -> PickerVm {
    let state = view.state;
    let rows = vec![
        (view.say("この版", "Version"), env!("CARGO_PKG_VERSION").to_owned()),
        (view.say("隊", "Unit"), format!("{} {}", state.department_name, state.callsign)),
        (view.say("端末の種類", "Kind"), if state.training { view.say("訓練", "training") } else { view.say("本番", "live") }),
        (view.say("病院の名簿", "Register"), HospitalTable::embedded().version().to_owned()),
    ];
    PickerVm { key: "about", title: view.words().about.to_owned(), sections: vec![SectionVm::rows("", rows)], ..PickerVm::default() }
}

pub(super) fn terms(view: &View<'_>, hospital: HospitalId) -> PickerVm {
    let Some(c) = view.ranking().and_then(|r| r.candidates.iter().find(|c| c.hospital == hospital)) else { return gone(view) };
    let mut rows = vec![(terms_in_words(view, c), view.beds(c))];
    rows.extend(c.reasons.iter().take(PAGE - 1).map(|r| {
        let minutes = r.minutes.map_or_else(String::new, |m| view.say(&format!("{m}分"), &format!("{m} min")));
        (view.say(&r.ja, &r.en), minutes)
    }));
    PickerVm {
        key: "terms",
        title: c.name.clone(),
        right: view.say(&format!("受入確率 {}", c.p), &format!("accept {}", c.p)),
        sections: vec![SectionVm::rows("", rows)],
        ..PickerVm::default()
    }
}

pub(super) fn excluded(view: &View<'_>, from: usize) -> PickerVm {
    let all = view.ranking().map_or(&[][..], |r| r.excluded.as_slice());
    let rows = all.iter().skip(from).take(PAGE).map(|e| (e.short_name.clone(), view.say(&e.detail, &e.detail_en))).collect();
    let total = view.ranking().map_or(0, |r| r.excluded_total);
    PickerVm {
        key: "excluded",
        title: view.say("除外した病院と、その規則", "Excluded hospitals and the rule"),
        right: view.say(&format!("名簿全体では {total}件"), &format!("{total} on the whole register")),
        sections: vec![SectionVm::rows("", rows)],
        pages: Some((from, all.len())).filter(|_| all.len() > PAGE),
        ..PickerVm::default()
    }
}

pub(super) fn changes(view: &View<'_>) -> PickerVm {
    let Some(change) = view.case().and_then(|c| c.rank_change.as_ref()) else { return gone(view) };
    let rows = change.moved.iter().take(PAGE).map(|(id, _, from, to)| (move_words(view, *id, *from, *to), String::new())).collect();
    PickerVm {
        key: "changes",
        title: view.say("病歴で順位が変わりました", "History changed the order"),
        sections: vec![SectionVm::rows("", rows)],
        primary: Some((view.say("わかった", "Understood"), view.say("知らせを消します", "ends the notice"))),
        ..PickerVm::default()
    }
}

/// Hospitals of the register, nearest first; at most this many are offered.
const NEAREST: usize = 30;

/// The nearest hospitals of the register.
pub(crate) fn nearest(view: &View<'_>) -> Vec<HospitalId> {
    let Some(from) = view.ranking().map(|r| r.scene).or_else(|| view.case().and_then(|c| c.view.scene)) else {
        return Vec::new();
    };
    let mut all: Vec<(f64, HospitalId)> =
        HospitalTable::embedded().hospitals().iter().map(|h| (flat_km2(from, h.position), h.id)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all.into_iter().take(NEAREST).map(|(_, id)| id).collect()
}

/// Squared distance on a flat map of Japan: good enough to sort by.
fn flat_km2(a: Position, b: Position) -> f64 {
    let (lat, lon) = ((a.lat() - b.lat()) * 111.0, (a.lon() - b.lon()) * 91.0);
    lat * lat + lon * lon
}

pub(super) fn register(view: &View<'_>, from: usize) -> PickerVm {
    let ids = nearest(view);
    let chip = |id: &HospitalId| crate::widgets::chips::ChipVm { word: view.hospital(*id), chosen: view.nav.other == Some(*id) };
    PickerVm {
        key: "register",
        title: view.say("名簿から選ぶ(近い順)", "From the register, nearest first"),
        right: view.say("一覧にない病院も選べます", "also those not on the list"),
        sections: vec![SectionVm::wide_chips("", ids.iter().skip(from).take(WIDE_PAGE).map(chip).collect())],
        pages: Some((from, ids.len())).filter(|_| ids.len() > WIDE_PAGE),
        page_size: WIDE_PAGE,
        ..PickerVm::default()
    }
}

/// Chips of a page of the register.
pub(crate) const WIDE_PAGE: usize = 10;
