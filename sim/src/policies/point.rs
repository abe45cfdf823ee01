//! What a policy costs at one choice, in the world that came about: everybody meets the same answers.

use super::sequence::order_by;
use crate::world::ChoicePoint;

/// Enquiries after which the last resort is turned to, as in the world.
const MOST: usize = 15;
/// p counts as at least this much in an index, as in the product.
const LEAST_P: f64 = 0.02;
/// Minutes that an enquiry is expected to take, as in the product.
const ENQUIRY: f64 = 4.0;

/// Whom to ask in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// The product: v + c/p with all that it knows.
    Product,
    /// The product as if no card had been read.
    WithoutHistory,
    /// The product, and several at once where it proposes that.
    Together,
    /// The shortest drive.
    Nearest,
    /// The likeliest to accept.
    Likeliest,
    /// Any, by the number of the hospital's answer: a line of reference.
    Random,
    /// L0: the least v, whoever accepts.
    LeastValue,
    /// L1: v + c/p with the true p.
    TrueIndex,
    /// L2: knows the answers, pays one enquiry.
    Clairvoyant,
    /// L3: knows the answers, pays none.
    Free,
}

impl Policy {
    /// All, the oracles last.
    pub(super) const ALL: [Self; 10] = [
        Self::Product,
        Self::Together,
        Self::WithoutHistory,
        Self::Nearest,
        Self::Likeliest,
        Self::Random,
        Self::LeastValue,
        Self::TrueIndex,
        Self::Clairvoyant,
        Self::Free,
    ];
    /// In a word, for a drawing.
    pub(super) const fn short(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::WithoutHistory => "no history",
            Self::Together => "at once",
            Self::Nearest => "nearest",
            Self::Likeliest => "likeliest",
            Self::Random => "random",
            Self::LeastValue => "L0",
            Self::TrueIndex => "L1",
            Self::Clairvoyant => "L2",
            Self::Free => "L3",
        }
    }
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Product => "v + c/p (the product)",
            Self::Together => "v + c/p, several at once (一斉照会)",
            Self::WithoutHistory => "v + c/p without history",
            Self::Nearest => "nearest first",
            Self::Likeliest => "likeliest to accept first",
            Self::Random => "at random",
            Self::LeastValue => "L0: least v first",
            Self::TrueIndex => "L1: v + c/p with the true p",
            Self::Clairvoyant => "L2: knows every answer, pays one enquiry",
            Self::Free => "L3: knows every answer, pays none",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    /// Minutes from the first enquiry to the treatment.
    pub(super) minutes: f64,
    pub(super) enquiries: f64,
    /// Minutes of asking alone.
    pub(super) asking: f64,
    /// The patient went to the last resort.
    pub(super) last_resort: bool,
}

/// The cost of a policy at a choice; none where nobody could be asked or there is no last resort.
pub(super) fn cost(policy: Policy, point: &ChoicePoint) -> Option<Cost> {
    let otherwise = point.last_resort.filter(|_| !point.options.is_empty())?;
    Some(match policy {
        Policy::Clairvoyant => oracle(point, otherwise, true),
        Policy::Free => oracle(point, otherwise, false),
        Policy::TrueIndex => by_true_index(point, otherwise),
        Policy::Together if point.together.len() > 1 => several(point, otherwise),
        _ => one_by_one(point, &order(policy, point), otherwise, Cost::default()),
    })
}

fn order(policy: Policy, point: &ChoicePoint) -> Vec<usize> {
    let options = &point.options;
    let key = |at: usize| {
        let option = &options[at];
        match policy {
            Policy::WithoutHistory => option.without_history.map_or(f64::INFINITY, |place| place as f64),
            Policy::Nearest => option.drive,
            Policy::Likeliest => -option.p,
            // Another digit of the number that decides, so that the order says nothing of the answer.
            Policy::Random => (option.u * 1e6).fract(),
            Policy::LeastValue => option.value,
            _ => at as f64,
        }
    };
    order_by(options.len(), key)
}

/// Whether an option accepts after so many enquiries.
fn accepts(point: &ChoicePoint, at: usize, before: usize) -> bool {
    point.options[at].u < point.options[at].true_p[before.min(1)]
}

fn one_by_one(point: &ChoicePoint, order: &[usize], otherwise: f64, mut cost: Cost) -> Cost {
    let first = cost.enquiries as usize;
    for (before, at) in (first..MOST).zip(order.iter().copied()) {
        let option = &point.options[at];
        cost.asking += option.answer;
        cost.enquiries += 1.0;
        if accepts(point, at, before) {
            return Cost { minutes: cost.asking + option.value, ..cost };
        }
    }
    Cost { minutes: cost.asking + otherwise, last_resort: true, ..cost }
}

