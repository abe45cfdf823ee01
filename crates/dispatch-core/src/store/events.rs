//! Facts: logs, streams and what is known of cases.

use super::StoreError;
use crate::principal::Scope;
use case::{Event, EventName, Hash, Stored, Subject};
use core::future::Future;
use hospital_selection::{Hold, Inbound};
use model::{CaseId, DepartmentId, DeviceId, EnquiryId, HospitalId, IncidentId, LogId, StoreId, Timestamp, UnitId};
use std::collections::BTreeSet;

/// Why an entry can never be a fact. It is kept under its name and acknowledged with the reason; it blocks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quarantine {
    /// The bytes are no event, or carry another name.
    Malformed,
    /// The schema number is newer than this server.
    UnknownSchema,
    /// Longer than an event may be.
    TooLong,
    /// The writer may not write this.
    NotAllowed,
    /// The hash of the entry before it does not match.
    BrokenChain,
    /// Refused by a rule of the case.
    Refused,
}

impl Quarantine {
    /// All reasons, in the order of their numbers from 1; the numbers are those of the wire.
    pub const ALL: [Self; 6] =
        [Self::Malformed, Self::UnknownSchema, Self::TooLong, Self::NotAllowed, Self::BrokenChain, Self::Refused];
    /// The number stored and sent.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Malformed => 1,
            Self::UnknownSchema => 2,
            Self::TooLong => 3,
            Self::NotAllowed => 4,
            Self::BrokenChain => 5,
            Self::Refused => 6,
        }
    }
    /// From the number; an unknown one is `Refused`.
    #[must_use]
    pub fn from_number(number: u16) -> Self {
        Self::ALL.into_iter().find(|q| q.number() == number).unwrap_or(Self::Refused)
    }
}

/// Who writes a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogOwner {
    /// A tablet.
    Device(DeviceId),
    /// The server, about one case.
    Server(CaseId),
}

/// How far a log has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// The log.
    pub log: LogId,
    /// Its writer.
    pub owner: LogOwner,
    /// The newest durable entry; everything up to it is durable.
    pub head: u64,
    /// Hash of that entry's bytes.
    pub hash: Hash,
    /// The first entry that came with other bytes under a known name: the log has ended there.
    pub forked_at: Option<u64>,
}

/// What an entry turned out to be.
#[derive(Clone, Debug)]
pub enum Content {
    /// A fact, decoded and allowed.
    Fact(Box<Event>),
    /// Never a fact.
    Quarantined(Quarantine),
}

/// One entry to store.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Name, schema and bytes as they came.
    pub stored: Stored,
    /// What it is.
    pub content: Content,
}

/// "Nobody wrote to this case since I looked."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The case.
    pub case: CaseId,
    /// Its position then; 0 for a case that did not exist.
    pub position: u64,
}

/// One transaction: entries of one log, and the facts that the server adds because of them.
#[derive(Clone, Debug)]
pub struct Append {
    /// Who writes `entries`.
    pub owner: LogOwner,
    /// Entries of one log with rising seq without gaps. May be empty when only effects are written.
    pub entries: Vec<NewEntry>,
    /// The hash of the entry before the first of them, as their writer knows it.
    pub before: Option<Hash>,
    /// A log that its writer cannot go on in: nothing of it is taken from now on. Only without entries and effects.
    pub end: Option<LogId>,
    /// Server-written facts of the server's log of one case, stored only with all of `entries`.
    pub effects: Vec<NewEntry>,
    /// The condition under which anything is written.
    pub expect: Option<Expect>,
    /// The server's time.
    pub received_at: Timestamp,
}

/// A fact with its place.
#[derive(Clone, Debug)]
pub struct CommittedFact {
    /// Which stream: a case, a unit, an incident.
    pub stream: Subject,
    /// Its position in the stream, from 1 without gaps.
    pub position: u64,
    /// When the server received it.
    pub received_at: Timestamp,
    /// Its bytes.
    pub stored: Stored,
    /// What they say.
    pub event: Event,
}

/// What became of `entries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendOutcome {
    /// Everything through here is durable (repeats and quarantined entries included).
    Durable {
        /// The last seq of the batch; 0 when there were no entries.
        through: u64,
    },
    /// Entries before these are missing; nothing was written.
    Gap {
        /// The next seq that is needed.
        from: u64,
    },
    /// Another entry has this name (what came was kept as evidence), or the log has ended; nothing else was written.
    Forked {
        /// The first seq that differs.
        seq: u64,
        /// The entries from here to `seq` were compared.
        from: u64,
    },
    /// The expectation did not hold; nothing was written.
    Conflict,
}

/// The result of one append.
#[derive(Clone, Debug)]
pub struct Appended {
    /// What became of it.
    pub outcome: AppendOutcome,
    /// Entries of this batch that stand in quarantine, now or before.
    pub quarantined: Vec<(u64, Quarantine)>,
    /// New facts in the order of their commit; empty for repeats.
    pub committed: Vec<CommittedFact>,
}

