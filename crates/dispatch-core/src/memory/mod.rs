//! The reference store: everything in memory, one lock. For tests, and as the plainest statement of what a store does.

mod directory;
mod disasters;
mod events;
mod filings;
mod ledger;
mod machine_tokens;
mod pin_pages;
mod reviews;
mod second_factors;
mod staff_passwords;

use crate::nonces::Nonce;
use crate::places::{Bays, MassOffer};
use crate::store::{
    Account, CaseHead, CommittedFact, DecisionRecord, Department, Device, DisasterPeriod, EmergencyLook, EnquiryRow,
    ForkRow, LogHead, LogOwner, Quarantine, Relief, Session, Terminal, Unit, VaultEntry, Verdict,
};
use crate::week::Week;
use audit::{Chain, ChainId, Stored as AuditStored};
use case::{EventName, Hash, Subject};
use hospital_selection::CapacityReport;
use model::{
    CaseId, CrewId, DepartmentId, DeviceId, EnquiryId, LogId, LookupId, QuestionId, SessionId, StoreId, TerminalId,
    Timestamp, UnitId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store in memory.
#[derive(Debug)]
pub struct MemoryStore(Mutex<State>);

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let chain = ChainId([1; 16]);
        Self(Mutex::new(State {
            id: StoreId::from_bytes([1; 16]),
            logs: BTreeMap::new(),
            entries: BTreeMap::new(),
            quarantine: BTreeMap::new(),
            streams: BTreeMap::new(),
            cases: BTreeMap::new(),
            enquiries: BTreeMap::new(),
            decided: BTreeSet::new(),
            opened: BTreeMap::new(),
            forks: Vec::new(),
            departments: BTreeMap::new(),
            contacts: BTreeMap::new(),
            units: BTreeMap::new(),
            devices: BTreeMap::new(),
            accounts: BTreeMap::new(),
            wrong: BTreeMap::new(),
            sessions: BTreeMap::new(),
            capacity: BTreeMap::new(),
            decisions: BTreeMap::new(),
            chain: Chain::start(chain),
            audit: Vec::new(),
            audited_questions: BTreeSet::new(),
            vault: BTreeMap::new(),
            used_nonces: BTreeMap::new(),
            looks: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            factors: BTreeMap::new(),
            recoveries: BTreeMap::new(),
            terminals: BTreeMap::new(),
            shown: BTreeMap::new(),
            staff_required: BTreeSet::new(),
            staff_passwords: BTreeMap::new(),
            staff_stood: BTreeSet::new(),
            pin_pages: BTreeSet::new(),
            disasters: Vec::new(),
            reliefs: Vec::new(),
            weeks: BTreeMap::new(),
            mass_offers: BTreeMap::new(),
            bays: BTreeMap::new(),
        }))
    }

    /// A copy as it stands: a backup, or what a crash leaves behind.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Mutex::new(self.lock().clone()))
    }

    /// Begins another life, as a store that was put back from a backup must.
    pub fn begin_life(&self, id: StoreId) {
        let mut state = self.lock();
        state.id = id;
        // The server's logs of the earlier life take nothing more: their next names may have been given already.
        for log in state.logs.values_mut().filter(|log| matches!(log.owner, LogOwner::Server(_))) {
            log.forked_at.get_or_insert(log.head.saturating_add(1));
        }
    }

    /// A panic in another test thread leaves the state whole: every method changes it in one piece.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Debug)]
struct State {
    id: StoreId,
    logs: BTreeMap<LogId, LogHead>,
    entries: BTreeMap<EventName, Hash>,
    quarantine: BTreeMap<EventName, Quarantine>,
    streams: BTreeMap<Subject, Vec<CommittedFact>>,
    cases: BTreeMap<CaseId, CaseHead>,
    enquiries: BTreeMap<EnquiryId, EnquiryRow>,
    decided: BTreeSet<(CaseId, u32)>,
    /// The newest version of a destination that ended, by case.
    opened: BTreeMap<CaseId, u32>,
    forks: Vec<ForkRow>,
    departments: BTreeMap<DepartmentId, Department>,
    contacts: BTreeMap<DepartmentId, String>,
    units: BTreeMap<UnitId, Unit>,
    devices: BTreeMap<DeviceId, Device>,
    accounts: BTreeMap<CrewId, Account>,
    wrong: BTreeMap<CrewId, u32>,
    sessions: BTreeMap<SessionId, Session>,
    capacity: BTreeMap<(model::HospitalId, Option<model::Capability>), CapacityReport>,
    decisions: BTreeMap<QuestionId, DecisionRecord>,
    chain: Chain,
    audit: Vec<AuditStored>,
    audited_questions: BTreeSet<QuestionId>,
    vault: BTreeMap<LookupId, Slot>,
    used_nonces: BTreeMap<Nonce, LookupId>,
    looks: BTreeMap<LookupId, Look>,
    verdicts: BTreeMap<LookupId, Verdict>,
    factors: BTreeMap<CrewId, second_factors::Factor>,
    recoveries: BTreeMap<CrewId, ([u8; 32], Timestamp)>,
    terminals: BTreeMap<TerminalId, Terminal>,
    /// When a second factor was shown last.
    shown: BTreeMap<(TerminalId, CrewId), Timestamp>,
    staff_required: BTreeSet<DepartmentId>,
    staff_passwords: BTreeMap<CrewId, staff_passwords::StaffPassword>,
    staff_stood: BTreeSet<(CrewId, LookupId)>,
    pin_pages: BTreeSet<DepartmentId>,
    disasters: Vec<DisasterPeriod>,
    reliefs: Vec<Relief>,
    weeks: BTreeMap<(model::HospitalId, Option<model::Capability>), Week>,
    mass_offers: BTreeMap<model::HospitalId, MassOffer>,
    bays: BTreeMap<model::HospitalId, Bays>,
}

/// A look without consent, and the audit entry that began it last.
#[derive(Clone, Debug)]
struct Look {
    look: EmergencyLook,
    seq: u64,
}

/// A look-up's place in the vault.
#[derive(Clone, Debug)]
struct Slot {
    case: CaseId,
    claimed_at: Timestamp,
    /// Claimed and not given up.
    held: bool,
    entry: Option<VaultEntry>,
    /// It was here once.
    gone: bool,
}
