//! One whole transport from 覚知 to 医師引継ぎ: what the demo runs.

use super::{Enquire, Face, For, Picture, Script, SignIn, Step, Wait};
use case::FindingsChange;
use model::{AgeBand, Complaint, FollowUp, FollowUpAnswer, Jcs, Sex, Stage, Triage, Vital, VitalReading};
use patient_history::{ConsentBasis, ConsentScope};

/// The example as JSON.
#[must_use]
pub fn text() -> String {
    serde_json::to_string_pretty(&transport("tanaka", "123456")).unwrap_or_default()
}

/// The schema, or the example.
#[must_use]
pub fn describe(schema: bool) -> String {
    if schema { include_str!("script.schema.json").to_owned() } else { text() + "\n" }
}

const fn wait(r#for: For) -> Step {
    Step::Wait(Wait { r#for, within_s: super::WAIT_S })
}

fn picture(name: &str, part: &str) -> Step {
    Step::Picture(Picture { name: name.into(), part: Some(part.into()), look: None })
}

/// The demo's transport.
#[must_use]
pub fn transport(login: &str, passcode: &str) -> Script {
    let parts = [start(login, passcode), on_scene(), card(), choice(), transport_and_handover()];
    Script { about: "one transport, from 覚知 to 医師引継ぎ".into(), steps: parts.concat() }
}

fn start(login: &str, passcode: &str) -> Vec<Step> {
    vec![
        wait(For::Connected),
        Step::SignIn(SignIn { login: login.into(), passcode: passcode.into() }),
        wait(For::SignedIn),
        wait(For::Case),
        Step::Stamp(Stage::EnRoute),
        Step::PauseMs(300),
        picture("01-ready", "assess"),
        Step::Stamp(Stage::OnScene),
        Step::PauseMs(300),
        Step::Stamp(Stage::AtPatient),
    ]
}

fn on_scene() -> Vec<Step> {
    let complaint = |complaint| Step::Observe(FindingsChange::Complaint { complaint, chosen: true });
    let vital =
        |vital, tenths| Step::Observe(FindingsChange::Vital { vital, reading: Some(VitalReading::Measured(tenths)) });
    let no = |question| Step::Observe(FindingsChange::FollowUp { question, answer: Some(FollowUpAnswer::No) });
    vec![
        Step::Observe(FindingsChange::Sex(Some(Sex::Female))),
        Step::Observe(FindingsChange::AgeBand(Some(AgeBand(7)))),
        complaint(Complaint::HeadInjury),
        complaint(Complaint::AlteredConsciousness),
        Step::Observe(FindingsChange::Jcs(Jcs::new(2))),
        vital(Vital::RespiratoryRate, 200),
        vital(Vital::PulseRate, 880),
        vital(Vital::SystolicPressure, 1_680),
        vital(Vital::DiastolicPressure, 920),
        vital(Vital::OxygenSaturation, 960),
        vital(Vital::Temperature, 368),
        no(FollowUp::Vomiting),
        no(FollowUp::Paralysis),
        Step::Observe(FindingsChange::Triage(Some(Triage::Yellow))),
        wait(For::Suggestion),
        Step::PauseMs(300),
        picture("02-onscene", "assess"),
    ]
}

fn card() -> Vec<Step> {
    let all = ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true };
    vec![
        wait(For::Card),
        Step::PauseMs(300),
        picture("03a-card-face", "card"),
        Step::Face(Face::Same),
        Step::PauseMs(300),
        picture("03b-card-consent", "card"),
        Step::Consent(all),
        wait(For::History),
        Step::HistoryShown,
        Step::PauseMs(300),
        picture("04-history", "history"),
        Step::Stamp(Stage::InVehicle),
        wait(For::SuggestionWithHistory),
    ]
}

fn choice() -> Vec<Step> {
    vec![
        wait(For::ServerSuggestion),
        Step::PauseMs(300),
        picture("05-hospitals", "hospital"),
        Step::EnquireUntilDecided(Enquire { top: 2, by_telephone: false, override_reason: None }),
        wait(For::Destination),
        Step::PauseMs(300),
        picture("06-enquiry", "hospital"),
    ]
}

fn transport_and_handover() -> Vec<Step> {
    vec![
        Step::Stamp(Stage::LeftScene),
        Step::PauseMs(300),
        picture("07-transport", "hospital"),
        Step::Stamp(Stage::AtDestination),
        Step::PauseMs(300),
        wait(For::Acknowledged),
        Step::MakeDocument,
        wait(For::Document),
        picture("08-handover", "handover"),
        Step::Stamp(Stage::TransferOfCare),
        Step::PauseMs(300),
        picture("08b-wipe", "handover"),
        wait(For::Wiped),
        wait(For::Closed),
        Step::Stamp(Stage::BackInService),
        wait(For::Acknowledged),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::CARD_TO_SUMMARY_PRESSES;

    /// What a crew does with its hands for a step; the summary opens by itself, waits and pictures cost nothing.
    fn is_press(step: &Step) -> bool {
        !matches!(step, Step::Wait(_) | Step::PauseMs(_) | Step::Picture(_) | Step::HistoryShown)
    }

    #[test]
    fn the_demo_comes_from_the_card_to_the_summary_with_as_few_presses_as_a_crew() {
        let steps = transport("tanaka", "123456").steps;
        let at = |what| {
            let is_wait = |step: &Step| matches!(step, Step::Wait(Wait { r#for, .. }) if *r#for == what);
            steps.iter().position(is_wait).expect("waited for")
        };
        let between = steps.get(at(For::Card)..at(For::History)).expect("the card comes first");
        let presses: Vec<&Step> = between.iter().filter(|step| is_press(step)).collect();
        assert_eq!(presses.len(), CARD_TO_SUMMARY_PRESSES, "{presses:?}");
        let typed = presses.iter().filter(|step| matches!(step, Step::SignIn(_) | Step::Notebook(_)));
        assert_eq!(typed.count(), 0);
    }
}
