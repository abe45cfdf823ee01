//! What a dispatcher tells the units of a case, and what the caller said of card and notebook after the incident was opened.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::MESSAGES_MAX;
use crate::open_incident::DISPATCH;
use crate::principal::{Principal, Scope};
use crate::server_log::write_about;
use crate::store::EventStore;
use case::message::MESSAGE_CHARS_MAX;
use case::{Body, CardAnswer, CaseView};
use model::{CaseId, MessageId, UnitId};

/// A message to the units of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessage {
    /// The case.
    pub case: CaseId,
    /// Its id, made by whoever sends it: the same one again writes nothing.
    pub message: MessageId,
    /// To this unit only; none: to every unit of the case, also to one that is sent later.
    pub to: Option<UnitId>,
    /// The words, at most [`MESSAGE_CHARS_MAX`] characters on one line.
    pub text: String,
}

/// Sends it: a fact that the units' tablets read on their feed, show, and answer with 了解.
///
/// # Errors
/// [`UseCaseError::NotPermitted`], [`UseCaseError::NoSuchCase`], [`UseCaseError::CaseClosed`]; [`UseCaseError::NotFound`] for a
/// unit that is not of the case; [`UseCaseError::BadRequest`] for no words, too many, or more than [`MESSAGES_MAX`] messages.
pub async fn send_message<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    request: SendMessage,
) -> Result<(), UseCaseError> {
    principal.require_any(DISPATCH, "sending a message")?;
    let department = principal.require_department("sending a message")?;
    let text = one_line(&request.text)?;
    write_about(store, call, Scope::Department(department), request.case, principal.on_behalf(), |loaded| {
        let view = &loaded.view;
        if view.messages.contains_key(&request.message) {
            return Ok(Vec::new());
        }
        if view.is_closed() {
            return Err(UseCaseError::CaseClosed);
        }
        if view.messages.len() >= MESSAGES_MAX {
            return Err(UseCaseError::BadRequest("the case has too many messages"));
        }
        if request.to.is_some_and(|unit| !is_of(view, unit)) {
            return Err(UseCaseError::NotFound("the unit"));
        }
        Ok(vec![Body::MessageToUnit { message: request.message, to: request.to, text: text.clone() }])
    })
    .await?;
    Ok(())
}

fn is_of(view: &CaseView, unit: UnitId) -> bool {
    view.units.values().flatten().any(|(known, _)| *known == unit)
}

/// A tablet shows it on one row: line ends and tabs become spaces.
fn one_line(text: &str) -> Result<String, UseCaseError> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return Err(UseCaseError::BadRequest("the message has no words"));
    }
    if words.chars().count() > MESSAGE_CHARS_MAX || words.chars().any(char::is_control) {
        return Err(UseCaseError::BadRequest("the message is too long"));
    }
    Ok(words)
}

/// The caller's answer to "card ready?" after the incident was opened. The answer that stands already writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`], [`UseCaseError::NoSuchCase`], [`UseCaseError::CaseClosed`].
pub async fn note_card_answer<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    case: CaseId,
    answer: CardAnswer,
) -> Result<(), UseCaseError> {
    principal.require_any(DISPATCH, "noting the answer about the card")?;
    let department = principal.require_department("noting the answer about the card")?;
    write_about(store, call, Scope::Department(department), case, principal.on_behalf(), |loaded| {
        if loaded.view.is_closed() {
            return Err(UseCaseError::CaseClosed);
        }
        let stands = loaded.view.card_asked.is_some_and(|(known, _)| known == answer);
        Ok(if stands { Vec::new() } else { vec![Body::CardAsked { answer }] })
    })
    .await?;
    Ok(())
}
