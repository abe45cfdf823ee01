//! One replication in virtual time.

use super::observe::Window;
use super::plan::{Plan, Timing};
use crate::engine::{Calendar, Streams, Ticks};
use crate::queue::TravelTime;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use std::collections::VecDeque;

/// Batches of one long run.
pub(super) const BATCHES: u32 = 20;

/// Runs one replication and gives what it saw after its warm-up: one window, or [`BATCHES`] when there is one replication only.
pub(super) fn replicate(plan: &Plan, replication: u32) -> Vec<Window> {
    let mut run = Run::new(plan, replication);
    run.until(plan.ticks(plan.warm_up));
    drop(run.cut());
    let windows = if plan.replications == 1 { BATCHES } else { 1 };
    let mut seen = Vec::new();
    for window in 1..=windows {
        run.until(plan.ticks(plan.warm_up + plan.length * f64::from(window) / f64::from(windows)));
        seen.push(run.cut());
    }
    seen
}

/// What happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A call comes from this area.
    Call(usize),
    /// A server of this group is done with a call of this area that came at this time.
    Done { group: usize, area: usize, came: Ticks },
    /// A call of this area gives up, if it still waits.
    GiveUp { area: usize, call: u64 },
}

/// A call that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    call: u64,
    area: usize,
    came: Ticks,
}

/// Chance of one area, by purpose: what one policy draws does not shift what another meets.
struct Chance {
    arrivals: ChaCha12Rng,
    service: ChaCha12Rng,
    travel: ChaCha12Rng,
    patience: ChaCha12Rng,
    choice: ChaCha12Rng,
}

