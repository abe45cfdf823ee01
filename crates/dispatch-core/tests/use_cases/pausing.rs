//! A store in memory that gives way before and after it does something, and a runner that goes on with whichever caller the
//! test says: every interleaving of use cases that real stores allow can be made here.

use audit::Act;
use case::{EventName, Hash};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use dispatch_core::Scope;
use dispatch_core::memory::MemoryStore;
use dispatch_core::store::{
    Append, Appended, CaseHead, CaseQuery, Claim, CommittedFact, DecisionRecord, DisasterPeriod, Disasters, EnquiryRow,
    EventStore, ForkRow, HistoryVault, Ledger, LogHead, Quarantine, Relief, StoreError, VaultEntry,
};
use hospital_selection::{CapacityReport, Hold, Inbound};
use model::{CaseId, DepartmentId, EnquiryId, HospitalId, LogId, LookupId, QuestionId, StoreId, Timestamp, UnitId};

/// The store.
pub(crate) struct Pausing(pub(crate) MemoryStore);

/// Gives way once.
struct Pause(bool);

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if core::mem::take(&mut self.0) { Poll::Pending } else { Poll::Ready(()) }
    }
}

/// A caller that is not finished.
pub(crate) type Caller<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Goes on with one caller at a time until all are finished; `next` says which of `n`.
pub(crate) fn run(mut callers: Vec<Caller<'_>>, mut next: impl FnMut(usize) -> usize) {
    let mut context = Context::from_waker(Waker::noop());
    while !callers.is_empty() {
        let one = next(callers.len()) % callers.len();
        if callers.get_mut(one).is_some_and(|caller| caller.as_mut().poll(&mut context).is_ready()) {
            drop(callers.swap_remove(one));
        }
    }
}

macro_rules! pass {
    ($($name:ident($($arg:ident: $ty:ty),* $(,)?) -> $out:ty;)+) => {$(
        async fn $name(&self, $($arg: $ty),*) -> Result<$out, StoreError> {
            Pause(true).await;
            let done = self.0.$name($($arg),*).await;
            Pause(true).await;
            done
        }
    )+};
}

impl EventStore for Pausing {
    pass! {
        append(append: Append) -> Appended;
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

impl Ledger for Pausing {
    pass! {
        report_capacity(report: CapacityReport) -> ();
        capacity() -> Vec<CapacityReport>;
        record_decision(record: DecisionRecord) -> DecisionRecord;
        decision_of(scope: Scope, question: QuestionId) -> Option<DecisionRecord>;
        decisions(scope: Scope, case: CaseId) -> Vec<DecisionRecord>;
    }
}

impl HistoryVault for Pausing {
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

impl Disasters for Pausing {
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
