//! Presses on the generic page.

use super::{Order, change, go, list, look_up_again, observe, tell};
use crate::app::navigation::{List, LOGIN_MAX, Page};
use crate::app::picker::PickerAction;
use crate::app::present::{self, CORRECTIONS, FIRST_PAGE, LETTERS, View};
use ambulance_core::{CardState, Command, HistoryState};
use case::{CorrectionReason, DeclineReason, Ending, EnquiryAnswer, EventName, FindingsChange};
use model::{AgeBand, Complaint, EnquiryId, Sex};
use patient_history::{ConsentKind, ConsentScope};

pub(super) fn picker(view: &View<'_>, action: PickerAction) -> Vec<Order> {
    if action == PickerAction::Back {
        return vec![change(|nav| nav.back())];
    }
    let Page::List(open) = view.nav.page else { return on_page(view, action) };
    if let PickerAction::From(from) = action {
        return list(turned(open, from));
    }
    let chip = match action {
        PickerAction::Chip(section, index) => Some((section, index)),
        _ => None,
    };
    match (open, chip) {
        (List::Patients, Some(chip)) => patients(view, chip),
        (List::Stages, Some((0, i))) => {
            present::stamped(view).get(i).map_or_else(Vec::new, |(stage, stamp)| list(List::Correct(*stamp, *stage)))
        }
        (List::Stages, Some(_)) => list(List::Endings),
        (List::Correct(stamp, _), Some(chip)) => correct(view, stamp, chip),
        (List::Complaints, Some((_, i))) => complaint(view, i),
        (List::Sections, chip) => sections(view, chip),
        (List::Rows(..) | List::Alerts(_), Some(_)) => vec![change(|nav| nav.unmasked = true)],
        (List::Changes, None) => vec![Order::Tell(Command::DismissRankChange), change(|nav| nav.back())],
        (List::Register(from), Some((_, i))) => {
            let other = present::nearest(view).get(from + i).copied();
            vec![change(move |nav| nav.other = other), Order::Go(Page::Override)]
        }
        (List::Telephone(enquiry), Some(chip)) => telephone(enquiry, chip),
        (List::Endings, Some((_, i))) => Ending::WITHOUT_HANDOVER
            .get(i)
            .map_or_else(Vec::new, |ending| vec![Order::Tell(Command::End(*ending)), Order::Go(Page::Assess)]),
        (List::Letters, chip) => letters(chip),
        _ => Vec::new(),
    }
}

/// The generic page also stands for a part: a recorded consent, a history that was not asked for.
fn on_page(view: &View<'_>, action: PickerAction) -> Vec<Order> {
    let not_asked = view.case().is_some_and(|c| matches!(c.history, HistoryState::NotAsked));
    match (view.nav.page, action) {
        (Page::History, PickerAction::Primary) if not_asked => go(Page::Card),
        (Page::Card, PickerAction::Primary) => go(Page::History),
        (Page::Card, PickerAction::Chip(..)) => tell(Command::WithdrawConsent),
        (Page::History, PickerAction::Chip(..)) => look_up_again(),
        _ => Vec::new(),
    }
}

const fn turned(open: List, from: usize) -> List {
    match open {
        List::Rows(group, _) => List::Rows(group, from),
        List::Alerts(_) => List::Alerts(from),
        List::Excluded(_) => List::Excluded(from),
        List::Register(_) => List::Register(from),
        List::Document(_) => List::Document(from),
        other => other,
    }
}

fn patients(view: &View<'_>, (section, index): (usize, usize)) -> Vec<Order> {
    let findings = view.open_case().map(|c| &c.view.findings);
    match section {
        0 => match present::cases(view).get(index) {
            Some(case) => vec![Order::Tell(Command::SelectCase(*case)), change(|nav| nav.back())],
            None => vec![Order::Tell(Command::OpenCase), Order::Go(Page::Assess)],
        },
        1 => [Sex::Male, Sex::Female, Sex::Unspecified].get(index).map_or_else(Vec::new, |sex| {
            observe(FindingsChange::Sex(Some(*sex).filter(|s| findings.and_then(|f| f.sex) != Some(*s))))
        }),
        _ => u8::try_from(index).map_or_else(
            |_| Vec::new(),
            |band| observe(FindingsChange::AgeBand(Some(AgeBand(band)).filter(|b| findings.and_then(|f| f.age_band) != Some(*b)))),
        ),
    }
}

fn correct(view: &View<'_>, of: EventName, (section, index): (usize, usize)) -> Vec<Order> {
    let Some(time) = view.case().and_then(|c| c.view.stages.values().find(|t| t.stamp == of)) else { return Vec::new() };
    match (section, CORRECTIONS.get(index)) {
        (1, Some(minutes)) => tell(Command::Correct {
            of,
            to: Some(time.at.plus_minutes(*minutes)),
            reason: CorrectionReason::PressedLate,
        }),
        (2, _) => vec![
            Order::Tell(Command::Correct { of, to: None, reason: CorrectionReason::Mistake }),
            change(|nav| nav.back()),
        ],
        _ => Vec::new(),
    }
}

fn complaint(view: &View<'_>, index: usize) -> Vec<Order> {
    let findings = view.open_case().map(|c| &c.view.findings);
    let complaint = Complaint::ALL.get(FIRST_PAGE + index).copied();
    findings.zip(complaint).map_or_else(Vec::new, |(findings, complaint)| {
        observe(FindingsChange::Complaint { complaint, chosen: !findings.has(complaint) })
    })
}

fn sections(view: &View<'_>, chip: Option<(usize, usize)>) -> Vec<Order> {
    if let Some((_, index)) = chip {
        let Some(kind) = ConsentKind::ALL.get(index).copied() else { return Vec::new() };
        return vec![change(move |nav| {
            if !nav.sections.remove(&kind) {
                nav.sections.insert(kind);
            }
        })];
    }
    let at_consent = view.case().is_some_and(|c| matches!(c.card, CardState::Consent(_)));
    if view.nav.sections.is_empty() || !at_consent {
        return Vec::new();
    }
    let scope = ConsentScope::Only(view.nav.sections.clone());
    vec![Order::Tell(Command::ConsentSpoken { scope }), change(|nav| nav.sections.clear()), Order::Go(Page::Card)]
}

fn telephone(enquiry: EnquiryId, (section, index): (usize, usize)) -> Vec<Order> {
    let command = match (section, index) {
        (0, 0) => Some(Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Accepted }),
        (0, _) => Some(Command::WithdrawEnquiry(enquiry)),
        (_, i) => DeclineReason::ALL
            .get(i)
            .map(|r| Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Declined(*r) }),
    };
    command.map_or_else(Vec::new, |c| vec![Order::Tell(c), Order::Go(Page::Enquiry)])
}

fn letters(chip: Option<(usize, usize)>) -> Vec<Order> {
    match chip {
        Some((_, i)) => {
            let letter = LETTERS.chars().nth(i);
            vec![change(move |nav| match letter {
                Some(letter) if nav.login.len() < LOGIN_MAX => nav.login.push(letter),
                Some(_) => {}
                None => drop(nav.login.pop()),
            })]
        }
        None => vec![change(|nav| {
            let login = std::mem::take(&mut nav.login);
            if !login.is_empty() {
                nav.add_member(&login);
            }
            nav.page = nav.behind;
        })],
    }
}
