//! Choices by presses: patients, sex and age, further complaints, sections of a consent, answers by phone, letters.

use super::hospitals::gone;
use super::on_scene::FIRST_PAGE;
use super::shell::{person, triage};
use super::{Shown, View, card, screen, who};
use crate::app::picker::{PickerVm, SectionVm};
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::consent_sections::{ConsentSectionVm, ConsentSectionsVm};
use crate::screens::more_complaints::MoreComplaintsVm;
use crate::screens::patients::{PatientRowVm, PatientsVm};
use crate::widgets::chips::ChipVm;
use ambulance_core::CaseState;
use case::DeclineReason;
use model::{AgeBand, CaseId, Complaint, EnquiryId, Sex};
use patient_history::{ConsentKind, Period, SectionKind};

/// Letters of a sign-in name, in the order of the keys.
pub(crate) const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789.-_";

fn chip(word: String, chosen: bool) -> ChipVm {
    ChipVm { word, chosen }
}

fn picker(vm: PickerVm, tab: Option<Tab>) -> Shown {
    Shown::Picker(Box::new(vm), tab)
}

/// Cases on the list of patients: the open ones, those that go on in another one, and the one on screen; the newest last. None
/// that the last unlock left shut.
pub(crate) fn cases(view: &View<'_>) -> Vec<CaseId> {
    listed(view).filter(|id| !view.nav.shut.holds(*id)).collect()
}

fn listed<'a>(view: &View<'a>) -> impl Iterator<Item = CaseId> + use<'a> {
    let current = view.state.current;
    let shown = move |id: &CaseId, c: &CaseState| current == Some(*id) || c.view.ending.is_none();
    view.state.cases.iter().filter(move |(id, c)| shown(id, c)).map(|(id, _)| *id)
}

pub(super) fn patients(view: &View<'_>) -> Shown {
    let rows = cases(view).into_iter().filter_map(|id| view.state.cases.get(&id).map(|c| row(view, id, c))).collect();
    let seen = view.sex_and_age();
    screen(Screen::Patients(PatientsVm {
        incident: if listed(view).any(|id| view.nav.shut.holds(id)) {
            view.say("ほかの記録は、電波がある所で開きます", "The others open where there is radio")
        } else {
            view.case().and_then(|c| c.view.place.clone()).unwrap_or_default()
        },
        rows,
        page: view.nav.turn,
        seen: view
            .open_case()
            .map(|_| if seen.is_empty() { view.say("まだ入れていません", "not noted yet") } else { seen }),
        identity: view.open_case().map(|case| who::temporary(view, case).unwrap_or_default()),
    }))
}

fn row(view: &View<'_>, id: CaseId, case: &CaseState) -> PatientRowVm {
    let current = view.state.current == Some(id);
    let called = who::called(view, case);
    // Only the patient on screen is named: no screen shows two histories.
    let named = case.history.answer().filter(|_| current).map(|a| person(view, a));
    let stage = case.view.ending.map_or_else(
        || {
            case.view
                .last_stage()
                .map_or_else(String::new, |(s, t)| format!("{} {}", view.pick(s.ja(), s.en()), View::stage_time(t)))
        },
        |(ending, at)| {
            view.say(&format!("終了 {} {}", ending.ja(), at.tokyo_hhmm()), &format!("ended {}", at.tokyo_hhmm()))
        },
    );
    let tablets = case.view.tablets.len();
    PatientRowVm {
        number: who::number(view, case),
        triage: case.view.findings.triage.map(triage),
        who: named.unwrap_or_else(|| if called.is_empty() { view.say("不明", "not known") } else { called }),
        stage,
        writer: who::same(view, case)
            .unwrap_or_else(|| view.say(&format!("端末 {tablets}台が記録"), &format!("{tablets} tablets write"))),
        gap: if case.view.gaps.is_empty() {
            String::new()
        } else {
            view.say("記録の欠落の可能性", "Records may be missing")
        },
        current,
        can_take_over: !current && !case.view.is_closed(),
    }
}

