//! The published distributions, as weights to draw from.

use rand::{Rng, RngExt};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const CSV: &str = include_str!("../../../data/distributions.csv");

/// Values with weights.
#[derive(Clone, Debug)]
pub(super) struct Weighted<T> {
    values: Vec<T>,
    /// Running sums.
    upto: Vec<f64>,
}

impl<T: Clone> Weighted<T> {
    /// Weights below zero count as zero.
    pub(super) fn new(all: impl IntoIterator<Item = (T, f64)>) -> Self {
        let (mut values, mut upto, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (value, weight) in all {
            sum += weight.max(0.0);
            values.push(value);
            upto.push(sum);
        }
        Self { values, upto }
    }
    pub(super) fn total(&self) -> f64 {
        self.upto.last().copied().unwrap_or(0.0)
    }
    /// One value; the last where nothing has weight. None of nothing.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Option<T> {
        let u = rng.random::<f64>() * self.total();
        let place = self.upto.partition_point(|sum| *sum <= u).min(self.values.len().checked_sub(1)?);
        self.values.get(place).cloned()
    }
}

/// Counts by table and category, as they stand in the file.
pub(super) struct Published {
    counts: BTreeMap<(&'static str, &'static str), f64>,
    order: Vec<(&'static str, &'static str)>,
}

static PUBLISHED: LazyLock<Published> = LazyLock::new(|| {
    let mut published = Published { counts: BTreeMap::new(), order: Vec::new() };
    for line in CSV.lines().skip(1) {
        if let [table, category, count] = line.split(',').collect::<Vec<_>>()[..] {
            published.counts.insert((table, category), count.parse().unwrap_or(0.0));
            published.order.push((table, category));
        }
    }
    published
});

impl Published {
    pub(super) fn get() -> &'static Self {
        &PUBLISHED
    }
    /// Persons; 0 where nothing is published.
    pub(super) fn count(&self, table: &str, category: &str) -> f64 {
        self.counts.get(&(table, category)).copied().unwrap_or(0.0)
    }
    /// A whole table in its order.
    pub(super) fn table(&self, table: &str) -> impl Iterator<Item = (&'static str, f64)> {
        self.order.iter().filter(move |(t, _)| *t == table).map(|(t, category)| (*category, self.count(t, category)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::RngStreams;

    #[test]
    fn the_sums_are_those_in_print() {
        let sum = |table| Published::get().table(table).map(|(_, n)| n).sum::<f64>();
        assert!((sum("accident_type") - 6_641_420.0).abs() < 0.5);
        assert!((sum("age") - 6_641_420.0).abs() < 0.5);
        assert!((sum("hour_of_call_2h") - 6_217_283.0).abs() < 0.5);
        assert!((sum("illness_class(急病)") - 4_186_450.0).abs() < 0.5);
    }

    #[test]
    fn shares_come_out() {
        let weighted = Weighted::new([('a', 1.0), ('b', 0.0), ('c', 3.0)]);
        let mut rng = RngStreams::from_u64(1).stream("weights");
        let drawn: Vec<char> = (0..4_000).filter_map(|_| weighted.draw(&mut rng)).collect();
        let c = drawn.iter().filter(|v| **v == 'c').count();
        assert!((2_890..3_110).contains(&c) && !drawn.contains(&'b'), "{c}");
        assert_eq!(Weighted::<char>::new([]).draw(&mut rng), None);
    }
}
