//! The figures of the solved chain.

use super::chain::{Chain, count};
use super::{Exacts, same_exponential, single};
use crate::queue::fields::Waiting;
use crate::queue::observe::{IN_SYSTEM_MAX, SETS_OF_MAX};
use crate::queue::plan::Plan;

/// Longest queue whose shares are summed up; what is beyond is less than rounding at a load of 0.999.
const QUEUE_MAX: u64 = 200_000;

/// Tells what the chain gives, where the plan is one: exponential services by group and, where calls wait, servers that may serve
/// everywhere, and patience that is none or exponential and the same for all.
pub(super) fn tell(plan: &Plan, exacts: &mut Exacts) {
    let Some(laws) = plan.service_by_group() else { return };
    if !laws.iter().all(|law| law.is_exponential()) || !(plan.waiting == Waiting::None || plan.everyone_everywhere()) {
        return;
    }
    let means: Vec<f64> = laws.iter().map(|law| law.mean()).collect();
    let Some(impatience) = impatience(plan) else { return };
    let Some(chain) = Chain::solve(plan, &means) else { return };
    let served: f64 = plan.groups.iter().zip(&means).map(|(group, mean)| f64::from(group.count) / mean).sum();
    let queue = queue(plan, served, impatience);
    let total = 1.0 + chain.shares[chain.full()] * queue.iter().sum::<f64>();
    let by = if plan.groups.len() == 1 { "birth and death" } else { "hypercube" };
    Told { plan, chain: &chain, means: &means, queue: &queue, total, impatience, by }.all(exacts);
}

/// Rate of giving up of one waiting call: 0 of none; nothing when calls differ.
fn impatience(plan: &Plan) -> Option<f64> {
    let rate = |area: &crate::queue::plan::AreaPlan| match &area.patience {
        None => Some(0.0),
        Some(patience) => patience.law.is_exponential().then(|| 1.0 / patience.law.mean()),
    };
    let first = rate(plan.areas.first()?)?;
    let same = |area| rate(area).is_some_and(|rate: f64| (rate - first).abs() <= 1e-12 * first);
    plan.areas.iter().all(same).then_some(first)
}

/// Shares of 1, 2, 3 … calls waiting, as parts of the share of nobody waiting with every server busy.
fn queue(plan: &Plan, served: f64, impatience: f64) -> Vec<f64> {
    let mut share = 1.0;
    let mut shares = Vec::new();
    let mut waiting = 0.0;
    for _ in 0..plan.places.min(QUEUE_MAX) {
        waiting += 1.0;
        share *= plan.rate() / (served + waiting * impatience);
        if share < 1e-18 {
            break;
        }
        shares.push(share);
    }
    shares
}

struct Told<'a> {
    plan: &'a Plan,
    chain: &'a Chain,
    means: &'a [f64],
    queue: &'a [f64],
    /// Sum of all shares in units of the chain's.
    total: f64,
    impatience: f64,
    by: &'static str,
}

