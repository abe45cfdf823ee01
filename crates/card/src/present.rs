//! Presenting what was keyed: the counter first, then at most one VERIFY.

use myna_card::{Command, Transmit};
use zeroize::Zeroizing;

use crate::exchange::{Conversation, ReadError, Step};
use crate::failure::Failure;
use crate::guard::LastTry;
use crate::secret::Secret;

/// How the endings of one key are called.
pub(crate) struct Endings {
    pub(crate) wrong: fn(u8) -> Failure,
    pub(crate) blocked: Failure,
    /// The card has no such key.
    pub(crate) absent: Failure,
}

/// Those of 照合番号B.
pub(crate) const NUMBER_B: Endings = Endings {
    wrong: |left| Failure::NumberBWrong { left },
    blocked: Failure::NumberBBlocked,
    absent: Failure::NumberBNotOffered,
};
/// Those of the 利用者証明用 PIN.
pub(crate) const PIN: Endings =
    Endings { wrong: |left| Failure::PinWrong { left }, blocked: Failure::PinBlocked, absent: Failure::PinNotOffered };

/// VERIFY of the current key reference.
const VERIFY: [u8; 4] = [0x00, 0x20, 0x00, 0x80];

impl<T: Transmit> Conversation<'_, '_, T> {
    /// Reads the counter of `key` and presents `secret` once. Sends no VERIFY with data when the key is blocked, when one
    /// try is left that nobody confirmed, or when the card did not tell the counter. Nothing is sent again, whatever comes
    /// back; and the permission of the key press ends here.
    pub(crate) fn present<const N: usize>(
        &mut self,
        key: u16,
        secret: &Secret<N>,
        last_try: LastTry,
        endings: &Endings,
    ) -> Result<(), ReadError> {
        match last_try {
            LastTry::Unconfirmed => self.channel.allow_one_pin(),
            LastTry::Confirmed => self.channel.allow_last_pin(),
        }
        let outcome = self.count_and_present(key, secret, endings);
        self.channel.forbid_pin();
        outcome
    }

    fn count_and_present<const N: usize>(
        &mut self,
        key: u16,
        secret: &Secret<N>,
        endings: &Endings,
    ) -> Result<(), ReadError> {
        self.step = Step::Counter;
        if self.tries(key, endings)? == 0 {
            return Err(self.ended(endings.blocked));
        }
        self.step = Step::Present;
        let mut command = Zeroizing::new(Vec::with_capacity(VERIFY.len() + 1 + N));
        command.extend(VERIFY);
        command.push(u8::try_from(N).map_err(|_| self.unreadable())?);
        command.extend(secret.ascii());
        let status = self.exchange_bytes(&command)?.status;
        match status.value() {
            0x9000 => Ok(()),
            0x63C0 | 0x6983 | 0x6984 => Err(self.failed(endings.blocked, status)),
            counted @ 0x63C1..=0x63CF => Err(self.failed((endings.wrong)(low_digit(counted)), status)),
            _ => Err(self.failed(Failure::Unreadable, status)),
        }
    }

    /// Tries left, from an empty VERIFY that costs none.
    fn tries(&mut self, key: u16, endings: &Endings) -> Result<u8, ReadError> {
        let selected = self.call(&Command::with_data(0x00, 0xA4, 0x02, 0x0C, key.to_be_bytes()))?.status;
        match selected.value() {
            0x9000 => {}
            0x6A82 => return Err(self.failed(endings.absent, selected)),
            _ => return Err(self.failed(Failure::Unreadable, selected)),
        }
        let status = self.exchange_bytes(&VERIFY)?.status;
        match status.value() {
            counted @ 0x63C0..=0x63CF => Ok(low_digit(counted)),
            0x6983 | 0x6984 => Ok(0),
            0x6A82 | 0x6A83 | 0x6A88 => Err(self.failed(endings.absent, status)),
            _ => Err(self.failed(Failure::Unreadable, status)),
        }
    }

    fn ended(&self, failure: Failure) -> ReadError {
        ReadError { failure, step: self.step, status: None }
    }
}

fn low_digit(status: u16) -> u8 {
    let [_, low] = status.to_be_bytes();
    low & 0x0F
}
