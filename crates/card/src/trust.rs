//! Whose signature stands under a card's certificate.

use myna_card::Certificate;
use myna_card::certificate::roots::{Hierarchy, KNOWN, Purpose};

/// The roots that count. J-LIS' public ones are compiled in with `myna_card`; test roots count in training only.
#[derive(Clone, Debug)]
pub struct TrustAnchors {
    training: bool,
    anchors: Vec<(Chain, Certificate)>,
}

/// A test CA certificate that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("reading a test CA certificate")]
pub struct AnchorError(#[source] Box<myna_card::Error>);

/// Result of checking a certificate against the anchors. Revocation is not part of it: only the national system knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Signed by a public J-LIS root (利用者証明用) of this generation.
    Trusted {
        /// J-LIS' own count, from 1.
        generation: u8,
    },
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
        matches!(self, Self::Trusted { .. } | Self::InstallationTestCa | Self::JlisTestCa)
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
            let ca = Certificate::parse(der).map_err(|e| AnchorError(Box::new(e)))?;
            anchors.push((Chain::InstallationTestCa, ca));
        }
        Ok(Self { training: true, anchors })
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
        let says_test = leaf.issuer().split(',').any(|part| part.trim() == "O=JPKI-TEST");
        if says_test && !self.training { Chain::TestRefused } else { Chain::Untrusted }
    }
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