/// Sex and age as seen.
pub(super) fn seen(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return screen(Screen::List(gone(view))) };
    let findings = &case.view.findings;
    let word = |s: Sex| if s == Sex::Unspecified { view.say("不明", "Unknown") } else { view.sex(s) };
    let sexes = SEXES.map(|s| chip(word(s), findings.sex == Some(s)));
    let bands = (0..10).map(|b| chip(view.band(AgeBand(b)), findings.age_band == Some(AgeBand(b)))).collect();
    let vm = PickerVm {
        key: "seen",
        title: view.words().seen.to_owned(),
        sections: vec![
            SectionVm::chips(&view.say("性別", "Sex"), sexes.to_vec()),
            SectionVm::chips(&view.say("年代", "Age"), bands),
        ],
        ..PickerVm::default()
    };
    picker(vm, None)
}

/// Sexes in screen order.
pub(crate) const SEXES: [Sex; 3] = [Sex::Male, Sex::Female, Sex::Unspecified];

pub(super) fn complaints(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else { return screen(Screen::List(gone(view))) };
    let findings = &case.view.findings;
    let before: Vec<&str> = Complaint::ALL
        .iter()
        .take(FIRST_PAGE)
        .filter(|c| findings.has(**c))
        .map(|c| view.pick(c.ja(), c.en()))
        .collect();
    let chosen_before = if before.is_empty() {
        String::new()
    } else {
        view.say(
            &format!("1 / 2 で選択中: {}", before.join(" ・ ")),
            &format!("Chosen on 1 / 2: {}", before.join(" ・ ")),
        )
    };
    let complaints =
        Complaint::ALL.iter().skip(FIRST_PAGE).map(|c| chip(view.say(c.ja(), c.en()), findings.has(*c))).collect();
    screen(Screen::MoreComplaints(MoreComplaintsVm { chosen_before, complaints }))
}

pub(super) fn sections(view: &View<'_>) -> Shown {
    let holds = |kind: ConsentKind| {
        let words: Vec<String> = SectionKind::ALL
            .into_iter()
            .filter(|s| s.consent_kind() == kind)
            .map(|s| {
                let back = s.look_back(Period::Summary);
                format!("{} {}", view.pick(s.ja(), s.en()), view.say(&back.ja(), &back.en()))
            })
            .collect();
        words.join(" ・ ")
    };
    let section = |k: ConsentKind| ConsentSectionVm {
        word: view.say(k.ja(), k.en()),
        holds: holds(k),
        chosen: view.nav.sections.contains(&k),
    };
    screen(Screen::ConsentSections(ConsentSectionsVm {
        matched: view.case().and_then(card::matched_words(view)).unwrap_or_default(),
        sections: ConsentKind::ALL.into_iter().map(section).collect(),
    }))
}

pub(super) fn telephone(view: &View<'_>, enquiry: EnquiryId) -> Shown {
    let Some(e) = view.case().and_then(|c| c.view.enquiries.get(&enquiry)) else {
        return screen(Screen::List(gone(view)));
    };
    let name = view.hospital(e.hospital);
    let reasons = DeclineReason::ALL.into_iter().map(|r| chip(view.say(r.ja(), r.en()), false)).collect();
    let words =
        vec![chip(view.say("受入可", "Accepts"), false), chip(view.say("照会を取り下げる", "Take it back"), false)];
    let vm = PickerVm {
        key: "telephone",
        title: view.say(&format!("{name} ― 電話の返事"), &format!("{name} ― by phone")),
        sections: vec![
            SectionVm::wide_chips("", words),
            SectionVm::wide_chips(&view.say("不可のとき、理由", "If declined, the reason"), reasons),
        ],
        ..PickerVm::default()
    };
    picker(vm, Some(Tab::Hospital))
}

pub(super) fn letters(view: &View<'_>) -> Shown {
    let login = if view.nav.login.is_empty() { "―".to_owned() } else { view.nav.login.clone() };
    let mut keys: Vec<ChipVm> = LETTERS.chars().map(|c| chip(c.to_string(), false)).collect();
    keys.push(chip(view.say("消す", "Del"), false));
    let vm = PickerVm {
        key: "letters",
        title: view.say("サインイン名", "Sign-in name"),
        right: login,
        sections: vec![SectionVm::keys(keys)],
        primary: Some((view.say("この名前で", "Use this"), view.say("つぎに6桁を押します", "then six digits"))),
        primary_blocked: view.nav.login.is_empty().then(|| view.say("文字を押すと進めます", "press letters")),
    };
    picker(vm, None)
}
