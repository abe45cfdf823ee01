//! What a fact adds to the store's index of cases: one meaning for every store.

use case::{Body, Event, Writer};
use model::{EnquiryId, HospitalId, IncidentId, Timestamp, UnitId};

/// One change of the index of a fact's case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// The incident is known.
    Incident(IncidentId),
    /// The unit writes to the case or was assigned.
    Unit(UnitId),
    /// An enquiry was sent.
    Sent {
        /// Which.
        enquiry: EnquiryId,
        /// Whom.
        hospital: HospitalId,
        /// When.
        at: Timestamp,
        /// Whether the hospital sees it on its board.
        on_board: bool,
    },
    /// An enquiry stands no longer: answered or released.
    Settled(EnquiryId),
    /// A destination was decided: that hospital sees the case from now on, also when it was asked by telephone.
    Decided {
        /// Its version: unique in the case.
        version: u32,
        /// Where to.
        hospital: HospitalId,
    },
    /// The destination of this version ended before the patient was there.
    Opened {
        /// Its version.
        version: u32,
    },
    /// The case ended.
    Ended,
}

/// The changes that a fact makes, in order.
#[must_use]
pub fn index(event: &Event) -> Vec<Index> {
    let mut changes = Vec::new();
    if let Writer::Tablet { unit, .. } = event.writer {
        changes.push(Index::Unit(unit));
    }
    match &event.body {
        Body::CaseOpened { incident, .. } => changes.push(Index::Incident(*incident)),
        Body::UnitAssigned { unit, .. } => changes.push(Index::Unit(*unit)),
        Body::EnquirySent { enquiry, hospital, by_telephone, .. } => changes.push(Index::Sent {
            enquiry: *enquiry,
            hospital: *hospital,
            at: event.at.corrected(),
            on_board: !by_telephone,
        }),
        Body::EnquiryAnswered { enquiry, .. } | Body::EnquiryReleased { enquiry, .. } => {
            changes.push(Index::Settled(*enquiry));
        }
        Body::DestinationDecided { version, hospital, .. } => {
            changes.push(Index::Decided { version: *version, hospital: *hospital });
        }
        Body::AcceptanceWithdrawn { version, .. } | Body::DestinationChanged { version, .. } => {
            changes.push(Index::Opened { version: *version });
        }
        Body::CaseEnded { .. } => changes.push(Index::Ended),
        _ => {}
    }
    changes
}
