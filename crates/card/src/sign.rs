//! A signature with the 利用者証明用 key, opened by the PIN.

use myna_card::{Command, Transmit};

use crate::challenge::Challenge;
use crate::exchange::{Conversation, ReadError, Step};
use crate::failure::Failure;
use crate::guard::{GuardedChannel, LastTry};
use crate::present::PIN;
use crate::rules::Application;
use crate::secret::Pin;

/// Bytes of a signature: RSA-2048.
pub const SIGNATURE_BYTES: usize = 256;

const PIN_KEY: u16 = 0x0018;
const AUTH_KEY: u16 = 0x0017;

/// Presents the PIN once and has SHA-256 of the challenge signed with key `0017` (RSASSA-PKCS1-v1_5; the card gets a
/// DigestInfo, P1 = 00). To be called once per key press: it reads the counter, sends at most one VERIFY, and sends
/// nothing again. The PIN stays verified on the card until it is reset: the transport ends with a reset.
///
/// # Errors
/// [`ReadError`], among them [`Failure::PinWrong`] with the tries left, [`Failure::PinBlocked`], [`Failure::PinNotOffered`]
/// and [`Failure::LastTry`] (one try is left and `last_try` does not say that this was confirmed; nothing was presented).
pub fn sign_with_pin<T: Transmit>(
    channel: &mut GuardedChannel<'_, T>,
    pin: &Pin,
    last_try: LastTry,
    challenge: &Challenge,
) -> Result<Vec<u8>, ReadError> {
    let mut card = Conversation::new(channel);
    card.select_application(Application::Jpki, Failure::NotMyNumberCard)?;
    card.present(PIN_KEY, pin, last_try, &PIN)?;
    card.step = Step::Sign;
    let selected = card.call(&Command::with_data(0x00, 0xA4, 0x02, 0x0C, AUTH_KEY.to_be_bytes()))?.status;
    if !selected.is_success() {
        return Err(card.failed(Failure::Unreadable, selected));
    }
    let info = myna_card::data::sha256_digest_info(&challenge.digest());
    let signed = card.call(&Command::with_data_le(0x80, 0x2A, 0x00, 0x80, info, 256))?;
    match signed.status.value() {
        0x9000 if signed.data.len() == SIGNATURE_BYTES => Ok(signed.data),
        _ => Err(card.failed(Failure::Unreadable, signed.status)),
    }
}
