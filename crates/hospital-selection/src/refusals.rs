//! What this case's refusals say of the next answer, by Bayes: enquiries of one case are not independent.
//!
//! A case is easy, hard or very hard to place, and nobody knows which. A hospital that usually accepts with probability p
//! accepts a case of kind d with probability p·mᵈ. Each refusal makes the harder kinds likelier, the more so the likelier
//! that hospital was to accept; the next p is multiplied by the mean of m over what is left, against its mean at the start.

use crate::params::CASE_KINDS;

/// Highest probability of acceptance of any kind of case: no single refusal proves anything.
const SURE: f64 = 0.95;

/// What the next probability of acceptance is multiplied by after refusals of hospitals with these usual probabilities;
/// exactly 1 without refusals, never above 1.
#[must_use]
pub(crate) fn after_refusals(usual: &[f64]) -> f64 {
    if usual.is_empty() {
        return 1.0;
    }
    let mean = weighted(&CASE_KINDS.map(|(weight, _)| weight));
    let left = CASE_KINDS
        .map(|(weight, share)| usual.iter().fold(weight, |w, p| w * (1.0 - (p * share / mean).clamp(0.0, SURE))));
    (weighted(&left) / mean).min(1.0)
}

/// The mean share over the kinds with these weights.
fn weighted(weights: &[f64; 3]) -> f64 {
    let (mut sum, mut all) = (0.0, 0.0);
    for (weight, (_, share)) in weights.iter().zip(CASE_KINDS) {
        sum += weight * share;
        all += weight;
    }
    sum / all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 重症以上 2023, 13 prefectures: share accepted at the k-th enquiry (受入れ状況等実態調査).
    const OBSERVED: [f64; 8] = [0.7133, 0.4758, 0.4055, 0.3741, 0.3485, 0.3185, 0.3033, 0.2867];

    #[test]
    fn the_published_hazards_come_out() {
        for (k, observed) in OBSERVED.iter().enumerate() {
            let p = OBSERVED[0] * after_refusals(&vec![OBSERVED[0]; k]);
            assert!((p - observed).abs() < 0.006, "enquiry {}: {p} instead of {observed}", k + 1);
        }
    }

    #[test]
    fn the_refusal_of_a_likely_hospital_says_more() {
        assert!(after_refusals(&[0.9]) < after_refusals(&[0.3]));
        assert!(after_refusals(&[0.3]) < 1.0);
        assert_eq!(after_refusals(&[0.9, 0.3]).to_bits(), after_refusals(&[0.9, 0.3]).to_bits());
        assert!(after_refusals(&[0.8; 200]) > 0.2, "hospitals still differ after many refusals");
    }
}
