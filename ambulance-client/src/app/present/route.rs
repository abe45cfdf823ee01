//! 経路: where to, how far, in how many minutes. The turns are the vehicle's to say: this tablet shows no map.

use super::lists::{direction, flat_km, plain};
use super::{View, destination};
use crate::screens::list::{ListRowVm, ListVm};
use hospital_selection::{Candidate, HospitalTable};
use model::{HospitalId, Position, Stage};
use travel_time::Travel;

/// To the hospital once the patient has been reached or a destination stands, else to the scene.
pub(super) fn route(view: &View<'_>) -> ListVm {
    let reached = view.case().is_some_and(|c| c.view.stage(Stage::AtPatient).is_some());
    let hospital = destination(view).or_else(|| {
        view.ranking().and_then(|r| super::chosen(r, view.nav.hospital)).map(|c| c.hospital).filter(|_| reached)
    });
    let mut rows = hospital.map_or_else(|| to_scene(view), |hospital| to_hospital(view, hospital));
    rows.push(plain(
        view.say("道順は車載の案内を使ってください", "Use the vehicle's navigation for the turns"),
        view.say("この端末に地図はありません", "there is no map on this tablet"),
    ));
    ListVm { title: view.say("経路", "Route"), rows, ..ListVm::default() }
}

fn start(view: &View<'_>) -> Option<Position> {
    view.ranking().map(|r| r.scene)
}

/// 「北東へ 約 3.2 km (直線)」.
fn way(view: &View<'_>, to: Position) -> ListRowVm {
    let from = if view.state.position_at.is_some() {
        view.say("この端末の位置から", "from this tablet's position")
    } else {
        view.say("現場から", "from the scene")
    };
    match start(view) {
        Some(start) => {
            let (towards, km) = (direction(view, start, to), flat_km(start, to));
            plain(view.say(&format!("{towards}へ 約 {km:.1} km"), &format!("{towards}, about {km:.1} km")), {
                view.say(&format!("{from}の直線距離"), &format!("straight, {from}"))
            })
        }
        None => plain(view.say("距離はわかりません", "Distance not known"), from),
    }
}

fn to_scene(view: &View<'_>) -> Vec<ListRowVm> {
    let Some(case) = view.open_case() else {
        return vec![plain(view.say("事案がありません", "No case"), String::new())];
    };
    let place = case.view.place.clone().unwrap_or_else(|| view.say("場所の言葉はありません", "No place in words"));
    let mut rows = vec![plain(place, view.say("現場", "the scene"))];
    rows.extend(case.view.scene.map(|scene| way(view, scene)));
    rows
}

fn to_hospital(view: &View<'_>, hospital: HospitalId) -> Vec<ListRowVm> {
    let known = HospitalTable::embedded().get(hospital);
    let what = if destination(view) == Some(hospital) {
        view.say("搬送先", "the destination")
    } else {
        view.say("選んでいる候補", "the candidate chosen")
    };
    let town = known.map_or_else(String::new, |h| format!(" ・ {}", h.municipality));
    let mut rows = vec![plain(view.hospital(hospital), format!("{what}{town}"))];
    rows.push(drive(view, hospital).map_or_else(
        || plain(view.say("見込みは計算できません", "The drive cannot be timed"), String::new()),
        |drive| minutes(view, drive),
    ));
    rows.extend(known.map(|h| way(view, h.position)));
    rows
}

/// The drive as on the list, else as this tablet timed it when it was asked why not.
fn drive(view: &View<'_>, hospital: HospitalId) -> Option<Travel> {
    let is = |c: &&Candidate| c.hospital == hospital;
    let listed = view.ranking().and_then(|r| r.candidates.iter().find(is));
    let asked = view.case().and_then(|c| c.why_not.as_ref()).and_then(|answer| answer.candidate.as_ref()).filter(is);
    listed.or(asked).and_then(Candidate::by_road)
}

/// 「半分の日は 12分、10日に 9日は 18分以内」 and how it was timed.
fn minutes(view: &View<'_>, drive: Travel) -> ListRowVm {
    let (p50, p90) = (drive.p50.whole_minutes(), drive.p90.whole_minutes());
    let at = view.ranking().map_or_else(|| view.at(), |r| r.at).tokyo_hhmm();
    let version = view.ranking().map_or("", |r| r.versions.travel.as_str());
    let mut how = match travel_time::attribution(version) {
        Some(credit) => view.say(&format!("道路で計算 {credit}"), &format!("by roads {credit}")),
        None => view.say("距離から計算", "by distance"),
    };
    let closed = view.state.published().closed;
    if closed > 0 && travel_time::attribution(version).is_some() {
        how.push_str(
            &view.say(&format!(" ・ 通行止め {closed}か所をよける"), &format!(" ・ around {closed} closures")),
        );
    }
    plain(
        view.say(&format!("{p50}分 ― 10日に 9日は {p90}分以内"), &format!("{p50} min ― nine in ten within {p90}")),
        view.say(&format!("{at} の見込み ・ {how}"), &format!("at {at} ・ {how}")),
    )
}
