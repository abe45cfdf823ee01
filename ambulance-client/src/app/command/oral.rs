//! Presses on 聞き取り and お薬手帳.

use super::{Order, change, go, list};
use crate::app::navigation::{List, Page};
use crate::app::present::{self, View};
use crate::screens::notebook::NotebookAction;
use crate::screens::oral::OralAction;
use ambulance_core::Command;
use case::OralChange;
use patient_history::{Informant, LastMeal, OralAnswer, OralTopic};

fn tell(told: Option<OralChange>) -> Vec<Order> {
    told.map_or_else(Vec::new, |told| vec![Order::Tell(Command::Tell(told))])
}

/// A second press on what is chosen takes it back.
fn other<T: Copy + PartialEq>(chosen: T, now: Option<T>) -> Option<T> {
    Some(chosen).filter(|chosen| now != Some(*chosen))
}

pub(super) fn oral(view: &View<'_>, action: OralAction) -> Vec<Order> {
    let Some(oral) = view.open_case().map(|c| &c.view.oral) else { return Vec::new() };
    match action {
        OralAction::Informant(i) => {
            let by = Informant::ALL.get(i);
            tell(by.map(|by| OralChange::Informant(other(*by, oral.informant))))
        }
        OralAction::Answer(question, answer) => {
            let asked = OralTopic::ALL.get(question).zip(OralAnswer::ALL.get(answer));
            tell(asked.map(|(topic, answer)| {
                let answer = other(*answer, oral.answer(*topic));
                OralChange::Topic { topic: *topic, answer }
            }))
        }
        OralAction::Meal(i) => {
            let meal = LastMeal::ALL.get(i);
            tell(meal.map(|meal| OralChange::LastMeal(other(*meal, oral.last_meal))))
        }
        OralAction::OwnHospital(i) => {
            let own = present::own_hospitals(view).get(i).copied();
            tell(own.map(|own| OralChange::OwnHospital(other(own, oral.own_hospital))))
        }
        OralAction::Notebook => list(List::Notebook),
        OralAction::ChooseHospital => go(Page::Hospitals),
        OralAction::Back => vec![change(|nav| nav.back())],
    }
}

pub(super) fn notebook(action: NotebookAction) -> Vec<Order> {
    match action {
        NotebookAction::Use => vec![Order::Tell(Command::NotebookUse), Order::Go(Page::History)],
        NotebookAction::OtherPerson | NotebookAction::ReadAgain => {
            vec![change(|nav| nav.picture_trouble = None), Order::Tell(Command::NotebookAgain)]
        }
        NotebookAction::Oral => list(List::Oral),
        NotebookAction::Back => vec![change(|nav| nav.back())],
    }
}
