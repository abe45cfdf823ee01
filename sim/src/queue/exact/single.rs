//! One server: Pollaczek and Khinchine, Cobham's priorities, and general arrivals at an exponential server.

use super::{Exacts, same_exponential};
use crate::engine::Distribution;
use crate::queue::TravelTime;
use crate::queue::fields::Waiting;
use crate::queue::plan::Plan;

/// M/G/1 with any number of priorities, nobody interrupted (Cobham, 1954): W_k = W₀ / ((1 − σ_{k−1})(1 − σ_k)), W₀ = Σ λE[S²]/2. One
/// priority is Pollaczek and Khinchine's formula.
pub(super) fn pollaczek_khinchine(plan: &Plan, exacts: &mut Exacts) {
    let way = plan.travel == Some(TravelTime::BeforeService)
        && plan.areas.iter().any(|a| a.travel.iter().any(Option::is_some));
    let patient = plan.areas.iter().all(|area| area.patience.is_none());
    if plan.servers() != 1 || plan.waiting != Waiting::Infinite || way || !patient {
        return;
    }
    let by = if plan.priorities.len() > 1 { "Cobham" } else { "Pollaczek–Khinchine" };
    let law = |area: &crate::queue::plan::AreaPlan| area.service[0].law.clone();
    let load: f64 = plan.areas.iter().map(|area| area.rate * law(area).mean()).sum();
    let residual = plan.areas.iter().map(|area| area.rate * law(area).second_moment() / 2.0).sum();
    for figure in [
        "system.utilisation",
        "system.busy_mean",
        "system.wait_probability",
        "system.all_busy",
        "system.found_all_busy",
    ] {
        exacts.tell(figure, load, by);
    }
    let waits = waits_by_class(plan, residual, |area| plan.areas[area].rate * law(&plan.areas[area]).mean());
    tell_waits(plan, &waits, by, exacts);
    let mut in_system = load;
    for area in &plan.areas {
        in_system += area.rate * waits[area.class];
        exacts.tell(format!("area.{}.time_in_system_mean", area.id), waits[area.class] + law(area).mean(), by);
        exacts.tell(format!("area.{}.wait_probability", area.id), load, by);
    }
    exacts.tell("system.in_system_mean", in_system, by);
    exacts.tell("system.time_in_system_mean", in_system / plan.rate(), by);
}

/// M/M/c with priorities, all services alike (Cobham, 1954): W₀ = C(c, a)·mean/c.
pub(super) fn priorities_alike(plan: &Plan, wait_probability: f64, mean: f64, exacts: &mut Exacts) {
    let servers = f64::from(plan.servers());
    let waits = waits_by_class(plan, wait_probability * mean / servers, |area| plan.areas[area].rate * mean / servers);
    tell_waits(plan, &waits, "Cobham", exacts);
}

/// Mean waits by priority from the mean work that is left in service, and each area's part of the load.
fn waits_by_class(plan: &Plan, residual: f64, load: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut before = 0.0;
    let mut waits = Vec::with_capacity(plan.priorities.len());
    for class in 0..plan.priorities.len() {
        let of_class = plan.areas.iter().enumerate().filter(|(_, area)| area.class == class);
        let with: f64 = before + of_class.map(|(index, _)| load(index)).sum::<f64>();
        waits.push(residual / ((1.0 - before) * (1.0 - with)));
        before = with;
    }
    waits
}

fn tell_waits(plan: &Plan, waits: &[f64], by: &'static str, exacts: &mut Exacts) {
    let mut waiting = 0.0;
    let mut by_class = vec![0.0; waits.len()];
    for area in &plan.areas {
        let wait = waits[area.class];
        waiting += area.rate * wait;
        by_class[area.class] += area.rate;
        exacts.tell(format!("area.{}.wait_mean", area.id), wait, by);
        exacts.tell(format!("area.{}.waiting_mean", area.id), area.rate * wait, by);
    }
    for (class, priority) in plan.priorities.iter().enumerate() {
        exacts.tell(format!("priority.{priority}.wait_mean"), waits[class], by);
        exacts.tell(format!("priority.{priority}.waiting_mean"), by_class[class] * waits[class], by);
    }
    exacts.tell("system.waiting_mean", waiting, by);
    exacts.tell("system.wait_mean", waiting / plan.rate(), by);
}

