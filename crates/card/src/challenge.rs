//! What the card signs. Tablet and server build it with the same function.

use model::{CaseId, CrewId, DeviceId, Timestamp};

/// Separates these signatures from all others that the key may make, and from later layouts.
const DOMAIN: &[u8] = b"mynakyukyu/card-challenge/1\0";

/// Everything that one signature binds together.
#[derive(Debug, Clone, Copy)]
pub struct ChallengeParts<'a> {
    /// The server's nonce, any length.
    pub nonce: &'a [u8],
    /// The tablet that asks.
    pub device: DeviceId,
    /// Who asks.
    pub crew: CrewId,
    /// For whom.
    pub case: CaseId,
    /// SHA-256 of the consent event, as stored.
    pub consent: [u8; 32],
    /// The tablet's clock at the key press.
    pub tablet_time: Timestamp,
}

/// The bytes whose SHA-256 the card signs. Made of [`ChallengeParts`] only, so that nothing else is ever signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(Vec<u8>);

impl Challenge {
    /// One after another, numbers big-endian:
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 28 | `mynakyukyu/card-challenge/1` and a zero byte |
    /// | 8 | length of the nonce |
    /// | as said | nonce |
    /// | 16 | device id |
    /// | 16 | crew id |
    /// | 16 | case id |
    /// | 32 | SHA-256 of the consent event |
    /// | 8 | tablet time, microseconds since 1970, two's complement |
    ///
    /// Only the nonce varies in length and its length stands before it: two different lists of parts never give the same
    /// bytes.
    #[must_use]
    pub fn new(parts: &ChallengeParts<'_>) -> Self {
        let mut out = DOMAIN.to_vec();
        out.extend(u64::try_from(parts.nonce.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend(parts.nonce);
        out.extend(parts.device.bytes());
        out.extend(parts.crew.bytes());
        out.extend(parts.case.bytes());
        out.extend(parts.consent);
        out.extend(parts.tablet_time.0.to_be_bytes());
        Self(out)
    }

    /// The bytes before hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Their SHA-256: what is put into the DigestInfo.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        myna_card::data::sha256(&self.0)
    }

    /// True when `signature` was made over this challenge by the key in `certificate` (DER). Neither the certificate's
    /// chain nor its period nor its revocation is looked at.
    #[must_use]
    pub fn is_signed_by(&self, certificate: &[u8], signature: &[u8]) -> bool {
        let key = myna_card::Certificate::parse(certificate).and_then(|certificate| certificate.public_key());
        key.is_ok_and(|key| key.verify_pkcs1_sha256(&self.0, signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(nonce: &[u8], fill: [u8; 4], tablet_us: i64) -> ChallengeParts<'_> {
        let [device, crew, case, consent] = fill;
        ChallengeParts {
            nonce,
            device: DeviceId::from_bytes([device; 16]),
            crew: CrewId::from_bytes([crew; 16]),
            case: CaseId::from_bytes([case; 16]),
            consent: [consent; 32],
            tablet_time: Timestamp(tablet_us),
        }
    }

    #[test]
    fn the_layout_is_as_documented() {
        let challenge = Challenge::new(&parts(b"ab", [1, 2, 3, 4], -2));
        let expected = [
            b"mynakyukyu/card-challenge/1\0".as_slice(),
            &[0, 0, 0, 0, 0, 0, 0, 2],
            b"ab",
            &[1; 16],
            &[2; 16],
            &[3; 16],
            &[4; 32],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
        ];
        assert_eq!(challenge.as_bytes(), expected.concat());
        assert_eq!(DOMAIN.len(), 28);
    }

    proptest! {
        #[test]
        fn other_parts_give_other_bytes(
            one in (prop::collection::vec(any::<u8>(), 0..40), any::<[u8; 4]>(), any::<i64>()),
            other in (prop::collection::vec(any::<u8>(), 0..40), any::<[u8; 4]>(), any::<i64>()),
        ) {
            let make = |(nonce, fill, us): &(Vec<u8>, [u8; 4], i64)| Challenge::new(&parts(nonce, *fill, *us));
            prop_assert_eq!(make(&one) == make(&other), one == other);
        }
    }
}
