//! What a dispatch page knows at one moment: folds of the department's cases, its units, its alarms.

use crate::web::fault::Fault;
use crate::web::session::REVIEW;
use crate::web::state::{App, UnitLive};
use case::Checked;
use dispatch_core::limits::SILENT_MINUTES;
use dispatch_core::store::Unit;
use dispatch_core::{
    Alarm, CaseFilter, CaseSummary, MassOffer, Principal, Store, UseCaseError, Watch, alarms, case_list, open_reviews,
    put_aside, relief_units, standing_disaster, watch,
};
use hospital_selection::CapacityReport;
use model::{CaseId, CrewId, Stage, Timestamp, UnitId};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Ended cases stay on the page so long, minutes.
const ENDED_MINUTES: i64 = 120;

/// A unit with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct UnitRow {
    /// Which.
    pub(crate) unit: Unit,
    /// What is known right now.
    pub(crate) live: UnitLive,
    /// The open case that it works on, and how far.
    pub(crate) case: Option<(CaseId, Option<Stage>)>,
    /// It works for another department than its own.
    pub(crate) relief: Option<ReliefRow>,
    /// The last stage is the dispatch system's word, not its tablet's.
    pub(crate) told_by_machine: bool,
}

/// A relief unit, seen from one of the two departments.
#[derive(Clone, Debug)]
pub(crate) struct ReliefRow {
    /// The other one's name.
    pub(crate) other: String,
    /// It came from there; else it went there.
    pub(crate) came: bool,
    /// Until when.
    pub(crate) until: Timestamp,
}

impl UnitRow {
    /// Not heard for too long, or never: shown as silent whatever it was doing.
    pub(crate) fn is_silent(&self, now: Timestamp) -> bool {
        self.live.last_heard.is_none_or(|at| at.age_minutes(now) >= SILENT_MINUTES)
    }
    /// The same in English.
    pub(crate) fn duty_en(&self) -> &'static str {
        match self.case {
            None => "Free",
            Some((_, stage)) => stage.map_or("Notified", Stage::en),
        }
    }
    /// What it does, as far as its facts say.
    pub(crate) fn duty(&self) -> &'static str {
        match self.case {
            None => "待機",
            Some((_, stage)) => stage.map_or("指令", Stage::ja),
        }
    }
}

/// What a human has to do something about.
#[derive(Clone, Debug)]
pub(crate) struct Todo {
    /// Its case.
    pub(crate) case: CaseId,
    /// What.
    pub(crate) what: TodoKind,
}

/// In the order of harm per minute.
#[derive(Clone, Debug)]
pub(crate) enum TodoKind {
    /// Nobody was sent.
    Unassigned {
        /// Since when.
        since: Timestamp,
    },
    /// An alarm of the case.
    Alarm(Alarm),
}

impl TodoKind {
    const fn rank(&self) -> u8 {
        match self {
            Self::Unassigned { .. } => 0,
            Self::Alarm(
                Alarm::Conflict { .. }
                | Alarm::Withdrawn { .. }
                | Alarm::AgreedElsewhere { .. }
                | Alarm::AcceptedInVain { .. },
            ) => 1,
            Self::Alarm(Alarm::Difficult { .. }) => 2,
            Self::Alarm(Alarm::Silent { .. }) => 3,
            Self::Alarm(Alarm::MayHaveGap { .. }) => 4,
        }
    }
}

/// One moment.
pub(crate) struct Picture {
    /// Cases, open ones first, the newest first.
    pub(crate) cases: Vec<CaseSummary>,
    /// Older ones are not among them.
    pub(crate) more_cases: bool,
    /// Units by callsign.
    pub(crate) units: Vec<UnitRow>,
    /// What needs a human.
    pub(crate) todo: Vec<Todo>,
    /// Alarms that somebody has seen to, and when.
    pub(crate) aside: Vec<(CaseId, Alarm, Checked)>,
    /// The names of who has seen to them.
    pub(crate) names: BTreeMap<CrewId, String>,
    /// What will need one soon.
    pub(crate) watched: Vec<(CaseId, Watch)>,
    /// What hospitals said of themselves.
    pub(crate) capacity: Vec<CapacityReport>,
    /// Places that hospitals offer for a mass-casualty incident.
    pub(crate) mass: Vec<MassOffer>,
    /// Looks without consent that wait for a review.
    pub(crate) open_reviews: u64,
    /// Whether who looks at the page is one of those who review.
    pub(crate) reviews_here: bool,
    /// Until when the department's disaster period holds.
    pub(crate) disaster: Option<Timestamp>,
}

/// Reads it.
pub(crate) async fn picture<S: Store>(app: &App<S>, principal: &Principal) -> Result<Picture, Fault> {
    let now = app.now();
    let store = app.store.as_ref();
    let open = CaseFilter { open_only: true, ..CaseFilter::default() };
    let open = case_list(store, principal, open, &app.views).await?;
    let recent = CaseFilter { changed_since: Some(now.plus_minutes(-ENDED_MINUTES)), ..CaseFilter::default() };
    let recent = case_list(store, principal, recent, &app.views).await?;
    let more_cases = open.more || recent.more;
    let mut list = open.cases;
    list.extend(recent.cases.into_iter().filter(|case| case.view.is_closed()));
    let units = unit_rows(app, principal, &list).await?;
    let (todo, aside) = todo(app, &list, now);
    let names = names(app, aside.iter().filter_map(|(.., checked)| checked.by)).await?;
    let watched = list.iter().filter_map(|case| Some((case.head.case, watch(&case.view, now)?))).collect();
    let capacity = store.capacity().await.map_err(UseCaseError::from)?;
    let mass = store.mass_offers().await.map_err(UseCaseError::from)?;
    let open_reviews = open_reviews(store, principal).await?;
    let disaster = match principal.department() {
        Some(department) => standing_disaster(store, department, now).await?.map(|period| period.until),
        None => None,
    };
    Ok(Picture {
        cases: list,
        more_cases,
        units,
        todo,
        aside,
        names,
        watched,
        capacity,
        mass,
        open_reviews,
        reviews_here: principal.has_any(REVIEW),
        disaster,
    })
}

