//! Whether a certificate that somebody sent is one to look up with: its use, its issuer, its period. The server asks this of every
//! look-up; whether it was revoked only the national system knows.

use crate::failure::Failure;
use crate::trust::{Chain, TrustAnchors};
use crate::validity::Validity;
use myna_card::Certificate;

/// `2.5.29.15`: the key usage.
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
const BIT_STRING: u8 = 0x03;
/// The key proves who somebody is (RFC 5280 §4.2.1.3, bit 0).
const DIGITAL_SIGNATURE: u8 = 0x80;
/// It signs documents: the 署名用証明書, which no look-up takes (bit 1).
const CONTENT_COMMITMENT: u8 = 0x40;
/// It signs certificates (bit 5).
const CERTIFICATE_SIGN: u8 = 0x04;

/// What stands against a certificate, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// No certificate at all.
    Unreadable,
    /// Its key is not there to prove who somebody is.
    WrongUse,
    /// A test certificate in a live installation.
    TestCard,
    /// Signed by none of the anchors.
    UntrustedIssuer,
    /// Its period has not begun.
    NotYetValid,
    /// Its period ended more than [`crate::GRACE_MONTHS`] months ago.
    Expired,
}

impl CertificateFault {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Unreadable, Self::WrongUse, Self::TestCard, Self::UntrustedIssuer, Self::NotYetValid, Self::Expired];

    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "certificate_unreadable",
            Self::WrongUse => "certificate_wrong_use",
            Self::TestCard => "certificate_of_tests",
            Self::UntrustedIssuer => "certificate_untrusted",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::Expired => "certificate_expired",
        }
    }

    /// The same ending of a reading on the tablet, whose words it has.
    const fn of_a_reading(self) -> Option<Failure> {
        match self {
            Self::WrongUse => None,
            Self::Unreadable => Some(Failure::Unreadable),
            Self::TestCard => Some(Failure::TestCard),
            Self::UntrustedIssuer => Some(Failure::UntrustedIssuer),
            Self::NotYetValid => Some(Failure::NotYetValid),
            Self::Expired => Some(Failure::Expired),
        }
    }

    /// What happened, in one Japanese sentence.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self.of_a_reading() {
            Some(failure) => failure.ja(),
            None => "利用者証明用の電子証明書ではありません。",
        }
    }

    /// What to do next, in Japanese.
    #[must_use]
    pub const fn next_ja(self) -> &'static str {
        match self.of_a_reading() {
            Some(failure) => failure.next_ja(),
            None => "カードを置き直してください。続くときはカードなしで進み、帰署後に報告してください。",
        }
    }

    /// What happened, in one English sentence.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self.of_a_reading() {
            Some(failure) => failure.en(),
            None => "This is not a certificate that proves who somebody is.",
        }
    }
}

impl TrustAnchors {
    /// Checks a certificate (DER) that was sent, at `now` (seconds since 1970). One in its grace months stands, as it does on
    /// the tablet.
    ///
    /// # Errors
    /// The gravest [`CertificateFault`].
    pub fn check_certificate(&self, der: &[u8], now: i64) -> Result<(), CertificateFault> {
        let leaf = Certificate::parse(der).map_err(|_| CertificateFault::Unreadable)?;
        if !proves_a_person(&leaf) {
            return Err(CertificateFault::WrongUse);
        }
        match self.check(&leaf) {
            Chain::TestRefused => return Err(CertificateFault::TestCard),
            Chain::Untrusted => return Err(CertificateFault::UntrustedIssuer),
            Chain::Trusted { .. } | Chain::Configured | Chain::InstallationTestCa | Chain::JlisTestCa => {}
        }
        let (from, to) = period(&leaf).ok_or(CertificateFault::Unreadable)?;
        match Validity::at(now, from, to) {
            Validity::NotYetValid => Err(CertificateFault::NotYetValid),
            Validity::ExpiredBeyondGrace => Err(CertificateFault::Expired),
            Validity::Valid | Validity::ExpiredWithinGrace => Ok(()),
        }
    }
}

/// First and last second of a certificate's period, since 1970.
pub(crate) fn period(certificate: &Certificate) -> Option<(i64, i64)> {
    let period = certificate.inner().tbs_certificate().validity();
    let from = i64::try_from(period.not_before.to_unix_duration().as_secs()).ok()?;
    let to = i64::try_from(period.not_after.to_unix_duration().as_secs()).ok()?;
    Some((from, to))
}

/// The profile of the 公的個人認証サービス gives a 利用者証明用証明書 the one use `digitalSignature`; a certificate without this
/// extension is none of its.
fn proves_a_person(leaf: &Certificate) -> bool {
    let extensions = leaf.inner().tbs_certificate().extensions().map_or(&[][..], |all| all.as_slice());
    let usage = extensions.iter().find(|extension| extension.extn_id.as_bytes() == KEY_USAGE);
    let bits = usage.and_then(|usage| match usage.extn_value.as_bytes() {
        // Tag, length, number of unused bits, the bits.
        [BIT_STRING, _, _, bits, ..] => Some(*bits),
        _ => None,
    });
    bits.is_some_and(|bits| bits & DIGITAL_SIGNATURE != 0 && bits & (CONTENT_COMMITMENT | CERTIFICATE_SIGN) == 0)
}
