//! Whether a look-up's card counts: its certificate, and its signature over a nonce of ours, this tablet, crew, case and consent
//! (DESIGN §5.1).

use crate::error::UseCaseError;
use crate::look_up_history::{CrewViewer, LookUp};
use crate::nonces::{self, Nonce, NonceFault, NonceSecret};
use crate::server_log::LoadedCase;
use card::{Challenge, ChallengeParts, TrustAnchors};
use model::Timestamp;
use patient_history::{IdentityLevel, LookupEvidence, SignedChallenge};

/// What a look-up's card is held against.
#[derive(Clone, Copy)]
pub struct CardChecks<'a> {
    /// What nonces were made with.
    pub secret: &'a NonceSecret,
    /// Whose certificates count. None: no root is configured, and only the national system looks at the certificate.
    pub roots: Option<&'a TrustAnchors>,
}

/// Checks what a look-up shows of its card. `None`: nothing was signed, and nothing had to be. Some: the signature fits, and
/// stands if the nonce was not used before; whoever takes it must use the nonce.
///
/// Issuer, period and use of the certificate are looked at where roots are configured; its revocation never: only the national
/// system knows.
///
/// # Errors
/// [`UseCaseError::Certificate`], [`UseCaseError::ChallengeWrong`], [`UseCaseError::NonceExpired`];
/// [`UseCaseError::ConsentNotOnRecord`].
pub(crate) fn check_evidence(
    checks: CardChecks<'_>,
    loaded: &LoadedCase,
    viewer: &CrewViewer,
    question: &LookUp,
    now: Timestamp,
) -> Result<Option<Nonce>, UseCaseError> {
    let LookupEvidence { level, certificate, signed, .. } = &question.evidence;
    if let Some(roots) = checks.roots.filter(|_| is_of_card(*level)) {
        roots.check_certificate(certificate, now.millis().div_euclid(1000)).map_err(UseCaseError::Certificate)?;
    }
    match (level, signed) {
        (IdentityLevel::Visual | IdentityLevel::VisualB | IdentityLevel::FourAttributes, None) => Ok(None),
        (IdentityLevel::Signed | IdentityLevel::SignedLate, Some(signed)) => {
            let nonce = own_nonce(checks.secret, viewer, signed, now)?;
            let consent = loaded.committed.iter().find(|fact| fact.stored.name == question.consent);
            let challenge = Challenge::new(&ChallengeParts {
                nonce: nonce.bytes(),
                device: viewer.tablet.device,
                crew: viewer.crew,
                case: question.case,
                consent: consent.ok_or(UseCaseError::ConsentNotOnRecord)?.stored.hash().0,
                tablet_time: signed.tablet_time,
            });
            let fits = challenge.is_signed_by(certificate, &signed.signature);
            if fits { Ok(Some(nonce)) } else { Err(UseCaseError::ChallengeWrong) }
        }
        _ => Err(UseCaseError::ChallengeWrong),
    }
}

/// The levels that stand on a card, whose certificate the look-up carries.
const fn is_of_card(level: IdentityLevel) -> bool {
    use IdentityLevel::{Signed, SignedLate, Visual, VisualB};
    matches!(level, Visual | VisualB | Signed | SignedLate)
}

fn own_nonce(
    secret: &NonceSecret,
    viewer: &CrewViewer,
    signed: &SignedChallenge,
    now: Timestamp,
) -> Result<Nonce, UseCaseError> {
    let bytes = signed.nonce.as_slice().try_into().map_err(|_| UseCaseError::ChallengeWrong)?;
    let nonce = Nonce::from_bytes(bytes);
    match nonces::check(secret, viewer.tablet.device, &nonce, now) {
        Ok(()) => Ok(nonce),
        Err(NonceFault::Wrong) => Err(UseCaseError::ChallengeWrong),
        Err(NonceFault::Expired) => Err(UseCaseError::NonceExpired),
    }
}
