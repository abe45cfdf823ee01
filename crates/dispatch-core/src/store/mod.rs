//! What the server needs from a store. Small traits by subject; [`Store`] is all of them.
//!
//! Every method is one transaction. A read of cases takes a [`crate::Scope`]: a row outside it does not exist.

mod admit;
mod audit_log;
mod directory;
mod disasters;
mod events;
mod filings;
mod index;
mod ledger;
mod machine_tokens;
mod pin_pages;
mod reviews;
mod second_factors;
mod staff_passwords;
mod used_nonces;
mod vault;

pub use admit::{Admission, admit, end_log};
pub use audit_log::{AuditLog, AuditTicket, CaseLook};
pub use directory::{Account, Department, Device, Directory, Session, SignInNote, Unit};
pub use disasters::{DisasterPeriod, Disasters, Relief};
pub use events::{
    Append, AppendOutcome, Appended, CaseHead, CaseQuery, CommittedFact, Content, EnquiryRow, EventStore, Expect,
    ForkRow, LogHead, LogOwner, NewEntry, Quarantine,
};
pub use filings::Filings;
pub use index::{Index, index};
pub use ledger::{DecisionRecord, Ledger};
pub use machine_tokens::MachineTokens;
pub use pin_pages::PinPages;
pub use reviews::{
    DISASTER, EmergencyLook, Judged, Judgement, LookEnd, ReviewItem, Reviews, ReviewsOf, Verdict, look_to_review,
};
pub use second_factors::{FactorTry, SecondFactors, Terminal};
pub use staff_passwords::{StaffPasswords, StaffTry, TryLimit};
pub use used_nonces::UsedNonces;
pub use vault::{Claim, HistoryVault, VaultEntry};

/// Everything a server keeps.
pub trait Store:
    EventStore
    + Directory
    + Ledger
    + AuditLog
    + HistoryVault
    + UsedNonces
    + Reviews
    + StaffPasswords
    + PinPages
    + Disasters
    + MachineTokens
    + Filings
    + SecondFactors
{
}

impl<T> Store for T where
    T: EventStore
        + Directory
        + Ledger
        + AuditLog
        + HistoryVault
        + UsedNonces
        + Reviews
        + StaffPasswords
        + PinPages
        + Disasters
        + MachineTokens
        + Filings
        + SecondFactors
{
}

/// Why the store did not do it; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique name (a login, a department's name, a device) is taken.
    #[error("storing {0}: it exists already")]
    Exists(&'static str),
    /// Something that is referred to is missing.
    #[error("storing {0}: what it refers to is not known")]
    Missing(&'static str),
    /// The store holds something that it cannot have written.
    #[error("reading the store: {0} is damaged")]
    Damaged(&'static str),
    /// The store is closed, full, or failed.
    #[error("using the store: it failed")]
    Failed(#[source] Box<dyn core::error::Error + Send + Sync>),
}
