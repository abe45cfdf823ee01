//! What machines say of hospitals: a feed of capacity, all of it or nothing.

use super::places::prefecture;
use crate::web::fault::Fault;
use crate::web::json::Strict;
use crate::web::limits::{CLOSURE_MINUTES, REPORTS_MAX};
use crate::web::session::{FEED, SignedIn};
use crate::web::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use dispatch_core::{Store, report_capacity};
use hospital_selection::CapacityState;
use model::{Capability, HospitalId, Timestamp};
use serde::Deserialize;

/// One report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    hospital: HospitalId,
    #[serde(default)]
    capability: Option<Capability>,
    state: CapacityState,
    /// For `down` and `off_duty`: for how long.
    #[serde(default)]
    minutes: Option<i64>,
}

/// `POST /api/v1/capacity`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reports {
    reports: Vec<Report>,
}

/// Until when a report stands; a closure needs an end (design/web.md §5).
pub(crate) fn until(
    path: &str,
    state: CapacityState,
    minutes: Option<i64>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let closes = matches!(state, CapacityState::Down | CapacityState::OffDuty);
    match minutes {
        Some(minutes) if CLOSURE_MINUTES.contains(&minutes) => Ok(Some(now.plus_minutes(minutes))),
        Some(_) => Err(Fault::field(path, "1〜1440分で入れてください")),
        None if closes => Err(Fault::field(path, "停止には終わりの時刻が要ります")),
        None => Ok(None),
    }
}

/// Takes the reports. One that cannot be used refuses them all.
pub(crate) async fn capacity<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Strict(given): Strict<Reports>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(FEED)?;
    if given.reports.len() > REPORTS_MAX {
        return Err(Fault::field("reports", &format!("{REPORTS_MAX}件までです")));
    }
    let (pref, now) = (prefecture(&app, principal).await?, app.now());
    let mut checked = Vec::with_capacity(given.reports.len());
    for (place, report) in given.reports.iter().enumerate() {
        let known = app.hospitals.get(report.hospital);
        let known = known.filter(|hospital| pref.as_ref().is_none_or(|pref| *pref == hospital.pref));
        if known.is_none() {
            return Err(Fault::field(&format!("reports[{place}].hospital"), "この病院はありません"));
        }
        checked.push(until(&format!("reports[{place}].minutes"), report.state, report.minutes, now)?);
    }
    let call = app.call()?;
    for (report, until) in given.reports.iter().zip(checked) {
        let Report { hospital, capability, state, .. } = *report;
        report_capacity(app.store.as_ref(), &call, principal, hospital, capability, state, until).await?;
    }
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}
