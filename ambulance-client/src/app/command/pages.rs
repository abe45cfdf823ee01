//! Presses on the pages that open over a part.

use super::choice::ask_this;
use super::{Order, change, go, list, observe};
use crate::app::navigation::{List, Page, StageEdit};
use crate::app::present::{self, CORRECTION_REASONS, FIRST_PAGE, View};
use crate::screens::alert_detail::AlertDetailAction;
use crate::screens::consent_sections::ConsentSectionsAction;
use crate::screens::ending::EndingAction;
use crate::screens::hospital_detail::HospitalDetailAction;
use crate::screens::more_complaints::MoreComplaintsAction;
use crate::screens::patients::PatientsAction;
use crate::screens::stage_times::StageTimesAction;
use ambulance_core::{CardState, Command};
use case::{Ending, FindingsChange};
use model::{Complaint, Stage};
use patient_history::{ConsentKind, ConsentScope, SectionKind};

fn back() -> Vec<Order> {
    vec![change(|nav| nav.back())]
}

fn turn(forward: bool) -> Vec<Order> {
    vec![change(move |nav| nav.turn = if forward { nav.turn + 1 } else { nav.turn.saturating_sub(1) })]
}

/// The page of all times, with this stage chosen.
pub(super) fn open_times(stage: Stage) -> Vec<Order> {
    let edit = StageEdit { stage, shift: 0, removed: false, reason: None };
    vec![Order::Go(Page::List(List::Stages)), change(move |nav| nav.stage_edit = Some(edit))]
}

fn edit(f: impl FnOnce(&mut StageEdit) + 'static) -> Vec<Order> {
    vec![change(move |nav| {
        if let Some(edit) = nav.stage_edit.as_mut() {
            f(edit);
        }
    })]
}

pub(super) fn stage_times(view: &View<'_>, action: StageTimesAction) -> Vec<Order> {
    match action {
        StageTimesAction::ChooseStage(i) => {
            let stage = Stage::ALL.get(i).copied();
            vec![change(move |nav| {
                let same = nav.stage_edit.map(|e| e.stage) == stage;
                let new = stage.map(|stage| StageEdit { stage, shift: 0, removed: false, reason: None });
                nav.stage_edit = new.filter(|_| !same);
            })]
        }
        StageTimesAction::Shift(minutes) => edit(move |e| {
            e.shift = e.shift.saturating_add(i64::from(minutes));
            e.removed = false;
        }),
        StageTimesAction::ToggleRemoved => edit(|e| e.removed = !e.removed),
        StageTimesAction::ChooseReason(i) => {
            let reason = CORRECTION_REASONS.get(i).map(|(r, ..)| *r);
            edit(move |e| e.reason = reason)
        }
        StageTimesAction::Record => record(view),
        StageTimesAction::StampNow => view
            .nav
            .stage_edit
            .map_or_else(Vec::new, |e| vec![Order::Tell(Command::Stamp(e.stage)), change(|nav| nav.stage_edit = None)]),
        StageTimesAction::EndWithoutTransport => list(List::Endings),
        StageTimesAction::Back => back(),
    }
}

fn record(view: &View<'_>) -> Vec<Order> {
    let Some(edit) = view.nav.stage_edit else { return Vec::new() };
    let time = view.case().and_then(|c| c.view.stage(edit.stage));
    let (Some(time), Some(reason)) = (time, edit.reason) else { return Vec::new() };
    if !edit.removed && edit.shift == 0 {
        return Vec::new();
    }
    let to = (!edit.removed).then(|| time.at.plus_minutes(edit.shift));
    vec![Order::Tell(Command::Correct { of: time.stamp, to, reason }), change(|nav| nav.stage_edit = None)]
}

pub(super) fn ending(view: &View<'_>, action: EndingAction) -> Vec<Order> {
    match action {
        EndingAction::ChooseEnding(i) => {
            let ending = Ending::WITHOUT_HANDOVER.get(i).copied();
            vec![change(move |nav| nav.ending = ending.filter(|e| nav.ending != Some(*e)))]
        }
        EndingAction::Back => back(),
        EndingAction::PhoneDispatch => list(List::Phone(None)),
        EndingAction::End => view
            .nav
            .ending
            .map_or_else(Vec::new, |ending| vec![Order::Tell(Command::End(ending)), Order::Go(Page::Assess)]),
    }
}

