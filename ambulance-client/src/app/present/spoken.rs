//! 伝達文: what the crew says to a hospital on the telephone, in the order in which it is asked: who calls, whom it is about, what
//! happened, how the patient is, how urgent, what is needed, how soon. Nothing of a history is in it, as in an enquiry that nobody
//! has accepted.

use super::View;
use super::handover::{findings, vitals};
use model::{EnquiryId, HospitalId};

/// The enquiry of this hospital that waits for an answer.
pub(crate) fn waiting(view: &View<'_>, hospital: HospitalId) -> Option<EnquiryId> {
    let enquiries = view.case()?.view.enquiries.iter();
    let open = |e: &case::EnquiryState| e.hospital == hospital && e.answer.is_none();
    enquiries.filter(|(_, e)| open(e)).max_by_key(|(_, e)| (e.released.is_none(), e.sent_at)).map(|(id, _)| *id)
}

/// Sentence and what it is about, a row each.
pub(super) fn sentences(view: &View<'_>, hospital: HospitalId) -> Vec<(String, String)> {
    let Some(case) = view.open_case() else { return Vec::new() };
    let state = view.state;
    let mut said = Vec::new();
    let mut say = |about: (&str, &str), words: String| {
        if !words.is_empty() {
            said.push((words, view.say(about.0, about.1)));
        }
    };
    let (who, unit) = (&state.department_name, &state.callsign);
    say(
        ("名のる", "who calls"),
        view.say(&format!("{who} {unit} です。受入の照会です。"), &format!("{who} {unit}, asking for admission.")),
    );
    let person = view.sex_and_age();
    let unknown = || view.say("年齢・性別は不明です。", "Age and sex not known.");
    say(
        ("傷病者", "patient"),
        if person.is_empty() { unknown() } else { view.say(&format!("{person}です。"), &format!("{person}.")) },
    );
    say(("訴えと意識", "complaint"), findings(view, case));
    say(("バイタル", "vital signs"), vitals(view));
    if let Some(triage) = case.view.findings.triage {
        say(
            ("緊急度", "urgency"),
            view.say(&format!("緊急度は{}です。", triage.ja()), &format!("Triage {}.", triage.numeral())),
        );
    }
    let needs: Vec<&str> = view
        .ranking()
        .map_or(&[][..], |r| r.needs.as_slice())
        .iter()
        .map(|n| view.pick(n.capability.ja(), n.capability.en()))
        .collect();
    if !needs.is_empty() {
        let needs = needs.join("、");
        say(("求める対応", "needed"), view.say(&format!("{needs} をお願いしたいです。"), &format!("We need {needs}.")));
    }
    let drive = view
        .ranking()
        .and_then(|r| r.candidates.iter().find(|c| c.hospital == hospital))
        .and_then(hospital_selection::Candidate::by_road)
        .map(|drive| drive.p50.0);
    if let Some(tenths) = drive {
        let minutes = (tenths + 5).div_euclid(10);
        say(
            ("到着まで", "arrival"),
            view.say(&format!("出発から約{minutes}分で着きます。"), &format!("About {minutes} min after we leave.")),
        );
    }
    said
}
