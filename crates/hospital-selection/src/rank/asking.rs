//! From an order to a way of asking: against a deadline, several at once, and when to turn to the last resort.

use super::Valued;
use super::scene::Scene;
use crate::batch::{self, BatchRule};
use crate::deadline::{self, TimedOption};
use crate::order::EnquiryOption;
use crate::{Deadline, Fallback, MarkState, Together, params};
use model::{Capability, Triage};
use travel_time::Tenths;

/// A treatment that is lost at a hospital when it accepts too late.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lost {
    /// Minutes from now in which the treatment must begin.
    left: Tenths,
    /// Its worth.
    worth: Tenths,
}

impl Lost {
    /// rt-PA where the hospital may have it; not where thrombectomy is there, which the clock takes away more slowly.
    pub(super) fn at(scene: &Scene<'_>, hospital: &crate::Hospital) -> Option<Self> {
        let left = scene.asked.request.lysis_minutes_left?;
        let lysis = scene.stand(hospital, Capability::StrokeThrombolysis).mark() != MarkState::No;
        let thrombectomy = scene.stand(hospital, Capability::StrokeThrombectomy).mark() == MarkState::Yes;
        let left = Tenths::from_whole_minutes(i32::try_from(left).unwrap_or(i32::MAX / 10));
        (lysis && !thrombectomy).then_some(Self { left, worth: params::LYSIS_WORTH })
    }

    /// Latest moment of acceptance, minutes from now.
    fn until(self, valued: &Valued<'_>) -> Tenths {
        self.left - valued.place.drive.p50 - valued.terms.treatment
    }

    /// What is lost even when the hospital is asked first.
    pub(super) fn in_any_case(self, valued: &Valued<'_>) -> Tenths {
        if self.until(valued) < params::ENQUIRY { self.worth } else { Tenths::ZERO }
    }
}

fn option(valued: &Valued<'_>) -> EnquiryOption {
    let v = valued.total - valued.terms.acceptance;
    EnquiryOption { p: valued.p.probability(), c: params::ENQUIRY.minutes(), v: v.minutes() }
}

fn timed(valued: &Valued<'_>) -> TimedOption {
    let (in_time_until, lost) = match valued.lost.filter(|lost| lost.in_any_case(valued) == Tenths::ZERO) {
        Some(lost) => (lost.until(valued).minutes(), lost.worth.minutes()),
        None => (f64::INFINITY, 0.0),
    };
    TimedOption { option: option(valued), in_time_until, lost }
}

/// How the list is asked.
pub(super) struct Asking {
    pub(super) escalate_after: Option<u32>,
    pub(super) deadline: Option<Deadline>,
    pub(super) together: Option<Together>,
}

impl Asking {
    /// Orders the list against the clock where that matters, and sees what asking it means.
    pub(super) fn new(scene: &Scene<'_>, listed: &mut [Valued<'_>], fallback: Option<&Fallback>) -> Self {
        let last = fallback.map(|f| f.index);
        let escalate_after = escalate_after(listed, last);
        let deadline = against_deadline(scene, listed, last);
        // Asking at once is valued without the clock.
        let by_minutes = deadline.is_none_or(|deadline| !deadline.reordered);
        let together = if by_minutes { together(scene, listed, last) } else { None };
        Self { escalate_after, deadline, together }
    }
}

/// Orders the list anew where asking in the order of v + c/p would run out of time for a treatment: exactly, over all orders
/// of its first [`deadline::MOST`].
fn against_deadline(scene: &Scene<'_>, listed: &mut [Valued<'_>], fallback: Option<Tenths>) -> Option<Deadline> {
    let minutes_left = scene.asked.request.lysis_minutes_left?;
    let first = listed.len().min(deadline::MOST);
    let (head, _) = listed.split_at_mut(first);
    let options: Vec<TimedOption> = head.iter().map(timed).collect();
    let mut spent = 0.0;
    let runs_out = options.iter().any(|one| {
        spent += one.option.c;
        spent > one.in_time_until
    });
    let mut reordered = false;
    if runs_out {
        let last = fallback.map_or(f64::from(u16::MAX), Tenths::minutes);
        let order = deadline::best_order(&options, last);
        reordered = !order.is_sorted();
        let sorted: Vec<Valued<'_>> = order.iter().filter_map(|i| head.get(*i).copied()).collect();
        head.copy_from_slice(&sorted);
    }
    Some(Deadline { minutes_left, reordered })
}

/// Whom to ask at once (一斉照会), where that is quicker although everybody's work has its price.
fn together(scene: &Scene<'_>, listed: &[Valued<'_>], fallback: Option<Tenths>) -> Option<Together> {
    let request = scene.asked.request;
    let most = match request.triage {
        _ if request.is_red() => params::BATCH_RED,
        Some(Triage::Yellow) => params::BATCH_YELLOW,
        _ => return None,
    };
    let first = listed.get(..listed.len().min(deadline::MOST))?;
    let options: Vec<EnquiryOption> = first.iter().map(option).collect();
    let rule = BatchRule { most, wait: params::BATCH_WAIT.minutes(), burden: params::BATCH_BURDEN.minutes() };
    let last = fallback.map_or(f64::from(u16::MAX), Tenths::minutes);
    let (set, minutes) = batch::best_batch(&options, rule, last)?;
    Some(Together {
        hospitals: set.iter().filter_map(|i| first.get(*i)).map(|v| v.place.hospital.id).collect(),
        minutes: Tenths::round_minutes(minutes),
        one_by_one: Tenths::round_minutes(batch::one_by_one(&options, last)),
    })
}

/// How many enquiries come before the last resort: those that are listed before the first that takes longer than it. None
/// when nobody who is listed does.
fn escalate_after(listed: &[Valued<'_>], fallback: Option<Tenths>) -> Option<u32> {
    let index = fallback?;
    listed.iter().position(|v| v.total >= index).and_then(|n| u32::try_from(n).ok())
}