/// G/M/1: a call waits with probability σ, the root of σ = A*(μ − μσ) below 1, where A* is the transform of the times between calls.
pub(super) fn general_arrivals(plan: &Plan, exacts: &mut Exacts) {
    const BY: &str = "G/M/1";
    let [area] = plan.areas.as_slice() else { return };
    let Some(mean) = same_exponential(plan) else { return };
    if plan.servers() != 1 || plan.waiting != Waiting::Infinite || area.patience.is_some() {
        return;
    }
    let Some(sigma) = root(&area.arrivals.law, mean) else { return };
    let (load, wait) = (area.rate * mean, sigma * mean / (1.0 - sigma));
    for at in ["system".to_owned(), format!("area.{}", area.id)] {
        exacts.tell(format!("{at}.wait_probability"), sigma, BY);
        exacts.tell(format!("{at}.wait_mean"), wait, BY);
        exacts.tell(format!("{at}.waiting_mean"), area.rate * wait, BY);
        exacts.tell(format!("{at}.time_in_system_mean"), wait + mean, BY);
    }
    exacts.tell("system.found_all_busy", sigma, BY);
    exacts.tell("system.wait_mean_if_waiting", mean / (1.0 - sigma), BY);
    for figure in ["system.utilisation", "system.busy_mean", "system.all_busy"] {
        exacts.tell(figure, load, BY);
    }
    exacts.tell("system.in_system_mean", area.rate * (wait + mean), BY);
}

/// The root below 1, by iteration from 0: the right side grows with σ and stays below 1 at a load below 1.
fn root(law: &Distribution, service: f64) -> Option<f64> {
    /// Steps that are more than enough at a load of 0.999.
    const STEPS: usize = 1_000_000;
    let mut sigma = 0.0;
    for _ in 0..STEPS {
        let next = transform(law, (1.0 - sigma) / service)?;
        if (next - sigma).abs() < 1e-15 {
            return Some(next);
        }
        sigma = next;
    }
    None
}

/// The Laplace–Stieltjes transform of a distribution at `s` > 0; none where it has no closed form.
fn transform(law: &Distribution, s: f64) -> Option<f64> {
    Some(match law {
        Distribution::Deterministic { mean } => libm::exp(-s * mean),
        Distribution::Exponential { mean } => 1.0 / (1.0 + s * mean),
        Distribution::Gamma { mean, cv } => libm::pow(1.0 + s * mean * cv * cv, -1.0 / (cv * cv)),
        Distribution::Erlang { mean, phases } => libm::pow(1.0 + s * mean / f64::from(*phases), -f64::from(*phases)),
        Distribution::Uniform { mean, cv } => {
            let half = mean * cv * 3.0_f64.sqrt();
            (libm::exp(-s * (mean - half)) - libm::exp(-s * (mean + half))) / (2.0 * s * half)
        }
        Distribution::Values { values } => values.iter().map(|(value, p)| p * libm::exp(-s * value)).sum(),
        Distribution::LogNormal { .. } | Distribution::Hyperexponential { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_exponential_arrivals_is_the_load_and_that_of_constant_ones_is_printed() {
        assert!((root(&Distribution::Exponential { mean: 2.0 }, 1.0).expect("a root") - 0.5).abs() < 1e-12);
        // D/M/1 at a load of 1/2: σ = e^(−2(1−σ)) = 0.20319 (Gross and Harris, Fundamentals of Queueing Theory).
        assert!((root(&Distribution::Deterministic { mean: 2.0 }, 1.0).expect("a root") - 0.203_187_87).abs() < 1e-8);
    }
}
