//! Single-use codes that stand in the QR of a handover document. The code names no patient and is worth one reading.

use super::limits::{CODE_MINUTES, CODES_MAX};
use super::state::random;
use model::{CaseId, HospitalId, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opens {
    /// The case.
    pub(crate) case: CaseId,
    /// The document's hospital; the code dies with a change of the destination.
    pub(crate) hospital: HospitalId,
    /// Until when.
    pub(crate) until: Timestamp,
}

/// Codes given out and not used yet, by hash. They do not outlive the process: a lost code is made again by one tap.
#[derive(Debug, Default)]
pub struct HandoverCodes(Mutex<BTreeMap<[u8; 32], Opens>>);

impl HandoverCodes {
    /// A new code of 128 random bits, 32 hexadecimal digits.
    pub(crate) fn issue(&self, case: CaseId, hospital: HospitalId, now: Timestamp) -> Result<String, super::Fault> {
        let code = hex::encode(random::<16>()?);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.retain(|_, opens| opens.until > now);
        if table.len() >= CODES_MAX {
            let oldest = table.iter().min_by_key(|(_, opens)| opens.until).map(|(hash, _)| *hash);
            oldest.and_then(|hash| table.remove(&hash));
        }
        table.insert(hash_of(&code), Opens { case, hospital, until: now.plus_minutes(CODE_MINUTES) });
        Ok(code)
    }
    /// Uses a code up.
    pub(crate) fn take(&self, code: &str, now: Timestamp) -> Option<Opens> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.remove(&hash_of(code)).filter(|opens| opens.until > now)
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
        let (case, hospital) = (CaseId::from_bytes([1; 16]), HospitalId::from_bytes([2; 16]));
        let now = Timestamp::from_millis(1_800_000_000_000);
        let code = codes.issue(case, hospital, now).expect("a code");
        assert_eq!(codes.take(&code, now).map(|o| o.case), Some(case));
        assert_eq!(codes.take(&code, now), None);
        let late = codes.issue(case, hospital, now).expect("a code");
        assert_eq!(codes.take(&late, now.plus_minutes(CODE_MINUTES)), None);
    }
}
