//! The figures of a window, by name.

use super::observe::{AreaCounts, SETS_OF_MAX, Window};
use super::plan::Plan;
use crate::engine::Ticks;
use crate::engine::stats::float;

/// Figures by area and server at most; a larger model has none of these.
const PAIRS_MAX: usize = 2_500;
/// Numbers in the system that are told at most.
const NUMBERS_MAX: u64 = 40;
/// Places of a queue that are told beyond the servers.
const QUEUE_TOLD: u64 = 10;

/// A figure of one window; no value where nothing happened that it is of.
pub(super) struct Told {
    pub(super) name: String,
    pub(super) unit: Unit,
    pub(super) value: Option<f64>,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A part of 1.
    Share,
    /// The file's unit of time.
    Time,
    /// Calls or servers, on average over time.
    Number,
    /// Calls per unit of time.
    Rate,
}

/// All figures of a window. The same names in the same order for every window of a plan.
pub(super) fn figures(plan: &Plan, window: &Window) -> Vec<Told> {
    let mut list = List { plan, window, told: Vec::new() };
    list.system();
    list.servers();
    (0..plan.areas.len()).for_each(|area| list.area(area));
    if plan.priorities.len() > 1 {
        (0..plan.priorities.len()).for_each(|class| list.priority(class));
    }
    list.numbers();
    list.sets();
    list.told
}

struct List<'a> {
    plan: &'a Plan,
    window: &'a Window,
    told: Vec<Told>,
}

