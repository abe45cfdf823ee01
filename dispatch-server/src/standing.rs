//! What holds for a time (disaster periods, relief units), at hand for every welcome and feed. The store is looked at every
//! few seconds, so that a switch pressed in another process counts as well; look-ups ask the store itself.

use crate::app::App;
use dispatch_core::limits::FEED_FOLLOW_MINUTES;
use dispatch_core::relief::followed;
use dispatch_core::store::{Department, Directory, DisasterPeriod, Disasters, Relief, StoreError};
use model::{DepartmentId, Timestamp, UnitId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use wire::{DisasterNotice, Notice, ReliefNotice};

/// How often the store is looked at: a switch reaches connected tablets so late at most.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Everything that holds now, and relief that ended a while ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    disasters: Vec<DisasterPeriod>,
    reliefs: Vec<Relief>,
    departments: Vec<Department>,
}

impl Standing {
    async fn read(store: &(impl Disasters + Directory), now: Timestamp) -> Result<Self, StoreError> {
        let disasters = store.standing_disasters(now).await?;
        let reliefs = store.reliefs(now.plus_minutes(-FEED_FOLLOW_MINUTES)).await?;
        // In peace nothing more is read.
        let departments = if reliefs.is_empty() { Vec::new() } else { store.departments().await? };
        Ok(Self { disasters, reliefs, departments })
    }

    /// What a unit's tablets are told.
    pub(crate) fn notice(&self, unit: UnitId, home: DepartmentId, now: Timestamp) -> Notice {
        let relief = self.reliefs.iter().find(|relief| relief.unit == unit && relief.stands(now));
        let department = relief.map_or(home, |relief| relief.department);
        let disaster = self.disasters.iter().find(|period| period.department == department && period.stands(now));
        let name = |id| self.departments.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default();
        Notice {
            disaster: disaster.map(|period| DisasterNotice { until: period.until, area: period.area.clone() }),
            relief: relief.map(|relief| ReliefNotice {
                department: relief.department,
                department_name: name(relief.department),
                until: relief.until,
            }),
            published: None,
        }
    }

    /// The other departments whose cases a unit's feed follows.
    pub(crate) fn followed(&self, unit: UnitId, now: Timestamp) -> Vec<DepartmentId> {
        followed(&self.reliefs, unit, now)
    }
}

/// The newest look, for readers of every connection.
#[derive(Debug)]
pub(crate) struct StandingKeeper(watch::Sender<Arc<Standing>>);

impl StandingKeeper {
    /// Looks for the first time.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn first(store: &(impl Disasters + Directory), now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self(watch::Sender::new(Arc::new(Standing::read(store, now).await?))))
    }
    /// What holds, as last seen.
    pub(crate) fn now(&self) -> Arc<Standing> {
        Arc::clone(&self.0.borrow())
    }
    /// Told when something else holds.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Standing>> {
        self.0.subscribe()
    }
}

/// Looks again and again; what ended by itself is a change as well.
pub(crate) async fn run(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    loop {
        tick.tick().await;
        match Standing::read(&app.store, app.now()).await {
            Ok(read) => {
                let changed = app.standing.0.send_if_modified(|known| {
                    let is_new = **known != read;
                    if is_new {
                        *known = Arc::new(read);
                    }
                    is_new
                });
                if changed {
                    tracing::info!("disaster periods or relief units changed");
                    app.fanout.pages().touch();
                }
            }
            Err(error) => tracing::error!(%error, "disaster periods and relief units cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: DepartmentId = DepartmentId::from_bytes([1; 16]);
    const STRUCK: DepartmentId = DepartmentId::from_bytes([2; 16]);
    const UNIT: UnitId = UnitId::from_bytes([3; 16]);

    fn standing() -> Standing {
        let disaster = DisasterPeriod {
            department: STRUCK,
            reason: "地震".into(),
            area: vec!["訓練県見本市".into()],
            opened_by: None,
            opened_at: Timestamp(0),
            until: Timestamp(100),
            ended_at: None,
        };
        let relief = Relief {
            unit: UNIT,
            home: HOME,
            department: STRUCK,
            opened_by: None,
            opened_at: Timestamp(0),
            until: Timestamp(50),
            ended_at: None,
        };
        let department = Department { id: STRUCK, name: "見本市消防本部".into(), pref: "訓練県".into() };
        Standing { disasters: vec![disaster], reliefs: vec![relief], departments: vec![department] }
    }

    #[test]
    fn a_relief_unit_is_told_of_the_period_of_whom_it_works_for_until_its_time_is_over() {
        let standing = standing();
        let during = standing.notice(UNIT, HOME, Timestamp(49));
        assert_eq!(during.relief.map(|relief| relief.department_name).as_deref(), Some("見本市消防本部"));
        assert_eq!(during.disaster.map(|disaster| disaster.until), Some(Timestamp(100)));
        assert_eq!(standing.notice(UNIT, HOME, Timestamp(50)), Notice::default());
        let own = standing.notice(UnitId::from_bytes([4; 16]), STRUCK, Timestamp(99));
        assert!(own.disaster.is_some() && own.relief.is_none());
        assert_eq!(standing.followed(UNIT, Timestamp(60)), [STRUCK], "its cases are followed on");
    }
}
