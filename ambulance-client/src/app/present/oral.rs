//! 聞き取り.

use super::{Shown, View, screen};
use crate::app::navigation::Page;
use crate::screens::Screen;
use crate::screens::oral::{OralVm, QuestionVm};
use crate::widgets::chips::ChipVm;
use model::HospitalId;
use patient_history::{Informant, LastMeal, OralAnswer, OralTopic};

/// Hospitals offered as かかりつけ.
const OWN_HOSPITALS: usize = 4;

/// The nearest hospitals; the chosen one is always among them.
pub(crate) fn own_hospitals(view: &View<'_>) -> Vec<HospitalId> {
    let mut near = super::nearest(view);
    near.truncate(OWN_HOSPITALS);
    let chosen = view.open_case().and_then(|c| c.view.oral.own_hospital);
    if let Some(chosen) = chosen.filter(|chosen| !near.contains(chosen)) {
        near.truncate(OWN_HOSPITALS - 1);
        near.push(chosen);
    }
    near
}

pub(super) fn oral(view: &View<'_>) -> Shown {
    let Some(case) = view.open_case() else {
        return super::history::nothing(view, "事案がありません", "There is no case");
    };
    let oral = &case.view.oral;
    let chip = |ja, en, chosen| ChipVm { word: view.say(ja, en), chosen };
    let question = |topic: &OralTopic| QuestionVm {
        word: view.say(topic.ja(), topic.en()),
        chosen: oral.answer(*topic).and_then(|answer| OralAnswer::ALL.iter().position(|a| *a == answer)),
    };
    screen(Screen::Oral(OralVm {
        informants: Informant::ALL.iter().map(|by| chip(by.ja(), by.en(), oral.informant == Some(*by))).collect(),
        questions: OralTopic::ALL.iter().map(question).collect(),
        meals: LastMeal::ALL.iter().map(|m| chip(m.ja(), m.en(), oral.last_meal == Some(*m))).collect(),
        own_hospitals: own_hospitals(view)
            .into_iter()
            .map(|id| ChipVm { word: view.hospital(id), chosen: oral.own_hospital == Some(id) })
            .collect(),
        changed: super::history::changed(view, case),
        best: view.best(),
        back_to: back_to(view),
    }))
}

/// The part that a page over it leads back to.
pub(super) fn back_to(view: &View<'_>) -> String {
    match view.nav.behind {
        Page::Card | Page::Unobtainable => view.words().tab_card.to_owned(),
        Page::History => view.words().tab_history.to_owned(),
        Page::Hospitals | Page::Override | Page::Enquiry => view.words().tab_hospital.to_owned(),
        Page::Transport | Page::Handover => view.words().tab_handover.to_owned(),
        _ => view.words().tab_assess.to_owned(),
    }
}
