//! What is counted in one window of time: a replication after its warm-up, or a batch of a long run.

use super::plan::Plan;
use crate::engine::Ticks;
use crate::engine::stats::TimeAverage;

/// Numbers in the system of which the time is told; longer queues count as the longest.
pub(super) const IN_SYSTEM_MAX: usize = 1_024;
/// Servers, each alone in its group, whose sets are told by name.
pub(super) const SETS_OF_MAX: usize = 8;

/// Counts and times of one window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) from: Ticks,
    pub(super) until: Ticks,
    pub(super) areas: Vec<AreaCounts>,
    /// Busy servers, by group.
    pub(super) busy: Vec<TimeAverage>,
    /// Time by number in the system.
    pub(super) in_system: Vec<Ticks>,
    /// Time by set of busy servers, bit 0 the first group; empty where sets are not told.
    pub(super) sets: Vec<Ticks>,
    /// Time with every server busy.
    pub(super) all_busy: TimeAverage,
    /// Calls that found every server busy.
    pub(super) found_all_busy: u64,
    /// Since when number and set are what they are.
    since: Ticks,
}

/// Counts of one area.
#[derive(Clone, Debug, Default)]
pub(super) struct AreaCounts {
    pub(super) calls: u64,
    pub(super) lost: u64,
    /// Calls that had to wait, at their arrival.
    pub(super) delayed: u64,
    pub(super) gave_up: u64,
    /// Calls served from now on, by group.
    pub(super) served_by: Vec<u64>,
    /// Waits of those that ended: served, or gave up.
    pub(super) wait_sum: f64,
    pub(super) waits: u64,
    pub(super) waits_above_0: u64,
    /// By time of [`Plan::within`].
    pub(super) within: Vec<u64>,
    /// Waits and ways of those served.
    pub(super) response_sum: f64,
    pub(super) travel_sum: f64,
    /// Calls that left served, and their time in the system.
    pub(super) left: u64,
    pub(super) stay_sum: f64,
    /// Calls waiting.
    pub(super) waiting: TimeAverage,
}

impl Window {
    /// An empty one.
    pub(super) fn new(plan: &Plan, now: Ticks) -> Self {
        let area = AreaCounts {
            served_by: vec![0; plan.groups.len()],
            within: vec![0; plan.within.len()],
            waiting: TimeAverage::new(now, 0.0),
            ..AreaCounts::default()
        };
        let single = plan.groups.len() <= SETS_OF_MAX && plan.groups.iter().all(|group| group.count == 1);
        Self {
            from: now,
            until: now,
            areas: vec![area; plan.areas.len()],
            busy: vec![TimeAverage::new(now, 0.0); plan.groups.len()],
            in_system: vec![0; IN_SYSTEM_MAX + 1],
            sets: if single { vec![0; 1 << plan.groups.len()] } else { Vec::new() },
            all_busy: TimeAverage::new(now, 0.0),
            found_all_busy: 0,
            since: now,
        }
    }
    /// Time passes with this number in the system and this set busy.
    pub(super) fn pass(&mut self, now: Ticks, in_system: usize, set: usize) {
        let time = now - self.since;
        self.since = now;
        self.in_system[in_system.min(IN_SYSTEM_MAX)] += time;
        if let Some(of_set) = self.sets.get_mut(set) {
            *of_set += time;
        }
    }
    /// This window ends here and the next begins: what stands goes on.
    pub(super) fn cut(&mut self, plan: &Plan, now: Ticks) -> Self {
        let mut next = Self::new(plan, now);
        for (new, old) in next.areas.iter_mut().zip(&self.areas) {
            new.waiting = TimeAverage::new(now, old.waiting.value());
        }
        for (new, old) in next.busy.iter_mut().zip(&self.busy) {
            *new = TimeAverage::new(now, old.value());
        }
        next.all_busy = TimeAverage::new(now, self.all_busy.value());
        self.until = now;
        std::mem::replace(self, next)
    }
}
