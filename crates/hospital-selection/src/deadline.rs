//! Asking against a deadline: where a treatment is lost after a moment, v grows while one asks and v + c/p is no longer
//! exact. With at most [`MOST`] hospitals the best order is computed over all subsets.
//!
//! What happened so far is the set of those who refused: the minutes spent are the sum of their c. From the full set back
//! to the empty one, the least expected minutes of a set are the least, over who is asked next, of
//! c + p·v(minutes spent + c) + (1 − p)·(the set with this one), or those of giving up for the last resort.

use crate::order::EnquiryOption;

/// Most hospitals that are ordered exactly: 4,096 sets.
pub(crate) const MOST: usize = 12;

/// One hospital against a deadline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimedOption {
    /// p, c and v while the treatment is still in time.
    pub(crate) option: EnquiryOption,
    /// Latest minute of acceptance for the treatment to be in time; infinite when lateness costs nothing here.
    pub(crate) in_time_until: f64,
    /// Minutes lost when accepted later.
    pub(crate) lost: f64,
}

impl TimedOption {
    /// Minutes after an acceptance `spent` minutes from now.
    #[must_use]
    pub(crate) fn value(&self, spent: f64) -> f64 {
        if spent <= self.in_time_until { self.option.v } else { self.option.v + self.lost }
    }
}

/// The best order by place in `options`; of equal ones the earlier. More than [`MOST`] options stay behind in their order.
#[must_use]
pub(crate) fn best_order(options: &[TimedOption], fallback: f64) -> Vec<usize> {
    let n = options.len().min(MOST);
    let sets = 1_usize << n;
    let mut least = vec![fallback; sets];
    let mut next = vec![usize::MAX; sets];
    for set in (0..sets.saturating_sub(1)).rev() {
        let spent: f64 =
            (0..n).filter(|i| set & (1 << i) != 0).filter_map(|i| options.get(i)).map(|o| o.option.c).sum();
        let mut best = (f64::INFINITY, usize::MAX);
        for (i, one) in options.iter().enumerate().take(n).filter(|(i, _)| set & (1 << i) == 0) {
            let rest = least.get(set | (1 << i)).copied().unwrap_or(fallback);
            let minutes = one.option.c + one.option.p * one.value(spent + one.option.c) + (1.0 - one.option.p) * rest;
            if minutes < best.0 {
                best = (minutes, i);
            }
        }
        if let (Some(l), Some(x)) = (least.get_mut(set), next.get_mut(set)) {
            (*l, *x) = best;
        }
    }
    let mut order = Vec::with_capacity(options.len());
    let mut set = 0;
    while let Some(i) = next.get(set).copied().filter(|i| *i != usize::MAX) {
        order.push(i);
        set |= 1 << i;
    }
    order.extend(n..options.len());
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expected minutes of asking in this order; `fallback` when all refuse.
    fn expected_minutes(order: &[TimedOption], fallback: f64) -> f64 {
        let (mut expected, mut reached, mut spent) = (0.0, 1.0, 0.0);
        for one in order {
            spent += one.option.c;
            expected += reached * (one.option.c + one.option.p * one.value(spent));
            reached *= 1.0 - one.option.p;
        }
        expected + reached * fallback
    }

    fn least_of_all(options: &[TimedOption], fallback: f64) -> f64 {
        fn go(rest: &[TimedOption], spent: f64, fallback: f64) -> f64 {
            if rest.is_empty() {
                return fallback;
            }
            (0..rest.len())
                .map(|i| {
                    let mut others = rest.to_vec();
                    let o = others.remove(i);
                    let t = spent + o.option.c;
                    o.option.c + o.option.p * o.value(t) + (1.0 - o.option.p) * go(&others, t, fallback)
                })
                .fold(f64::INFINITY, f64::min)
        }
        go(options, 0.0, fallback)
    }

    #[test]
    fn who_is_soon_too_late_is_asked_first() {
        let one =
            |p, v, until| TimedOption { option: EnquiryOption { p, c: 4.0, v }, in_time_until: until, lost: 30.0 };
        // By v + c/p the second is first; but the first is lost unless it is asked at once.
        let options = [one(0.5, 30.0, 5.0), one(0.5, 28.0, 60.0)];
        assert!(options[0].option.index() > options[1].option.index());
        assert_eq!(best_order(&options, 90.0), [0, 1]);
        assert_eq!(best_order(&options.map(|o| TimedOption { in_time_until: f64::INFINITY, ..o }), 90.0), [1, 0]);
        assert!(best_order(&[], 1.0).is_empty());
    }

    #[test]
    fn twelve_are_ordered_and_the_rest_stay_behind() {
        let options: Vec<_> = (0..14)
            .map(|i| TimedOption {
                option: EnquiryOption { p: 0.5, c: 4.0, v: 40.0 - f64::from(i) },
                in_time_until: f64::INFINITY,
                lost: 0.0,
            })
            .collect();
        assert_eq!(best_order(&options, 90.0), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 12, 13]);
    }

    proptest! {
        #[test]
        fn it_is_the_best_of_all_orders(
            raw in prop::collection::vec((0.02..1.0_f64, 0.5..10.0_f64, 1.0..60.0_f64, 0.0..40.0_f64, 0.0..60.0_f64), 1..6),
            fallback in 0.0..200.0_f64,
        ) {
            let options: Vec<_> = raw
                .into_iter()
                .map(|(p, c, v, in_time_until, lost)| TimedOption { option: EnquiryOption { p, c, v }, in_time_until, lost })
                .collect();
            let order: Vec<_> = best_order(&options, fallback).into_iter().map(|i| options[i]).collect();
            prop_assert_eq!(order.len(), options.len());
            let (ours, best) = (expected_minutes(&order, fallback), least_of_all(&options, fallback));
            prop_assert!((ours - best).abs() < 1e-9, "{} is not {}", ours, best);
        }

        #[test]
        fn without_a_deadline_it_is_the_index(raw in prop::collection::vec((0.05..1.0_f64, 0.5..10.0_f64, 1.0..60.0_f64), 1..8)) {
            let plain: Vec<_> = raw.into_iter().map(|(p, c, v)| EnquiryOption { p, c, v }).collect();
            let timed: Vec<_> = plain.iter().map(|o| TimedOption { option: *o, in_time_until: f64::INFINITY, lost: 9.0 }).collect();
            let order: Vec<_> = best_order(&timed, 500.0).into_iter().map(|i| plain[i]).collect();
            let ours = crate::order::expected_minutes(&order, 500.0);
            let index = crate::order::expected_minutes(&crate::order::best_order(&plain), 500.0);
            prop_assert!((ours - index).abs() < 1e-9);
        }
    }
}
