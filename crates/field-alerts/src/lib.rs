//! What a record means for a crew on scene: a rule table as data, and its evaluation.
//!
//! In: a [`RuleTable`], a [`patient_history::HistorySnapshot`], the crew's [`model::Findings`] and today's date.
//! Out: an [`Evaluation`]: alerts in order, and needs without their cause. Same inputs, same bytes.
//!
//! The table is checked when it is loaded: a title names a record, a watch text says what to ask, check, mind or pass on,
//! and forbidden words (a diagnosis, a dose, an order, a false comfort) are refused with the rule's id. A table that comes from
//! outside is signed ([`signed`]); a department may switch rules off ([`RuleSwitches`]). What a medicine's code is, the medicine
//! master says ([`medicine`]).
//!
//! **Invariant:** history only adds: no row can remove a need, weaken one or lower an urgency. Alerts name the content of
//! a history, so their texts are [`patient_history::MedicalText`] and `Debug` prints none of them.

mod alert;
pub mod cli_format;
mod coded;
mod condition;
mod evaluate;
pub mod medicine;
mod observed_words;
pub mod signed;
mod sorted_lines;
mod switches;
mod table;
mod told;
mod trigger;
mod version;
mod why;
mod wording;

pub use alert::{
    Alert, Cause, EnquiryAlert, EnquiryMark, Evaluation, FIRST_SCREEN, NO_RECORD_IS_NOT_NONE_EN,
    NO_RECORD_IS_NOT_NONE_JA, Observed, Recorded, TriggerRow,
};
pub use evaluate::evaluate;
pub use medicine::generic_name as ingredient_name;
pub use switches::{RuleSet, RuleSwitches, UnknownRule};
pub use table::{CodeCheck, Rule, RuleTable, TableError};
pub use told::{ToldBy, ToldRule, evaluate_told};
pub use version::TableVersion;