impl List<'_> {
    fn tell(&mut self, name: String, unit: Unit, value: Option<f64>) {
        self.told.push(Told { name, unit, value: value.filter(|value| value.is_finite()) });
    }
    fn length(&self) -> f64 {
        float(self.window.until - self.window.from)
    }
    fn time(&self) -> f64 {
        self.length() / self.plan.scale
    }
    fn share_of_time(&self, ticks: Ticks) -> Option<f64> {
        share(float(ticks), self.length())
    }

    fn system(&mut self) {
        let mut all = AreaCounts { within: vec![0; self.plan.within.len()], ..AreaCounts::default() };
        self.window.areas.iter().for_each(|area| add(&mut all, area));
        self.counts("system", &all);
        let end = self.window.until;
        let waiting: f64 = self.window.areas.iter().map(|area| area.waiting.mean(end)).sum();
        let busy: f64 = self.window.busy.iter().map(|busy| busy.mean(end)).sum();
        let stays = all.stay_sum + self.gave_up_waits(&all);
        let told = [
            ("calls", Unit::Rate, Some(float(all.calls) / self.time())),
            ("waiting_mean", Unit::Number, Some(waiting)),
            ("busy_mean", Unit::Number, Some(busy)),
            ("in_system_mean", Unit::Number, Some(waiting + busy)),
            ("utilisation", Unit::Share, Some(busy / f64::from(self.plan.servers()))),
            ("all_busy", Unit::Share, Some(self.window.all_busy.mean(end))),
            ("found_all_busy", Unit::Share, share(float(self.window.found_all_busy), float(all.calls))),
            ("little", Unit::Number, share((waiting + busy) * self.time(), stays)),
        ];
        for (name, unit, value) in told {
            self.tell(format!("system.{name}"), unit, value);
        }
    }
    /// Waits of those who gave up: all waits but those of calls that were served.
    fn gave_up_waits(&self, all: &AreaCounts) -> f64 {
        all.wait_sum - (all.response_sum - all.travel_sum)
    }
    fn servers(&mut self) {
        let end = self.window.until;
        let served = |group: usize| self.window.areas.iter().map(|area| area.served_by[group]).sum::<u64>();
        let by_group: Vec<u64> = (0..self.plan.groups.len()).map(served).collect();
        let all = float(by_group.iter().sum());
        for (index, group) in self.plan.groups.iter().enumerate() {
            let utilisation = self.window.busy[index].mean(end) / f64::from(group.count);
            self.tell(format!("server.{}.utilisation", group.id), Unit::Share, Some(utilisation));
            self.tell(format!("server.{}.share", group.id), Unit::Share, share(float(by_group[index]), all));
        }
    }
    fn area(&mut self, index: usize) {
        let counts = &self.window.areas[index];
        let at = format!("area.{}", self.plan.areas[index].id);
        self.counts(&at, counts);
        self.tell(format!("{at}.waiting_mean"), Unit::Number, Some(counts.waiting.mean(self.window.until)));
        if self.plan.groups.len() < 2 || self.plan.groups.len() * self.plan.areas.len() > PAIRS_MAX {
            return;
        }
        let served = float(counts.served_by.iter().sum());
        let all = float(self.window.areas.iter().flat_map(|area| &area.served_by).sum());
        for (group, by) in self.plan.groups.iter().zip(&counts.served_by) {
            self.tell(format!("{at}.served_by.{}", group.id), Unit::Share, share(float(*by), served));
            self.tell(format!("{at}.dispatches.{}", group.id), Unit::Share, share(float(*by), all));
        }
    }
    fn priority(&mut self, class: usize) {
        let mut all = AreaCounts { within: vec![0; self.plan.within.len()], ..AreaCounts::default() };
        let mut waiting = 0.0;
        for (area, counts) in self.plan.areas.iter().zip(&self.window.areas) {
            if area.class == class {
                add(&mut all, counts);
                waiting += counts.waiting.mean(self.window.until);
            }
        }
        let at = format!("priority.{}", self.plan.priorities[class]);
        self.counts(&at, &all);
        self.tell(format!("{at}.waiting_mean"), Unit::Number, Some(waiting));
    }
    /// What areas, priorities and the whole have in common.
    fn counts(&mut self, at: &str, counts: &AreaCounts) {
        let (calls, waits) = (float(counts.calls), float(counts.waits));
        let served = waits - float(counts.gave_up);
        self.tell(format!("{at}.loss"), Unit::Share, share(float(counts.lost), calls));
        self.tell(format!("{at}.wait_probability"), Unit::Share, share(float(counts.delayed), calls));
        self.tell(format!("{at}.wait_mean"), Unit::Time, share(counts.wait_sum, waits));
        self.tell(
            format!("{at}.wait_mean_if_waiting"),
            Unit::Time,
            share(counts.wait_sum, float(counts.waits_above_0)),
        );
        self.tell(format!("{at}.time_in_system_mean"), Unit::Time, share(counts.stay_sum, float(counts.left)));
        if self.plan.areas.iter().any(|area| area.patience.is_some()) {
            self.tell(format!("{at}.gave_up"), Unit::Share, share(float(counts.gave_up), calls));
        }
        if self.plan.travel.is_some() {
            self.tell(format!("{at}.travel_mean"), Unit::Time, share(counts.travel_sum, served));
            self.tell(format!("{at}.response_mean"), Unit::Time, share(counts.response_sum, served));
        }
        for (time, within) in self.plan.within.iter().zip(&counts.within) {
            self.tell(format!("{at}.wait_at_most.{time}"), Unit::Share, share(float(*within), waits));
        }
    }
    fn numbers(&mut self) {
        let most = u64::from(self.plan.servers()).saturating_add(self.plan.places.min(QUEUE_TOLD)).min(NUMBERS_MAX);
        for (number, ticks) in (0..=most).zip(&self.window.in_system) {
            self.tell(format!("system.in_system.{number}"), Unit::Share, self.share_of_time(*ticks));
        }
    }
    fn sets(&mut self) {
        if self.plan.groups.len() < 2 || self.plan.groups.len() > SETS_OF_MAX {
            return;
        }
        for (set, ticks) in self.window.sets.iter().enumerate() {
            let bits = (0..self.plan.groups.len()).map(|group| if set >> group & 1 == 1 { '1' } else { '0' });
            self.tell(format!("set.{}", bits.collect::<String>()), Unit::Share, self.share_of_time(*ticks));
        }
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

fn add(all: &mut AreaCounts, one: &AreaCounts) {
    all.calls += one.calls;
    all.lost += one.lost;
    all.delayed += one.delayed;
    all.gave_up += one.gave_up;
    all.wait_sum += one.wait_sum;
    all.waits += one.waits;
    all.waits_above_0 += one.waits_above_0;
    all.response_sum += one.response_sum;
    all.travel_sum += one.travel_sum;
    all.left += one.left;
    all.stay_sum += one.stay_sum;
    all.within.iter_mut().zip(&one.within).for_each(|(sum, count)| *sum += count);
}
