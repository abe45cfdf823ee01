//! The nearest free units of a case, by minutes, each with its spread: one key and Enter send one (design/web.md `b05`).

use super::picture::UnitRow;
use crate::web::parts::{Moment, age, hidden_csrf};
use crate::web::session::SignedIn;
use maud::{Markup, html};
use model::{CaseId, Position, Stage, UnitId};
use std::sync::Arc;
use travel_time::{RoadModel, Travel, TravelTime};

/// Units that are offered; each has a digit as its key.
const OFFERED: usize = 6;
/// A position that is older stands behind those that are not, whatever its minutes (design/web.md `b05`).
const OLD_S: i64 = 60;

/// How drives are timed now: by roads where the server has some.
pub(crate) type Drives = Arc<dyn Fn() -> Arc<RoadModel> + Send + Sync>;

/// Units whose way is looked for on the roads: the nearest by distance.
const BY_ROAD: usize = 20;

/// One unit that could go.
struct Near<'a> {
    row: &'a UnitRow,
    travel: Travel,
    old: bool,
    cover: Cover,
}

/// What sending a unit leaves behind it (出した後の空白).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cover {
    /// It was away from its station anyway: nothing changes.
    Away,
    /// Minutes by distance that the next free unit needs to where this one stands now.
    Next(travel_time::Tenths),
    /// No other free unit is known.
    Nobody,
}

/// The free unit that is nearest to where this one stands, whatever the incident.
fn cover(row: &UnitRow, place: Position, free: &[(UnitId, Position)], model: &RoadModel) -> Cover {
    if row.case.is_some() {
        return Cover::Away;
    }
    let others = free.iter().filter(|(unit, _)| *unit != row.unit.id);
    others.map(|(_, from)| model.minutes(*from, place).p50).min().map_or(Cover::Nobody, Cover::Next)
}

/// Free, heard of and with a known place: waiting, or on the way back. The roads are searched from the scene: a one-way street
/// counts as it is driven from there.
fn nearest<'a>(units: &'a [UnitRow], scene: Position, model: &RoadModel, moment: Moment) -> (Vec<Near<'a>>, bool) {
    let free = |row: &&UnitRow| matches!(row.case, None | Some((_, Some(Stage::TransferOfCare))));
    let known = |row: &&UnitRow| !row.is_silent(moment.now);
    let placed = |row: &UnitRow| row.live.position.map(|(place, _)| (row.unit.id, place));
    let others: Vec<(UnitId, Position)> = units.iter().filter(free).filter(known).filter_map(placed).collect();
    let near = |row: &'a UnitRow| {
        let (place, at) = row.live.position?;
        let old = moment.now.since_us(at) / 1_000_000 > OLD_S;
        Some(Near { row, travel: model.minutes(place, scene), old, cover: Cover::Nobody })
    };
    let mut found: Vec<Near<'_>> = units.iter().filter(free).filter(known).filter_map(near).collect();
    found.sort_by_key(order);
    found.truncate(BY_ROAD);
    let places: Vec<Position> =
        found.iter().filter_map(|near| near.row.live.position.map(|(place, _)| place)).collect();
    let by_road = model.refine(scene, &places);
    for (near, travel) in found.iter_mut().zip(by_road.iter().flatten()) {
        near.travel = *travel;
    }
    found.sort_by_key(order);
    found.truncate(OFFERED);
    for near in &mut found {
        near.cover = placed(near.row).map_or(Cover::Nobody, |(_, place)| cover(near.row, place, &others, model));
    }
    (found, by_road.is_some())
}

fn order(near: &Near<'_>) -> (bool, travel_time::Tenths, String) {
    (near.old, near.travel.p50, near.row.unit.callsign.clone())
}

/// The choice, as buttons that send at once. `digits`: each has one as its key; else `A` leads to the first.
pub(crate) fn choice(
    signed: &SignedIn,
    case: CaseId,
    units: &[UnitRow],
    scene: Option<Position>,
    (digits, model): (bool, &RoadModel),
    moment: Moment,
) -> Markup {
    let Some(scene) = scene else {
        return html! { div.pb { p.q.sm { "場所の緯度・経度がないため、近い順に並べられません。下の一覧から選んでください。" } } };
    };
    let (found, by_road) = nearest(units, scene, model, moment);
    html! {
        @if found.is_empty() {
            div.pb { p.q.sm { "位置のわかる待機中の隊がありません。下の一覧から選んでください。" } }
        } @else {
            form.nearest method="post" action=(format!("/cases/{case}/assign")) data-list="" {
                (hidden_csrf(signed))
                @for (n, near) in found.iter().enumerate() { (button(n + 1, near, digits, moment)) }
            }
            p.pb.q.xs {
                @if digits { "数字か ↑↓ で選び、" } @else { "A と ↑↓ で選び、" } "Enter で出場させます。分は"
                @if by_road { "道路" } @else { "距離" } "からの見込み（中央値と90%値）です。空白は、その隊の今の位置へ次に近い待機中の隊が着くまでの分（距離から）です。位置が60秒より古い隊は下に並びます。"
            }
        }
    }
}

