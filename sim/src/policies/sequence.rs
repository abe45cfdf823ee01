//! Asking one hospital after the other: what it costs on average, in which order it costs least, and what it cost in one world.
//!
//! Enquire one at a time; option i takes c minutes, accepts with probability p, and then costs v; if all refuse it costs F. Independent
//! answers: V = Σ (1 − p) of those before · (c + p·v) + (1 − p) of all · F is least in ascending order of v + c/p (an interchange of
//! neighbours; Weitzman's reservation value of a box that pays once, Econometrica 47(3), 1979).

/// A hospital that may be asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Option3 {
    /// Probability that it accepts.
    pub p: f64,
    /// Minutes of asking it.
    pub c: f64,
    /// Minutes once it has accepted.
    pub v: f64,
}

impl Option3 {
    /// v + c/p.
    #[must_use]
    pub fn index(&self) -> f64 {
        self.v + self.c / self.p
    }
}

/// Expected minutes of asking in this order, and the expected number of enquiries; `otherwise` is what it costs when all refuse.
#[must_use]
pub fn expected(options: &[Option3], order: &[usize], otherwise: f64) -> (f64, f64) {
    let (mut minutes, mut enquiries, mut refused) = (0.0, 0.0, 1.0);
    for option in order.iter().filter_map(|at| options.get(*at)) {
        minutes += refused * (option.c + option.p * option.v);
        enquiries += refused;
        refused *= 1.0 - option.p;
    }
    (minutes + refused * otherwise, enquiries)
}

/// Places in ascending order of a key; ties keep their order.
#[must_use]
pub fn order_by(count: usize, key: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| key(*a).total_cmp(&key(*b)));
    order
}

/// Every order of so many places.
#[cfg(test)]
pub(super) fn every_order(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for place in 0..count {
        let wider = |order: Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, place);
                longer
            })
        };
        all = all.into_iter().flat_map(wider).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A, B, C, D of the worked example (F = 60).
    const EXAMPLE: [Option3; 4] = [
        Option3 { p: 0.35, c: 3.0, v: 18.0 },
        Option3 { p: 0.80, c: 3.0, v: 30.0 },
        Option3 { p: 0.55, c: 5.0, v: 22.0 },
        Option3 { p: 0.90, c: 2.0, v: 40.0 },
    ];
    const ALL_REFUSE: f64 = 60.0;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-5, "{found}, expected {expected}");
    }

    #[test]
    fn the_worked_example_comes_out() {
        for (option, index) in EXAMPLE.iter().zip([26.571_429, 33.75, 31.090_909, 42.222_222]) {
            near(option.index(), index);
        }
        let order = order_by(4, |at| EXAMPLE[at].index());
        assert_eq!(order, [0, 2, 1, 3]);
        let (minutes, enquiries) = expected(&EXAMPLE, &order, ALL_REFUSE);
        near(minutes, 30.8865);
        near(enquiries, 2.0010);
        // Nearest first is the same order here; the likeliest first is the worst of all.
        assert_eq!(order_by(4, |at| EXAMPLE[at].v), order);
        let likeliest = order_by(4, |at| -EXAMPLE[at].p);
        assert_eq!(likeliest, [3, 1, 2, 0]);
        let (minutes, enquiries) = expected(&EXAMPLE, &likeliest, ALL_REFUSE);
        near(minutes, 41.4767);
        near(enquiries, 1.129);
    }

    #[test]
    fn all_24_orders_rank_as_enumerated() {
        let mut all: Vec<(f64, Vec<usize>)> =
            every_order(4).into_iter().map(|order| (expected(&EXAMPLE, &order, ALL_REFUSE).0, order)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(all.len(), 24);
        for (place, minutes, order) in [
            (0, 30.8865, [0, 2, 1, 3]),
            (1, 31.6470, [0, 1, 2, 3]),
            (2, 31.7565, [2, 0, 1, 3]),
            (3, 32.3633, [0, 1, 3, 2]),
            (23, 41.4767, [3, 1, 2, 0]),
        ] {
            near(all[place].0, minutes);
            assert_eq!(all[place].1, order, "place {place}");
        }
    }

    proptest! {
        #[test]
        fn no_order_is_better_than_that_of_the_index(
            options in prop::collection::vec((0.02f64..1.0, 0.0f64..10.0, 0.0f64..90.0), 1..6),
            otherwise in 0.0f64..300.0,
        ) {
            let options: Vec<Option3> = options.into_iter().map(|(p, c, v)| Option3 { p, c, v }).collect();
            let best = expected(&options, &order_by(options.len(), |at| options[at].index()), otherwise).0;
            for order in every_order(options.len()) {
                prop_assert!(expected(&options, &order, otherwise).0 >= best - 1e-9);
            }
        }
    }
}
