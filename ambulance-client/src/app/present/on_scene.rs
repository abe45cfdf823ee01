//! 現場 観察: what was observed so far.

use super::hospitals::breadth;
use super::{Shown, View, ready, screen, shell};
use crate::app::navigation::Field;
use crate::screens::Screen;
use crate::screens::on_scene::{FollowUpsVm, OnSceneVm, SideCandidateVm, SideCandidatesVm};
use crate::text::Lang;
use crate::widgets::chips::{ChipVm, FollowUpState, FollowUpVm};
use crate::widgets::value_cell::ValueVm;
use hospital_selection::Candidate;
use model::{Complaint, Findings, FollowUp, FollowUpAnswer, Jcs, Stage, Vital, VitalReading};

/// Complaints of the first page; the twelfth chip opens the others.
pub const FIRST_PAGE: usize = 11;

/// 出動中 until the scene is reached, then 観察.
pub(super) fn assess(view: &View<'_>) -> Shown {
    let arrived = |c: &ambulance_core::CaseState| c.view.last_stage().is_some_and(|(s, _)| s >= Stage::OnScene);
    match view.open_case().filter(|c| arrived(c)) {
        None => ready::ready(view),
        Some(case) => screen(Screen::OnScene(on_scene(view, &case.view.findings))),
    }
}

fn on_scene(view: &View<'_>, findings: &Findings) -> OnSceneVm {
    OnSceneVm {
        complaints: complaints(view, findings),
        jcs: Jcs::GRADES
            .iter()
            .map(|g| ChipVm { word: g.to_string(), chosen: findings.jcs.is_some_and(|j| j.grade() == *g) })
            .collect(),
        values: values(view),
        follow_ups: follow_ups(view, findings),
        triage: findings.triage.map(shell::triage),
        candidates: candidates(view),
    }
}

/// The first page, with what was chosen on the second gathered under its last chip.
fn complaints(view: &View<'_>, findings: &Findings) -> Vec<ChipVm> {
    let chip = |c: &Complaint| ChipVm { word: view.say(c.ja(), c.en()), chosen: findings.has(*c) };
    let mut chips: Vec<ChipVm> = Complaint::ALL.iter().take(FIRST_PAGE).map(chip).collect();
    let others: Vec<&Complaint> = Complaint::ALL.iter().skip(FIRST_PAGE).filter(|c| findings.has(**c)).collect();
    let word = match others.as_slice() {
        [] => view.say("その他 ▶", "Other ▶"),
        [one] => view.say(one.ja(), one.en()),
        many => view.say(&format!("その他 {}", many.len()), &format!("Other {}", many.len())),
    };
    chips.push(ChipVm { word: word.replace(" ▶", " …"), chosen: !others.is_empty() });
    chips
}

/// Label and unit of a value.
pub(super) fn field_words(view: &View<'_>, field: Field) -> (String, String) {
    let (ja, en, unit_ja, unit_en) = match field {
        Field::Respiration => ("呼吸", "Resp.", "回/分", "/min"),
        Field::Pulse => ("脈拍", "Pulse", "回/分", "/min"),
        Field::Pressure => ("血圧", "BP", "mmHg", "mmHg"),
        Field::Saturation => ("SpO2", "SpO2", "%", "%"),
        Field::Temperature => ("体温", "Temp.", "℃", "℃"),
        Field::Glucose => ("血糖", "Glu.", "mg/dL", "mg/dL"),
    };
    (view.say(ja, en), view.say(unit_ja, unit_en))
}

/// The vital sign of a value; the upper one of a pressure.
pub(crate) const fn vital(field: Field) -> Vital {
    match field {
        Field::Respiration => Vital::RespiratoryRate,
        Field::Pulse => Vital::PulseRate,
        Field::Pressure => Vital::SystolicPressure,
        Field::Saturation => Vital::OxygenSaturation,
        Field::Temperature => Vital::Temperature,
        Field::Glucose => Vital::Glucose,
    }
}

