//! Hints inside this process: "something of yours changed, read on from your position". A hint that is missed costs
//! nothing, because a reader reads from the store; many hints become one.

use crate::app::App;
use crate::store::SqliteStore;
use crate::web::Changes;
use case::Subject;
use dispatch_core::store::CaseHead;
use dispatch_core::{Told, told};
use model::{CaseId, DepartmentId, HospitalId, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::watch;

/// Streams whose audiences are looked up at once. Further ones wait in the store's channel.
const STREAMS_AT_ONCE: usize = 1_024;

/// Readers of one kind. A reader waits on its `watch::Receiver`; the number says nothing but "changed".
#[derive(Debug)]
struct Readers<K>(Mutex<BTreeMap<K, watch::Sender<u64>>>);

impl<K: Ord + Copy> Readers<K> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
    fn subscribe(&self, key: K) -> watch::Receiver<u64> {
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readers.entry(key).or_insert_with(|| watch::channel(0).0).subscribe()
    }
    fn tell(&self, key: K) {
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = readers.get(&key) {
            if sender.receiver_count() == 0 {
                readers.remove(&key);
            } else {
                sender.send_modify(|n| *n = n.wrapping_add(1));
            }
        }
    }
    fn tell_all(&self) {
        let readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in readers.values() {
            sender.send_modify(|n| *n = n.wrapping_add(1));
        }
    }
}

/// Who waits for what.
#[derive(Debug)]
pub struct Fanout {
    units: Readers<UnitId>,
    departments: Readers<DepartmentId>,
    hospitals: Readers<HospitalId>,
    pages: Changes,
}

impl Default for Fanout {
    fn default() -> Self {
        Self {
            units: Readers::new(),
            departments: Readers::new(),
            hospitals: Readers::new(),
            pages: Changes::default(),
        }
    }
}

impl Fanout {
    /// Changes of a unit's cases.
    #[must_use]
    pub fn unit(&self, unit: UnitId) -> watch::Receiver<u64> {
        self.units.subscribe(unit)
    }
    /// Changes of a department's cases, units and incidents.
    #[must_use]
    pub fn department(&self, department: DepartmentId) -> watch::Receiver<u64> {
        self.departments.subscribe(department)
    }
    /// Changes of a hospital's enquiries.
    #[must_use]
    pub fn hospital(&self, hospital: HospitalId) -> watch::Receiver<u64> {
        self.hospitals.subscribe(hospital)
    }
    /// The hints of open pages.
    #[must_use]
    pub const fn pages(&self) -> &Changes {
        &self.pages
    }
    /// Something that a unit's tablets wait for came.
    pub fn unit_changed(&self, unit: UnitId) {
        self.units.tell(unit);
    }
    /// A department's live picture changed (a unit came, left or moved).
    pub fn department_changed(&self, department: DepartmentId) {
        self.departments.tell(department);
        self.pages.touch();
    }

    /// Tells everybody about these streams; all their audiences are looked up together.
    async fn tell(&self, store: &SqliteStore, streams: &BTreeMap<Subject, DepartmentId>) {
        let cases: Vec<CaseId> = streams.keys().filter_map(|stream| stream.case()).collect();
        let heads = store.case_heads(&cases).await.unwrap_or_else(|error| {
            tracing::error!(%error, cases = cases.len(), "audiences are not known; their readers wait for the next hint");
            Vec::new()
        });
        let heads: BTreeMap<CaseId, &CaseHead> = heads.iter().map(|head| (head.case, head)).collect();
        let mut all = Told::default();
        let mut departments = BTreeSet::new();
        for (stream, department) in streams {
            let head = stream.case().and_then(|case| heads.get(&case).copied());
            let mut told = told(*stream, *department, head);
            all.units.append(&mut told.units);
            all.hospitals.append(&mut told.hospitals);
            departments.extend(told.department);
        }
        all.units.iter().for_each(|unit| self.units.tell(*unit));
        departments.iter().for_each(|department| self.departments.tell(*department));
        all.hospitals.iter().for_each(|hospital| self.hospitals.tell(*hospital));
        self.pages.touch();
    }

    /// Somebody fell behind: everybody reads on.
    fn tell_everybody(&self) {
        self.units.tell_all();
        self.departments.tell_all();
        self.hospitals.tell_all();
        self.pages.touch();
    }
}

/// Carries hints out until the store is closed. What was committed during one look is told with the next: under load
/// hints become fewer, never a longer line.
pub(crate) async fn run(app: Arc<App>) {
    let mut changes = app.store.subscribe();
    loop {
        let mut streams = BTreeMap::new();
        let mut came = changes.recv().await.map_err(|error| match error {
            RecvError::Lagged(missed) => TryRecvError::Lagged(missed),
            RecvError::Closed => TryRecvError::Closed,
        });
        loop {
            match came {
                Ok(group) => streams.extend(group.iter().copied()),
                Err(TryRecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "fan-out fell behind; everybody reads on");
                    app.fanout.tell_everybody();
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Closed) => return,
            }
            if streams.len() >= STREAMS_AT_ONCE {
                break;
            }
            came = changes.try_recv();
        }
        app.fanout.tell(&app.store, &streams).await;
    }
}
