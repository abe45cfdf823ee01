//! Which pages there are, and which of them a part of the case opens.

use crate::frame::Tab;
use ambulance_core::State;
use model::{EnquiryId, HospitalId, Stage};

/// Pages that open over a part and lead back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Patients of this unit.
    Patients,
    /// Sex and age as seen.
    Seen,
    /// Who it is, and other cases of the same patient.
    Who,
    /// All stage times and their correction.
    Stages,
    /// Complaints of the second page.
    Complaints,
    /// Which sections the consent covers.
    Sections,
    /// 経路: where to, how far, in how many minutes.
    Route,
    /// 印刷, 訓練: what this version offers.
    NotHere(Absent),
    /// 聞き取り.
    Oral,
    /// お薬手帳.
    Notebook,
    /// The rows of the section group with this index; the index behind the last group is everything.
    Rows(usize),
    /// How the rows of this group are narrowed down.
    Filter(usize),
    /// All alerts and what else is on record.
    Alerts,
    /// One alert.
    Alert(usize),
    /// The terms of a candidate in words.
    Terms(HospitalId),
    /// Excluded hospitals.
    Excluded,
    /// What history changed in the order.
    Changes,
    /// The register, nearest first.
    Register,
    /// How the register is searched.
    Find,
    /// Why not this hospital.
    WhyNot(HospitalId),
    /// What a hospital said on the telephone.
    Telephone(EnquiryId),
    /// How the case ends without a handover.
    Endings,
    /// Whom to phone.
    Phone(Option<HospitalId>),
    /// The handover document in full.
    Document,
    /// This program and tablet.
    About,
    /// Letters of a sign-in name.
    Letters,
    /// Link, clock, queue and disk of this tablet.
    Tablet,
}

/// What has no page of its own yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// 印刷.
    Print,
    /// Training is a property of the installation.
    Training,
}

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// 出動中 or 現場.
    Assess,
    /// A value's keypad.
    Value,
    /// カード and its ladder.
    Card,
    /// The keypad of 照合番号B, while the face is to be compared.
    NumberB,
    /// The keypad of the staff password, while the face is to be compared.
    StaffPassword,
    /// 同意を得られない.
    Unobtainable,
    /// 病歴.
    History,
    /// 受入候補.
    Hospitals,
    /// ほかの病院.
    Override,
    /// 照会中.
    Enquiry,
    /// 搬送中.
    Transport,
    /// 引継ぎ and the wipe.
    Handover,
    /// 表示と施錠.
    Display,
    /// いま使えるもの.
    WorksNow,
    /// A list over the page from which it was opened.
    List(List),
    /// The keypad of the PIN, while it is asked for.
    Pin,
    /// The keys of the look-up without a card, in a disaster.
    WithoutCard,
}

/// The page of a rail tab, by where the case stands.
#[must_use]
pub fn page_of(tab: Tab, state: &State) -> Page {
    let case = state.case();
    let stamped = |stage| case.is_some_and(|c| c.view.stage(stage).is_some());
    match tab {
        Tab::Assess => Page::Assess,
        Tab::Card => Page::Card,
        Tab::History => Page::History,
        Tab::Hospital if case.is_some_and(|c| !c.view.enquiries.is_empty()) => Page::Enquiry,
        Tab::Hospital => Page::Hospitals,
        Tab::Handover if stamped(Stage::AtDestination) || stamped(Stage::TransferOfCare) => Page::Handover,
        Tab::Handover if stamped(Stage::LeftScene) => Page::Transport,
        Tab::Handover => Page::Handover,
        Tab::Display => Page::Display,
    }
}

/// The page of a part that a script names.
#[must_use]
pub fn page_of_part(part: &str, state: &State) -> Option<Page> {
    let leaving = state
        .case()
        .is_some_and(|c| c.view.stage(Stage::LeftScene).is_some() && c.view.stage(Stage::AtDestination).is_none());
    Some(match part {
        "assess" | "ready" | "onscene" => Page::Assess,
        "card" => Page::Card,
        "history" => Page::History,
        "hospital" if leaving => Page::Transport,
        "hospital" => page_of(Tab::Hospital, state),
        "hospitals" => Page::Hospitals,
        "enquiry" => Page::Enquiry,
        "transport" => Page::Transport,
        "handover" => page_of(Tab::Handover, state),
        "display" => Page::Display,
        "works_now" => Page::WorksNow,
        "tablet" => Page::List(List::Tablet),
        _ => return None,
    })
}
