//! The hospital's desk: enquiries that ring here, one tap to answer, capacity, released history.

mod answers;
mod api;
mod capacity;
mod events;
mod forms;
mod lists;
mod page;
mod proposals;
mod ring;
mod ruler;
mod todo;
mod view;
mod vitals;
mod words;

pub(crate) use api::{answer, capacity, delivered, enquiries, mass_capacity, patient, seen, watch};
pub(crate) use capacity::{bays_form, capacity_form, places_form, week_form};
pub(crate) use events::stream;
pub(crate) use forms::{answer_form, sign_form, withdraw_form};
pub(crate) use page::{capacity_page, live, page};
pub(crate) use proposals::put_aside_form;

use super::fault::Fault;
use super::limits::CONDITION_MINUTES;
use super::state::App;
use case::{DeclineReason, EnquiryAnswer};
use dispatch_core::{Principal, Store, answer_enquiry, board};
use model::{EnquiryId, Timestamp};
use serde::Deserialize;

/// What a desk can say: exactly one of these.
#[derive(Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Said {
    /// 受入可
    Accepted {},
    /// 条件付き
    Conditional {
        /// In the desk's words.
        condition: String,
        /// How long it stands.
        minutes: i64,
    },
    /// 不可
    Declined {
        /// One of the nine.
        reason: DeclineReason,
    },
}

impl Said {
    fn answer(&self, now: Timestamp) -> Result<EnquiryAnswer, Fault> {
        Ok(match self {
            Self::Accepted {} => EnquiryAnswer::Accepted,
            Self::Declined { reason } => EnquiryAnswer::Declined(*reason),
            Self::Conditional { condition, minutes } => {
                if !CONDITION_MINUTES.contains(minutes) {
                    return Err(Fault::field("conditional.minutes", "1〜240分で入れてください"));
                }
                EnquiryAnswer::Conditional { condition: condition.clone(), expires_at: now.plus_minutes(*minutes) }
            }
        })
    }
    /// Whether it says what already stands. A repeated condition keeps its first end.
    fn repeats(&self, standing: &EnquiryAnswer, now: Timestamp) -> bool {
        match (self, standing) {
            (Self::Accepted {}, EnquiryAnswer::Accepted) => true,
            (Self::Declined { reason }, EnquiryAnswer::Declined(said)) => reason == said,
            (Self::Conditional { condition, .. }, EnquiryAnswer::Conditional { condition: said, expires_at }) => {
                condition == said && *expires_at > now
            }
            _ => false,
        }
    }
}

/// Answers; the same answer again changes nothing.
pub(crate) async fn say<S: Store>(
    app: &App<S>,
    principal: &Principal,
    enquiry: EnquiryId,
    said: &Said,
) -> Result<(), Fault> {
    let now = app.now();
    let answer = said.answer(now)?;
    if matches!(said, Said::Conditional { .. }) {
        let list = board(app.store.as_ref(), &app.rules, now, principal).await?;
        let standing = list.iter().find(|row| row.enquiry == enquiry).and_then(|row| row.answer.as_ref());
        if standing.is_some_and(|(standing, _)| said.repeats(standing, now)) {
            return Ok(());
        }
    }
    answer_enquiry(app.store.as_ref(), &mut app.call()?, principal, enquiry, answer).await?;
    app.changes.touch();
    Ok(())
}
