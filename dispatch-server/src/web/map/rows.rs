//! What stands on the map, as short rows of JSON: a stream carries thousands of them.

use crate::web::console::{Said, UnitRow, glyph, short};
use crate::web::state::App;
use case::CaseView;
use dispatch_core::{Alarm, CaseSummary, alarms, put_aside};
use hospital_selection::CapacityReport;
use model::{Capability, HospitalId, Stage, Timestamp, Triage};
use serde::Serialize;
use std::collections::BTreeMap;

/// A unit that was silent all the time is told again when it was heard so many seconds later: its age stays about true.
const HEARD_STEP_S: i64 = 20;

/// `[number, mark, lat, lon, position's time, last heard, case]`; times in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Moved(
    pub(super) u32,
    &'static str,
    Option<f64>,
    Option<f64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

impl Moved {
    pub(super) fn of(number: u32, row: &UnitRow) -> Self {
        let live = &row.live;
        // Five decimals are a metre: no vehicle is known better.
        let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
        Self(
            number,
            mark(row.case.map(|(_, stage)| stage)),
            live.position.map(|(place, _)| round(place.lat())),
            live.position.map(|(place, _)| round(place.lon())),
            live.position.map(|(_, at)| at.millis()),
            live.last_heard.map(Timestamp::millis),
            row.case.map(|(case, _)| short(case)),
        )
    }

    /// Whether a page that was told `before` has to be told.
    pub(super) fn differs(&self, before: &Self) -> bool {
        let apart = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() >= HEARD_STEP_S * 1000,
            (a, b) => a != b,
        };
        (self.1, self.2, self.3, &self.6) != (before.1, before.2, before.3, &before.6)
            || apart(self.4, before.4)
            || apart(self.5, before.5)
    }
}

/// One kanji for what a unit does (design/web.md §5).
const fn mark(work: Option<Option<Stage>>) -> &'static str {
    match work {
        None => "待",
        Some(None | Some(Stage::CallReceived | Stage::Notified | Stage::EnRoute)) => "出",
        Some(Some(Stage::OnScene | Stage::AtPatient | Stage::InVehicle)) => "現",
        Some(Some(Stage::LeftScene)) => "搬",
        Some(Some(Stage::AtDestination)) => "病",
        Some(Some(Stage::TransferOfCare | Stage::BackInService)) => "帰",
    }
}

/// `[case, its short name, lat, lon, triage, what is wrong, since]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Incident(String, String, f64, f64, &'static str, &'static str, i64);

/// Open cases whose place is known.
pub(super) fn incidents<S>(app: &App<S>, cases: &[CaseSummary], now: Timestamp) -> Vec<Incident> {
    let open = cases.iter().filter(|case| !case.view.is_closed());
    let row = |case: &CaseSummary| {
        let (view, place) = (&case.view, case.view.scene?);
        let since = view.stage(Stage::CallReceived).map_or(case.head.opened_at, |stage| stage.at).millis();
        let (id, name) = (case.head.case.to_string(), short(case.head.case));
        Some(Incident(id, name, place.lat(), place.lon(), triage(view), trouble(app, view, now), since))
    };
    open.filter_map(row).collect()
}

fn triage(view: &CaseView) -> &'static str {
    view.findings.triage.map_or("?", Triage::numeral)
}

fn trouble<S>(app: &App<S>, view: &CaseView, now: Timestamp) -> &'static str {
    if view.units.is_empty() {
        return "未割当";
    }
    let found = alarms(view, now, |unit| app.units.live(unit).last_heard);
    let rank = |alarm: &Alarm| match alarm {
        Alarm::Difficult { .. } => (0, "困難"),
        Alarm::Conflict { .. } => (1, "搬送先が二つ"),
        Alarm::Silent { .. } => (2, "無応答"),
        _ => (3, "確認"),
    };
    let open = found.iter().filter(|alarm| put_aside(view, alarm, now).is_none());
    open.map(rank).min().map_or("", |(_, words)| words)
}

/// `[number, name, lat, lon, tertiary, state, since]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Hospital(usize, String, f64, f64, u8, &'static str, Option<i64>);

/// The hospitals of the table with what they last said of a category, or of themselves as a whole.
pub(super) fn hospitals<S>(
    app: &App<S>,
    reports: &[CapacityReport],
    of: Option<Capability>,
    now: Timestamp,
) -> Vec<Hospital> {
    let mut known: BTreeMap<HospitalId, Vec<&CapacityReport>> = BTreeMap::new();
    for report in reports.iter().filter(|report| report.holds(now)) {
        known.entry(report.hospital).or_default().push(report);
    }
    let row = |(number, hospital): (usize, &hospital_selection::Hospital)| {
        let reports = known.get(&hospital.id).cloned().unwrap_or_default();
        let report = Said::new(hospital, reports).counts(of);
        let state = report.map_or("–", |report| glyph(report.state).0);
        let (lat, lon) = (hospital.position.lat(), hospital.position.lon());
        let at = report.map(|report| report.at.millis());
        Hospital(number, hospital.short_name().to_owned(), lat, lon, u8::from(hospital.tertiary), state, at)
    };
    app.hospitals.hospitals().iter().enumerate().map(row).collect()
}
