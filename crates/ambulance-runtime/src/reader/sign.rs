//! Letting a card sign by its PIN: one request, one connection, at most one VERIFY.

use super::face::{same_card, told};
use super::slot::Slot;
use card::{Challenge, Failure, GuardedChannel, LastTry, Pin, TrustAnchors, sign_with_pin};
use std::sync::Arc;

/// One key press on the PIN page. The PIN is zeroed when the last holder drops it.
pub struct SignRequest {
    /// Echoed in the answer.
    pub press: u64,
    /// Certificate of the card that was read for the case, DER: the PIN goes to no other card.
    pub certificate: Vec<u8>,
    /// The PIN.
    pub pin: Arc<Pin>,
    /// Whether the last try may be used.
    pub last_try: LastTry,
    /// What is signed.
    pub challenge: Challenge,
}

/// Asks the card that lies on the reader to sign.
pub type SignWithPin = Slot<SignRequest>;

/// Lets whatever answers at the other end of a link sign, as the reader thread does: first its certificate is read again, and
/// only the card of the case is presented the PIN.
///
/// # Errors
/// How it ended otherwise; [`Failure::CardMoved`] when another card lies there, [`Failure::Unreadable`] when what came back is
/// no signature of this card over this challenge.
pub fn sign<T: myna_card::Transmit>(
    link: T,
    now_s: i64,
    anchors: &TrustAnchors,
    request: &SignRequest,
    is_over: impl FnMut() -> bool,
) -> Result<Vec<u8>, Failure> {
    let mut channel = GuardedChannel::new(link).with_abort(is_over);
    same_card(&mut channel, now_s, anchors, &request.certificate)?;
    let signature = sign_with_pin(&mut channel, &request.pin, request.last_try, &request.challenge).map_err(told)?;
    if request.challenge.is_signed_by(&request.certificate, &signature) {
        return Ok(signature);
    }
    tracing::info!("the card gave something else than a signature");
    Err(Failure::Unreadable)
}
