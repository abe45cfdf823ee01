//! One-time codes of an authenticator app (TOTP, RFC 6238 over RFC 4226): six digits, a new one every thirty seconds.
//!
//! HMAC-SHA-1, because authenticator apps speak nothing else, whatever a QR says; the code's strength is in its secret, its short life and its
//! single use, not in the hash.

use hmac::{Hmac, KeyInit, Mac};
use model::Timestamp;
use sha1::Sha1;
use zeroize::Zeroizing;

/// Seconds for which a code is shown.
pub const STEP_SECONDS: i64 = 30;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Codes before and after the present one that are taken as well: telephones' clocks differ, and people type slowly.
pub const DRIFT_STEPS: i64 = 1;
/// Bytes of a secret: a block of SHA-1's result (RFC 4226 §4, R6).
pub const SECRET_BYTES: usize = 20;

const MODULUS: u32 = 1_000_000;
/// RFC 4648 §6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a server and an app share. No `Debug`; overwritten when dropped.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl TotpSecret {
    /// Takes the bytes over.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; SECRET_BYTES]>) -> Self {
        Self(bytes)
    }
    /// The bytes, for sealing.
    #[must_use]
    pub fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }
    /// In letters and digits (base32), as apps take it by hand.
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SECRET_BYTES * 8 / 5));
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            for place in (0..8).rev() {
                let letter = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
                text.push(char::from(BASE32.get(letter).copied().unwrap_or(b'A')));
            }
        }
        text
    }
    /// The code of a time, as an app shows it.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> Zeroizing<String> {
        self.code_of(step(at))
    }
    /// The step in which this code is shown, near `now`; none when it is wrong. The newest one counts.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let present = step(now);
        // Every step is compared, whole, so that the time tells nothing.
        let shown = (present - DRIFT_STEPS..=present + DRIFT_STEPS).filter(|step| same(&self.code_of(*step), code));
        shown.max()
    }

    fn code_of(&self, step: i64) -> Zeroizing<String> {
        let mut mac = match Hmac::<Sha1>::new_from_slice(&*self.0) {
            Ok(mac) => mac,
            Err(_) => unreachable!("an HMAC takes a key of any length"),
        };
        mac.update(&step.to_be_bytes());
        let tag: [u8; 20] = mac.finalize().into_bytes().into();
        // RFC 4226 §5.3: the last four bits say where four bytes are read.
        let at = usize::from(tag[19] & 15);
        let four = tag.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
        Zeroizing::new(format!("{:06}", (four & 0x7fff_ffff) % MODULUS))
    }
}

/// The step of a time.
#[must_use]
pub const fn step(at: Timestamp) -> i64 {
    at.0.div_euclid(STEP_SECONDS * 1_000_000)
}

/// Whether two codes are the same, in a time that does not depend on where they differ.
fn same(made: &str, given: &str) -> bool {
    let pairs = made.bytes().zip(given.bytes());
    made.len() == given.len() && pairs.fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::new(Zeroizing::new(*b"12345678901234567890"))
    }

    /// RFC 6238, appendix B, the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*secret().code(Timestamp(seconds * 1_000_000)), code, "{seconds}");
        }
        assert_eq!(*secret().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_late_and_no_further() {
        let at = Timestamp(1_234_567_890_000_000);
        let code = secret().code(at);
        for (seconds, taken) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let step = secret().step_of(&code, at.plus_us(seconds * 1_000_000));
            assert_eq!(step, taken.then(|| super::step(at)), "{seconds}");
        }
        for wrong in ["", "00592", "0059240", "００５９２４", "005925"] {
            assert_eq!(secret().step_of(wrong, at), None, "{wrong}");
        }
    }
}
