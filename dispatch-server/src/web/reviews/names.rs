//! Names of the people and units that stand in the list.

use crate::web::fault::Fault;
use dispatch_core::store::{Account, Device, Directory, Unit};
use dispatch_core::{Scope, UseCaseError};
use model::{CrewId, DeviceId};

/// Who is who in a department.
pub(super) struct Names {
    people: Vec<Account>,
    devices: Vec<Device>,
    units: Vec<Unit>,
}

impl Names {
    pub(super) async fn read(store: &impl Directory, scope: Scope) -> Result<Self, Fault> {
        Ok(Self {
            people: store.accounts(scope).await.map_err(UseCaseError::from)?,
            devices: store.devices(scope).await.map_err(UseCaseError::from)?,
            units: store.units(scope).await.map_err(UseCaseError::from)?,
        })
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
