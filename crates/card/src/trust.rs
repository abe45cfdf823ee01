//! Whose signature stands under a card's certificate.

use myna_card::Certificate;
use myna_card::certificate::roots::{Hierarchy, KNOWN, Purpose};

/// The roots that count. J-LIS' public ones are compiled in with `myna_card`; test roots count in training only.
#[derive(Clone, Debug)]
pub struct TrustAnchors {
    training: bool,
    anchors: Vec<(Chain, Certificate)>,
}

/// A root that cannot count.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// No certificate.
    #[error("reading a CA certificate")]
    Unreadable(#[source] Box<myna_card::Error>),
    /// A test CA in a live installation.
    #[error("a test CA does not count in a live installation")]
    TestInLive,
}

/// Result of checking a certificate against the anchors. Revocation is not part of it: only the national system knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Signed by a public J-LIS root (利用者証明用) of this generation.
    Trusted {
        /// J-LIS' own count, from 1.
        generation: u8,
    },
    /// Signed by a root that this live installation was given beside the public ones.
    Configured,
    /// Training only: signed by this installation's test CA.
    InstallationTestCa,
    /// Training only: signed by a J-LIS test root, as the cards for testers are.
    JlisTestCa,
    /// A test certificate where tests do not count.
    TestRefused,
    /// Signed by none of the anchors.
    Untrusted,
}

impl Chain {
    /// True when the signature counts in this installation.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Trusted { .. } | Self::Configured | Self::InstallationTestCa | Self::JlisTestCa)
    }
}

impl TrustAnchors {
    /// A live installation: J-LIS' public roots and nothing else.
    #[must_use]
    pub fn live() -> Self {
        Self { training: false, anchors: jlis_roots(Hierarchy::Production) }
    }

    /// A training installation: test roots count as well, among them the installation's own CA certificates (DER).
    ///
    /// # Errors
    /// [`AnchorError`] when one of them is no certificate.
    pub fn training<'d>(test_cas: impl IntoIterator<Item = &'d [u8]>) -> Result<Self, AnchorError> {
        let mut anchors = jlis_roots(Hierarchy::Production);
        anchors.extend(jlis_roots(Hierarchy::Test));
        for der in test_cas {
            anchors.push((Chain::InstallationTestCa, parsed(der)?));
        }
        Ok(Self { training: true, anchors })
    }

    /// A live installation that was given further roots (DER): those of a generation that this program does not know yet.
    ///
    /// # Errors
    /// [`AnchorError`] when one of them is no certificate, or a test CA.
    pub fn live_and<'d>(further: impl IntoIterator<Item = &'d [u8]>) -> Result<Self, AnchorError> {
        let mut live = Self::live();
        for der in further {
            let ca = parsed(der)?;
            let is_test = says_test(&ca.subject()) || jlis_roots(Hierarchy::Test).iter().any(|(_, t)| t.der() == der);
            if is_test {
                return Err(AnchorError::TestInLive);
            }
            live.anchors.push((Chain::Configured, ca));
        }
        Ok(live)
    }

    /// How many roots count.
    #[must_use]
    pub fn count(&self) -> usize {
        self.anchors.len()
    }

    /// Checks name and signature against each anchor. Generations of one root share a name: the signature decides.
    pub(crate) fn check(&self, leaf: &Certificate) -> Chain {
        // A root's own certificate verifies under itself, and is nobody's certificate.
        if leaf.subject() == leaf.issuer() || !names_one_algorithm(leaf) {
            return Chain::Untrusted;
        }
        if let Some((chain, _)) = self.anchors.iter().find(|(_, ca)| signed_by(leaf, ca)) {
            return *chain;
        }
        if says_test(&leaf.issuer()) && !self.training { Chain::TestRefused } else { Chain::Untrusted }
    }
}

fn parsed(der: &[u8]) -> Result<Certificate, AnchorError> {
    Certificate::parse(der).map_err(|error| AnchorError::Unreadable(Box::new(error)))
}

fn says_test(name: &str) -> bool {
    name.split(',').any(|part| part.trim() == "O=JPKI-TEST")
}

/// The roots for 利用者証明用 certificates that `myna_card` carries. Its tests parse every one of them.
fn jlis_roots(hierarchy: Hierarchy) -> Vec<(Chain, Certificate)> {
    let roots = KNOWN.iter().filter(|r| r.purpose == Purpose::UserAuthentication && r.hierarchy == hierarchy);
    roots
        .filter_map(|root| {
            let chain = root.generation.map_or(Chain::JlisTestCa, |generation| Chain::Trusted { generation });
            Some((chain, root.certificate().ok()?))
        })
        .collect()
}

/// The algorithm stands twice in a certificate, once outside what is signed: both must agree (RFC 5280 §4.1.1.2).
fn names_one_algorithm(leaf: &Certificate) -> bool {
    leaf.inner().signature_algorithm() == leaf.inner().tbs_certificate().signature()
}

fn signed_by(leaf: &Certificate, ca: &Certificate) -> bool {
    leaf.issuer() == ca.subject() && leaf.verify_signature(ca).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_generation_is_an_anchor() {
        assert_eq!(TrustAnchors::live().anchors.len(), 3);
        assert_eq!(TrustAnchors::training([]).unwrap().anchors.len(), 5);
    }

    #[test]
    fn a_root_is_nobodys_certificate() {
        for root in KNOWN {
            assert_eq!(TrustAnchors::live().check(&root.certificate().unwrap()), Chain::Untrusted);
        }
    }
}
