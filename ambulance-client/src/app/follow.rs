//! Pages that open by themselves, and when the next frame is due.

use super::navigation::{LOCK_AFTER_US, List, Navigation, Page};
use ambulance_core::{CardState, CaseState, Command, HistoryState, Now, State};
use model::{CaseId, SessionId, Stage, Timestamp};

/// A minute, microseconds.
const MINUTE_US: i64 = 60_000_000;
/// A second, microseconds.
const SECOND_US: i64 = 1_000_000;
/// The banner's age moves in steps of ten seconds.
const BANNER_US: i64 = 10_000_000;

/// What was seen last of the case: pages open on changes only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    case: Option<CaseId>,
    card: u8,
    history: u8,
    enquiries: usize,
    stage: Option<Stage>,
    wiping: bool,
    withdrawn: bool,
    session: Option<SessionId>,
    sign_in_failed: bool,
    asked_document: bool,
    contradicts: bool,
    read_at: Option<Timestamp>,
    staff_password: bool,
}

const fn card_step(card: &CardState) -> u8 {
    match card {
        CardState::None => 0,
        CardState::Reading => 1,
        CardState::Face(_) => 2,
        CardState::Consent(_) => 3,
        CardState::Mismatch => 4,
        CardState::Refused => 5,
        CardState::Done(_) => 6,
        CardState::Failed(_) => 7,
        CardState::Pin(_) => 8,
        CardState::OfOther { .. } => 9,
    }
}

const fn history_step(history: &HistoryState) -> u8 {
    match history {
        HistoryState::NotAsked => 0,
        HistoryState::Waiting { .. } => 1,
        HistoryState::Here { .. } => 2,
        HistoryState::Failed { .. } => 3,
        HistoryState::Wiped { .. } => 4,
    }
}

/// Whether the case on screen holds history, a notebook, or the opened face of a card.
#[must_use]
pub fn has_history(state: &State) -> bool {
    state.case().is_some_and(|c| c.history.answer().is_some() || c.notebook.holds() || c.number_b.face().is_some())
}

/// Follows the state; returns what the core has to be told.
pub fn follow(nav: &mut Navigation, state: &State, now: Now) -> Vec<Command> {
    follow_link(nav, state, now);
    follow_crew(nav, state, now);
    let mut commands: Vec<Command> = confirm(nav, state).into_iter().collect();
    if nav.seen.case != state.current {
        nav.seen = Seen { case: state.current, session: nav.seen.session, ..Seen::default() };
        nav.forget_case();
        if let Some(case) = state.case() {
            nav.seen.stage = case.view.last_stage().map(|(s, _)| s);
            nav.seen.enquiries = case.view.enquiries.len();
        }
    }
    if let Some(case) = state.case() {
        follow_pin(nav, case);
        follow_card(nav, case);
        follow_number_b(nav, case);
        follow_stage(nav, case);
        commands.extend(follow_document(nav, state, case));
        commands.extend(history_viewed(nav, case));
    }
    if nav.page != Page::NumberB {
        nav.forget_number();
    }
    if nav.page != Page::Pin {
        nav.forget_pin();
    }
    follow_staff_password(nav, state);
    let view = super::present::View::new(state, nav, now);
    commands.extend(super::present::on_screen(&view).into_iter().map(Command::MessageShown));
    lock_when_idle(nav, now);
    commands
}

fn follow_link(nav: &mut Navigation, state: &State, now: Now) {
    nav.offline_since = match &state.link {
        ambulance_core::LinkState::Up { .. } => None,
        ambulance_core::LinkState::Down { since, .. } => Some(nav.offline_since.map_or(*since, |s| s.min(*since))),
        ambulance_core::LinkState::Refused { .. } => nav.offline_since.or(Some(now.utc)),
    };
}

fn follow_crew(nav: &mut Navigation, state: &State, now: Now) {
    let session = state.crew.as_ref().map(|c| c.id);
    let failed = state.sign_in_error.is_some();
    if nav.signing_in && failed && !nav.seen.sign_in_failed {
        nav.signed_in(None);
        if nav.shut.is_confirming() {
            nav.shut.not_confirmed();
        } else {
            nav.wrong += 1;
        }
    }
    if session.is_some() && session != nav.seen.session {
        nav.signed_in(state.crew.as_ref().map(|c| c.name.as_str()));
        // What was only to be confirmed unlocks nothing that was locked meanwhile.
        if !nav.shut.is_confirming() {
            nav.unlock(now);
        }
        nav.shut.open();
    }
    nav.seen.session = session;
    nav.seen.sign_in_failed = failed;
}

