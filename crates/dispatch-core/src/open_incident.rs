//! A dispatcher opens an incident: a case with its first facts and a unit on its way.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::TEXT_CHARS_MAX;
use crate::principal::{Principal, Role};
use crate::relief::relief_units;
use crate::server_log::ServerPen;
use crate::store::{Append, AppendOutcome, Directory, Disasters, EventStore, Expect, LogOwner, Unit};
use case::{Body, CardAnswer};
use model::{CaseId, DepartmentId, IncidentId, Position, Timestamp, UnitId};

/// Roles that may open incidents and assign units.
pub(crate) const DISPATCH: &[Role] = &[Role::Dispatcher, Role::DispatchSupervisor, Role::Machine];

/// What the call said.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenIncident {
    /// Unit to send at once, if one is chosen.
    pub unit: Option<UnitId>,
    /// When 119 was answered (覚知).
    pub call_received_at: Timestamp,
    /// Where.
    pub scene: Option<Position>,
    /// The place in words, at most [`TEXT_CHARS_MAX`] characters.
    pub place: Option<String>,
    /// What the caller said, at most [`TEXT_CHARS_MAX`] characters.
    pub call_text: Option<String>,
    /// What the caller said of card and notebook, if it was asked.
    pub card: Option<CardAnswer>,
}

/// The new incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedIncident {
    /// The incident.
    pub incident: IncidentId,
    /// Its first patient's case.
    pub case: CaseId,
}

/// Opens it.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but dispatch; [`UseCaseError::NotFound`] for a unit of another department that is
/// no relief unit of this one;
/// [`UseCaseError::BadRequest`] for text that is too long.
pub async fn open_incident<S: EventStore + Directory + Disasters>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    request: OpenIncident,
) -> Result<OpenedIncident, UseCaseError> {
    principal.require_any(DISPATCH, "opening an incident")?;
    let department = principal.require_department("opening an incident")?;
    for text in [&request.place, &request.call_text].into_iter().flatten() {
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(UseCaseError::BadRequest("the text is too long"));
        }
    }
    let unit = match request.unit {
        Some(unit) => Some(unit_of(store, department, unit, call.now()).await?),
        None => None,
    };
    let (incident, case) = (IncidentId::from_uuid(call.uuid()), CaseId::from_uuid(call.uuid()));
    let opened = Body::CaseOpened {
        incident,
        patient_no: 1,
        call_received_at: Some(request.call_received_at),
        scene: request.scene,
        place: request.place,
        call_text: request.call_text,
    };
    let mut pen = ServerPen::new(None, call, case, department, principal.on_behalf());
    let mut effects = vec![pen.write(call, opened)?];
    if let Some(answer) = request.card {
        effects.push(pen.write(call, Body::CardAsked { answer })?);
    }
    if let Some(unit) = unit {
        effects.push(pen.write(call, Body::UnitAssigned { unit: unit.id, callsign: unit.callsign, leg: 1 })?);
    }
    let append = Append {
        owner: LogOwner::Server(case),
        entries: Vec::new(),
        before: None,
        end: None,
        effects,
        expect: Some(Expect { case, position: 0 }),
        received_at: call.now(),
    };
    match store.append(append).await?.outcome {
        AppendOutcome::Conflict => Err(UseCaseError::Contended),
        _ => Ok(OpenedIncident { incident, case }),
    }
}

/// A unit of the department, or a relief unit that works for it now.
pub(crate) async fn unit_of<S: Directory + Disasters>(
    store: &S,
    department: DepartmentId,
    unit: UnitId,
    now: Timestamp,
) -> Result<Unit, UseCaseError> {
    let units = store.units(crate::principal::Scope::Department(department)).await?;
    if let Some(own) = units.into_iter().find(|u| u.id == unit) {
        return Ok(own);
    }
    let reliefs = relief_units(store, department, now).await?;
    reliefs.into_iter().map(|(unit, _)| unit).find(|u| u.id == unit).ok_or(UseCaseError::NotFound("the unit"))
}
