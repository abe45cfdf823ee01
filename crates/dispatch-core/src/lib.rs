//! What the server decides: append, enquiry, holds, look-up, suggestion, release, alarms, who is told.
//!
//! In: a [`Principal`], a [`Call`] (time, ids), a store behind the traits of [`store`], and a request. Out: facts committed
//! exactly once, typed answers, and [`UseCaseError`]s that say in one sentence what to do next. One use case per file; each
//! takes the principal first, and the store has no read without a scope. [`memory::MemoryStore`] is the reference store;
//! [`contract`] is the suite that every store passes.
//!
//! Decisions (destinations, look-up claims, server-written facts) are compare-and-set in the store's transaction, never
//! "there is one writer".
//!
//! **Invariant:** no runtime, socket, file, database, wall clock or ambient randomness; no row of a history is in a fact,
//! a decision record, an error or a `Debug`; a hospital sees only what [`board()`] and [`release`] hand out.

pub mod alarms;
pub mod append_from_unit;
pub mod assign_unit;
pub mod attend;
pub mod board;
pub mod call;
pub mod case_page;
mod check_alarm;
pub mod contract;
pub mod disaster;
mod earlier;
pub mod enquiry_desk;
pub mod error;
pub mod exported;
pub mod fanout;
pub mod handover_document;
mod known_views;
pub mod limits;
pub mod look_again;
pub mod look_up_history;
pub mod machine_tokens;
pub mod memory;
pub mod message;
pub mod nonces;
pub mod open_incident;
mod pin_page;
pub mod places;
pub mod principal;
pub mod receipt;
pub mod release;
pub mod relief;
pub mod report_capacity;
mod report_stage;
pub mod review;
pub mod second_factor;
pub mod server_log;
pub mod sign_in;
mod signed_evidence;
pub mod staff_password;
pub mod stats;
pub mod store;
pub mod suggest;
pub mod totp;
pub mod unit_feed;
pub mod unit_log;
mod watch;
pub mod week;

pub use alarms::{Alarm, alarms};
pub use append_from_unit::{UnitAppended, append_from_unit, what_follows};
pub use assign_unit::{AssignUnit, assign_unit};
pub use attend::{Attended, attend_enquiries};
pub use board::{BoardEnquiry, Ringing, board, board_by_telephone, ringing};
pub use call::Call;
pub use case_page::{CaseFilter, CaseList, CaseSummary, CaseTimeline, TimelineEntry, case_list, case_timeline, cases};
pub use check_alarm::{check_alarm, put_aside};
pub use disaster::{OpenDisaster, end_disaster, open_disaster, standing_disaster};
pub use enquiry_desk::{answer_enquiry, receive_enquiry, see_enquiry, sign_handover, withdraw_acceptance};
pub use error::{NotPermitted, UseCaseError};
pub use fanout::{Told, told};
pub use handover_document::{HandoverDocument, MadeDocument, make_handover_document, read_handover_document};
pub use known_views::KnownViews;
pub use look_again::{LookAgain, look_again};
pub use look_up_history::{HistoryReply, LookUp, look_up_history};
pub use machine_tokens::{MachineToken, NewToken, TokenUse, add_token, end_token, note_machine_read, tokens};
pub use message::{SendMessage, note_card_answer, send_message};
pub use nonces::{IssueLimit, IssuedNonces, NonceSecret, give_nonces};
pub use open_incident::{OpenIncident, OpenedIncident, open_incident};
pub use pin_page::{check_pin_page, offer_pin};
pub use places::{Bays, COLOURS, MassOffer, count_bays, offer_places};
pub use principal::{Principal, PrincipalKind, Role, Scope, TabletOf, Who};
pub use receipt::{Receipt, ReceiptBasis, ReceiptLook, ReceiptSection, ReceiptUse, ReceiptWho, patient_receipt};
pub use release::{Released, history_read_at, released_history};
pub use relief::{OpenRelief, ReliefAsks, acting_for, end_relief, open_relief, relief_units};
pub use report_capacity::report_capacity;
pub use report_stage::{ReportStage, report_stage};
pub use review::{open_reviews, review, reviews};
pub use sign_in::{
    Asks, PasscodeVerifier, SignedInCrew, SignedInWeb, crew_principal, device_principal, sign_in_crew, sign_in_web,
    web_principal,
};
pub use signed_evidence::CardChecks;
pub use staff_password::{StaffPasswordTry, issue_staff_password, require_staff_password, verify_staff_password};
pub use store::Store;
pub use suggest::{Preview, Suggest, Suggested, preview, suggest};
pub use unit_feed::UnitFeed;
pub use unit_log::{LogWord, Offered, answer_offer, end_log, take_batch};
pub use watch::{Watch, watch};
pub use week::{Week, WeekChange, WeekLevels, change_week, speak_patterns};
