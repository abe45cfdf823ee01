//! A whole fleet enrolled at once, for rehearsals of a rollout: departments, units, tablets and their certificates.

use super::Desk;
use crate::data_dir::DataDir;
use crate::edge::system_time;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::store::{Department, Device, Unit};
use model::{DepartmentId, DeviceId, UnitId};
use pki::{CertificateAuthority, DeviceBundle};

/// Most tablets in one call: four times the ambulances of Japan, and some beside them.
pub const FLEET_MAX: usize = 24_000;

/// One tablet of a fleet. Its certificate and key are in memory only.
pub struct FleetTablet {
    /// The tablet.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// Its department.
    pub department: DepartmentId,
    /// What a tablet's directory would hold.
    pub bundle: DeviceBundle,
}

/// Enrols `units` units with one tablet each, spread evenly over `departments` new departments, in one transaction.
/// Training installations only: nobody hands out thousands of keys at once.
///
/// # Errors
/// A live installation, a number outside 1 to [`FLEET_MAX`], departments that exist already.
pub async fn enrol_fleet(data: &DataDir, units: usize, departments: usize) -> Result<Vec<FleetTablet>> {
    let training = data.installation()?.training;
    ensure!(training, "enrol a fleet: only in a training installation");
    ensure!((1..=FLEET_MAX).contains(&units), "enrol a fleet of {units} tablets: expected 1 to {FLEET_MAX}");
    ensure!((1..=units).contains(&departments), "enrol a fleet in {departments} departments: expected 1 to {units}");
    let desk = Desk::new(training)?;
    let mut call = desk.call();
    let departments: Vec<Department> = (1..=departments)
        .map(|n| Department {
            id: DepartmentId::from_uuid(call.uuid()),
            name: format!("訓練第{n}消防本部"),
            pref: String::new(),
        })
        .collect();
    let authority = CertificateAuthority::load(&data.authority(), training).context("open the authority")?;
    let (mut unit_rows, mut device_rows, mut fleet) = (Vec::new(), Vec::new(), Vec::with_capacity(units));
    for (n, department) in departments.iter().cycle().take(units).enumerate() {
        let unit = Unit {
            id: UnitId::from_uuid(call.uuid()),
            department: department.id,
            callsign: format!("訓練{}", n / departments.len() + 1),
        };
        let device = DeviceId::from_uuid(call.uuid());
        let credential = authority
            .issue_device(device.uuid(), unit.id.uuid(), department.id.uuid(), system_time())
            .context("make a tablet's certificate")?;
        let bundle =
            DeviceBundle::new(credential, authority.certificate().clone()).context("make a tablet's bundle")?;
        device_rows.push(Device {
            id: device,
            unit: unit.id,
            department: department.id,
            name: unit.callsign.clone(),
            fingerprint: bundle.identity().fingerprint.to_string(),
            enrolled_at: call.now(),
            revoked_at: None,
        });
        fleet.push(FleetTablet { device, unit: unit.id, department: department.id, bundle });
        unit_rows.push(unit);
    }
    let store = data.open_store().await?;
    store.enter_fleet(&departments, &unit_rows, &device_rows).await.context("enter the fleet")?;
    store.close().await;
    Ok(fleet)
}
