//! The suite that every store passes. Each function is one promise; [`crate::store_contract!`] makes a test of each.

mod directory;
mod disasters;
mod events;
mod filings;
pub mod fixtures;
mod ledger;
mod machine_tokens;
mod pin_pages;
mod reviews;
mod second_factors;
mod staff_passwords;

pub use directory::{
    a_question_opens_one_session, accounts_are_unique_and_lock, revocation_stays, units_belong_to_departments,
};
pub use disasters::{a_disaster_period_is_one_at_a_time, a_relief_unit_ends_with_the_period};
pub use events::{
    a_batch_names_what_it_follows, a_broken_chain_is_quarantined, a_destination_version_is_decided_once,
    a_fork_is_kept_and_ends_the_log, a_log_has_one_owner, a_repeat_changes_nothing, a_step_ahead_is_a_gap,
    a_telephone_destination_is_seen_by_its_hospital, an_ended_destination_has_no_hospital,
    an_ended_log_takes_nothing_more, effects_come_with_their_cause, holds_and_inbound_are_of_others,
    positions_have_no_gaps, reads_have_a_scope, standing_enquiries_are_on_boards, two_writers_lose_nothing,
};
pub use filings::the_newest_filing_of_a_hospital_counts;
pub use ledger::{
    a_decision_is_kept_once, a_lookup_is_claimed_once, a_nonce_is_used_for_one_lookup, a_question_is_audited_once,
    history_expires_and_is_destroyed, looks_of_a_case_are_found, the_audit_is_a_chain, the_newest_report_counts,
};
pub use machine_tokens::{a_new_passcode_ends_the_sessions, a_token_is_a_session_that_can_be_ended};
pub use pin_pages::a_department_offers_the_pin_or_not;
pub use reviews::{a_look_is_reviewed_once, looks_without_consent_wait_for_a_review};
pub use second_factors::{
    a_code_serves_once_and_wrong_ones_lock, a_recovery_code_opens_once, a_session_is_confirmed,
    a_terminal_is_registered_and_revoked,
};
pub use staff_passwords::{a_department_requires_the_staff_password_or_not, wrong_staff_passwords_lock};

/// Makes one `#[test]` per promise in the module where it stands.
///
/// `$block_on` runs a future to its end; `$make` is an async closure that makes a box or guard around an empty store.
///
/// `$block_on` runs a future to its end; `$make` is an async closure that makes a box (or guard) with an empty store.
#[macro_export]
macro_rules! store_contract {
    ($block_on:expr, $make:expr) => {
        $crate::store_contract!(@each $block_on, $make,
            a_repeat_changes_nothing, a_step_ahead_is_a_gap, a_fork_is_kept_and_ends_the_log, a_log_has_one_owner,
            an_ended_log_takes_nothing_more, a_batch_names_what_it_follows,
            a_broken_chain_is_quarantined, positions_have_no_gaps, effects_come_with_their_cause,
            a_destination_version_is_decided_once, an_ended_destination_has_no_hospital,
            a_telephone_destination_is_seen_by_its_hospital, standing_enquiries_are_on_boards, reads_have_a_scope, holds_and_inbound_are_of_others,
            two_writers_lose_nothing, accounts_are_unique_and_lock, units_belong_to_departments, revocation_stays,
            a_question_opens_one_session, the_newest_report_counts, a_decision_is_kept_once, the_audit_is_a_chain,
            a_question_is_audited_once, looks_of_a_case_are_found, a_lookup_is_claimed_once, history_expires_and_is_destroyed,
            a_nonce_is_used_for_one_lookup, looks_without_consent_wait_for_a_review, a_look_is_reviewed_once,
            a_department_requires_the_staff_password_or_not, wrong_staff_passwords_lock,
            a_department_offers_the_pin_or_not, a_token_is_a_session_that_can_be_ended, a_new_passcode_ends_the_sessions,
            a_disaster_period_is_one_at_a_time, a_relief_unit_ends_with_the_period,
            a_code_serves_once_and_wrong_ones_lock, a_recovery_code_opens_once, a_terminal_is_registered_and_revoked,
            a_session_is_confirmed, the_newest_filing_of_a_hospital_counts);
    };
    (@each $block_on:expr, $make:expr, $($promise:ident),+) => {$(
        #[test]
        fn $promise() {
            $block_on(async { let store = ($make)().await; $crate::contract::$promise(&*store).await });
        }
    )+};
}

/// The value, or the end of the test.
pub(crate) fn ok<T, E: core::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the store failed: {error:?}"))
}