struct Run<'a> {
    plan: &'a Plan,
    calendar: Calendar<Event>,
    chance: Vec<Chance>,
    /// Free servers, by group.
    free: Vec<u32>,
    free_in_all: u32,
    /// By priority, the first come first.
    queues: Vec<VecDeque<Waiting>>,
    waiting: u64,
    calls: u64,
    set: usize,
    window: Window,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, replication: u32) -> Self {
        let streams = Streams::new(plan.seed, u64::from(replication));
        let chance = |area: usize| {
            let of = |purpose: &str| streams.of(purpose, area as u64);
            Chance {
                arrivals: of("arrivals"),
                service: of("service"),
                travel: of("travel"),
                patience: of("patience"),
                choice: of("choice"),
            }
        };
        let mut run = Self {
            plan,
            calendar: Calendar::new(),
            chance: (0..plan.areas.len()).map(chance).collect(),
            free: plan.groups.iter().map(|group| group.count).collect(),
            free_in_all: plan.servers(),
            queues: vec![VecDeque::new(); plan.priorities.len()],
            waiting: 0,
            calls: 0,
            set: 0,
            window: Window::new(plan, 0),
        };
        (0..plan.areas.len()).for_each(|area| run.next_call(area));
        run
    }
    /// Lets everything happen that is before `end`.
    fn until(&mut self, end: Ticks) {
        while let Some((now, event)) = self.calendar.pop_before(end) {
            match event {
                Event::Call(area) => self.call(now, area),
                Event::Done { group, area, came } => self.done(now, group, area, came),
                Event::GiveUp { area, call } => self.give_up(now, area, call),
            }
        }
    }
    /// What was seen since the last cut.
    fn cut(&mut self) -> Window {
        let now = self.calendar.now();
        self.pass(now);
        self.window.cut(self.plan, now)
    }
    /// Notes how long things were as they are; before anything changes.
    fn pass(&mut self, now: Ticks) {
        let busy = u64::from(self.plan.servers() - self.free_in_all);
        let in_system = usize::try_from(busy + self.waiting).unwrap_or(usize::MAX);
        self.window.pass(now, in_system, self.set);
    }
    fn next_call(&mut self, area: usize) {
        let time = self.plan.areas[area].arrivals.sampler.draw(&mut self.chance[area].arrivals);
        self.calendar.after(self.plan.ticks(time), Event::Call(area));
    }

    fn call(&mut self, now: Ticks, area: usize) {
        self.next_call(area);
        self.pass(now);
        self.calls += 1;
        let call = Waiting { call: self.calls, area, came: now };
        self.window.areas[area].calls += 1;
        self.window.found_all_busy += u64::from(self.free_in_all == 0);
        if let Some(group) = self.choose(area) {
            return self.serve(now, group, call);
        }
        if self.waiting >= self.plan.places {
            self.window.areas[area].lost += 1;
            return;
        }
        self.window.areas[area].delayed += 1;
        self.window.areas[area].waiting.add(now, 1.0);
        self.queues[self.plan.areas[area].class].push_back(call);
        self.waiting += 1;
        if let Some(patience) = &self.plan.areas[area].patience {
            let time = patience.sampler.draw(&mut self.chance[area].patience);
            self.calendar.after(self.plan.ticks(time), Event::GiveUp { area, call: call.call });
        }
    }
    fn done(&mut self, now: Ticks, group: usize, area: usize, came: Ticks) {
        self.pass(now);
        self.window.areas[area].left += 1;
        self.window.areas[area].stay_sum += self.time(now - came);
        self.release(now, group);
        if let Some(call) = self.next_for(group) {
            self.stops_waiting(now, call);
            self.serve(now, group, call);
        }
    }
    fn give_up(&mut self, now: Ticks, area: usize, call: u64) {
        let class = self.plan.areas[area].class;
        let Some(at) = self.queues[class].iter().position(|waiting| waiting.call == call) else { return };
        self.pass(now);
        if let Some(waiting) = self.queues[class].remove(at) {
            self.stops_waiting(now, waiting);
            self.waited(now, waiting);
            self.window.areas[area].gave_up += 1;
        }
    }

    /// The free server that the area prefers: of the first tier with a free one, each free server alike.
    fn choose(&mut self, area: usize) -> Option<usize> {
        for tier in &self.plan.areas[area].tiers {
            let free: u32 = tier.iter().map(|group| self.free[*group]).sum();
            if free == 0 {
                continue;
            }
            if let [group] = tier.as_slice() {
                return Some(*group);
            }
            let mut left = self.chance[area].choice.random_range(0..free);
            for group in tier {
                if left < self.free[*group] {
                    return Some(*group);
                }
                left -= self.free[*group];
            }
        }
        None
    }
    /// The call that a free server of this group takes: the first priority, in it the one that came first and may be served by it.
    fn next_for(&mut self, group: usize) -> Option<Waiting> {
        let areas = &self.plan.areas;
        for queue in &mut self.queues {
            if let Some(at) = queue.iter().position(|call| areas[call.area].allowed[group]) {
                return queue.remove(at);
            }
        }
        None
    }
    fn stops_waiting(&mut self, now: Ticks, call: Waiting) {
        self.waiting -= 1;
        self.window.areas[call.area].waiting.add(now, -1.0);
    }
    /// A wait is over.
    fn waited(&mut self, now: Ticks, call: Waiting) -> f64 {
        let wait = self.time(now - call.came);
        let counts = &mut self.window.areas[call.area];
        counts.wait_sum += wait;
        counts.waits += 1;
        counts.waits_above_0 += u64::from(now > call.came);
        for (count, limit) in counts.within.iter_mut().zip(&self.plan.within) {
            *count += u64::from(wait <= *limit);
        }
        wait
    }
    fn serve(&mut self, now: Ticks, group: usize, call: Waiting) {
        let wait = self.waited(now, call);
        let (area, chance) = (&self.plan.areas[call.area], &mut self.chance[call.area]);
        let draw = |timing: &Timing, rng: &mut ChaCha12Rng| timing.sampler.draw(rng);
        let service = draw(&area.service[group], &mut chance.service);
        let travel = area.travel[group].as_ref().map_or(0.0, |travel| draw(travel, &mut chance.travel));
        let before = self.plan.travel == Some(TravelTime::BeforeService);
        let busy = service + if before { travel } else { 0.0 };
        let counts = &mut self.window.areas[call.area];
        counts.served_by[group] += 1;
        counts.travel_sum += travel;
        counts.response_sum += wait + travel;
        self.take(now, group);
        self.calendar.after(self.plan.ticks(busy), Event::Done { group, area: call.area, came: call.came });
    }
    fn take(&mut self, now: Ticks, group: usize) {
        self.free[group] -= 1;
        self.free_in_all -= 1;
        self.changed(now, group, 1.0);
    }
    fn release(&mut self, now: Ticks, group: usize) {
        self.free[group] += 1;
        self.free_in_all += 1;
        self.changed(now, group, -1.0);
    }
    fn changed(&mut self, now: Ticks, group: usize, busy: f64) {
        self.window.busy[group].add(now, busy);
        self.window.all_busy.set(now, if self.free_in_all == 0 { 1.0 } else { 0.0 });
        if self.plan.groups.len() <= super::observe::SETS_OF_MAX {
            let bit = 1usize << group;
            self.set = if self.free[group] == 0 { self.set | bit } else { self.set & !bit };
        }
    }
    /// Ticks in units of time.
    #[expect(clippy::cast_precision_loss, reason = "a time of a run")]
    fn time(&self, ticks: Ticks) -> f64 {
        ticks as f64 / self.plan.scale
    }
}
