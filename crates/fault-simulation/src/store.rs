//! The server's store: the reference store, with a pause before every call at which other work may go on or the process
//! may die, and writes that fail.

use crate::dice::Dice;
use audit::{Act, Begin, ChainId, Outcome, ShownItem};
use case::{EventName, Hash};
use core::pin::Pin;
use core::task::{Context, Poll};
use dispatch_core::Scope;
use dispatch_core::memory::MemoryStore;
use dispatch_core::nonces::Nonce;
use dispatch_core::store::{
    Account, Append, Appended, AuditLog, AuditTicket, CaseHead, CaseLook, CaseQuery, Claim, CommittedFact,
    DecisionRecord, Department, Device, Directory, DisasterPeriod, Disasters, EnquiryRow, EventStore, ForkRow,
    HistoryVault, Ledger, LogHead, MachineTokens, Quarantine, Relief, Session, SignInNote, StaffPasswords, StaffTry,
    StoreError, TryLimit, Unit, UsedNonces, VaultEntry,
};
use hospital_selection::{CapacityReport, Hold, Inbound};
use model::{
    CaseId, CrewId, DepartmentId, DeviceId, EnquiryId, HospitalId, LogId, LookupId, QuestionId, SessionId, StoreId,
    Timestamp, UnitId,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the oracle sees of the server's disk.
pub(crate) enum Written {
    /// A commit.
    Facts(Vec<CommittedFact>),
    /// A look-up was completed, and whether something was handed over.
    Completed(LookupId, bool),
    /// The national system was asked.
    Fetched(LookupId),
    /// A look at what the server holds was begun for a question.
    LookedAgain(QuestionId),
}

/// What outlives one opening of the store.
pub(crate) struct Medium {
    pub(crate) dice: Dice,
    pub(crate) failing: u64,
    pub(crate) failed: u64,
    pub(crate) written: Vec<Written>,
    /// Begun looks at what the server holds: chain and place.
    again: BTreeSet<(ChainId, u64)>,
}

impl Medium {
    pub(crate) const fn new(dice: Dice, failing: u64) -> Self {
        Self { dice, failing, failed: 0, written: Vec::new(), again: BTreeSet::new() }
    }
}

/// See the module.
pub(crate) struct Store {
    pub(crate) inner: MemoryStore,
    medium: Arc<Mutex<Medium>>,
}

impl Store {
    pub(crate) const fn new(inner: MemoryStore, medium: Arc<Mutex<Medium>>) -> Self {
        Self { inner, medium }
    }

    fn medium(&self) -> MutexGuard<'_, Medium> {
        self.medium.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pause(&self) {
        let pauses = self.medium().dice.chance(250);
        Pause(pauses).await;
    }

    fn may_write(&self) -> Result<(), StoreError> {
        let mut medium = self.medium();
        let failing = medium.failing;
        if medium.dice.chance(failing) {
            medium.failed += 1;
            return Err(StoreError::Failed("the simulated disk refuses".into()));
        }
        Ok(())
    }
}

/// Gives way once.
struct Pause(bool);

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if core::mem::take(&mut self.0) { Poll::Pending } else { Poll::Ready(()) }
    }
}

macro_rules! pass {
    ($($name:ident($($arg:ident: $ty:ty),* $(,)?) -> $out:ty;)+) => {$(
        async fn $name(&self, $($arg: $ty),*) -> Result<$out, StoreError> {
            self.pause().await;
            self.inner.$name($($arg),*).await
        }
    )+};
}

impl EventStore for Store {
    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.pause().await;
        self.may_write()?;
        let appended = self.inner.append(append).await?;
        self.medium().written.push(Written::Facts(appended.committed.clone()));
        // It is on the disk; the answer may never be given.
        self.pause().await;
        Ok(appended)
    }
    pass! {
        store_id() -> StoreId;
        log_head(log: LogId) -> Option<LogHead>;
        entry_hash(name: EventName) -> Option<Hash>;
        quarantined(log: LogId) -> Vec<(u64, Quarantine)>;
        server_log(case: CaseId) -> Option<LogHead>;
        case_head(scope: Scope, case: CaseId) -> Option<CaseHead>;
        case_facts(scope: Scope, case: CaseId, after: u64, limit: usize) -> Vec<CommittedFact>;
        cases(scope: Scope, query: CaseQuery) -> Vec<CaseHead>;
        enquiries_of(hospital: HospitalId, since: Timestamp, limit: usize) -> Vec<EnquiryRow>;
        enquiry(enquiry: EnquiryId) -> Option<EnquiryRow>;
        standing(since: Timestamp, limit: usize) -> Vec<EnquiryRow>;
        holds(except: CaseId, since: Timestamp) -> Vec<Hold>;
        inbound(except: CaseId, since: Timestamp) -> Vec<Inbound>;
        forks(limit: usize) -> Vec<ForkRow>;
    }
}

