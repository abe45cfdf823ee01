//! An alarm is put aside once somebody has seen to it, and comes back when it gets worse.

use crate::alarms::{Alarm, alarms};
use crate::call::Call;
use crate::error::UseCaseError;
use crate::open_incident::DISPATCH;
use crate::principal::{Principal, Scope};
use crate::server_log::write_about;
use crate::store::EventStore;
use case::{AlarmMark, Body, CaseView, Checked};
use model::{CaseId, Timestamp, UnitId};

/// Records that the dispatcher has seen to an alarm, as bad as it is now. An alarm that is over, or that was put aside as it is,
/// writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`], [`UseCaseError::NoSuchCase`].
pub async fn check_alarm<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    case: CaseId,
    mark: AlarmMark,
    last_heard: impl Fn(UnitId) -> Option<Timestamp> + Send + Sync,
) -> Result<(), UseCaseError> {
    principal.require_any(DISPATCH, "putting an alarm aside")?;
    let department = principal.require_department("putting an alarm aside")?;
    let now = call.now();
    write_about(store, call, Scope::Department(department), case, principal.on_behalf(), |loaded| {
        let found = alarms(&loaded.view, now, &last_heard).into_iter().find(|alarm| alarm.mark() == mark);
        let open = found.filter(|alarm| put_aside(&loaded.view, alarm, now).is_none());
        Ok(open.map(|alarm| Body::AlarmChecked { alarm: mark, level: alarm.level(now) }).into_iter().collect())
    })
    .await?;
    Ok(())
}

/// Who put an alarm aside and when; none when nobody did, when it is worse than it was then, or when it ended and began again.
#[must_use]
pub fn put_aside(view: &CaseView, alarm: &Alarm, now: Timestamp) -> Option<Checked> {
    let checked = view.checked.get(&alarm.mark()).copied()?;
    let again = matches!(alarm, Alarm::Silent { since: Some(since), .. } if *since > checked.at);
    (alarm.level(now) <= checked.level && !again).then_some(checked)
}