pub(super) fn patients(view: &View<'_>, action: PatientsAction) -> Vec<Order> {
    let case = |i: usize| present::cases(view).get(i).copied();
    match action {
        PatientsAction::Select(i) => {
            case(i).map_or_else(Vec::new, |id| vec![Order::Tell(Command::SelectCase(id)), change(|nav| nav.back())])
        }
        PatientsAction::TakeOver(i) => {
            case(i).map_or_else(Vec::new, |id| vec![Order::Tell(Command::TakeOver(id)), change(|nav| nav.back())])
        }
        PatientsAction::AddPatient => vec![Order::Tell(Command::OpenCase), Order::Go(Page::Assess)],
        PatientsAction::EditSeen => list(List::Seen),
        PatientsAction::EditIdentity => list(List::Who),
        PatientsAction::PreviousPage => turn(false),
        PatientsAction::NextPage => turn(true),
        PatientsAction::Back => back(),
    }
}

pub(super) fn alert_detail(view: &View<'_>, action: AlertDetailAction) -> Vec<Order> {
    match action {
        AlertDetailAction::OpenRows => {
            let Page::List(List::Alert(index)) = view.nav.page else { return Vec::new() };
            list(List::Rows(group_of(view, index)))
        }
        AlertDetailAction::OpenAlerts => list(List::Alerts),
        AlertDetailAction::Back => go(Page::History),
    }
}

/// The group of sections in which the row of an alert stands.
fn group_of(view: &View<'_>, alert: usize) -> usize {
    let alert = present::alerts::nth(view, alert).map(|listed| listed.alert);
    let section: Option<SectionKind> = alert.and_then(|a| a.row.as_ref()).map(|r| r.section);
    present::GROUPS.iter().position(|(_, _, kinds)| section.is_some_and(|s| kinds.contains(&s))).unwrap_or(0)
}

pub(super) fn hospital_detail(view: &View<'_>, action: HospitalDetailAction) -> Vec<Order> {
    let Page::List(List::Terms(hospital)) = view.nav.page else { return back() };
    match action {
        HospitalDetailAction::SendEnquiry => ask_this(view, hospital, false),
        HospitalDetailAction::PhoneHospital => ask_this(view, hospital, true),
        HospitalDetailAction::Back => back(),
    }
}

pub(super) fn consent_sections(view: &View<'_>, action: ConsentSectionsAction) -> Vec<Order> {
    let at_consent = view.case().is_some_and(|c| matches!(c.card, CardState::Consent(_)));
    match action {
        ConsentSectionsAction::ToggleSection(i) => ConsentKind::ALL.get(i).copied().map_or_else(Vec::new, |kind| {
            vec![change(move |nav| {
                if !nav.sections.remove(&kind) {
                    nav.sections.insert(kind);
                }
            })]
        }),
        ConsentSectionsAction::ConsentGiven if at_consent && !view.nav.sections.is_empty() => {
            let scope = ConsentScope::Only(view.nav.sections.clone());
            vec![
                Order::Tell(Command::ConsentSpoken { scope }),
                change(|nav| nav.sections.clear()),
                Order::Go(Page::Card),
            ]
        }
        ConsentSectionsAction::ConsentRefused if at_consent => {
            vec![Order::Tell(Command::ConsentRefused), Order::Go(Page::Card)]
        }
        ConsentSectionsAction::ConsentGiven | ConsentSectionsAction::ConsentRefused | ConsentSectionsAction::Back => {
            go(Page::Card)
        }
    }
}

pub(super) fn more_complaints(view: &View<'_>, action: MoreComplaintsAction) -> Vec<Order> {
    let findings = view.open_case().map(|c| &c.view.findings);
    match action {
        MoreComplaintsAction::ToggleComplaint(i) => {
            let complaint = Complaint::ALL.get(FIRST_PAGE + i).copied();
            findings.zip(complaint).map_or_else(Vec::new, |(findings, complaint)| {
                observe(FindingsChange::Complaint { complaint, chosen: !findings.has(complaint) })
            })
        }
        MoreComplaintsAction::Back => back(),
    }
}