/// What this tablet unlocked by itself and left shut is opened by the server, as soon as there is one to ask.
fn confirm(nav: &mut Navigation, state: &State) -> Option<Command> {
    let is_open = nav.locked.is_none() && state.crew.is_some() && nav.shut.holds_any();
    if !is_open || nav.signing_in || !state.link.is_up() {
        return None;
    }
    let (login, passcode) = nav.unconfirmed()?;
    nav.signing_in = true;
    nav.shut.confirm();
    Some(Command::SignIn { login, passcode })
}

fn follow_card(nav: &mut Navigation, case: &CaseState) {
    let card = card_step(&case.card);
    let history = history_step(&case.history);
    let reader_spoke = card != nav.seen.card && matches!(card, 1 | 2 | 7 | 8);
    if reader_spoke && !nav.on_keypad() {
        nav.page = Page::Card;
    }
    // A look-up that can only wait for the radio is told on the card's own page.
    let goes_on = !super::present::is_queued(case);
    if history != nav.seen.history && matches!(history, 1..=3) && goes_on && nav.page == Page::Card {
        nav.page = Page::History;
    }
    nav.seen.card = card;
    nav.seen.history = history;
}

/// The PIN's keypad is the card's page while the PIN is asked for, and no longer.
fn follow_pin(nav: &mut Navigation, case: &CaseState) {
    let is_asked = matches!(case.card, CardState::Pin(_)) && !case.view.is_closed();
    if is_asked && nav.page == Page::Card {
        nav.page = Page::Pin;
    } else if !is_asked && nav.page == Page::Pin {
        nav.page = Page::Card;
    }
}

/// The keypad at the face ends with the comparison. A look-up that waits for the password is told on the card's page, once
/// by itself.
fn follow_staff_password(nav: &mut Navigation, state: &State) {
    let case = state.case();
    let at_face = case.is_some_and(|case| matches!(case.card, CardState::Face(_)));
    if nav.page == Page::StaffPassword && !at_face {
        nav.page = Page::Card;
    }
    let waits = case.is_some_and(|case| super::present::staff_password_trouble(case).is_some());
    if waits && !nav.seen.staff_password && !nav.on_keypad() && matches!(nav.page, Page::Card | Page::History) {
        nav.page = Page::Card;
    }
    nav.seen.staff_password = waits;
    if !(nav.page == Page::StaffPassword || waits && nav.page == Page::Card) {
        nav.forget_staff_password();
    }
}

/// What was keyed for one card goes when another is read. The keypad ends with the comparison, and with what it opened.
/// A contradiction comes on the screen by itself.
fn follow_number_b(nav: &mut Navigation, case: &CaseState) {
    let read_at = if let CardState::Face(summary) = &case.card { Some(summary.read_at) } else { None };
    if read_at != nav.seen.read_at {
        nav.forget_number();
    }
    nav.seen.read_at = read_at;
    let is_asked = matches!(case.card, CardState::Face(_)) && case.number_b.face().is_none();
    if nav.page == Page::NumberB && !is_asked {
        nav.page = Page::Card;
    }
    let contradicts = !case.number_b.contradiction().is_empty();
    if contradicts && !nav.seen.contradicts && nav.locked.is_none() {
        nav.page = Page::Card;
    }
    nav.seen.contradicts = contradicts;
}

fn follow_stage(nav: &mut Navigation, case: &CaseState) {
    let stage = case.view.last_stage().map(|(s, _)| s);
    let enquiries = case.view.enquiries.len();
    let moved = stage != nav.seen.stage && stage > nav.seen.stage;
    let in_choice = matches!(
        nav.page,
        Page::Hospitals | Page::Override | Page::Enquiry | Page::List(List::Register | List::WhyNot(_))
    );
    if enquiries > nav.seen.enquiries && in_choice {
        nav.page = Page::Enquiry;
    }
    if moved && nav.locked.is_none() && nav.page != Page::Value {
        match stage {
            Some(Stage::OnScene | Stage::BackInService) => nav.page = Page::Assess,
            Some(Stage::LeftScene) => nav.page = Page::Transport,
            Some(Stage::AtDestination | Stage::TransferOfCare) => nav.page = Page::Handover,
            _ => {}
        }
    }
    let withdrawn = case.view.withdrawn_destination().is_some();
    if withdrawn && !nav.seen.withdrawn && nav.locked.is_none() && nav.page != Page::Value {
        nav.page = Page::Enquiry;
    }
    nav.seen.withdrawn = withdrawn;
    if case.wipe.is_some() && !nav.seen.wiping && nav.locked.is_none() {
        nav.page = Page::Handover;
    }
    nav.seen.stage = stage;
    nav.seen.enquiries = enquiries;
    nav.seen.wiping = case.wipe.is_some();
}

