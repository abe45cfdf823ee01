//! What the buttons of capacity send.

use super::places::FIELDS;
use super::week::{hours, next};
use super::{LEVELS, of_key};
use crate::web::fault::Fault;
use crate::web::limits::CLOSURE_MINUTES;
use crate::web::session::{CsrfField, DESK, SignedForm};
use crate::web::state::App;
use axum::extract::State;
use axum::response::Redirect;
use dispatch_core::limits::{BAYS_MAX, MASS_MINUTES, PLACES_MAX};
use dispatch_core::{
    Principal, Store, UseCaseError, WeekChange, change_week, count_bays, offer_places, report_capacity,
};
use hospital_selection::CapacityState;
use model::{Capability, HospitalId, Timestamp};
use serde::Deserialize;

macro_rules! csrf_field {
    ($($name:ident),+) => {$(
        impl CsrfField for $name {
            fn csrf(&self) -> &str {
                &self.csrf
            }
        }
    )+};
}
csrf_field!(Level, Places, Bays, Week);

/// What was pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    csrf: String,
    of: String,
    say: String,
    /// On which page; none = the board.
    #[serde(default)]
    on: Option<String>,
}

/// `POST /desk/capacity`.
pub(crate) async fn capacity_form<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, given): SignedForm<Level>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
    let of = of_key(&given.of)?;
    let (state, until) = meant(&app, hospital, of, &given.say).await?;
    report_capacity(app.store.as_ref(), &app.call()?, principal, hospital, of, state, until).await?;
    app.changes.touch();
    Ok(Redirect::to(if given.on.is_some() { "/desk/capacity" } else { "/desk" }))
}

/// The state that a button means, and its end when it has one of its own.
async fn meant<S: Store>(
    app: &App<S>,
    hospital: HospitalId,
    of: Option<Capability>,
    say: &str,
) -> Result<(CapacityState, Option<Timestamp>), Fault> {
    let now = app.now();
    if let Some(level) = LEVELS.iter().find(|level| level.value == say) {
        return Ok((level.state, None));
    }
    if say == "longer" {
        return longer(app, hospital, of).await;
    }
    let minutes = say.strip_prefix("down-").and_then(|minutes| minutes.parse::<i64>().ok());
    let minutes = minutes.ok_or_else(|| Fault::field("say", "この値はありません"))?;
    // A stop that is lifted ends now.
    if minutes != 0 && !CLOSURE_MINUTES.contains(&minutes) {
        return Err(Fault::field("say", "停止には終わりの時刻が要ります"));
    }
    Ok((CapacityState::Down, Some(now.plus_minutes(minutes))))
}

/// The level that stands, an hour longer: whoever presses it has looked again.
async fn longer<S: Store>(
    app: &App<S>,
    hospital: HospitalId,
    of: Option<Capability>,
) -> Result<(CapacityState, Option<Timestamp>), Fault> {
    let now = app.now();
    let all = app.store.capacity().await.map_err(UseCaseError::from)?;
    let standing = all.iter().find(|r| r.hospital == hospital && r.capability == of && r.state.is_level());
    let standing = standing.filter(|r| r.holds(now)).ok_or_else(|| Fault::field("say", "延ばす値がありません"))?;
    let most = now.plus_minutes(*CLOSURE_MINUTES.end());
    let until = standing.until.unwrap_or(now).max(now).plus_minutes(60).min(most);
    Ok((standing.state, Some(until)))
}

/// A cell of a pattern, or a word for the whole of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Week {
    csrf: String,
    of: String,
    say: String,
}

/// `POST /desk/capacity/week`.
pub(crate) async fn week_form<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, given): SignedForm<Week>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let of = of_key(&given.of)?;
    let change = change_of(&app, principal, of, &given.say).await?;
    change_week(app.store.as_ref(), &app.call()?, principal, of, change).await?;
    app.changes.touch();
    Ok(Redirect::to(&format!("/desk/capacity?of={}", given.of)))
}

async fn change_of<S: Store>(
    app: &App<S>,
    principal: &Principal,
    of: Option<Capability>,
    say: &str,
) -> Result<WeekChange, Fault> {
    match say {
        "weekdays" => return Ok(WeekChange::CopyMonday),
        "clear" => return Ok(WeekChange::Set(0..dispatch_core::week::WEEK_HOURS, None)),
        _ => {}
    }
    let cell = say.parse::<usize>().ok().map(hours).filter(|hours| hours.end <= dispatch_core::week::WEEK_HOURS);
    let hours = cell.ok_or_else(|| Fault::field("say", "このマスはありません"))?;
    let weeks = app.store.weeks(principal.hospital()).await.map_err(UseCaseError::from)?;
    let week = weeks.iter().find(|week| week.capability == of);
    let level = next(week.and_then(|week| week.levels.level(hours.start)));
    Ok(WeekChange::Set(hours, level))
}

/// An offer by colour.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Places {
    csrf: String,
    red: u16,
    yellow: u16,
    green: u16,
    black: u16,
    minutes: i64,
}

/// `POST /desk/capacity/places`.
pub(crate) async fn places_form<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, given): SignedForm<Places>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let places = [given.red, given.yellow, given.green, given.black];
    check_places(&places, given.minutes)?;
    offer_places(app.store.as_ref(), &app.call()?, principal, places, given.minutes).await?;
    app.changes.touch();
    Ok(Redirect::to("/desk/capacity"))
}

/// Refuses numbers beyond the limits, naming the field.
pub(in crate::web::desk) fn check_places(places: &[u16; 4], minutes: i64) -> Result<(), Fault> {
    if let Some((field, _)) = FIELDS.iter().zip(places).find(|(_, n)| **n > PLACES_MAX) {
        return Err(Fault::field(field, &format!("0〜{PLACES_MAX}で入れてください")));
    }
    if minutes != 0 && !MASS_MINUTES.contains(&minutes) {
        return Err(Fault::field("minutes", "1〜1440分、取り下げるときは0で入れてください"));
    }
    Ok(())
}

/// A count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bays {
    csrf: String,
    taken: u16,
    total: u16,
}

/// `POST /desk/capacity/bays`.
pub(crate) async fn bays_form<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, given): SignedForm<Bays>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    if given.taken > BAYS_MAX || given.total > BAYS_MAX {
        return Err(Fault::field("total", &format!("0〜{BAYS_MAX}で入れてください")));
    }
    count_bays(app.store.as_ref(), &app.call()?, principal, given.taken, given.total).await?;
    app.changes.touch();
    Ok(Redirect::to("/desk/capacity"))
}