/// A reading in tenths as the meter shows it.
pub(super) fn tenths_text(vital: Vital, tenths: i32) -> String {
    if vital == Vital::Temperature {
        return format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10));
    }
    tenths.div_euclid(10).to_string()
}

fn reading_text(view: &View<'_>, vital: Vital, reading: VitalReading) -> String {
    match reading {
        VitalReading::Measured(tenths) => tenths_text(vital, tenths),
        VitalReading::NotMeasurable => view.say("測れない", "n/a"),
        VitalReading::NotMeasured => view.say("測らない", "none"),
    }
}

/// A value as its cell shows it; none when nothing was recorded.
pub(super) fn value_text(view: &View<'_>, field: Field) -> Option<String> {
    let vitals = &view.case()?.view.findings.vitals;
    let one = |vital: Vital| vitals.get(&vital).map(|r| reading_text(view, vital, *r));
    if field != Field::Pressure {
        return one(vital(field));
    }
    match (one(Vital::SystolicPressure), one(Vital::DiastolicPressure)) {
        (Some(upper), Some(lower))
            if upper == lower
                && vitals.get(&Vital::SystolicPressure).is_some_and(|r| !matches!(r, VitalReading::Measured(_))) =>
        {
            Some(upper)
        }
        (Some(upper), Some(lower)) => Some(format!("{upper}/{lower}")),
        (Some(upper), None) => Some(format!("{upper}/―")),
        (None, Some(lower)) => Some(format!("―/{lower}")),
        (None, None) => None,
    }
}

/// The six value cells.
pub(super) fn values(view: &View<'_>) -> Vec<ValueVm> {
    Field::ALL
        .into_iter()
        .map(|field| {
            let (label, unit) = field_words(view, field);
            ValueVm { label, unit, value: value_text(view, field) }
        })
        .collect()
}

/// The questions that a complaint raises on screen, at most four.
#[must_use]
pub fn follow_ups_of(findings: &Findings) -> Option<(Complaint, &'static [FollowUp])> {
    use FollowUp as F;
    const ORDER: [(Complaint, &[FollowUp]); 10] = [
        (Complaint::HeadInjury, &[F::Vomiting, F::Paralysis, F::Seizure, F::HeavyBleeding]),
        (Complaint::StrokeSigns, &[F::FacialDroop, F::SpeechTrouble, F::GazeDeviation, F::Neglect]),
        (Complaint::ChestPain, &[F::ColdSweat, F::RadiatingPain, F::IrregularPulse]),
        (Complaint::Headache, &[F::ThunderclapHeadache, F::Vomiting, F::Paralysis]),
        (Complaint::AlteredConsciousness, &[F::Paralysis, F::SpeechTrouble, F::GazeDeviation, F::Seizure]),
        (Complaint::Trauma, &[F::HeavyBleeding, F::Paralysis]),
        (Complaint::Dyspnoea, &[F::Wheeze, F::ColdSweat]),
        (Complaint::AbdominalPain, &[F::Vomiting, F::MayBePregnant]),
        (Complaint::GiBleed, &[F::HeavyBleeding, F::ColdSweat]),
        (Complaint::Obstetric, &[F::HeavyBleeding]),
    ];
    ORDER.iter().find(|(complaint, _)| findings.has(*complaint)).map(|(complaint, list)| (*complaint, *list))
}

fn follow_ups(view: &View<'_>, findings: &Findings) -> Option<FollowUpsVm> {
    let (complaint, questions) = follow_ups_of(findings)?;
    let state = |question| match findings.follow_ups.get(question) {
        Some(FollowUpAnswer::Yes) => FollowUpState::Yes,
        Some(FollowUpAnswer::No) => FollowUpState::No,
        Some(FollowUpAnswer::Unknown) | None => FollowUpState::Untouched,
    };
    Some(FollowUpsVm {
        title: view.say(&format!("{}のとき", complaint.ja()), &format!("With {}", complaint.en().to_lowercase())),
        chips: questions
            .iter()
            .map(|q| FollowUpVm { word: view.say(q.ja(), follow_up_en(*q)), state: state(q), value: None })
            .collect(),
    })
}

