//! A whole fleet enrolled at once, for rehearsals of a rollout: departments, units, tablets and their certificates.

use super::Desk;
use crate::data_dir::DataDir;
use crate::edge::system_time;
use crate::secrets::{new_passcode, new_token};
use crate::web::hash_passcode;
use anyhow::{Context as _, Result, ensure};
use dispatch_core::store::{Account, Department, Device, Unit};
use dispatch_core::{NewToken, Principal, PrincipalKind, Role, Scope, TokenUse, add_token};
use model::{CrewId, DepartmentId, DeviceId, HospitalId, UnitId};
use pki::{CertificateAuthority, DeviceBundle};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

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

/// The people and machines of a fleet. Every account has the same passcode: it is hashed once.
pub struct FleetPeople {
    /// Of every account.
    pub passcode: Zeroizing<String>,
    /// A crew's sign-in name, by unit.
    pub crews: BTreeMap<UnitId, String>,
    /// The dispatch system's token, by department.
    pub machines: BTreeMap<DepartmentId, Zeroizing<String>>,
    /// A dispatcher's sign-in name, by department.
    pub dispatchers: BTreeMap<DepartmentId, String>,
    /// A desk's sign-in name, by hospital.
    pub desks: BTreeMap<HospitalId, String>,
}

/// Makes a crew for each unit, a dispatcher and a token of the dispatch system for each department, and a desk for each hospital. Training
/// installations only: nobody shares a passcode.
///
/// # Errors
/// A live installation, accounts that exist already.
pub async fn staff_fleet(
    data: &DataDir,
    units: &[(UnitId, DepartmentId)],
    hospitals: &BTreeSet<HospitalId>,
) -> Result<FleetPeople> {
    let training = data.installation()?.training;
    ensure!(training, "staff a fleet: only in a training installation");
    let random = "take random numbers from the system";
    let desk = Desk::new(training)?;
    let passcode = new_passcode().context(random)?;
    let secret = hash_passcode(&passcode)?;
    let store = data.open_store().await?;
    let mut call = desk.call();
    let mut account = |login: String, (kind, scope, role): (PrincipalKind, Scope, Role)| Account {
        id: CrewId::from_uuid(call.uuid()),
        name: login.clone(),
        login,
        kind,
        scope,
        roles: [role].into(),
        secret: secret.clone(),
        one_time: false,
        disabled: false,
        locked_until: None,
    };
    let departments: BTreeSet<DepartmentId> = units.iter().map(|(_, department)| *department).collect();
    let mut accounts = Vec::new();
    let (mut crews, mut dispatchers, mut desks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (n, department) in departments.iter().enumerate() {
        let scope = Scope::Department(*department);
        let dispatcher = format!("dispatch{}", n + 1);
        accounts.push(account(dispatcher.clone(), (PrincipalKind::Dispatcher, scope, Role::Dispatcher)));
        dispatchers.insert(*department, dispatcher);
    }
    for (n, (unit, department)) in units.iter().enumerate() {
        let crew = format!("crew{}", n + 1);
        accounts.push(account(crew.clone(), (PrincipalKind::Crew, Scope::Department(*department), Role::Crew)));
        crews.insert(*unit, crew);
    }
    for (n, hospital) in hospitals.iter().enumerate() {
        let login = format!("desk{}", n + 1);
        accounts.push(account(login.clone(), (PrincipalKind::Desk, Scope::Hospital(*hospital), Role::HospitalDesk)));
        desks.insert(*hospital, login);
    }
    store.enter_accounts(accounts).await.context("enter the accounts")?;
    let mut machines = BTreeMap::new();
    for department in departments {
        let token = new_token().context(random)?;
        let hash = Sha256::digest(token.as_bytes()).into();
        let new = NewToken { department, name: "CAD".to_owned(), purpose: TokenUse::Cad, days: 7, hash };
        add_token(&store, &mut call, &Principal::system(), new).await.context("make a token")?;
        machines.insert(department, token);
    }
    store.close().await;
    Ok(FleetPeople { passcode, crews, machines, dispatchers, desks })
}