/// The document is asked for once, when the handover page is open and everything is on the server.
fn follow_document(nav: &mut Navigation, state: &State, case: &CaseState) -> Option<Command> {
    let ready = state.link.is_up() && state.crew.is_some() && state.outbox.waiting == 0;
    let wanted = nav.page == Page::Handover
        && case.document.is_none()
        && case.view.destination().is_some()
        && case.view.stage(Stage::AtDestination).is_some()
        && !case.view.is_closed();
    let ask = ready && wanted && !nav.seen.asked_document && !nav.scripted;
    nav.seen.asked_document |= ask;
    ask.then_some(Command::MakeDocument)
}

/// The summary is on the screen: the funnel counts it once.
fn history_viewed(nav: &Navigation, case: &CaseState) -> Option<Command> {
    let shown = nav.page == Page::History && nav.locked.is_none();
    let here = |place: &HistoryState| place.answer().and(place.lookup());
    let counted = |lookup| case.view.lookups.get(&lookup).is_some_and(|l| l.viewed);
    let uncounted = [&case.history, &case.full].into_iter().filter_map(here).any(|lookup| !counted(lookup));
    (shown && uncounted).then_some(Command::HistoryShown)
}

fn lock_when_idle(nav: &mut Navigation, now: Now) {
    let idle = now.mono.since_us(nav.touched_at).unwrap_or(0);
    if nav.locked.is_none() && !nav.scripted && idle >= LOCK_AFTER_US {
        nav.lock(now);
        nav.idle_lock = true;
    }
}

/// When the screen has to be drawn again though nothing happens: at the next second while a countdown is visible, while
/// offline at the banner's next ten seconds, else when the clock or an age of the band moves on, and at the lock.
#[must_use]
pub fn next_frame(state: &State, nav: &Navigation, now: Now) -> std::time::Duration {
    let case = state.case();
    let server = state.offset.map_or(now.utc, |o| now.utc.plus_us(o.us));
    let to_next = |at: Timestamp, from: Timestamp, step: i64| step - at.since_us(from).rem_euclid(step);
    let mut due = vec![to_next(server, Timestamp(0), MINUTE_US)];
    due.extend(ages(state).into_iter().flatten().map(|from| to_next(server, from, MINUTE_US)));
    if case.is_some_and(|c| counts_down(c, nav)) {
        due.push(to_next(now.utc, Timestamp(0), SECOND_US));
    }
    if let Some(since) = nav.offline_since {
        // The lock page tells it in minutes.
        due.push(to_next(now.utc, since, if nav.locked.is_none() { BANNER_US } else { MINUTE_US }));
    }
    let mut us = due.into_iter().min().and_then(|us| u64::try_from(us).ok()).unwrap_or(1_000_000);
    if nav.locked.is_none() && !nav.scripted {
        let idle = now.mono.since_us(nav.touched_at).unwrap_or(0);
        us = us.min(LOCK_AFTER_US.saturating_sub(idle));
    }
    super::micros(us.max(20_000))
}

/// What the band tells the age of: the beds, the history, the stage that runs.
fn ages(state: &State) -> [Option<Timestamp>; 3] {
    let case = state.case();
    let history = case.and_then(|c| c.history.answer()).map(|a| a.snapshot.fetched_at);
    let stage = case.and_then(|c| c.view.last_stage()).map(|(_, t)| t.at);
    [state.capacity_at, history, stage]
}

fn counts_down(case: &CaseState, nav: &Navigation) -> bool {
    let waiting = case.view.enquiries.values().any(|e| e.released.is_none() && !is_final(e.answer.as_ref()));
    let asked = [&case.history, &case.full].into_iter().any(|place| matches!(place, HistoryState::Waiting { .. }));
    case.undo.is_some()
        || case.wipe.is_some()
        || (nav.page == Page::Enquiry && waiting)
        || (nav.page == Page::History && asked)
}

const fn is_final(answer: Option<&(case::EnquiryAnswer, Timestamp)>) -> bool {
    matches!(
        answer,
        Some((case::EnquiryAnswer::Declined(_) | case::EnquiryAnswer::Accepted | case::EnquiryAnswer::NoAnswer, _))
    )
}