/// The first batch at once: the first that accepts gets the patient, as on the server; then one after the other.
fn several(point: &ChoicePoint, otherwise: f64) -> Cost {
    let batch = &point.together;
    let enquiries = batch.len() as f64;
    let answers = |at: &usize| point.options[*at].answer;
    let first = batch.iter().filter(|at| accepts(point, **at, 0)).min_by(|a, b| answers(a).total_cmp(&answers(b)));
    if let Some(at) = first {
        let asking = answers(at);
        return Cost { minutes: asking + point.options[*at].value, enquiries, asking, last_resort: false };
    }
    let asking = batch.iter().map(answers).fold(0.0, f64::max);
    let rest: Vec<usize> = (0..point.options.len()).filter(|at| !batch.contains(at)).collect();
    one_by_one(point, &rest, otherwise, Cost { minutes: 0.0, enquiries, asking, last_resort: false })
}

/// The index with the true probabilities; after the first refusal those of a later enquiry.
fn by_true_index(point: &ChoicePoint, otherwise: f64) -> Cost {
    let index = |before: usize| {
        move |at: usize| {
            let option = &point.options[at];
            option.value + ENQUIRY / option.true_p[before].max(LEAST_P)
        }
    };
    let first = order_by(point.options.len(), index(0));
    let Some(head) = first.first().copied() else { return Cost::default() };
    let mut order = vec![head];
    order.extend(order_by(point.options.len(), index(1)).into_iter().filter(|at| *at != head));
    one_by_one(point, &order, otherwise, Cost::default())
}

/// Who knows every answer asks the best of those that accept, or turns to the last resort at once.
fn oracle(point: &ChoicePoint, otherwise: f64, pays: bool) -> Cost {
    let paid = |at: usize| if pays { point.options[at].answer } else { 0.0 };
    let all = (0..point.options.len()).filter(|at| accepts(point, *at, 0));
    let best = all.map(|at| (paid(at) + point.options[at].value, at)).min_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((minutes, at)) if minutes <= otherwise => {
            Cost { minutes, enquiries: if pays { 1.0 } else { 0.0 }, asking: paid(at), last_resort: false }
        }
        _ => Cost { minutes: otherwise, last_resort: true, ..Cost::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::ChoiceOption;

    /// The worked example: A, B, C, D, in the order of the product.
    fn point(us: [f64; 4]) -> ChoicePoint {
        let option = |(p, answer, value, u): (f64, f64, f64, f64)| ChoiceOption {
            drive: value,
            value,
            p,
            without_history: None,
            true_p: [p; 2],
            u,
            answer,
        };
        let options =
            [(0.35, 3.0, 18.0, us[0]), (0.55, 5.0, 22.0, us[2]), (0.8, 3.0, 30.0, us[1]), (0.9, 2.0, 40.0, us[3])];
        let options = options.map(option).to_vec();
        ChoicePoint {
            case: 1,
            prefecture: 0,
            serious: false,
            known: false,
            options,
            together: vec![0, 1],
            last_resort: Some(60.0),
        }
    }
    fn minutes(policy: Policy, point: &ChoicePoint) -> f64 {
        cost(policy, point).expect("options and a last resort").minutes
    }

    #[test]
    fn each_pays_for_whom_it_asks() {
        let nobody = point([0.99; 4]);
        // Only B and D accept.
        let point = point([0.9, 0.1, 0.9, 0.1]);
        assert_eq!(minutes(Policy::Product, &point), 3.0 + 5.0 + 3.0 + 30.0);
        assert_eq!(minutes(Policy::Likeliest, &point), 2.0 + 40.0);
        assert_eq!(minutes(Policy::Together, &point), 5.0 + 3.0 + 30.0);
        assert_eq!(minutes(Policy::Clairvoyant, &point), 33.0);
        assert_eq!(minutes(Policy::Free, &point), 30.0);
        let cost = cost(Policy::Product, &nobody).expect("a cost");
        assert!(cost.last_resort);
        assert_eq!((cost.minutes, cost.enquiries), (13.0 + 60.0, 4.0));
        assert_eq!(minutes(Policy::Clairvoyant, &nobody), 60.0);
    }

    #[test]
    fn no_policy_beats_who_knows_every_answer() {
        let streams = crate::engine::Streams::new(1, 0);
        let mut sums = [0.0; 10];
        let cases = 4_000;
        for case in 0..cases {
            let point = point([0, 1, 2, 3].map(|option| streams.common(&[case, option])));
            for (sum, policy) in sums.iter_mut().zip(Policy::ALL) {
                *sum += minutes(policy, &point);
            }
            let least = minutes(Policy::Clairvoyant, &point);
            assert!(minutes(Policy::Free, &point) <= least);
            for policy in [Policy::Product, Policy::Nearest, Policy::Likeliest, Policy::Random, Policy::TrueIndex] {
                assert!(minutes(policy, &point) >= least, "{policy:?}");
            }
        }
        // The expectation of the example is 30.8865; the standard deviation of a case is about 14, of the mean 0.22.
        let mean = sums[0] / cases as f64;
        assert!((mean - 30.8865).abs() < 0.75, "{mean}");
        assert!((sums[4] / cases as f64 - 41.4767).abs() < 0.5);
    }
}