fn button(number: usize, near: &Near<'_>, digits: bool, moment: Moment) -> Markup {
    let Near { row, travel, .. } = near;
    let (key, printed) = match (digits, number) {
        (true, _) => (Some(format!("Digit{number}")), Some(number.to_string())),
        (false, 1) => (Some("KeyA".to_owned()), Some("A".to_owned())),
        (false, _) => (None, None),
    };
    html! {
        button.btn type="submit" name="unit" value=(row.unit.id) data-key=[key] aria-keyshortcuts=[printed.as_deref()] {
            @if let Some(printed) = &printed { kbd aria-hidden="true" { (printed) } }
            b { (row.unit.callsign) } " "
            span.q.sm { (row.duty()) }
            span.sp {}
            @if travel.is_reachable() { b.big.n { (travel.p50) "分" } " " span.q.sm.n { "〜" (travel.p90) "分" } }
            @else { b.nowt { "道路なし" } }
            @if let Some((_, at)) = row.live.position { " 位置 " (age(at, OLD_S, moment)) }
            span.cover.q.sm { (cover_words(near.cover)) }
        }
    }
}

fn cover_words(cover: Cover) -> Markup {
    html! {
        @match cover {
            Cover::Away => "出した後の空白 影響なし（帰署中から）",
            Cover::Next(minutes) => { "出した後の空白 ここへ次の隊 " span.n { (minutes) "分" } },
            Cover::Nobody => b.nowt { "出した後の空白 ほかに待機中の隊なし" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::UnitLive;
    use dispatch_core::store::Unit;
    use model::{DepartmentId, Timestamp};

    fn row(n: u8, lat: f64, seconds_ago: i64, case: Option<(CaseId, Option<Stage>)>) -> UnitRow {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let at = now.plus_us(-seconds_ago * 1_000_000);
        let position = Position::new(lat, 139.4).expect("in Japan");
        UnitRow {
            unit: Unit {
                id: UnitId::from_bytes([n; 16]),
                department: DepartmentId::from_bytes([1; 16]),
                callsign: format!("救急{n}"),
            },
            live: UnitLive { connected: true, last_heard: Some(at), position: Some((position, at)) },
            case,
            relief: None,
            told_by_machine: false,
        }
    }

    #[test]
    fn free_units_stand_by_minutes_and_old_positions_behind() {
        let busy = Some((CaseId::from_bytes([9; 16]), Some(Stage::OnScene)));
        let back = Some((CaseId::from_bytes([8; 16]), Some(Stage::TransferOfCare)));
        let units = [
            row(1, 35.9, 5, None),
            row(2, 35.71, 90, None),
            row(3, 35.70, 5, busy),
            row(4, 35.8, 5, back),
            row(5, 35.72, 600, None),
        ];
        let scene = Position::new(35.7, 139.4).expect("in Japan");
        let moment = Moment::page(Timestamp::from_millis(1_800_000_000_000));
        let (found, by_road) = nearest(&units, scene, &RoadModel::japan(), moment);
        assert!(!by_road, "no roads here");
        let order: Vec<&str> = found.iter().map(|near| near.row.unit.callsign.as_str()).collect();
        // 3 is busy, 5 is silent, 2 is near but its position is old.
        assert_eq!(order, ["救急4", "救急1", "救急2"]);
        // 1 stands 10 km from 4, which is nearer to it than 2 is; 4 was on its way back.
        let covers: Vec<Cover> = found.iter().map(|near| near.cover).collect();
        let model = RoadModel::japan();
        let at = |lat| Position::new(lat, 139.4).expect("in Japan");
        let (next, after) = (model.minutes(at(35.8), at(35.9)).p50, model.minutes(at(35.8), at(35.71)).p50);
        assert_eq!(covers, [Cover::Away, Cover::Next(next), Cover::Next(after)]);
        let (alone, _) = nearest(units.get(..1).expect("one"), scene, &model, moment);
        assert_eq!(alone.first().map(|near| near.cover), Some(Cover::Nobody));
    }
}
