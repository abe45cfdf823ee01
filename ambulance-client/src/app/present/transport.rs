//! 搬送中.

use super::on_scene::values;
use super::works_now::position_old;
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::transport::TransportVm;
use ambulance_core::CaseState;
use case::{CaseView, EnquiryAnswer, HowDecided};
use model::{HospitalId, Stage};

/// Where the patient goes: decided by the server, else agreed by telephone and on its way there.
pub(super) fn destination(view: &CaseView) -> Option<HospitalId> {
    view.destination().map(|d| d.hospital).or_else(|| view.agreed.last().map(|(_, h)| *h)).or_else(|| changed_to(view))
}

/// Where the crew has changed to, while the server has not decided anew.
fn changed_to(view: &CaseView) -> Option<HospitalId> {
    let last = view.changes.last()?;
    let decided_since = view.destinations.keys().next_back().is_some_and(|version| *version > last.version);
    last.to.filter(|_| !decided_since)
}

pub(super) fn transport(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return super::on_scene::assess(view) };
    let to = destination(&case.view);
    let eta = to.and_then(|h| eta(view, case, h));
    let eta_line = eta.map_or_else(
        || view.say("見込みは計算できません", "cannot be computed"),
        |minutes| {
            let there = view.at().plus_minutes(i64::from(minutes)).tokyo_hhmm();
            let now = view.at().tokyo_hhmm();
            view.say(&format!("{now} → 到着 {there}"), &format!("{now} → there {there}"))
        },
    );
    let last = case.view.vitals_at.values().max();
    screen(Screen::Transport(TransportVm {
        eta_minutes: eta,
        eta_line,
        position_age: position_age(view),
        position_old: position_old(view),
        destination: to
            .map_or_else(|| view.say("搬送先は決まっていません", "No destination yet"), |h| view.hospital(h)),
        accepted: accepted(view, case),
        seen: None,
        questions: Vec::new(),
        values: values(view),
        values_at: last.map_or_else(
            || view.say("まだ測っていません", "not measured yet"),
            |at| view.say(&format!("前回 {}", at.tokyo_hhmm()), &format!("last {}", at.tokyo_hhmm())),
        ),
    }))
}

/// From where the minutes are computed, and how old that is.
fn position_age(view: &View<'_>) -> String {
    match view.state.position_at {
        None => view.say("現場からの見込み", "from the scene"),
        Some(_) if !position_old(view) => view.say("いまの位置から(30秒以内)", "from here (within 30 s)"),
        Some(at) => {
            let span = view.span(view.now.utc.since_us(at));
            view.say(&format!("{span}前の位置から"), &format!("from {span} ago"))
        }
    }
}

/// Minutes to the hospital: from where the unit is now, else from the scene or the enquiry less the time since the departure.
fn eta(view: &View<'_>, case: &CaseState, hospital: HospitalId) -> Option<u32> {
    let enquiry = case.view.enquiries.values().filter(|e| e.hospital == hospital).max_by_key(|e| e.sent_at);
    let listed = view
        .ranking()
        .and_then(|r| r.candidates.iter().find(|c| c.hospital == hospital))
        .and_then(hospital_selection::Candidate::by_road)
        .map(|drive| drive.p50.0);
    let tenths = listed.or_else(|| enquiry.and_then(|e| e.eta_tenths))?;
    let left = case.view.stage(Stage::LeftScene).map(|t| t.at);
    let from = match view.state.position_at.map(|at| view.own_time(at)) {
        Some(at) if listed.is_some() && left.is_some_and(|left| at > left) => Some(at),
        _ => left,
    };
    let gone = from.map_or(0, |from| from.age_minutes(view.at()));
    let minutes = i64::from((tenths + 5).div_euclid(10));
    u32::try_from((minutes - gone).max(0)).ok()
}

fn accepted(view: &View<'_>, case: &CaseState) -> String {
    let Some(d) = case.view.destination() else {
        return match case.view.agreed.last() {
            Some(_) => {
                view.say("電話で了解 ・ サーバーにはまだ届いていません", "agreed by phone ・ not yet on the server")
            }
            None if changed_to(&case.view).is_some() => {
                view.say("行き先を変更 ・ サーバーにはまだ届いていません", "changed ・ not yet on the server")
            }
            None => match case.view.withdrawn_destination() {
                Some((_, reason, at)) => view.say(
                    &format!("{} に受入取消({})", at.tokyo_hhmm(), reason.ja()),
                    &format!("taken back {} ({})", at.tokyo_hhmm(), reason.en()),
                ),
                None => view.say("照会の返事を待っています", "waiting for an answer"),
            },
        };
    };
    let how = match d.how {
        HowDecided::Accepted => view.say("受入決定", "accepted"),
        HowDecided::OfferTaken => view.say("条件付で決定", "taken with condition"),
        HowDecided::Telephone => view.say("電話で決定", "by phone"),
        HowDecided::CrewChanged => view.say("行き先を変更", "changed by the crew"),
    };
    let condition = d.enquiry.and_then(|id| case.view.enquiries.get(&id)).and_then(|e| match &e.answer {
        Some((EnquiryAnswer::Conditional { condition, .. }, _)) => Some(format!(" ・ {condition}")),
        _ => None,
    });
    format!("{how} {}{}", d.at.tokyo_hhmm(), condition.unwrap_or_default())
}
