//! The Markov chain of busy servers: the hypercube model (Larson, 1974) with groups of servers that are the same.
//!
//! A state is the number of busy servers of each group. Calls come by Poisson streams and take the server that their area prefers;
//! services are exponential with the mean of their group. What waits is counted beyond the state with every server busy: a server
//! that is done takes the next, so the set stays, and the queue is a birth-and-death chain on top of that state.

use crate::queue::plan::Plan;

/// States of a chain that is solved; a larger one has no exact values.
const STATES_MAX: usize = 4_096;
/// Sweeps at most; a chain that has not settled by then has no exact values.
const SWEEPS_MAX: usize = 20_000;
/// A sweep that changes no state's share by more than this part of it is the last.
const SETTLED: f64 = 1e-14;

/// A solved chain of the states without a queue: a call that finds every server that it may have busy is not in here.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// Share of each state, summing to 1.
    pub(super) shares: Vec<f64>,
    sizes: Vec<usize>,
}

impl Chain {
    /// The chain of a plan with these mean services by group; none when it is too large or does not settle.
    pub(super) fn solve(plan: &Plan, means: &[f64]) -> Option<Self> {
        let sizes: Vec<usize> = plan.groups.iter().map(|group| group.count as usize + 1).collect();
        let states =
            sizes.iter().try_fold(1usize, |states, size| states.checked_mul(*size)).filter(|n| *n <= STATES_MAX)?;
        let chain = Self { shares: vec![1.0; states], sizes };
        let up = chain.arrivals(plan);
        if plan.groups.len() == 1 { Some(chain.walked(&up, means[0])) } else { chain.settled(&up, means) }
    }
    /// Busy servers of a group in a state.
    pub(super) fn busy(&self, state: usize, group: usize) -> usize {
        state / self.stride(group) % self.sizes[group]
    }
    /// The state with every server busy.
    pub(super) fn full(&self) -> usize {
        self.shares.len() - 1
    }
    /// How likely a call of this area takes each group in this state; all 0 when it finds none.
    pub(super) fn choice(&self, plan: &Plan, state: usize, area: usize) -> Vec<f64> {
        let mut shares = vec![0.0; self.sizes.len()];
        let free = |group: usize| self.sizes[group] - 1 - self.busy(state, group);
        for tier in &plan.areas[area].tiers {
            let total: usize = tier.iter().map(|group| free(*group)).sum();
            if total > 0 {
                tier.iter().for_each(|group| shares[*group] = count(free(*group)) / count(total));
                return shares;
            }
        }
        shares
    }

    fn stride(&self, group: usize) -> usize {
        self.sizes[..group].iter().product()
    }
    /// Rates of calls by state and the group that they take.
    fn arrivals(&self, plan: &Plan) -> Vec<Vec<f64>> {
        let of_state = |state: usize| {
            let mut rates = vec![0.0; self.sizes.len()];
            for (area, of_area) in plan.areas.iter().enumerate() {
                for (rate, share) in rates.iter_mut().zip(self.choice(plan, state, area)) {
                    *rate += of_area.rate * share;
                }
            }
            rates
        };
        (0..self.shares.len()).map(of_state).collect()
    }
    /// One group: each state follows from the one below it.
    fn walked(mut self, up: &[Vec<f64>], mean: f64) -> Self {
        for state in 1..self.shares.len() {
            self.shares[state] = self.shares[state - 1] * up[state - 1][0] * mean / count(state);
            if self.shares[state] > 1e200 {
                self.shares[..=state].iter_mut().for_each(|share| *share *= 1e-200);
            }
        }
        self.normalised()
    }
    /// Gauss and Seidel's sweeps, up and down in turn.
    fn settled(mut self, up: &[Vec<f64>], means: &[f64]) -> Option<Self> {
        let states = self.shares.len();
        for sweep in 0..SWEEPS_MAX {
            let mut change = 0.0_f64;
            for step in 0..states {
                let state = if sweep % 2 == 0 { step } else { states - 1 - step };
                let share = self.balanced(state, up, means);
                change = change.max((share - self.shares[state]).abs() / share.max(f64::MIN_POSITIVE));
                self.shares[state] = share;
            }
            if change < SETTLED {
                return Some(self.normalised());
            }
        }
        None
    }
    /// The share of a state that balances what comes in with what goes out.
    fn balanced(&self, state: usize, up: &[Vec<f64>], means: &[f64]) -> f64 {
        let (mut inward, mut outward) = (0.0, 0.0);
        let mut stride = 1;
        for (group, size) in self.sizes.iter().enumerate() {
            let busy = state / stride % size;
            outward += up[state][group] + count(busy) / means[group];
            if busy > 0 {
                inward += self.shares[state - stride] * up[state - stride][group];
            }
            if busy + 1 < *size {
                inward += self.shares[state + stride] * count(busy + 1) / means[group];
            }
            stride *= size;
        }
        inward / outward
    }
    fn normalised(mut self) -> Self {
        let total: f64 = self.shares.iter().sum();
        self.shares.iter_mut().for_each(|share| *share /= total);
        self
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most a few thousand servers")]
pub(super) const fn count(number: usize) -> f64 {
    number as f64
}
