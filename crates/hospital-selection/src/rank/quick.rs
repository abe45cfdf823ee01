//! What can be told of a hospital from its brief alone: enough to pass over most of them without a drive or a report.
//!
//! Bounds, not estimates: what is said here is exactly what the full look says, or less. The full look decides the rest.

use super::scene::Scene;
use crate::constraint::{Reject, Relaxed};
use crate::table::{Bits, Brief, VOLUME_CLASSES, base_of_class, bit};
use crate::terms::{Stand, acceptance_at_best, acceptance_term, acceptance_untold, treatment};
use crate::{Category, RejectCode, Standing, params};
use model::{Need, Strength};
use travel_time::{Land, Tenths};

/// What a need costs by how the table knows the capability.
struct Price {
    bit: Bits,
    need: Need,
    derived: Tenths,
    absent: Tenths,
    unknown: Tenths,
}

pub(super) struct Quick {
    hard: Bits,
    land: Land,
    prices: Vec<Price>,
    /// Asking a hospital of which nothing was reported, by class of volume.
    untold: [Tenths; VOLUME_CLASSES],
    at_best: Tenths,
    category: Category,
    /// Whether a list says who takes this case.
    lists: bool,
}

impl Quick {
    pub(super) fn new(scene: &Scene<'_>) -> Self {
        let (needs, request, share) = (&scene.asked.needs, scene.asked.request, scene.asked.share);
        let hard = needs.iter().filter(|n| n.strength == Strength::Hard).fold(0, |bits, n| bits | bit(n.capability));
        let derived = Standing::Derived(Box::default());
        let price = |n: &Need| Price {
            bit: bit(n.capability),
            need: *n,
            derived: Stand::Table(&derived).penalty(*n),
            absent: Stand::Table(&Standing::Absent).penalty(*n),
            unknown: Stand::Unknown.penalty(*n),
        };
        let asking = |class| acceptance_term(acceptance_untold(base_of_class(class), share));
        Self {
            hard,
            land: scene.asked.land,
            prices: needs.iter().map(price).collect(),
            untold: core::array::from_fn(asking),
            at_best: acceptance_term(acceptance_at_best(share)),
            category: request.category,
            lists: request.listed.is_some() || scene.in_force.lists_any(request.category),
        }
    }

    /// Whether a rule excludes it, whatever was reported: what is needed is not there, or no road leads there.
    pub(super) fn lacks(&self, brief: &Brief, relaxed: Relaxed) -> bool {
        self.is_across(brief, relaxed) || (!brief.named && brief.absent & self.hard != 0)
    }

    fn is_across(&self, brief: &Brief, relaxed: Relaxed) -> bool {
        !relaxed.across_water && brief.land != self.land
    }

    /// Whether a rule excludes it that is on this side of the water, where nothing was reported and the case has not met it; none =
    /// only the full look tells.
    pub(super) const fn excludes_untold(&self, brief: &Brief) -> Option<bool> {
        if brief.named || self.lists || brief.children_only {
            return None;
        }
        Some(brief.absent & self.hard != 0)
    }

    /// The rule that excludes it, where nothing was reported and the case has not met it; none = the full look tells.
    pub(super) fn reject_untold(&self, brief: &Brief, relaxed: Relaxed) -> Option<Reject> {
        if self.is_across(brief, relaxed) {
            return Some(Reject::across_water());
        }
        if brief.named {
            return None;
        }
        let lacking = |price: &&Price| self.hard & brief.absent & price.bit != 0;
        let capability = self.prices.iter().find(lacking).map(|price| price.need.capability)?;
        Some(Reject { capability: Some(capability), ..Reject::new(RejectCode::NoCapability) })
    }

    /// No hospital that does not know the patient costs less, besides the drive.
    pub(super) fn floor(&self) -> Tenths {
        let [first, rest @ ..] = params::TREATMENT;
        self.at_best + rest.into_iter().fold(first, Tenths::min)
    }

    /// This one does not cost less, besides the drive, unless it knows the patient.
    pub(super) fn least(&self, brief: &Brief) -> Tenths {
        self.at_best + treatment(brief.tertiary, brief.large, self.category)
    }

    /// The same of a hospital of which nothing was reported and no edition speaks.
    pub(super) fn least_untold(&self, brief: &Brief) -> Tenths {
        let asking = self.untold.get(usize::from(brief.volume)).copied().unwrap_or(self.at_best);
        let missing: Tenths = self.prices.iter().map(|price| price.of(brief)).sum();
        asking + treatment(brief.tertiary, brief.large, self.category) + missing
    }
}

impl Price {
    const fn of(&self, brief: &Brief) -> Tenths {
        if brief.has & self.bit != 0 {
            Tenths::ZERO
        } else if brief.absent & self.bit != 0 {
            self.absent
        } else if brief.derived & self.bit != 0 {
            self.derived
        } else {
            self.unknown
        }
    }
}
