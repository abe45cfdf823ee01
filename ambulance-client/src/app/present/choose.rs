//! Choices by presses: patients, sex and age, stage times, further complaints, sections of a consent, answers by phone.

use super::View;
use super::hospitals::gone;
use super::on_scene::FIRST_PAGE;
use crate::app::picker::{PickerVm, SectionVm};
use crate::widgets::chips::ChipVm;
use case::{DeclineReason, Ending, EventName};
use model::{AgeBand, CaseId, Complaint, EnquiryId, Sex, Stage};
use patient_history::ConsentKind;

/// Letters of a sign-in name, in the order of the keys.
pub(crate) const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
/// Minutes by which a press corrects a stage's time.
pub(crate) const CORRECTIONS: [i64; 4] = [-5, -1, 1, 5];

fn chip(word: String, chosen: bool) -> ChipVm {
    ChipVm { word, chosen }
}

/// Patients of the current incident; without one, all open cases of the unit. The newest first.
pub(crate) fn cases(view: &View<'_>) -> Vec<CaseId> {
    let incident = view.case().and_then(|c| c.view.incident);
    let state = view.state;
    let mut ids: Vec<CaseId> = state
        .cases
        .iter()
        .filter(|(id, c)| state.current == Some(**id) || !c.view.is_closed() || (incident.is_some() && c.view.incident == incident && !c.view.is_closed()))
        .map(|(id, _)| *id)
        .collect();
    ids.reverse();
    ids.truncate(7);
    ids
}

pub(super) fn patients(view: &View<'_>) -> PickerVm {
    let mut chips: Vec<ChipVm> = cases(view)
        .into_iter()
        .filter_map(|id| view.state.cases.get(&id).map(|c| (id, c)))
        .map(|(id, case)| {
            let n = case.view.patient_no.max(1);
            let sex = case.view.findings.sex.map_or_else(String::new, |s| format!(" {}", view.sex(s)));
            let time = case.view.stage(Stage::Notified).map_or_else(String::new, |t| format!(" {}", t.at.tokyo_hhmm()));
            chip(view.say(&format!("傷病者 {n}{sex}{time}"), &format!("Patient {n}{sex}{time}")), view.state.current == Some(id))
        })
        .collect();
    chips.push(chip(view.say("傷病者を増やす", "Add a patient"), false));
    let mut sections = vec![SectionVm::chips(&view.say("この事案の傷病者 ― 病歴は一人ずつ", "Patients ― one history at a time"), chips)];
    if let Some(case) = view.open_case() {
        let findings = &case.view.findings;
        let sexes = [Sex::Male, Sex::Female, Sex::Unspecified]
            .map(|s| chip(if s == Sex::Unspecified { view.say("不明", "Unknown") } else { view.sex(s) }, findings.sex == Some(s)));
        sections.push(SectionVm::chips(&view.say("見た目の性別", "Sex as seen"), sexes.to_vec()));
        let bands = (0..10).map(|b| chip(view.band(AgeBand(b)), findings.age_band == Some(AgeBand(b)))).collect();
        sections.push(SectionVm::chips(&view.say("見た目の年代", "Age as estimated"), bands));
    }
    PickerVm { key: "patients", title: view.say("傷病者", "Patients"), sections, ..PickerVm::default() }
}

/// Stamped stages of the current leg, in order.
pub(crate) fn stamped(view: &View<'_>) -> Vec<(Stage, EventName)> {
    let Some(case) = view.case() else { return Vec::new() };
    Stage::ALL.into_iter().filter_map(|s| case.view.stage(s).map(|t| (s, t.stamp))).collect()
}

pub(super) fn stages(view: &View<'_>) -> PickerVm {
    let Some(case) = view.case() else { return gone(view) };
    let chips = stamped(view)
        .into_iter()
        .filter_map(|(stage, _)| case.view.stage(stage).map(|t| (stage, t)))
        .map(|(stage, time)| {
            let sign = if time.uncertain { "±" } else { "" };
            chip(format!("{} {}{sign}", view.pick(stage.ja(), stage.en()), time.at.tokyo_hhmm()), false)
        })
        .collect();
    let mut sections = vec![SectionVm::wide_chips(&view.say("押すと時刻を直せます", "Press to correct a time"), chips)];
    sections.push(SectionVm::chips("", vec![chip(view.say("不搬送で終える", "End without transport"), false)]));
    PickerVm {
        key: "stages",
        title: view.say("段階の時刻", "Stage times"),
        right: view.say("±は端末の時計が未確認", "± clock not yet checked"),
        sections,
        rule: Some((String::new(), view.say("直しても、もとの時刻は記録に残ります。", "A corrected time keeps the original on record."))),
        ..PickerVm::default()
    }
}

