//! Who the patient of a case is, as far as facts say it: a temporary id, the cards that were bound to the case, and other
//! cases of the same patient. Never a name, and nothing that a card holds.

use crate::event::EventName;
use model::{CaseId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Temporary ids of one incident: A to Z. The patients behind the last share it; the number of each tells them apart.
pub const TEMPORARY_IDS: u8 = 26;

/// Which card was read, for one case: 16 bytes of SHA-256 over the case's id and the card's certificate. With the
/// certificate in hand it can be compared; without, two cases of one card cannot be told to be so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CardMark(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl CardMark {
    /// The mark of the card with this certificate (DER) in this case.
    #[must_use]
    pub fn of(case: CaseId, certificate: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"card of a case\0");
        hash.update(case.bytes());
        hash.update(certificate);
        let mut mark = [0; 16];
        mark.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(mark)
    }
}

impl core::fmt::Debug for CardMark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CardMark(..)")
    }
}

/// How the crew learned who an unknown patient is, without a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentitySource {
    /// 資格確認書, 免許証 and the like.
    Document,
    /// 家族, 知人, 施設職員.
    Acquaintance,
    /// 本人.
    Patient,
    /// 警察.
    Police,
}

impl IdentitySource {
    /// All, in screen order.
    pub const ALL: [Self; 4] = [Self::Document, Self::Acquaintance, Self::Patient, Self::Police];
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Document => "身分証・資格確認書",
            Self::Acquaintance => "家族・知人",
            Self::Patient => "本人の話",
            Self::Police => "警察",
        }
    }
    /// The English word on screens.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Acquaintance => "Family, friend",
            Self::Patient => "Patient told",
            Self::Police => "Police",
        }
    }
}

/// A card that the crew found to be the patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundCard {
    /// When.
    pub at: Timestamp,
    /// The crew confirmed it although this other case has the same card.
    pub also_of: Option<CaseId>,
}

/// Another case of the same patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamePatient {
    /// The fact that says so, in this case; its undo names it.
    pub name: EventName,
    /// Since when.
    pub at: Timestamp,
    /// Which of the two goes on.
    pub goes_on: CaseId,
}

/// The letter of a temporary id: `A`.
#[must_use]
pub fn temporary_letter(id: u8) -> char {
    char::from(b'A'.saturating_add(id.min(TEMPORARY_IDS - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_cards_of_one_case_apart_and_links_no_two_cases() {
        let (a, b) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        assert_eq!(CardMark::of(a, b"card"), CardMark::of(a, b"card"));
        assert_ne!(CardMark::of(a, b"card"), CardMark::of(a, b"cart"));
        assert_ne!(CardMark::of(a, b"card"), CardMark::of(b, b"card"));
        assert_eq!(format!("{:?}", CardMark::of(a, b"card")), "CardMark(..)");
    }

    #[test]
    fn letters_end_with_z() {
        assert_eq!([0, 1, 25, 200].map(temporary_letter), ['A', 'B', 'Z', 'Z']);
    }
}