impl Told<'_> {
    fn all(&self, exacts: &mut Exacts) {
        self.servers(exacts);
        self.states(exacts);
        let served_by = self.served_by();
        self.areas(&served_by, exacts);
        self.system(&served_by, exacts);
    }
    /// Share of time with every server busy.
    fn all_busy(&self) -> f64 {
        self.chain.shares[self.chain.full()] / self.total + self.waiting(|_| 1.0)
    }
    /// Mean over time of a number of those waiting.
    fn waiting(&self, of: impl Fn(f64) -> f64) -> f64 {
        let full = self.chain.shares[self.chain.full()] / self.total;
        self.queue.iter().enumerate().map(|(n, share)| full * share * of(count(n + 1))).sum()
    }
    /// Share of calls that wait.
    fn delayed(&self) -> f64 {
        match self.plan.waiting {
            Waiting::None => 0.0,
            Waiting::Infinite => self.all_busy(),
            Waiting::Limited => self.all_busy() - self.lost_when_full(),
        }
    }
    /// Share of time with every server busy and every place taken.
    fn lost_when_full(&self) -> f64 {
        let full = self.chain.shares[self.chain.full()] / self.total;
        let last = usize::try_from(self.plan.places).ok().filter(|_| self.plan.waiting != Waiting::Infinite);
        match last {
            Some(0) => full,
            Some(places) => self.queue.get(places - 1).map_or(0.0, |share| full * share),
            None => 0.0,
        }
    }
    fn servers(&self, exacts: &mut Exacts) {
        let waiting = self.waiting(|_| 1.0);
        for (index, group) in self.plan.groups.iter().enumerate() {
            let states = self.chain.shares.iter().enumerate();
            let busy: f64 =
                states.map(|(state, share)| share / self.total * count(self.chain.busy(state, index))).sum();
            let utilisation = busy / f64::from(group.count) + waiting;
            exacts.tell(format!("server.{}.utilisation", group.id), utilisation, self.by);
        }
    }
    fn states(&self, exacts: &mut Exacts) {
        let servers = self.plan.servers() as usize;
        let mut numbers = vec![0.0; servers + 1];
        let sets = self.plan.groups.len() <= SETS_OF_MAX && servers == self.plan.groups.len();
        for (state, share) in self.chain.shares.iter().enumerate() {
            let busy: Vec<usize> = (0..self.plan.groups.len()).map(|group| self.chain.busy(state, group)).collect();
            numbers[busy.iter().sum::<usize>()] += share / self.total;
            if sets {
                let name: String = busy.iter().map(usize::to_string).collect();
                let queued = if state == self.chain.full() { self.waiting(|_| 1.0) } else { 0.0 };
                exacts.tell(format!("set.{name}"), share / self.total + queued, self.by);
            }
        }
        let full = self.chain.shares[self.chain.full()] / self.total;
        numbers.extend(self.queue.iter().map(|share| full * share));
        for (number, share) in numbers.iter().enumerate().take(IN_SYSTEM_MAX) {
            exacts.tell(format!("system.in_system.{number}"), *share, self.by);
        }
    }
    /// By area and group: the share of the area's calls that this group serves.
    fn served_by(&self) -> Vec<Vec<f64>> {
        let served: f64 =
            self.plan.groups.iter().zip(self.means).map(|(group, mean)| f64::from(group.count) / mean).sum();
        // Those who wait and do not give up are served by whoever is done first.
        let from_queue = self.delayed() - self.impatience * self.waiting(|n| n) / self.plan.rate();
        let of_area = |area: usize| {
            let mut shares = vec![0.0; self.plan.groups.len()];
            for (state, share) in self.chain.shares.iter().enumerate() {
                for (group, choice) in self.chain.choice(self.plan, state, area).into_iter().enumerate() {
                    shares[group] += share / self.total * choice;
                }
            }
            for (group, share) in shares.iter_mut().enumerate() {
                *share += from_queue * f64::from(self.plan.groups[group].count) / self.means[group] / served;
            }
            shares
        };
        (0..self.plan.areas.len()).map(of_area).collect()
    }
    fn areas(&self, served_by: &[Vec<f64>], exacts: &mut Exacts) {
        let all: f64 = self.plan.areas.iter().zip(served_by).map(|(area, by)| area.rate * by.iter().sum::<f64>()).sum();
        let gave_up = self.impatience * self.waiting(|n| n) / self.plan.rate();
        for (area, by) in self.plan.areas.iter().zip(served_by) {
            let at = format!("area.{}", area.id);
            let served: f64 = by.iter().sum();
            exacts.tell(format!("{at}.loss"), (1.0 - served - gave_up).max(0.0), self.by);
            exacts.tell(format!("{at}.gave_up"), gave_up, self.by);
            exacts.tell(format!("{at}.wait_probability"), self.delayed(), self.by);
            let stays = |(group, share): (usize, &f64)| share * self.means[group];
            let service: f64 = by.iter().enumerate().map(stays).sum::<f64>() / served;
            let way = |(group, share): (usize, &f64)| {
                share * area.travel[group].as_ref().map_or(0.0, |travel| travel.law.mean())
            };
            let travel = by.iter().enumerate().map(way).sum::<f64>() / served;
            exacts.tell(format!("{at}.travel_mean"), travel, self.by);
            if self.plan.priorities.len() == 1 && self.impatience == 0.0 {
                let wait = self.wait_mean();
                exacts.tell(format!("{at}.wait_mean"), wait, self.by);
                exacts.tell(format!("{at}.waiting_mean"), wait * area.rate * served, self.by);
                exacts.tell(format!("{at}.time_in_system_mean"), wait + service, self.by);
                exacts.tell(format!("{at}.response_mean"), wait + travel, self.by);
            }
            for (group, share) in self.plan.groups.iter().zip(by) {
                exacts.tell(format!("{at}.served_by.{}", group.id), share / served, self.by);
                exacts.tell(format!("{at}.dispatches.{}", group.id), area.rate * share / all, self.by);
            }
        }
        for (index, group) in self.plan.groups.iter().enumerate() {
            let of_group: f64 = self.plan.areas.iter().zip(served_by).map(|(area, by)| area.rate * by[index]).sum();
            exacts.tell(format!("server.{}.share", group.id), of_group / all, self.by);
        }
    }
    /// Mean wait of a call that is not lost, whatever becomes of it.
    fn wait_mean(&self) -> f64 {
        self.waiting(|n| n) / (self.plan.rate() * (1.0 - self.lost_when_full()))
    }
    fn system(&self, served_by: &[Vec<f64>], exacts: &mut Exacts) {
        let rate = self.plan.rate();
        let served: f64 =
            self.plan.areas.iter().zip(served_by).map(|(area, by)| area.rate * by.iter().sum::<f64>()).sum();
        let waiting = self.waiting(|n| n);
        let gave_up = self.impatience * waiting / rate;
        let states = self.chain.shares.iter().enumerate();
        let of_state = |state| (0..self.means.len()).map(|group| self.chain.busy(state, group)).sum::<usize>();
        let without_queue: f64 = states.map(|(state, share)| share / self.total * count(of_state(state))).sum();
        let busy = without_queue + self.waiting(|_| 1.0) * f64::from(self.plan.servers());
        let mut tell = |figure: &str, value: f64| exacts.tell(format!("system.{figure}"), value, self.by);
        tell("loss", (1.0 - served / rate - gave_up).max(0.0));
        tell("gave_up", gave_up);
        tell("wait_probability", self.delayed());
        tell("all_busy", self.all_busy());
        tell("found_all_busy", self.all_busy());
        tell("waiting_mean", waiting);
        tell("busy_mean", busy);
        tell("utilisation", busy / f64::from(self.plan.servers()));
        tell("in_system_mean", busy + waiting);
        if self.plan.waiting != Waiting::None {
            tell("wait_mean", self.wait_mean());
            tell("wait_mean_if_waiting", self.wait_mean() * (1.0 - self.lost_when_full()) / self.delayed());
        }
        if self.impatience == 0.0 {
            tell("time_in_system_mean", (busy + waiting) / served);
            self.first_come(exacts);
        }
    }
    /// Waits by formula where all servers are alike and the queue has no end.
    fn first_come(&self, exacts: &mut Exacts) {
        let Some(mean) = same_exponential(self.plan) else { return };
        if self.plan.waiting != Waiting::Infinite {
            return;
        }
        if self.plan.priorities.len() > 1 {
            return single::priorities_alike(self.plan, self.all_busy(), mean, exacts);
        }
        let spare = f64::from(self.plan.servers()) / mean - self.plan.rate();
        for time in &self.plan.within {
            let share = 1.0 - self.all_busy() * libm::exp(-spare * time);
            exacts.tell(format!("system.wait_at_most.{time}"), share, "Erlang C");
            for area in &self.plan.areas {
                exacts.tell(format!("area.{}.wait_at_most.{time}", area.id), share, "Erlang C");
            }
        }
    }
}
