//! The dispatch page's parts as HTML.

use super::picture::{Picture, ReliefRow, UnitRow};
use super::wanted::Wanted;
use super::{capacity, incidents, todo};
use crate::web::live::Panel;
use crate::web::parts::{Moment, age, day_hms, empty};
use crate::web::state::App;
use maud::{Markup, html};
use model::{CaseId, CrewId};

/// A unit's word is worth something for so many seconds (`dispatch_core::limits::SILENT_MINUTES`).
pub(super) const HEARD_LIFE_S: i64 = 180;
/// A position is shown as old after so many seconds (design/web.md §5).
const POSITION_LIFE_S: i64 = 60;

/// Rows of units on the page; further ones are on the map and are counted.
const UNITS_SHOWN: usize = 200;

/// The last digits of an id, as crews and dispatchers say them.
pub(crate) fn short(case: CaseId) -> String {
    let text = case.uuid().simple().to_string();
    text.get(text.len().saturating_sub(4)..).unwrap_or_default().to_uppercase()
}

/// Who looks, and what they want to see.
#[derive(Clone, Debug, Default)]
pub(super) struct Looker {
    /// The proof of this session's forms, for whoever may act here.
    pub(super) csrf: Option<String>,
    /// The dispatcher.
    pub(super) me: Option<CrewId>,
    /// From the address.
    pub(super) wanted: Wanted,
}

/// All parts.
pub(super) fn panels<S>(app: &App<S>, picture: &Picture, looker: &Looker, moment: Moment) -> Vec<Panel> {
    let wanted = &looker.wanted;
    vec![
        ("todo", todo::panel(picture, looker.csrf.as_deref(), moment)),
        ("sounds", html! { (todo::alarm_names(picture)) }),
        ("units", units_panel(&picture.units, moment)),
        ("capacity", capacity::panel(app, picture, wanted, moment)),
        ("cases", incidents::panel(app, picture, wanted, looker.me, moment)),
    ]
}

fn units_panel(units: &[UnitRow], moment: Moment) -> Markup {
    let silent = units.iter().filter(|u| u.is_silent(moment.now)).count();
    let waiting = units.iter().filter(|u| u.case.is_none() && !u.is_silent(moment.now)).count();
    let t = |ja, en| moment.t(ja, en);
    html! {
        header.ph { h2 { (t("隊", "Units")) }
            span.q { (t("待機", "Free")) " " b.n { (waiting) } " / " span.n { (units.len()) }
                @if silent > 0 { " · " span.nowt { (t("無応答", "Silent")) " " (silent) } } } }
        @if units.is_empty() { div.pb { (empty(t("この本部に登録された隊はありません", "This department has no units"), moment)) } }
        @else {
            table {
                thead { tr { th { (t("隊", "Unit")) } th { (t("状態", "State")) } th { (t("事案", "No.")) }
                    th { (t("最終受信", "Last heard")) } th { (t("位置", "Position")) } } }
                tbody { @for row in shown(units, moment) { (unit_line(row, moment)) } }
            }
            @if units.len() > UNITS_SHOWN { p.pb.q.sm { (t("ほか", "and")) " " span.n { (units.len() - UNITS_SHOWN) } " "
                (t("隊は地図と検索（/）で見られます。", "more on the map and by search (/).")) } }
        }
    }
}

/// All units, or those that work or are silent first, as far as a page can hold them.
fn shown(units: &[UnitRow], moment: Moment) -> Vec<&UnitRow> {
    let mut rows: Vec<&UnitRow> = units.iter().collect();
    if rows.len() > UNITS_SHOWN {
        rows.sort_by_key(|row| (row.case.is_none(), !row.is_silent(moment.now)));
        rows.truncate(UNITS_SHOWN);
    }
    rows
}

fn unit_line(row: &UnitRow, moment: Moment) -> Markup {
    let silent = row.is_silent(moment.now);
    let t = |ja, en| moment.t(ja, en);
    let duty = t(row.duty(), row.duty_en());
    html! {
        tr.hatch[silent] {
            td {
                b { (row.unit.callsign) }
                @if let Some(relief) = &row.relief { br; span.q.sm { (relief_words(relief, moment)) } }
            }
            td {
                @if silent { span.nowt { (t("無応答", "Silent")) } " " span.q.sm { "（" (t("最後の状態", "last")) " " (duty) "）" } } @else { (duty) }
                @if row.told_by_machine { br; span.q.xs { (t("指令システムから", "told by CAD")) } }
            }
            td { @if let Some((case, _)) = row.case { a.n href=(format!("/cases/{case}")) { (short(case)) } } @else { "–" } }
            td { @if let Some(at) = row.live.last_heard { (age(at, HEARD_LIFE_S, moment)) } @else { span.q.sm { (t("受信なし", "never")) } } }
            td {
                @if let Some((place, at)) = row.live.position {
                    span.n.xs { (format!("{:.4}, {:.4}", place.lat(), place.lon())) } " " (age(at, POSITION_LIFE_S, moment))
                } @else { span.q.sm { (t("位置なし", "no position")) } }
            }
        }
    }
}

/// `応援 見本市消防本部から 2026-11-21 12:00:00 まで`.
fn relief_words(relief: &ReliefRow, moment: Moment) -> String {
    let until = day_hms(relief.until);
    match (moment.en, relief.came) {
        (false, came) => format!("応援 {}{} {until} まで", relief.other, if came { "から" } else { "へ" }),
        (true, came) => format!("Relief {} {} until {until}", if came { "from" } else { "to" }, relief.other),
    }
}
