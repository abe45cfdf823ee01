//! Names of the people and units that stand in the list.

use crate::web::fault::Fault;
use dispatch_core::store::{Account, Device, Directory, Disasters, Unit};
use dispatch_core::{Scope, UseCaseError};
use model::{CrewId, DeviceId, Timestamp, UnitId};
use std::collections::BTreeSet;

/// Who is who in a department.
pub(super) struct Names {
    people: Vec<Account>,
    devices: Vec<Device>,
    units: Vec<Unit>,
}

impl Names {
    pub(super) async fn read<S: Directory + Disasters>(store: &S, scope: Scope) -> Result<Self, Fault> {
        let mut names = Self {
            people: store.accounts(scope).await.map_err(UseCaseError::from)?,
            devices: store.devices(scope).await.map_err(UseCaseError::from)?,
            units: store.units(scope).await.map_err(UseCaseError::from)?,
        };
        names.add_relief(store, scope).await?;
        Ok(names)
    }
    /// Units that ever worked for the department as relief, and their tablets.
    async fn add_relief<S: Directory + Disasters>(&mut self, store: &S, scope: Scope) -> Result<(), Fault> {
        let reliefs = store.reliefs(Timestamp(0)).await.map_err(UseCaseError::from)?;
        let here = reliefs.iter().filter(|relief| scope == Scope::Department(relief.department));
        let came: BTreeSet<UnitId> = here.map(|relief| relief.unit).collect();
        if came.is_empty() {
            return Ok(());
        }
        let units = store.units(Scope::Installation).await.map_err(UseCaseError::from)?;
        let devices = store.devices(Scope::Installation).await.map_err(UseCaseError::from)?;
        self.units.extend(units.into_iter().filter(|unit| came.contains(&unit.id)));
        self.devices.extend(devices.into_iter().filter(|device| came.contains(&device.unit)));
        Ok(())
    }
    /// A person's name; people of elsewhere are not named.
    pub(super) fn person(&self, id: Option<CrewId>) -> &str {
        let found = id.and_then(|id| self.people.iter().find(|person| person.id == id));
        found.map_or("（登録のない人）", |person| person.name.as_str())
    }
    /// The unit of a tablet.
    pub(super) fn unit(&self, id: Option<DeviceId>) -> &str {
        let device = id.and_then(|id| self.devices.iter().find(|device| device.id == id));
        let unit = device.and_then(|device| self.units.iter().find(|unit| unit.id == device.unit));
        unit.map_or("隊不明", |unit| unit.callsign.as_str())
    }
}
