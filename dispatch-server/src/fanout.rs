//! Hints inside this process: "something of yours changed, read on from your position". A hint that is missed costs
//! nothing, because a reader reads from the store; many hints become one.

use crate::store::SqliteStore;
use crate::web::Changes;
use case::Subject;
use dispatch_core::store::{CommittedFact, EventStore};
use dispatch_core::{Scope, told};
use model::{DepartmentId, HospitalId, UnitId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

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
    /// A department's live picture changed (a unit came, left or moved).
    pub fn department_changed(&self, department: DepartmentId) {
        self.departments.tell(department);
        self.pages.touch();
    }

    /// Tells everybody about a group of facts: each stream's audience is looked up once.
    async fn tell_group(&self, store: &SqliteStore, group: &[CommittedFact]) {
        let streams: BTreeMap<_, _> = group.iter().map(|fact| (fact.stream, fact.event.department)).collect();
        for (stream, department) in streams {
            self.tell(store, stream, department).await;
        }
        self.pages.touch();
    }

    async fn tell(&self, store: &SqliteStore, stream: Subject, department: DepartmentId) {
        let head = match stream.case() {
            None => None,
            Some(case) => store.case_head(Scope::Installation, case).await.unwrap_or_else(|error| {
                tracing::error!(%error, %case, "a case's audience is not known; its readers wait for the next hint");
                None
            }),
        };
        let told = told(stream, department, head.as_ref());
        told.units.iter().for_each(|unit| self.units.tell(*unit));
        told.department.iter().for_each(|department| self.departments.tell(*department));
        told.hospitals.iter().for_each(|hospital| self.hospitals.tell(*hospital));
    }

    /// Somebody fell behind: everybody reads on.
    fn tell_everybody(&self) {
        self.units.tell_all();
        self.departments.tell_all();
        self.hospitals.tell_all();
        self.pages.touch();
    }
}

/// Carries hints out until the store is closed.
pub(crate) async fn run(app: Arc<crate::app::App>) {
    let mut facts = app.store.subscribe();
    loop {
        match facts.recv().await {
            Ok(group) => {
                app.fanout.tell_group(&app.store, &group).await;
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "fan-out fell behind; everybody reads on");
                app.fanout.tell_everybody();
            }
            Err(RecvError::Closed) => return,
        }
    }
}
