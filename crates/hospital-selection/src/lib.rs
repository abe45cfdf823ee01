//! Hospital choice (医療機関選定), stated in minutes: needs × capability × capacity × travel → a ranked list with reasons.
//!
//! In: the hospital table ([`HospitalTable`]), capacity reports, a [`TravelTime`](travel_time::TravelTime) and one
//! [`SelectionRequest`]. Out: a [`Ranking`]: candidates with every term of their minutes, what was excluded and why, which
//! rule was relaxed, and the versions of table and rules. [`rank_file`] does the same from a case file.
//!
//! Hospitals are ordered by **v + c/p**, ascending, which minimises the expected minutes to definitive care when hospitals
//! are asked one after the other ([`order`]): v = travel + door-to-treatment + load + missing capability − continuity,
//! p = probability of acceptance, c = minutes per enquiry. History can add a need or raise one, never remove or lower one
//! ([`merge_needs`]). A capability that is not confirmed or filed never satisfies a hard need: the hospital stays in the
//! list, pays minutes, and is marked 未確認.
//!
//! The table is searched from near to far and no further than anything can still matter; the answer is that of a full scan
//! (`rank/search.rs`). Where the travel model refines drives (roads), the best twenty are ordered again by them. After
//! refusals of this case p falls by Bayes over three kinds of cases (`refusals.rs`); ambulances on their way cost what Erlang's
//! formula says they take from others (`load.rs`).
//!
//! Where rt-PA would come too late in that order, the first twelve are ordered exactly over all orders (`deadline.rs`); several
//! are proposed for asking at once where that is quicker in spite of their work (`batch.rs`).
//!
//! **Invariant:** no IO, no clock, no randomness, no hash maps; every term is rounded to 0.1 min before it is summed,
//! compared or shown, ties break by the newest word of a hospital on itself, then by id: the same inputs give the same bytes
//! on tablet and server. A need carries no cause;
//! only a continuity names history, and [`Ranking::names_history`] tells.

mod advice;
mod batch;
mod capacity;
mod case_file;
mod category;
mod change;
mod constraint;
mod deadline;
mod iso_time;
mod load;
mod needs;
pub mod order;
pub mod params;
mod permille;
mod rank;
mod ranking;
mod refusals;
mod request;
mod shared_text;
mod standards;
mod table;
mod terms;
mod why_not;

pub use advice::{Deadline, LastResort, Together};
pub use capacity::{CapacityReport, CapacitySource, CapacityState, Markov};
pub use case_file::{
    CASE_FILE_SCHEMA, CaseFile, CaseFileError, MAX_CASE_FILE_BYTES, MAX_LIST, example_case, rank_file, rank_file_with,
};
pub use category::Category;
pub use change::RankChange;
pub use constraint::RejectCode;
pub use needs::{Assessment, Condition, NEED_RULES, NeedRule, RULES_VERSION, assess, merge_needs, needs_from_findings};
pub use permille::Permille;
pub(crate) use rank::looked_at;
pub use rank::{rank, rank_all};
pub use ranking::{
    Candidate, CapacityAge, Excluded, Fallback, Mark, MarkState, RANKING_SCHEMA, Ranking, Reason, ReasonCode,
    Relaxation, Terms, Versions, WholeTerms,
};
pub use request::{Continuity, Exclusion, ExclusionReason, Hold, Inbound, SelectionRequest};
pub use shared_text::SharedText;
pub use standards::{
    Bound, Cell, Hours, HoursError, Limit, MAX_STANDARD_BYTES, STANDARD_SCHEMA, Secure, Standard, StandardError,
    Standards, Turn, Validity, example_standard,
};
pub use table::{Hospital, HospitalTable, RowError, Standing, TableError};
pub use terms::base_rate;
pub use why_not::{Behind, WhyNot, why_not};
