//! `GET /api/v1/desk/events`: what changed at this desk, as server-sent events.
//!
//! A new connection is told the present state of every enquiry first, then `sync`; so nothing is lost by reconnecting, and
//! no event number has to be remembered.

use super::view::{EnquiryJson, State as Stands, enquiry_json};
use crate::web::fault::Fault;
use crate::web::live;
use crate::web::session::{DESK, SignedIn};
use crate::web::state::{App, random};
use crate::web::watching::Attached;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::Event;
use dispatch_core::{Store, board};
use model::EnquiryId;
use std::collections::BTreeMap;

/// What this connection was told.
struct Told {
    #[expect(dead_code, reason = "ends with the stream")]
    attached: Attached,
    rows: BTreeMap<EnquiryId, EnquiryJson>,
    synced: bool,
}

/// The stream.
pub(crate) async fn stream<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    let hospital = signed.require(DESK)?.hospital().ok_or(Fault::not_permitted())?;
    // A program is there as long as its stream.
    let attached = app.watching.attach(hospital, &hex::encode(random::<16>()?), true);
    Ok(live::events(
        app,
        signed,
        Told { attached, rows: BTreeMap::new(), synced: false },
        |app: App<S>, principal, mut told| async move {
            let Ok(rows) = board(app.store.as_ref(), &app.rules, app.now(), &principal).await else {
                return (told, vec![Event::default().event("trouble").data("")]);
            };
            let mut events: Vec<Event> =
                rows.iter().rev().filter_map(|row| news(&mut told, enquiry_json(row))).collect();
            if !core::mem::replace(&mut told.synced, true) {
                events.push(Event::default().event("sync").data(rows.len().to_string()));
            }
            (told, events)
        },
    ))
}

/// The event for a row that this connection does not know in this form yet.
fn news(told: &mut Told, row: EnquiryJson) -> Option<Event> {
    let before = told.rows.get(&row.enquiry);
    if before == Some(&row) {
        return None;
    }
    let name = name_of(before, &row);
    let event = Event::default().event(name).json_data(&row).ok();
    told.rows.insert(row.enquiry, row);
    event
}

fn name_of(before: Option<&EnquiryJson>, row: &EnquiryJson) -> &'static str {
    let was = before.map(|b| b.state);
    match (was, row.state) {
        (Some(Stands::DecidedHere), state) if state != Stands::DecidedHere => "destination.changed",
        (was, Stands::DecidedHere) if was != Some(Stands::DecidedHere) => "enquiry.decided",
        (was, Stands::Released) if was != Some(Stands::Released) => "enquiry.released",
        (None, Stands::Open) => "enquiry.opened",
        _ if before.is_some_and(|b| !b.history_released) && row.history_released => "history.released",
        _ => "enquiry.changed",
    }
}