/// What is known of a case without reading its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseHead {
    /// The case.
    pub case: CaseId,
    /// Its department.
    pub department: DepartmentId,
    /// Its incident, once known.
    pub incident: Option<IncidentId>,
    /// Position of its newest fact.
    pub position: u64,
    /// When its first fact was received.
    pub opened_at: Timestamp,
    /// When its newest fact was received.
    pub changed_at: Timestamp,
    /// It has ended.
    pub closed: bool,
    /// Units that write to it or were assigned.
    pub units: BTreeSet<UnitId>,
    /// Hospitals that were asked through the board.
    pub hospitals: BTreeSet<HospitalId>,
    /// The newest decided destination.
    pub destination: Option<(u32, HospitalId)>,
}

/// Which cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseQuery {
    /// Only those not ended.
    pub open_only: bool,
    /// Only those of this unit.
    pub unit: Option<UnitId>,
    /// Only those changed since.
    pub changed_since: Option<Timestamp>,
    /// At most so many, the newest first.
    pub limit: usize,
}

/// One enquiry as the store indexes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnquiryRow {
    /// The enquiry.
    pub enquiry: EnquiryId,
    /// Its case.
    pub case: CaseId,
    /// Whom.
    pub hospital: HospitalId,
    /// When it was sent, by the sender's corrected clock.
    pub sent_at: Timestamp,
    /// Neither answered nor released.
    pub standing: bool,
}

/// Evidence of a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkRow {
    /// The name used twice.
    pub name: EventName,
    /// The hash of the bytes that came second.
    pub hash: Hash,
    /// When they came.
    pub received_at: Timestamp,
}

/// Facts, exactly once.
pub trait EventStore: Send + Sync {
    /// Which life of the store this is. A store put back from a backup begins another: positions given after the backup
    /// was made may be given again, to other facts.
    fn store_id(&self) -> impl Future<Output = Result<StoreId, StoreError>> + Send;
    /// Stores entries and effects in one transaction, or nothing.
    ///
    /// By (log, seq): a known name with the same bytes changes nothing; with other bytes it is a fork; a step ahead is a gap;
    /// a batch that goes on from another entry than the durable one is a fork; a fact inside a batch whose `prev` is not the hash
    /// of the entry before it is quarantined as [`Quarantine::BrokenChain`]. A log has one
    /// owner; another's entries are a fork. Positions are given per stream, from 1 without gaps. A second destination of the
    /// same version is a [`AppendOutcome::Conflict`], whoever writes it.
    fn append(&self, append: Append) -> impl Future<Output = Result<Appended, StoreError>> + Send;
    /// A log's state.
    fn log_head(&self, log: LogId) -> impl Future<Output = Result<Option<LogHead>, StoreError>> + Send;
    /// The hash of a durable entry's bytes.
    fn entry_hash(&self, name: EventName) -> impl Future<Output = Result<Option<Hash>, StoreError>> + Send;
    /// The quarantined entries of a log.
    fn quarantined(&self, log: LogId) -> impl Future<Output = Result<Vec<(u64, Quarantine)>, StoreError>> + Send;
    /// The server's log of a case, if it has written to it.
    fn server_log(&self, case: CaseId) -> impl Future<Output = Result<Option<LogHead>, StoreError>> + Send;
    /// A case's head, if it is in scope.
    fn case_head(
        &self,
        scope: Scope,
        case: CaseId,
    ) -> impl Future<Output = Result<Option<CaseHead>, StoreError>> + Send;
    /// Facts of a case behind a position, in order, at most `limit`. Empty when out of scope.
    fn case_facts(
        &self,
        scope: Scope,
        case: CaseId,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CommittedFact>, StoreError>> + Send;
    /// Cases in scope, the newest first.
    fn cases(&self, scope: Scope, query: CaseQuery) -> impl Future<Output = Result<Vec<CaseHead>, StoreError>> + Send;
    /// A hospital's enquiries since a time, the newest first.
    fn enquiries_of(
        &self,
        hospital: HospitalId,
        since: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<EnquiryRow>, StoreError>> + Send;
    /// The enquiry with this id, whoever asks; the use case checks the scope of its case.
    fn enquiry(&self, enquiry: EnquiryId) -> impl Future<Output = Result<Option<EnquiryRow>, StoreError>> + Send;
    /// Enquiries on any board that are neither answered nor released, sent since a time, the oldest first.
    fn standing(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<EnquiryRow>, StoreError>> + Send;
    /// Standing enquiries of other cases: where and since when, nothing else (他隊照会中).
    fn holds(&self, except: CaseId, since: Timestamp) -> impl Future<Output = Result<Vec<Hold>, StoreError>> + Send;
    /// Open cases of others with a decided destination, changed since a time, counted by hospital.
    fn inbound(
        &self,
        except: CaseId,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<Inbound>, StoreError>> + Send;
    /// Forks seen, the newest first.
    fn forks(&self, limit: usize) -> impl Future<Output = Result<Vec<ForkRow>, StoreError>> + Send;
}