const fn follow_up_en(question: FollowUp) -> &'static str {
    match question {
        FollowUp::Vomiting => "Vomiting",
        FollowUp::Paralysis => "Palsy",
        FollowUp::Seizure => "Seizure",
        FollowUp::ColdSweat => "Cold sweat",
        FollowUp::RadiatingPain => "Radiating",
        FollowUp::GazeDeviation => "Gaze",
        FollowUp::SpeechTrouble => "Speech",
        FollowUp::FacialDroop => "Face droop",
        FollowUp::IrregularPulse => "Irregular",
        FollowUp::Neglect => "Neglect",
        FollowUp::ThunderclapHeadache => "Sudden",
        FollowUp::Wheeze => "Wheeze",
        FollowUp::MayBePregnant => "Pregnant?",
        FollowUp::HeavyBleeding => "Bleeding",
    }
}

fn candidates(view: &View<'_>) -> SideCandidatesVm {
    let Some(list) = view.case().and_then(|c| c.suggestion.as_ref()) else {
        return SideCandidatesVm {
            note: view.say("場所がわかると計算します", "needs the place"),
            warn: false,
            best: Vec::new(),
        };
    };
    let known = if list.with_history { ("病歴あり", "History") } else { ("病歴なし", "No history") };
    let age = view.state.capacity_at.map_or_else(
        || view.say("空床 申告なし", "no report"),
        |at| format!("{} {}", view.pick("空床", "beds"), view.ago(at)),
    );
    let up = view.state.link.is_up();
    let warn = !up || view.state.capacity_at.is_some_and(|at| at.age_minutes(view.at()) >= shell::BEDS_OLD_MIN);
    let note = match view.state.capacity_at {
        Some(at) if !up => {
            let age = view.ago(at);
            view.say(&format!("空床は {age}まで(圏外)"), &format!("beds {age}, no radio"))
        }
        _ => format!("{}{}{age}", view.pick(known.0, known.1), view.pick(" ・ ", ", ")),
    };
    SideCandidatesVm { note, warn, best: list.ranking.candidates.iter().take(3).map(|c| candidate(view, c)).collect() }
}

/// Full-width characters of a line of the side column at 20 points, without the dot between two words.
const SIDE_LINE: usize = 11;

fn candidate(view: &View<'_>, c: &Candidate) -> SideCandidateVm {
    let whole = c.whole();
    let [drive, reply, treat, load, lack, ties] = whole.terms;
    let rest: Vec<String> = [load, lack, ties]
        .into_iter()
        .zip([view.words().load, view.words().lack, view.words().ties])
        .filter(|(minutes, _)| *minutes != 0)
        .map(|(minutes, word)| format!("{word}{}{}", view.pick("", " "), signed(minutes)))
        .collect();
    let mut lines = match view.lang() {
        Lang::Ja => vec![format!("移動{drive} 受入{reply} 治療{treat}"), rest.join(" ")],
        Lang::En => vec![
            format!("Drive {drive} Reply {reply}"),
            format!("Treat {treat} {}", rest.join(" ")).trim_end().to_owned(),
        ],
    };
    lines.retain(|line| !line.is_empty());
    let beds = view.beds(c);
    let several = lines.len() > 1;
    match lines.last_mut() {
        Some(last) if several && breadth(last) + breadth(&beds) <= SIDE_LINE => {
            last.push_str(view.pick(" ・ ", ", "));
            last.push_str(&beds);
        }
        _ => lines.push(beds),
    }
    SideCandidateVm { name: c.short_name.clone(), minutes: whole.total, lines, old: view.beds_old(c) }
}

/// A term with the minus sign of the design (U+2212).
pub(super) fn signed(minutes: i32) -> String {
    if minutes < 0 { format!("\u{2212}{}", minutes.unsigned_abs()) } else { minutes.to_string() }
}
