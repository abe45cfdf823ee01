//! Figures over replications: means with half-widths, and everything merged where a distribution is shown.

use crate::engine::stats::{Estimate, Quantiles, Welford, batch_means};
use crate::scenario::Scenario;
use crate::world::{Enquiries, OfPrefecture, Outcome, Stretch, Tally};

/// Confidence of every interval.
const CONFIDENCE: f64 = 0.95;
/// Batches of a single replication.
const BATCHES: usize = 20;

/// What a report says.
pub struct Figures {
    /// One tally each.
    pub tallies: Vec<Tally>,
    /// Events of all calendars.
    pub events: u64,
    /// Counted hours of one replication.
    pub hours: f64,
}

impl Figures {
    /// Of finished replications.
    #[must_use]
    pub fn of(scenario: &Scenario, outcomes: Vec<Outcome>) -> Self {
        let events = outcomes.iter().map(|o| o.events).sum();
        let hours = scenario.duration.as_secs_f64() / 3_600.0;
        Self { tallies: outcomes.into_iter().map(|o| o.tally).collect(), events, hours }
    }

    /// A number of each replication, as a mean with its half-width.
    #[must_use]
    pub fn over(&self, of: impl Fn(&Tally) -> f64) -> Estimate {
        let values: Vec<f64> = self.tallies.iter().map(of).collect();
        Estimate::of(&values, CONFIDENCE)
    }

    /// Mean minutes of a stretch: over replications, or over batches of the only one.
    #[must_use]
    pub fn minutes(&self, stretch: Stretch) -> Estimate {
        let of = |t: &Tally| t.stretches.get(place(stretch)).cloned().unwrap_or_default();
        match &self.tallies[..] {
            [one] => batch_means(&of(one), BATCHES, CONFIDENCE),
            _ => self.over(|t| mean(&of(t))),
        }
    }

    /// All minutes of a stretch.
    #[must_use]
    pub fn quantiles(&self, stretch: Stretch) -> Quantiles {
        let mut all = Quantiles::default();
        let values = self.tallies.iter().filter_map(|t| t.stretches.get(place(stretch))).flatten();
        values.for_each(|minutes| all.push(*minutes));
        all
    }

    /// Cases by number of enquiries.
    #[must_use]
    pub fn enquiries(&self, of: impl Fn(&Tally) -> Option<&Enquiries>) -> Enquiries {
        let mut all = Enquiries::default();
        self.tallies.iter().filter_map(of).for_each(|one| all.merge(one));
        all
    }

    /// Sums of one prefecture: calls, transports, difficult, and means of minutes.
    #[must_use]
    pub fn prefecture(&self, which: usize) -> OfPrefecture {
        let mut all = OfPrefecture::default();
        for one in self.tallies.iter().filter_map(|t| t.prefectures.get(which)) {
            all.calls += one.calls;
            all.transports += one.transports;
            all.difficult += one.difficult;
            all.units = one.units;
            all.busy_units += one.busy_units;
            all.serious.merge(&one.serious);
            for (into, from) in
                [(&mut all.arrival, &one.arrival), (&mut all.whole, &one.whole), (&mut all.on_scene, &one.on_scene)]
            {
                into.merge(from);
            }
        }
        all.busy_units /= self.tallies.len().max(1) as f64;
        all
    }

    /// Means of minutes by size of department, merged.
    #[must_use]
    pub fn by_size(&self, size: usize, stretch: Stretch) -> Welford {
        let mut all = Welford::default();
        let found = self.tallies.iter().filter_map(|t| t.by_size.get(size)?.get(place(stretch)));
        found.for_each(|one| all.merge(one));
        all
    }

    /// A sum of a count over all replications.
    #[must_use]
    pub fn sum(&self, of: impl Fn(&Tally) -> u64) -> u64 {
        self.tallies.iter().map(of).sum()
    }
}

fn place(stretch: Stretch) -> usize {
    Stretch::ALL.iter().position(|s| *s == stretch).unwrap_or(0)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
