//! Single-use codes that stand in the QR of a document on paper or on a screen. A code names no patient and is worth one reading.

use super::limits::{CODE_MINUTES, CODES_MAX, RECEIPT_CODE_MINUTES};
use super::state::random;
use model::{CaseId, HospitalId, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What a code of a handover document opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opens {
    /// The case.
    pub case: CaseId,
    /// The document's hospital; the code dies with a change of the destination.
    pub hospital: HospitalId,
}

/// What a code can open, and for how long.
pub trait Opened: Copy {
    /// Minutes in which the code can be used.
    const MINUTES: i64;
}

impl Opened for Opens {
    const MINUTES: i64 = CODE_MINUTES;
}

/// A patient's receipt.
impl Opened for CaseId {
    const MINUTES: i64 = RECEIPT_CODE_MINUTES;
}

/// Codes given out and not used yet, by hash. They do not outlive the process: a lost code is made again by one tap.
#[derive(Debug)]
pub struct Codes<T>(Mutex<BTreeMap<[u8; 32], (T, Timestamp)>>);

/// Codes of handover documents.
pub type HandoverCodes = Codes<Opens>;

/// Codes of patients' receipts.
pub(crate) type ReceiptCodes = Codes<CaseId>;

impl<T> Default for Codes<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Opened> Codes<T> {
    /// A new code of 128 random bits, 32 hexadecimal digits.
    pub(crate) fn issue(&self, opens: T, now: Timestamp) -> Result<String, super::Fault> {
        let code = hex::encode(random::<16>()?);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.retain(|_, (_, until)| *until > now);
        if table.len() >= CODES_MAX {
            let oldest = table.iter().min_by_key(|(_, (_, until))| until).map(|(hash, _)| *hash);
            oldest.and_then(|hash| table.remove(&hash));
        }
        table.insert(hash_of(&code), (opens, now.plus_minutes(T::MINUTES)));
        Ok(code)
    }
    /// Uses a code up.
    pub(crate) fn take(&self, code: &str, now: Timestamp) -> Option<T> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.remove(&hash_of(code)).filter(|(_, until)| *until > now).map(|(opens, _)| opens)
    }
}

fn hash_of(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_once_and_not_for_ever() {
        let codes = HandoverCodes::default();
        let opens = Opens { case: CaseId::from_bytes([1; 16]), hospital: HospitalId::from_bytes([2; 16]) };
        let now = Timestamp::from_millis(1_800_000_000_000);
        let code = codes.issue(opens, now).expect("a code");
        assert_eq!(codes.take(&code, now), Some(opens));
        assert_eq!(codes.take(&code, now), None);
        let late = codes.issue(opens, now).expect("a code");
        assert_eq!(codes.take(&late, now.plus_minutes(CODE_MINUTES)), None);
        let receipts = ReceiptCodes::default();
        let code = receipts.issue(opens.case, now).expect("a code");
        assert_eq!(receipts.take(&code, now.plus_minutes(RECEIPT_CODE_MINUTES - 1)), Some(opens.case));
    }
}
