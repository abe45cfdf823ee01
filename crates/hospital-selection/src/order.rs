//! In which order to ask: the theorem behind v + c/p, on plain numbers.
//!
//! Hospitals are asked one after the other. Asking i takes cᵢ minutes whatever the answer; it accepts with probability pᵢ,
//! independently; on acceptance the case costs vᵢ more; if all refuse it costs F. The expected minutes of an order σ are
//!
//! ```text
//! V(σ) = Σₖ [Πⱼ₍ⱼ₌₁…ₖ₋₁₎ (1 − pⱼ)] · (cₖ + pₖ·vₖ)  +  [Π(1 − p)] · F
//! ```
//!
//! V is least for ascending **I = v + c/p**. Proof by exchange of neighbours: i before j is better exactly when
//! gᵢ + (1−pᵢ)gⱼ ≤ gⱼ + (1−pⱼ)gᵢ with g = c + p·v, that is gᵢ/pᵢ ≤ gⱼ/pⱼ; prefix and tail are the same in both orders.
//! Limits: v must not change while asking (the unit waits on scene), and refusals are taken as independent.

/// One hospital as the theorem sees it. Minutes, and a probability above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnquiryOption {
    /// Probability of acceptance, in (0, 1].
    pub p: f64,
    /// Minutes of asking.
    pub c: f64,
    /// Minutes after acceptance.
    pub v: f64,
}

impl EnquiryOption {
    /// v + c/p.
    #[must_use]
    pub fn index(&self) -> f64 {
        self.v + self.c / self.p
    }
}

/// Expected minutes when asking in this order, with `fallback` minutes when all refuse.
#[must_use]
pub fn expected_minutes<'o>(order: impl IntoIterator<Item = &'o EnquiryOption>, fallback: f64) -> f64 {
    let (mut expected, mut reached) = (0.0, 1.0);
    for option in order {
        expected += reached * (option.c + option.p * option.v);
        reached *= 1.0 - option.p;
    }
    expected + reached * fallback
}

/// Expected number of enquiries when asking in this order.
#[must_use]
pub fn expected_enquiries(order: &[EnquiryOption]) -> f64 {
    let (mut expected, mut reached) = (0.0, 1.0);
    for option in order {
        expected += reached;
        reached *= 1.0 - option.p;
    }
    expected
}

/// The options by ascending index; of equal indices the earlier one stays first.
#[must_use]
pub fn best_order(options: &[EnquiryOption]) -> Vec<EnquiryOption> {
    let mut order = options.to_vec();
    order.sort_by(|a, b| a.index().total_cmp(&b.index()));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn orders(options: &[EnquiryOption]) -> Vec<Vec<EnquiryOption>> {
        if options.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for i in 0..options.len() {
            let mut rest = options.to_vec();
            let first = rest.remove(i);
            all.extend(orders(&rest).into_iter().map(|mut tail| {
                tail.insert(0, first);
                tail
            }));
        }
        all
    }

    const A: EnquiryOption = EnquiryOption { p: 0.35, c: 3.0, v: 18.0 };
    const B: EnquiryOption = EnquiryOption { p: 0.80, c: 3.0, v: 30.0 };
    const C: EnquiryOption = EnquiryOption { p: 0.55, c: 5.0, v: 22.0 };
    const D: EnquiryOption = EnquiryOption { p: 0.90, c: 2.0, v: 40.0 };

    /// The published test vector (selection note §3.4), F = 60.
    #[test]
    fn the_test_vector_and_its_24_orders() {
        let near = |a: f64, b: f64, tolerance: f64| assert!((a - b).abs() < tolerance, "{a} is not {b}");
        for (option, index) in [(A, 26.571_429), (B, 33.75), (C, 31.090_909), (D, 42.222_222)] {
            near(option.index(), index, 1e-6);
        }
        for (order, v) in [
            ([A, C, B, D], 30.8865),
            ([A, B, C, D], 31.6470),
            ([C, A, B, D], 31.7565),
            ([A, B, D, C], 32.3633),
            ([D, B, C, A], 41.4767),
        ] {
            near(expected_minutes(&order, 60.0), v, 5e-5);
        }
        near(expected_enquiries(&[A, C, B, D]), 2.0010, 5e-5);
        near(expected_enquiries(&[D, B, C, A]), 1.129, 5e-4);
        let mut values: Vec<f64> = orders(&[A, B, C, D]).iter().map(|o| expected_minutes(o, 60.0)).collect();
        values.sort_by(f64::total_cmp);
        assert_eq!(values.len(), 24);
        near(values[0], 30.8865, 5e-5);
        near(values[1], 31.6470, 5e-5);
        near(values[2], 31.7565, 5e-5);
        near(values[23], 41.4767, 5e-5);
        assert_eq!(best_order(&[D, B, C, A]), [A, C, B, D]);
    }

    proptest! {
        #[test]
        fn the_index_order_is_the_best_of_all_orders(
            raw in prop::collection::vec((0.02..1.0_f64, 0.0..10.0_f64, 1.0..120.0_f64), 1..6),
            fallback in 0.0..300.0_f64,
        ) {
            let options: Vec<_> = raw.into_iter().map(|(p, c, v)| EnquiryOption { p, c, v }).collect();
            let ours = expected_minutes(&best_order(&options), fallback);
            let best = orders(&options).iter().map(|o| expected_minutes(o, fallback)).fold(f64::INFINITY, f64::min);
            prop_assert!(ours <= best + 1e-9, "{ours} is worse than {best}");
        }
    }
}
