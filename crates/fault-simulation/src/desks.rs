//! People at the server's pages: a dispatcher who opens incidents, desks that look at enquiries and answer.

use crate::server::Tools;
use crate::town::{self, A, B};
use case::{DeclineReason, EnquiryAnswer};
use dispatch_core::contract::fixtures::desk;
use dispatch_core::store::EventStore;
use dispatch_core::{OpenIncident, UseCaseError, answer_enquiry, open_incident, see_enquiry};
use model::{Clock, HospitalId};

/// One thing that somebody does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Desk {
    /// A dispatcher sends a unit: of department A or B.
    Dispatch { first: bool },
    /// A desk answers its newest open enquiry.
    Answer { hospital: HospitalId, how: u64 },
}

/// How far back a desk looks for enquiries, minutes.
const BOARD_MINUTES: i64 = 60;

impl Desk {
    pub(crate) async fn work(self, tools: &Tools) -> Result<(), UseCaseError> {
        match self {
            Self::Dispatch { first } => {
                let town = if first { A } else { B };
                let mut call = tools.call();
                let request = OpenIncident {
                    unit: Some(town.unit()),
                    call_received_at: call.now(),
                    scene: town::scene(),
                    place: Some("訓練町".into()),
                    call_text: None,
                    card: None,
                };
                open_incident(&*tools.store, &mut call, &town.dispatcher(), request).await.map(drop)
            }
            Self::Answer { hospital, how } => answer(tools, hospital, how).await,
        }
    }
}

async fn answer(tools: &Tools, hospital: HospitalId, how: u64) -> Result<(), UseCaseError> {
    let now = tools.clock.utc();
    let rows = tools.store.enquiries_of(hospital, now.plus_minutes(-BOARD_MINUTES), 10).await?;
    let Some(row) = rows.into_iter().find(|row| row.standing) else { return Ok(()) };
    let principal = desk(hospital);
    see_enquiry(&*tools.store, &mut tools.call(), &principal, row.enquiry).await?;
    let said = match how {
        0 | 1 => EnquiryAnswer::Accepted,
        2 => EnquiryAnswer::Conditional { condition: "CT 15分待ち".into(), expires_at: now.plus_minutes(10) },
        3 => return Ok(()),
        _ => EnquiryAnswer::Declined(DeclineReason::BedsFull),
    };
    answer_enquiry(&*tools.store, &mut tools.call(), &principal, row.enquiry, said).await
}
