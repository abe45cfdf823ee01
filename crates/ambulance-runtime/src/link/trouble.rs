//! Which trouble of the link an error of the transport is.

use ambulance_core::LinkTrouble;
use quic_link::{FrameError, LinkError};

/// A connection that could not be made, or has ended.
pub(super) fn of_link(error: &LinkError) -> LinkTrouble {
    match error {
        LinkError::Unreachable | LinkError::TimedOut => LinkTrouble::Silent,
        LinkError::NameMismatch | LinkError::UntrustedPeer => LinkTrouble::WrongServer,
        LinkError::CertificateExpiredOrClock => LinkTrouble::CertificateOrClock,
        LinkError::OwnCertificateRefused { .. } => LinkTrouble::OwnCertificate,
        LinkError::Busy => LinkTrouble::Busy,
        LinkError::NoCommonProtocol => LinkTrouble::Outdated,
        LinkError::ClosedByPeer { .. } | LinkError::PeerRestarted => LinkTrouble::Closed,
        LinkError::Io(_) => LinkTrouble::NoNetwork,
        _ => LinkTrouble::Other,
    }
}

/// A stream that failed.
pub(super) fn of_frame(error: &FrameError) -> LinkTrouble {
    match error {
        FrameError::Lost(error) => of_link(error),
        FrameError::TooLarge { .. } => LinkTrouble::NotUnderstood,
        _ => LinkTrouble::Closed,
    }
}
