//! A crew that never rests: one transport after the other, every press drawn from a seed and from what the screen shows.
//!
//! Whatever a killed tablet has kept, the crew goes on from there: a stage that stands on the screen is not stamped again. So the
//! server must end with every stage of every case exactly once, not counting those taken back.

use ambulance_core::{CardState, CaseState, Command, State};
use case::{DeclineReason, Ending, EnquiryAnswer, FindingsChange, Receiver};
use hospital_selection::HospitalTable;
use model::{Complaint, HospitalId, Position, Stage, Vital, VitalReading};
use patient_history::ConsentScope;
use rand::{Rng, RngExt};

use crate::tablet::STAMPED;

/// What the crew does next.
pub enum Press {
    /// A button.
    Button(Box<Command>),
    /// A persona's card is laid on the reader.
    Card(&'static str),
}

/// Personas whose cards are laid.
const CARDS: [&str; 2] = ["warfarin", "lapsed"];

/// The next press. `ranks`: the tablet knows where it is, so that it also ranks hospitals (which costs it time).
pub fn next(state: &State, ranks: bool, rng: &mut impl Rng) -> Press {
    let button = |command| Press::Button(Box::new(command));
    let Some(case) = state.case().filter(|case| !is_done(case)) else { return button(Command::OpenCase) };
    if ranks && case.view.scene.is_none() && rng.random_ratio(1, 2) {
        return button(Command::At(place(rng)));
    }
    if let Some(press) = card(state, case, rng) {
        return press;
    }
    if case.undo.is_some() && rng.random_ratio(1, 24) {
        return button(Command::Undo);
    }
    button(match rng.random_range(0..100_u8) {
        0..25 => stamp_or_end(case, rng),
        25..75 => Command::Observe(vital(rng)),
        75..85 => {
            Command::Observe(FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: rng.random() })
        }
        85..95 => enquiry(case, rng),
        _ => Command::ReceivedBy(Receiver::Physician),
    })
}

/// A case that is handed over ends by itself ten seconds later: the crew does not wait for it.
fn is_done(case: &CaseState) -> bool {
    case.view.is_closed() || (case.view.stage(Stage::TransferOfCare).is_some() && case.view.received_by.is_some())
}

fn place(rng: &mut impl Rng) -> Position {
    Position::new(35.6 + rng.random::<f64>() / 5.0, 139.3 + rng.random::<f64>() / 5.0).unwrap()
}

/// Card, face, consent; only for a crew that is signed in, since a look-up needs one.
fn card(state: &State, case: &CaseState, rng: &mut impl Rng) -> Option<Press> {
    state.crew.as_ref()?;
    let command = match &case.card {
        CardState::None if case.view.card.is_none() && rng.random_ratio(1, 6) => {
            return Some(Press::Card(CARDS[rng.random_range(0..CARDS.len())]));
        }
        CardState::Face(_) => Command::FaceMatches,
        CardState::Consent(_) => Command::ConsentSpoken { scope: ConsentScope::All },
        _ => return None,
    };
    Some(Press::Button(Box::new(command)))
}

fn stamp_or_end(case: &CaseState, rng: &mut impl Rng) -> Command {
    let missing = STAMPED.into_iter().find(|stage| case.view.stage(*stage).is_none());
    match missing {
        Some(Stage::TransferOfCare) if case.view.destination().is_none() && case.view.agreed.is_empty() => {
            Command::AgreeByTelephone(hospital(rng))
        }
        // Some never come to a hospital.
        Some(Stage::LeftScene) if rng.random_ratio(1, 8) => Command::End(Ending::Refused),
        Some(stage) => Command::Stamp(stage),
        None if rng.random_ratio(1, 2) => Command::End(Ending::PassedToUnit),
        None => Command::ReceivedBy(Receiver::Physician),
    }
}

fn enquiry(case: &CaseState, rng: &mut impl Rng) -> Command {
    let open = case.view.enquiries.iter().find(|(_, e)| e.answer.is_none() && e.released.is_none());
    match open {
        Some((enquiry, _)) => {
            let answer = if rng.random_ratio(1, 3) {
                EnquiryAnswer::Accepted
            } else {
                EnquiryAnswer::Declined(DeclineReason::ALL[rng.random_range(0..DeclineReason::ALL.len())])
            };
            Command::TelephoneAnswer { enquiry: *enquiry, answer }
        }
        None => {
            let first = case.suggestion.as_ref().and_then(|list| list.ranking.candidates.first());
            let hospitals = vec![first.map_or_else(|| hospital(rng), |candidate| candidate.hospital)];
            Command::Enquire { hospitals, by_telephone: rng.random(), override_reason: None }
        }
    }
}

fn hospital(rng: &mut impl Rng) -> HospitalId {
    let all = HospitalTable::embedded().hospitals();
    all[rng.random_range(0..all.len().min(50))].id
}

fn vital(rng: &mut impl Rng) -> FindingsChange {
    let vital = Vital::ALL[rng.random_range(0..Vital::ALL.len())];
    let (low, high) = vital.range_tenths();
    FindingsChange::Vital { vital, reading: Some(VitalReading::Measured(rng.random_range(low..=high))) }
}
