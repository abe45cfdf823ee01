//! `GET /live/map`: units, incidents and hospitals as they change, every two seconds, only what is new to this page.

use super::rows::{Hospital, Incident, Moved, hospitals, incidents};
use crate::web::console::{Wanted, unit_rows};
use crate::web::fault::Fault;
use crate::web::limits::{MAP_EVERY, MAP_ROWS, MAP_SLOW_LOOKS};
use crate::web::live::{self, Pace};
use crate::web::session::{CONSOLE, SignedIn};
use crate::web::state::App;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::response::sse::Event;
use dispatch_core::{CaseFilter, Principal, Store, UseCaseError, case_list};
use model::{Capability, UnitId};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a page was told.
#[derive(Default)]
struct Told {
    looks: u32,
    units: BTreeMap<UnitId, Moved>,
    incidents: Option<Vec<Incident>>,
    hospitals: Vec<Hospital>,
}

/// A unit's first row: `[number, id, callsign, reason to be here]`.
#[derive(Serialize)]
struct Named(u32, UnitId, String, &'static str);

/// `GET /live/map`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(wanted): Query<Wanted>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    signed.require(CONSOLE)?;
    let of = wanted.of;
    Ok(live::events_at(
        Pace::Every(MAP_EVERY),
        app,
        signed,
        Told::default(),
        move |app: App<S>, principal, mut told| async move {
            let events = look(&app, &principal, of, &mut told).await;
            told.looks = told.looks.wrapping_add(1);
            (told, events.unwrap_or_else(|_| vec![Event::default().event("trouble").data("")]))
        },
    ))
}

async fn look<S: Store>(
    app: &App<S>,
    principal: &Principal,
    of: Option<Capability>,
    told: &mut Told,
) -> Result<Vec<Event>, Fault> {
    let open = CaseFilter { open_only: true, ..CaseFilter::default() };
    let list = case_list(app.store.as_ref(), principal, open, &app.views).await?;
    let (mut named, mut moved) = (Vec::new(), Vec::new());
    for row in unit_rows(app, principal, &list.cases).await? {
        let known = told.units.get(&row.unit.id);
        let next = u32::try_from(told.units.len()).unwrap_or(u32::MAX);
        let now = Moved::of(known.map_or(next, |before| before.0), &row);
        if known.is_none() {
            let from = row.relief.as_ref().map_or("", |relief| if relief.came { "応援" } else { "応援へ" });
            named.push(Named(next, row.unit.id, row.unit.callsign.clone(), from));
        }
        if known.is_none_or(|before| now.differs(before)) {
            moved.push(now.clone());
            told.units.insert(row.unit.id, now);
        }
    }
    let mut events = chunks("units", &named);
    events.extend(chunks("moved", &moved));
    let now = incidents(app, &list.cases, app.now());
    if told.incidents.as_ref() != Some(&now) {
        events.extend(Event::default().event("cases").json_data(&now));
        told.incidents = Some(now);
    }
    if told.looks.is_multiple_of(MAP_SLOW_LOOKS) {
        events.extend(hospital_events(app, of, told).await?);
    }
    Ok(events)
}

async fn hospital_events<S: Store>(app: &App<S>, of: Option<Capability>, told: &mut Told) -> Result<Vec<Event>, Fault> {
    let reports = app.store.capacity().await.map_err(UseCaseError::from)?;
    let all = hospitals(app, &reports, of, app.now());
    let before = core::mem::take(&mut told.hospitals);
    let fresh: Vec<&Hospital> =
        all.iter().enumerate().filter(|(n, hospital)| before.get(*n) != Some(*hospital)).map(|(_, h)| h).collect();
    let events = chunks("hospitals", &fresh);
    told.hospitals = all;
    Ok(events)
}

/// Rows in events of bounded length.
fn chunks<T: Serialize>(name: &str, rows: &[T]) -> Vec<Event> {
    rows.chunks(MAP_ROWS).filter_map(|rows| Event::default().event(name).json_data(rows).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_go_into_several_events() {
        let rows: Vec<u32> = (0..2_500).collect();
        assert_eq!(chunks("moved", &rows).len(), 3);
        assert!(chunks::<u32>("moved", &[]).is_empty());
    }
}