/// What these accounts are called.
async fn names<S: Store>(
    app: &App<S>,
    accounts: impl Iterator<Item = CrewId>,
) -> Result<BTreeMap<CrewId, String>, Fault> {
    let mut names = BTreeMap::new();
    for account in accounts {
        if let Entry::Vacant(unknown) = names.entry(account) {
            let known = app.store.account(account).await.map_err(UseCaseError::from)?;
            unknown.insert(known.map(|known| known.name).unwrap_or_default());
        }
    }
    Ok(names)
}

/// The department's units, those that came from elsewhere behind them.
pub(crate) async fn unit_rows<S: Store>(
    app: &App<S>,
    principal: &Principal,
    cases: &[CaseSummary],
) -> Result<Vec<UnitRow>, Fault> {
    let works = working(cases);
    let units = app.store.units(principal.scope).await.map_err(UseCaseError::from)?;
    let mut rows: Vec<UnitRow> = units.into_iter().map(|unit| unit_row(app, unit, &works)).collect();
    add_relief(app, principal, &mut rows, &works).await?;
    Ok(rows)
}

/// Units that came from elsewhere, and which of the department's own went there.
async fn add_relief<S: Store>(
    app: &App<S>,
    principal: &Principal,
    rows: &mut Vec<UnitRow>,
    works: &Working,
) -> Result<(), Fault> {
    let (store, now) = (app.store.as_ref(), app.now());
    let Some(department) = principal.department() else { return Ok(()) };
    let reliefs = store.reliefs(now).await.map_err(UseCaseError::from)?;
    if reliefs.is_empty() {
        return Ok(());
    }
    let departments = store.departments().await.map_err(UseCaseError::from)?;
    let name = |id| departments.iter().find(|d| d.id == id).map(|d| d.name.clone()).unwrap_or_default();
    let relief = |other, came, until| Some(ReliefRow { other: name(other), came, until });
    for row in rows.iter_mut() {
        let gone = reliefs.iter().find(|r| r.unit == row.unit.id && r.stands(now));
        row.relief = gone.and_then(|r| relief(r.department, false, r.until));
    }
    for (unit, known) in relief_units(store, department, now).await? {
        rows.push(UnitRow { relief: relief(known.home, true, known.until), ..unit_row(app, unit, works) });
    }
    Ok(())
}

/// A unit's work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    case: CaseId,
    stage: Option<Stage>,
    told_by_machine: bool,
}

/// Which case a unit works on, and how far it is.
pub(crate) type Working = BTreeMap<UnitId, Work>;

/// Every unit's case; of several the newest.
pub(crate) fn working(cases: &[CaseSummary]) -> Working {
    let mut works = Working::new();
    for case in cases {
        let view = &case.view;
        if view.is_closed() || view.stage(Stage::BackInService).is_some() {
            continue;
        }
        let stage = view.last_stage().map(|(stage, _)| stage);
        let told_by_machine = stage.is_some_and(|stage| view.reported.contains_key(&(view.leg(), stage)));
        for (unit, _) in view.units.get(&view.leg()).into_iter().flatten() {
            works.entry(*unit).or_insert(Work { case: case.head.case, stage, told_by_machine });
        }
    }
    works
}

/// A unit's row.
pub(crate) fn unit_row<S>(app: &App<S>, unit: Unit, works: &Working) -> UnitRow {
    let work = works.get(&unit.id);
    UnitRow {
        live: app.units.live(unit.id),
        case: work.map(|work| (work.case, work.stage)),
        told_by_machine: work.is_some_and(|work| work.told_by_machine),
        unit,
        relief: None,
    }
}

/// What needs a human, in the order of harm; and what somebody has seen to.
fn todo<S>(app: &App<S>, cases: &[CaseSummary], now: Timestamp) -> (Vec<Todo>, Vec<(CaseId, Alarm, Checked)>) {
    let (mut todo, mut aside) = (Vec::new(), Vec::new());
    for case in cases.iter().filter(|case| !case.view.is_closed()) {
        let id = case.head.case;
        if case.view.units.is_empty() {
            let since = case.view.stage(Stage::CallReceived).map_or(case.head.opened_at, |s| s.at);
            todo.push(Todo { case: id, what: TodoKind::Unassigned { since } });
        }
        for alarm in alarms(&case.view, now, |unit| app.units.live(unit).last_heard) {
            match put_aside(&case.view, &alarm, now) {
                Some(checked) => aside.push((id, alarm, checked)),
                None => todo.push(Todo { case: id, what: TodoKind::Alarm(alarm) }),
            }
        }
    }
    todo.sort_by_key(|entry| (entry.what.rank(), entry.case));
    (todo, aside)
}