impl Directory for Store {
    pass! {
        add_department(department: Department) -> ();
        departments() -> Vec<Department>;
        department(id: DepartmentId) -> Option<Department>;
        set_contact(department: DepartmentId, words: Option<String>) -> ();
        contact(department: DepartmentId) -> Option<String>;
        add_unit(unit: Unit) -> ();
        units(scope: Scope) -> Vec<Unit>;
        enrol(device: Device) -> ();
        devices(scope: Scope) -> Vec<Device>;
        device(device: DeviceId) -> Option<Device>;
        revoke(device: DeviceId, at: Timestamp) -> bool;
        add_account(account: Account) -> ();
        accounts(scope: Scope) -> Vec<Account>;
        account_by_login(login: &str) -> Option<Account>;
        account(account: CrewId) -> Option<Account>;
        set_secret(account: CrewId, secret: String, one_time: bool) -> ();
        note_sign_in(account: CrewId, note: SignInNote) -> bool;
        open_session(session: Session) -> Session;
        session(session: SessionId) -> Option<Session>;
        session_by_token(token: [u8; 32]) -> Option<Session>;
        end_session(session: SessionId) -> ();
    }
}

impl Ledger for Store {
    pass! {
        report_capacity(report: CapacityReport) -> ();
        capacity() -> Vec<CapacityReport>;
        record_decision(record: DecisionRecord) -> DecisionRecord;
        decision_of(scope: Scope, question: QuestionId) -> Option<DecisionRecord>;
        decisions(scope: Scope, case: CaseId) -> Vec<DecisionRecord>;
    }
}

impl AuditLog for Store {
    pass! {
        note(at: Timestamp, act: Act) -> ();
        looks(case: CaseId) -> Vec<CaseLook>;
        chains() -> Vec<(ChainId, Vec<audit::Stored>)>;
    }
    async fn begin(&self, at: Timestamp, begin: Begin) -> Result<AuditTicket, StoreError> {
        self.pause().await;
        self.may_write()?;
        let ticket = self.inner.begin(at, begin).await?;
        self.pause().await;
        Ok(ticket)
    }
    async fn begin_once(
        &self,
        at: Timestamp,
        question: QuestionId,
        begin: Begin,
    ) -> Result<Option<AuditTicket>, StoreError> {
        self.pause().await;
        self.may_write()?;
        let ticket = self.inner.begin_once(at, question, begin).await?;
        if let Some(ticket) = ticket {
            let mut medium = self.medium();
            medium.again.insert((ticket.chain, ticket.seq));
            medium.written.push(Written::LookedAgain(question));
        }
        self.pause().await;
        Ok(ticket)
    }
    async fn complete(
        &self,
        at: Timestamp,
        ticket: AuditTicket,
        outcome: Outcome,
        shown: Vec<ShownItem>,
    ) -> Result<(), StoreError> {
        self.pause().await;
        let handed_over = matches!(outcome, Outcome::Shown | Outcome::Nothing);
        self.inner.complete(at, ticket, outcome, shown).await?;
        {
            let mut medium = self.medium();
            if !medium.again.remove(&(ticket.chain, ticket.seq)) {
                medium.written.push(Written::Completed(ticket.lookup, handed_over));
            }
        }
        self.pause().await;
        Ok(())
    }
}

impl HistoryVault for Store {
    pass! {
        claim(lookup: LookupId, case: CaseId, now: Timestamp, stale_before: Timestamp) -> Claim;
        give_up(lookup: LookupId) -> ();
        put(entry: VaultEntry) -> ();
        history(lookup: LookupId, case: CaseId, now: Timestamp) -> Option<VaultEntry>;
        destroy_lookup(lookup: LookupId) -> ();
        destroy_case(case: CaseId) -> ();
        destroy_expired(now: Timestamp) -> u64;
    }
}

impl UsedNonces for Store {
    pass! { use_nonce(nonce: Nonce, lookup: LookupId) -> bool; }
}

/// Nobody requires it here.
impl StaffPasswords for Store {
    pass! {
        requires_staff_password(department: DepartmentId) -> bool;
        require_staff_password(department: DepartmentId, required: bool, at: Timestamp, act: Act) -> ();
        issue_staff_password(account: CrewId, secret: String, at: Timestamp, act: Act) -> ();
        try_staff_password(account: CrewId, now: Timestamp, limit: TryLimit) -> StaffTry;
        staff_password_stands(account: CrewId, lookup: LookupId, at: Timestamp) -> ();
        staff_password_locked(at: Timestamp, act: Act) -> ();
        staff_password_stood(account: CrewId, lookup: LookupId) -> bool;
    }
}

/// Nobody makes one here.
impl MachineTokens for Store {
    pass! {
        add_token(account: Account, session: Session, at: Timestamp, act: Act) -> ();
        end_token(session: SessionId, at: Timestamp, act: Act) -> ();
    }
}

/// Nobody opens one here.
impl Disasters for Store {
    pass! {
        open_disaster(period: DisasterPeriod, act: Act) -> bool;
        end_disaster(department: DepartmentId, at: Timestamp, act: Act) -> bool;
        standing_disasters(now: Timestamp) -> Vec<DisasterPeriod>;
        disasters(scope: Scope, limit: usize) -> Vec<DisasterPeriod>;
        open_relief(relief: Relief, act: Act) -> bool;
        end_relief(department: DepartmentId, unit: UnitId, at: Timestamp, act: Act) -> bool;
        reliefs(since: Timestamp) -> Vec<Relief>;
        reliefs_of(unit: UnitId) -> Vec<Relief>;
    }
}
