//! What every handler is given.

use super::codes::{HandoverCodes, ReceiptCodes};
use super::passcode::Passcodes;
use super::proposals::PutAside;
use super::rate::MachineRate;
use super::second::FactorKey;
use super::throttle::Throttle;
use super::watching::Watching;
use crate::map_tiles::MapTiles;
use dispatch_core::{Call, KnownViews};
use field_alerts::RuleSet;
use hospital_selection::HospitalTable;
use model::{Clock, HospitalId, IdSource, Position, RngStreams, Timestamp, UnitId};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// What is known of a unit right now, apart from its facts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnitLive {
    /// A tablet of it has a connection that answered its last probe.
    pub connected: bool,
    /// When anything was last received from it.
    pub last_heard: Option<Timestamp>,
    /// Where it was, and when.
    pub position: Option<(Position, Timestamp)>,
}

/// Who knows which units are there. The side of the tablets implements it.
pub trait LiveUnits: Send + Sync {
    /// What is known of this unit; the default when nothing is.
    fn live(&self, unit: UnitId) -> UnitLive;
}

/// Nobody was heard since the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyHeard;

impl LiveUnits for NobodyHeard {
    fn live(&self, _: UnitId) -> UnitLive {
        UnitLive::default()
    }
}

/// Hints that something changed. They carry no data: every page reads on for itself, in its own scope.
#[derive(Clone, Debug)]
pub struct Changes {
    count: Arc<watch::Sender<u64>>,
    stopping: Arc<watch::Sender<bool>>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { count: Arc::new(watch::Sender::new(0)), stopping: Arc::new(watch::Sender::new(false)) }
    }
}

impl Changes {
    /// Something was committed or heard: open pages look again.
    pub fn touch(&self) {
        self.count.send_modify(|count| *count = count.wrapping_add(1));
    }
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}

/// Resolves once the server stops.
pub(crate) async fn stop_ordered(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone with the server: stopped as well.
    drop(stopping.wait_for(|stop| *stop).await);
}

/// Everything that the HTTPS side works with.
pub struct AppState<S> {
    /// Facts, accounts, audit.
    pub store: Arc<S>,
    /// The server's clock.
    pub clock: Arc<dyn Clock + Send + Sync>,
    /// A training installation (訓練).
    pub training: bool,
    /// Names of hospitals.
    pub hospitals: Arc<HospitalTable>,
    /// Rules of the field alerts.
    pub rules: Arc<RuleSet>,
    /// Which units are there.
    pub units: Arc<dyn LiveUnits>,
    /// Hints for open pages.
    pub changes: Changes,
    /// Whether certificates of cards are checked; empty where nobody said.
    pub card_roots: String,
    /// How drives are timed, with the credit of the roads; empty where nobody said.
    pub travel: String,
    /// What lies under the map; nothing where nobody said.
    pub tiles: Arc<MapTiles>,
    /// How drives are timed for the choice of a unit.
    pub drives: super::console::Drives,
    /// Cases as they were folded last.
    pub(crate) views: KnownViews,
    /// Which hospitals' boards somebody watches.
    pub watching: Arc<Watching>,
    /// Proposals that a desk does not want to see again.
    pub(crate) put_aside: PutAside,
    /// Seals secrets of authenticator apps; a key of this process alone where nobody said.
    pub factors: Arc<FactorKey>,
    pub(crate) passcodes: Passcodes,
    pub(crate) throttle: Throttle,
    pub(crate) machines: MachineRate,
    pub(crate) statistics: Semaphore,
    /// Single-use codes of handover documents.
    pub codes: Arc<HandoverCodes>,
    /// Single-use codes of patients' receipts.
    pub(crate) receipts: ReceiptCodes,
}

/// The shared form.
pub(crate) type App<S> = Arc<AppState<S>>;

impl<S> AppState<S> {
    /// With nothing heard, nobody signed in and no codes given out.
    pub fn new(
        store: Arc<S>,
        clock: Arc<dyn Clock + Send + Sync>,
        training: bool,
        hospitals: Arc<HospitalTable>,
        rules: Arc<RuleSet>,
        units: Arc<dyn LiveUnits>,
        changes: Changes,
    ) -> Self {
        Self {
            store,
            clock,
            training,
            hospitals,
            rules,
            units,
            changes,
            card_roots: String::new(),
            travel: String::new(),
            tiles: Arc::default(),
            drives: Arc::new(|| Arc::new(travel_time::RoadModel::japan())),
            views: KnownViews::default(),
            watching: Arc::default(),
            put_aside: PutAside::default(),
            factors: Arc::default(),
            passcodes: Passcodes::default(),
            throttle: Throttle::default(),
            machines: MachineRate::default(),
            statistics: Semaphore::new(super::limits::STATISTICS_AT_ONCE),
            codes: Arc::default(),
            receipts: ReceiptCodes::default(),
        }
    }
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.utc()
    }
    /// A call of a use case, with ids of its own.
    pub(crate) fn call(&self) -> Result<Call<'_>, super::Fault> {
        let ids = IdSource::new(RngStreams::new(random()?).stream("web"));
        Ok(Call::new(self.clock.as_ref(), ids, self.training))
    }
    /// A hospital's official name; its id when the table does not know it.
    pub(crate) fn hospital_name(&self, id: HospitalId) -> String {
        self.hospitals.get(id).map_or_else(|| format!("病院 {id}"), |h| h.name.clone())
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], super::Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| super::Fault::internal("drawing random bytes"))?;
    Ok(bytes)
}
