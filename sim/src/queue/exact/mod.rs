//! Exact values, where a formula or a solved chain gives them.
//!
//! In: a plan. Out: figures by name with their value and the name of what gave it. Never in here: chance. What no formula covers
//! has no value; nothing here is an approximation.

mod chain;
mod chain_figures;
mod erlang;
mod single;

pub use erlang::{erlang_b, erlang_c};

use super::fields::Waiting;
use super::plan::Plan;
use crate::engine::Distribution;
use std::collections::BTreeMap;

/// An exact value and where it is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exact {
    pub(super) value: f64,
    pub(super) formula: &'static str,
}

/// Exact values by the name of their figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Exacts(BTreeMap<String, Exact>);

impl Exacts {
    /// Every exact value that the plan has.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut exacts = Self::default();
        let poisson = plan.areas.iter().all(|area| area.arrivals.law.is_exponential());
        if poisson {
            if plan.waiting == Waiting::None {
                erlang::loss(plan, &mut exacts);
            } else {
                single::pollaczek_khinchine(plan, &mut exacts);
            }
            chain_figures::tell(plan, &mut exacts);
        } else {
            single::general_arrivals(plan, &mut exacts);
        }
        exacts
    }
    /// The value of a figure.
    pub(super) fn get(&self, figure: &str) -> Option<Exact> {
        self.0.get(figure).copied()
    }
    /// Tells one; the first that is told of a figure stays.
    fn tell(&mut self, figure: impl Into<String>, value: f64, formula: &'static str) {
        if value.is_finite() {
            self.0.entry(figure.into()).or_insert(Exact { value, formula });
        }
    }
}

/// The mean of exponential services where every server of the plan has the same one.
fn same_exponential(plan: &Plan) -> Option<f64> {
    let laws = plan.service_by_group()?;
    let first = laws.first().map(|law| law.mean())?;
    let alike = |law: &&Distribution| law.is_exponential() && (law.mean() - first).abs() <= 1e-12 * first;
    laws.iter().all(alike).then_some(first)
}
