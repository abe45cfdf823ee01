//! `GET /api/v1/capacity`: what hospitals say of themselves, for dispatch and its programs.

use super::places::prefecture;
use crate::web::fault::Fault;
use crate::web::json::Answer;
use crate::web::session::{READ, SignedIn};
use crate::web::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use dispatch_core::{MassOffer, Store, UseCaseError};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{Capability, HospitalId};
use serde::Serialize;

#[derive(Serialize)]
struct ReportJson {
    hospital: HospitalId,
    capability: Option<Capability>,
    state: CapacityState,
    source: CapacitySource,
    at: String,
    until: Option<String>,
}

#[derive(Serialize)]
struct MassJson {
    hospital: HospitalId,
    red: u16,
    yellow: u16,
    green: u16,
    black: u16,
    at: String,
    until: String,
}

/// What holds at one time, in the department's prefecture; everywhere where it has none.
#[derive(Serialize)]
pub(crate) struct Told {
    at: String,
    reports: Vec<ReportJson>,
    mass: Vec<MassJson>,
}

/// `GET /api/v1/capacity`.
pub(crate) async fn told<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<Answer<Told>, Fault> {
    let pref = prefecture(&app, signed.require(READ)?).await?;
    let now = app.now();
    let ours = |id: HospitalId| {
        let hospital = app.hospitals.get(id);
        hospital.is_some_and(|hospital| pref.as_ref().is_none_or(|pref| *pref == hospital.pref))
    };
    let reports = app.store.capacity().await.map_err(UseCaseError::from)?;
    let offers = app.store.mass_offers().await.map_err(UseCaseError::from)?;
    let reports = reports.iter().filter(|report| report.holds(now) && ours(report.hospital)).map(report_json);
    let mass = offers.iter().filter(|offer| offer.holds(now) && ours(offer.hospital)).map(mass_json);
    let told = Told { at: now.tokyo_rfc3339(), reports: reports.collect(), mass: mass.collect() };
    Ok(Answer(StatusCode::OK, told))
}

fn report_json(report: &CapacityReport) -> ReportJson {
    ReportJson {
        hospital: report.hospital,
        capability: report.capability,
        state: report.state,
        source: report.source,
        at: report.at.tokyo_rfc3339(),
        until: report.until.map(|until| until.tokyo_rfc3339()),
    }
}

fn mass_json(offer: &MassOffer) -> MassJson {
    let [red, yellow, green, black] = offer.places;
    let (hospital, at, until) = (offer.hospital, offer.at.tokyo_rfc3339(), offer.until.tokyo_rfc3339());
    MassJson { hospital, red, yellow, green, black, at, until }
}
