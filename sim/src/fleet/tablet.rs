//! One unit of the fleet: the tablet's real loop with its own certificate and connection, over a store in memory or on disk.

use super::book::Book;
use super::socket::FleetSocket;
use super::traffic::Traffic;
use super::{OutboxKind, Step};
use crate::national::Spent;
use ambulance_core::{Command, Config, Core, Identity, Now, Restored};
use ambulance_runtime::reader::{Probe, channel};
use ambulance_runtime::{Address, Handle, LinkSettings, SystemClock, open_outbox, start};
use anyhow::{Context, Result};
use delivery::{LogHead, MemoryStore, OutboxStore, StoreError};
use dispatch_server::admin::FleetTablet;
use hospital_selection::HospitalTable;
use model::{Clock, DepartmentId, Position, RngStreams, UnitId};
use outbox_sqlite::SqliteOutbox;
use quic_link::{PROTOCOLS, PathSwitch};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use travel_time::RoadModel;

/// What all tablets share.
pub(super) struct Common {
    pub(super) clock: SystemClock,
    pub(super) server: SocketAddr,
    pub(super) book: Arc<Book>,
    pub(super) spent: Spent,
    pub(super) hospitals: Arc<HospitalTable>,
    pub(super) travel: RoadModel,
    pub(super) outbox: OutboxKind,
    /// Folder of outboxes on disk.
    pub(super) folder: PathBuf,
    pub(super) seed: u64,
}

/// A tablet's outbox, kept to be counted at the end.
pub(super) enum Outbox {
    Memory(Arc<MemoryStore>),
    Sqlite(Arc<SqliteOutbox>),
}

impl Outbox {
    /// Where every log stands.
    pub(super) async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        match self {
            Self::Memory(store) => store.heads().await,
            Self::Sqlite(store) => store.heads().await,
        }
    }
}

/// See the module.
pub(super) struct Tablet {
    pub(super) n: usize,
    pub(super) unit: UnitId,
    pub(super) department: DepartmentId,
    /// Where it waits for a call.
    pub(super) station: Position,
    pub(super) handle: Handle,
    place: Mutex<Position>,
    switch: Option<PathSwitch>,
    pub(super) reader: Probe,
    pub(super) traffic: Arc<Traffic>,
    pub(super) outbox: Outbox,
}

/// A unit before it is switched on.
pub(super) struct Unit {
    pub(super) n: usize,
    pub(super) tablet: FleetTablet,
    pub(super) callsign: String,
    pub(super) station: Position,
}

impl Unit {
    /// Switches the tablet on; it dials by itself.
    pub(super) async fn start(self, socket: &FleetSocket, common: &Common) -> Result<Tablet> {
        let Self { n, tablet, callsign, station } = self;
        let identity =
            Identity { device: tablet.device, unit: tablet.unit, department: tablet.department, training: true };
        let config = Config {
            identity,
            callsign,
            department_name: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hospitals: Arc::clone(&common.hospitals),
            travel: common.travel.clone(),
        };
        let tls = pki::quic_client_config(&tablet.bundle, PROTOCOLS, pki::EarlyData::Off).context("prepare TLS")?;
        let (book, spent) = (Arc::clone(&common.book), common.spent.clone());
        let traffic = Arc::new(Traffic::new(book, common.clock, spent));
        let link = LinkSettings {
            endpoint: socket.endpoint(tls)?,
            servers: vec![common.server],
            server_name: "localhost".to_owned(),
            training: true,
            program: concat!("sim ", env!("CARGO_PKG_VERSION")).to_owned(),
            address: if socket.is_shared() { Address::Fixed } else { Address::Moving },
            observer: Some(Arc::clone(&traffic) as _),
        };
        let now = Now { utc: common.clock.utc(), mono: common.clock.monotonic() };
        let streams = RngStreams::from_u64(common.seed ^ (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (reader, events) = channel();
        let (handle, outbox) = match common.outbox {
            OutboxKind::Memory => {
                let store = Arc::new(MemoryStore::new());
                let core = Core::new(config, Restored::default(), &streams, now);
                (start(core, Arc::clone(&store), link, events, common.clock, || {}), Outbox::Memory(store))
            }
            OutboxKind::Sqlite => {
                let folder = common.folder.join(format!("unit-{n}"));
                let (store, restored) = open_outbox(&folder, now.utc).await.context("open an outbox")?;
                let store = Arc::new(store);
                let core = Core::new(config, restored, &streams, now);
                (start(core, Arc::clone(&store), link, events, common.clock, || {}), Outbox::Sqlite(store))
            }
        };
        let place = Mutex::new(station);
        let (unit, department) = (tablet.unit, tablet.department);
        let switch = socket.switch();
        Ok(Tablet { n, unit, department, station, place, switch, handle, reader, traffic, outbox })
    }
}

impl Tablet {
    /// Where it is.
    pub(super) fn place(&self) -> Position {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is here from now on.
    pub(super) fn move_to(&self, place: Position) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// Whether packets pass from now on.
    pub(super) fn set_radio(&self, there: bool) {
        match &self.switch {
            Some(switch) if there => switch.restore(),
            Some(switch) => switch.cut(),
            None => {}
        }
    }

    /// Tells where it is; false when the tablet's loop stands still.
    pub(super) fn tell_position(&self) -> bool {
        self.handle.commands().try_send(Command::At(self.place()))
    }

    /// Waits for the server's Welcome and notes how long it took since `began_us`, which was meant to be at `intended_us`.
    pub(super) async fn connected(&self, (intended_us, began_us): (u64, u64), common: &Common) -> Result<()> {
        self.handle.wait_for(|state| state.link.is_up()).await?;
        let now_us = common.clock.monotonic().us;
        common.book.took(Step::Connect, now_us.saturating_sub(began_us), began_us.saturating_sub(intended_us));
        Ok(())
    }
}
