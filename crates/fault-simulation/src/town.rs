//! Who is there: two departments, three tablets, two of them in one unit, and four hospitals.

use ambulance_core::{Config, Identity};
use card::{CardRead, Chain, TokenKind, Validity};
use dispatch_core::contract::fixtures::Town;
use dispatch_core::store::{Device, Directory};
use dispatch_core::{Principal, PrincipalKind, Scope, TabletOf, Who};
use hospital_selection::HospitalTable;
use model::{DeviceId, Position, Timestamp};
use std::sync::Arc;
use travel_time::RoadModel;

/// True time 0 of every run: 2026-11-20 09:00 in Japan.
pub(crate) const EPOCH: Timestamp = dispatch_core::contract::fixtures::NOW;

pub(crate) const A: Town = Town(1);
pub(crate) const B: Town = Town(2);

/// Four hospitals around the scene, invented.
const HOSPITALS: &str = "#version,simulation.1\n\
id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,ambulance_accepted,operations,deliveries,capabilities\n\
019b76da-a800-7001-8000-000000000001,S-1,第一病院,東京都,1301,甲市,35.700000,139.400000,300,0,1,3000,900,0,ct_now:filed;secondary:filed\n\
019b76da-a800-7001-8000-000000000002,S-2,第二病院,東京都,1301,甲市,35.720000,139.430000,200,0,1,1500,400,0,secondary:filed\n\
019b76da-a800-7001-8000-000000000003,S-3,第三病院,東京都,1301,乙市,35.680000,139.450000,600,1,1,5000,3000,200,ct_now:filed;secondary:filed\n\
019b76da-a800-7001-8000-000000000004,S-4,第四病院,東京都,1301,乙市,35.660000,139.380000,120,0,1,400,100,0,secondary:filed\n";

/// One tablet's place in the town.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) town: Town,
    pub(crate) device: DeviceId,
}

/// The three tablets: two of unit A, one of unit B.
pub(crate) fn places() -> [Place; 3] {
    [
        Place { town: A, device: A.device() },
        Place { town: A, device: DeviceId::from_bytes([0xA2; 16]) },
        Place { town: B, device: B.device() },
    ]
}

impl Place {
    pub(crate) fn identity(self) -> Identity {
        let town = self.town;
        Identity { device: self.device, unit: town.unit(), department: town.department(), training: true }
    }

    pub(crate) fn principal(self) -> Principal {
        Principal {
            who: Who::Device(self.device),
            kind: PrincipalKind::Device,
            scope: Scope::Department(self.town.department()),
            roles: [].into(),
            tablet: Some(TabletOf { device: self.device, unit: self.town.unit() }),
            session: None,
        }
    }
}

pub(crate) async fn settle(store: &impl Directory) -> Result<(), dispatch_core::store::StoreError> {
    A.settle(store).await?;
    B.settle(store).await?;
    let second = Device {
        id: DeviceId::from_bytes([0xA2; 16]),
        unit: A.unit(),
        department: A.department(),
        name: "tablet-1b".into(),
        fingerprint: "00".repeat(32),
        enrolled_at: EPOCH,
        revoked_at: None,
    };
    store.enrol(second).await
}

pub(crate) fn hospitals() -> HospitalTable {
    match HospitalTable::parse(HOSPITALS) {
        Ok(table) => table,
        Err(error) => unreachable!("the simulation's own table: {error}"),
    }
}

pub(crate) fn config(place: Place, hospitals: Arc<HospitalTable>) -> Config {
    Config {
        identity: place.identity(),
        callsign: format!("救急{}", place.town.0),
        department_name: format!("第{}消防本部", place.town.0),
        version: "simulation".into(),
        hospitals,
        travel: RoadModel::japan(),
    }
}

pub(crate) fn scene() -> Option<Position> {
    Position::new(35.70, 139.41).ok()
}

pub(crate) fn card() -> CardRead {
    CardRead {
        kind: TokenKind::Card,
        certificate: vec![0x30, 0x82],
        serial: "01".into(),
        not_before: 0,
        not_after: 4_000_000_000,
        issuer: "simulation".into(),
        chain: Chain::InstallationTestCa,
        validity: Validity::Valid,
        commands: 7,
    }
}
