//! Standing enquiries are looked after: one that nobody watches is told to the crew, one whose time is over ends.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::{ATTENDED_MAX, ATTENDED_MINUTES};
use crate::principal::Scope;
use crate::server_log::write_about;
use crate::store::EventStore;
use case::enquiry::{ANSWER_MINUTES, time_out};
use case::{Body, CaseView, OnBehalf};
use model::{CaseId, EnquiryId, HospitalId};
use std::collections::{BTreeMap, BTreeSet};

/// Which enquiries are late is looked at so many minutes earlier: the time of a tablet may be ahead of the server's.
const CLOCK_SLACK_MINUTES: i64 = 1;

/// What was told of enquiries that still stand: so that none is read again and again.
#[derive(Debug, Default)]
pub struct Attended {
    told: BTreeSet<EnquiryId>,
}

/// Writes what became true of standing enquiries: `EnquiryUnwatched` where no page of the hospital watches and none has it,
/// `EnquiryReleased(TimedOut)` where the time to answer is over. Returns how many cases were written to. Repeats do no harm.
///
/// # Errors
/// A store failure; what could be written before it stands.
pub async fn attend_enquiries<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    watches: impl Fn(HospitalId) -> bool + Send + Sync,
    attended: &mut Attended,
) -> Result<usize, UseCaseError> {
    let now = call.now();
    let rows = store.standing(now.plus_minutes(-ATTENDED_MINUTES), ATTENDED_MAX).await?;
    attended.told.retain(|told| rows.iter().any(|row| row.enquiry == *told));
    let mut unwatched: BTreeMap<CaseId, BTreeSet<EnquiryId>> = BTreeMap::new();
    for row in &rows {
        let news = !watches(row.hospital) && attended.told.insert(row.enquiry);
        if news {
            unwatched.entry(row.case).or_default().insert(row.enquiry);
        } else if row.sent_at.plus_minutes(ANSWER_MINUTES - CLOCK_SLACK_MINUTES) <= now {
            unwatched.entry(row.case).or_default();
        }
    }
    let mut written = 0;
    for (case, enquiries) in unwatched {
        let done = write_about(store, call, Scope::Installation, case, OnBehalf::System, |loaded| {
            let mut bodies = time_out(&loaded.facts, &loaded.view, now);
            bodies.extend(
                enquiries
                    .iter()
                    .filter(|id| is_alone(&loaded.view, **id))
                    .map(|id| Body::EnquiryUnwatched { enquiry: *id }),
            );
            Ok(bodies)
        });
        written += usize::from(done.await?.is_some());
    }
    Ok(written)
}

/// It stands, and no page has it.
fn is_alone(view: &CaseView, enquiry: EnquiryId) -> bool {
    view.enquiries.get(&enquiry).is_some_and(|e| {
        let stands = e.answer.is_none() && e.released.is_none() && !view.is_closed();
        stands && !e.by_telephone && e.delivered_at.is_none() && e.seen_at.is_none() && !e.unwatched
    })
}