pub(super) fn correct(view: &View<'_>, stamp: EventName, stage: Stage) -> PickerVm {
    let Some(time) = view.case().and_then(|c| c.view.stages.values().find(|t| t.stamp == stamp)) else { return gone(view) };
    let word = view.say(stage.ja(), stage.en());
    let mut rows = vec![(format!("{word} {}", View::hms(time.at)), view.say("いまの時刻", "as it stands"))];
    if let Some(from) = time.corrected_from {
        rows.push((View::hms(from), view.say("もとの時刻(記録に残ります)", "original, kept")));
    }
    let steps = CORRECTIONS
        .iter()
        .map(|m| {
            let sign = if *m < 0 { "\u{2212}" } else { "+" };
            chip(view.say(&format!("{sign}{}分", m.abs()), &format!("{sign}{} min", m.abs())), false)
        })
        .collect();
    let mistake = vec![chip(view.say("押しまちがい(消す)", "By mistake (remove)"), false)];
    PickerVm {
        key: "correct",
        title: view.say(&format!("{word}の時刻を直す"), &format!("Correct {word}")),
        sections: vec![SectionVm::rows("", rows), SectionVm::chips(&view.say("押すたびに直ります", "each press corrects"), steps), SectionVm::wide_chips("", mistake)],
        ..PickerVm::default()
    }
}

pub(super) fn complaints(view: &View<'_>) -> PickerVm {
    let Some(case) = view.open_case() else { return gone(view) };
    let chips = Complaint::ALL
        .iter()
        .skip(FIRST_PAGE)
        .map(|c| chip(view.say(c.ja(), c.en()), case.view.findings.has(*c)))
        .collect();
    PickerVm {
        key: "complaints",
        title: view.say("ほかの訴え・状況", "Other complaints"),
        right: view.words().any_number.to_owned(),
        sections: vec![SectionVm::chips("", chips)],
        ..PickerVm::default()
    }
}

pub(super) fn sections(view: &View<'_>) -> PickerVm {
    let chips = ConsentKind::ALL.into_iter().map(|k| chip(view.say(k.ja(), k.en()), view.nav.sections.contains(&k))).collect();
    let any = !view.nav.sections.is_empty();
    PickerVm {
        key: "sections",
        title: view.say("本人が認めた項目", "What the patient allowed"),
        sections: vec![SectionVm::chips(&view.say("押して選ぶ ・ 手術は別の同意です", "Press to choose ・ surgery is its own consent"), chips)],
        rule: Some((String::new(), view.say("選ばなかった項目は照会しません。", "What is not chosen is not looked up."))),
        primary: Some((view.say("同意あり", "Consents"), view.say("選んだ項目だけ", "chosen sections only"))),
        primary_blocked: (!any).then(|| view.say("項目を選ぶと押せます", "choose a section")),
        ..PickerVm::default()
    }
}

pub(super) fn endings(view: &View<'_>) -> PickerVm {
    let chips = Ending::WITHOUT_HANDOVER.into_iter().map(|e| chip(view.say(e.ja(), ending_en(e)), false)).collect();
    PickerVm {
        key: "endings",
        title: view.say("医師引継ぎなしで終える", "End without handover"),
        sections: vec![SectionVm::wide_chips(&view.say("理由を1つ押すと、事案を閉じます", "One reason closes the case"), chips)],
        rule: Some((String::new(), view.say("病歴があれば、すぐに消えます。取り消せません。", "A history goes at once. It cannot be undone."))),
        ..PickerVm::default()
    }
}

const fn ending_en(ending: Ending) -> &'static str {
    match ending {
        Ending::HandedOver => "Handed over",
        Ending::NoPatient => "No patient",
        Ending::Refused => "Refused",
        Ending::ObviousDeath => "Obvious death",
        Ending::FalseAlarm => "False alarm",
        Ending::Cancelled => "Cancelled",
        Ending::OtherUnit => "Another unit",
        Ending::PassedToUnit => "Passed to another unit",
    }
}

pub(super) fn telephone(view: &View<'_>, enquiry: EnquiryId) -> PickerVm {
    let Some(e) = view.case().and_then(|c| c.view.enquiries.get(&enquiry)) else { return gone(view) };
    let name = view.hospital(e.hospital);
    let reasons = DeclineReason::ALL.into_iter().map(|r| chip(view.say(r.ja(), r.en()), false)).collect();
    PickerVm {
        key: "telephone",
        title: view.say(&format!("{name} ― 電話の返事"), &format!("{name} ― by phone")),
        sections: vec![
            SectionVm::wide_chips("", vec![chip(view.say("受入可", "Accepts"), false), chip(view.say("照会を取り下げる", "Take it back"), false)]),
            SectionVm::wide_chips(&view.say("不可のとき、理由", "If declined, the reason"), reasons),
        ],
        rule: Some((String::new(), view.say("電話で了解を得た病院は、電波が戻ったときに決定として届きます。", "What was agreed by phone is decided when the radio returns."))),
        ..PickerVm::default()
    }
}

pub(super) fn letters(view: &View<'_>) -> PickerVm {
    let login = if view.nav.login.is_empty() { "―".to_owned() } else { view.nav.login.clone() };
    let mut keys: Vec<ChipVm> = LETTERS.chars().map(|c| chip(c.to_string(), false)).collect();
    keys.push(chip(view.say("消す", "Del"), false));
    PickerVm {
        key: "letters",
        title: view.say("サインイン名", "Sign-in name"),
        right: login,
        sections: vec![SectionVm::keys(keys)],
        primary: Some((view.say("この名前で", "Use this"), view.say("つぎに6桁を押します", "then six digits"))),
        primary_blocked: view.nav.login.is_empty().then(|| view.say("文字を押すと進めます", "press letters")),
        ..PickerVm::default()
    }
}
