//! What the national system holds about one person, and what the person allowed us to read.
//!
//! In: a [`HistorySnapshot`] that edges build from an answer of the national system, rows of a notebook, what was told.
//! Out: sections with the three honest cases "records", "no record" and "not asked or not permitted", the age of the answer,
//! consent words, [`HistorySource`], the only door through which history is fetched, and [`merge`], which makes one view
//! of all sources, read page by page. Never in here: a medicine master ([`MedicineNames`] asks for one), files, the clock.
//!
//! **Invariant:** no content of a history is ever in `Debug`, `Display` or an error; every text of it is a
//! [`MedicalText`], which is overwritten with zeros when dropped. The 12-digit individual number has no field here.

mod attributes;
mod consent;
mod evidence;
mod find;
mod folded;
mod merge;
mod merged;
mod names;
mod oral;
mod row;
mod section;
mod snapshot;
mod source;
mod text;
mod visited;

pub use attributes::{ADDRESS_CHARS_MAX, KANA_CHARS_MAX, PersonAttributes};
pub use consent::{ConsentBasis, ConsentKind, ConsentScope, NotObtainableReason, RefusalReason};
pub use evidence::{IdentityLevel, LookupEvidence, SignedChallenge};
pub use find::{Count, Filter, Item, MAX_SEARCH_CHARS, Origin, Page, Reach};
pub use folded::fold;
pub use merge::{Sources, merge};
pub use merged::{Coverage, Line, MedicineGroup, MergedHistory, Record, SectionSummary, Told};
pub use names::{MedicineNames, NoNames};
pub use oral::{Informant, LastMeal, OralAnswer, OralTopic};
pub use row::{Facility, Row, RowCode, RowSource};
pub use section::{LookBack, Period, Section, SectionKind, SectionState};
pub use snapshot::{HistorySnapshot, Notice, PersonOnRecord, QualificationValidity, SectionCount};
pub use source::{HistoryQuery, HistorySource, Requester, SourceError};
pub use text::MedicalText;
pub use visited::Visited;
