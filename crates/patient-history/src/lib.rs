//! What the national system holds about one person, and what the person allowed us to read.
//!
//! In: nothing; edges build a [`HistorySnapshot`] from an answer of the national system. Out: sections with the three
//! honest cases "records", "no record" and "not asked or not permitted", the age of the answer, consent words, and
//! [`HistorySource`], the only door through which history is fetched.
//!
//! **Invariant:** no content of a history is ever in `Debug`, `Display` or an error; every text of it is a
//! [`MedicalText`], which is overwritten with zeros when dropped. The 12-digit individual number has no field here.

mod consent;
mod evidence;
mod row;
mod section;
mod snapshot;
mod source;
mod text;

pub use consent::{ConsentBasis, ConsentKind, ConsentScope, NotObtainableReason, RefusalReason};
pub use evidence::{IdentityLevel, LookupEvidence, SignedChallenge};
pub use row::{Facility, Row, RowCode, RowSource};
pub use section::{LookBack, Period, Section, SectionKind, SectionState};
pub use snapshot::{HistorySnapshot, Notice, PersonOnRecord, QualificationValidity, SectionCount};
pub use source::{HistoryQuery, HistorySource, Requester, SourceError};
pub use text::MedicalText;
