//! How a list of records is narrowed down: by presses; words typed on a keyboard only add to them.

use super::history::GROUPS;
use super::{Shown, View, records};
use crate::app::picker::{PickerVm, SectionVm};
use crate::frame::Tab;
use crate::widgets::chips::ChipVm;
use patient_history::{Origin, RowSource};

/// Sources in the order of their chips; the first wants all.
pub(crate) const ORIGINS: [Option<Origin>; 7] = [
    None,
    Some(Origin::Recorded(RowSource::Claims)),
    Some(Origin::Recorded(RowSource::EPrescription)),
    Some(Origin::Recorded(RowSource::Notebook)),
    Some(Origin::Told),
    Some(Origin::Recorded(RowSource::HealthRecord)),
    Some(Origin::Recorded(RowSource::Checkup)),
];

/// Days back in the order of their chips; the first wants all.
pub(crate) const REACHES: [Option<i32>; 4] = [None, Some(31), Some(93), Some(366)];

/// The group of a chip: the first wants everything, which is the index behind the last group.
pub(crate) fn group_of_chip(index: usize) -> Option<usize> {
    match index {
        0 => Some(GROUPS.len()),
        n if n <= GROUPS.len() => Some(n - 1),
        _ => None,
    }
}

pub(super) fn origin_word(view: &View<'_>, origin: Option<Origin>) -> String {
    match origin {
        None => view.say("全部の元", "Any source"),
        Some(Origin::Told) => view.say("聞き取り", "As told"),
        Some(Origin::Recorded(source)) => view.say(source.ja(), source.en()),
    }
}

pub(super) fn reach_word(view: &View<'_>, days: Option<i32>) -> String {
    match days {
        None => view.say("全期間", "Any time"),
        Some(31) => view.say("1か月以内", "1 month"),
        Some(93) => view.say("3か月以内", "3 months"),
        Some(366) => view.say("1年以内", "1 year"),
        Some(days) => view.say(&format!("{days}日以内"), &format!("{days} days")),
    }
}

pub(super) fn filter(view: &View<'_>, group: usize) -> Shown {
    let chip = |word, chosen| ChipVm { word, chosen };
    let narrowed = &view.nav.narrowed;
    let everything = chip(view.say("全項目", "All sections"), group >= GROUPS.len());
    let groups = GROUPS.iter().enumerate().map(|(i, (ja, en, _))| chip(view.say(ja, en), i == group));
    let origins = ORIGINS.iter().map(|o| chip(origin_word(view, *o), narrowed.origin == *o));
    let mut reaches: Vec<ChipVm> =
        REACHES.iter().map(|days| chip(reach_word(view, *days), narrowed.days == *days)).collect();
    if !narrowed.text.is_empty() {
        reaches.push(chip(view.say("文字を消す", "Clear words"), false));
    }
    let count = records::count(view, group);
    let note = view.say(&format!("{count}件"), &format!("{count} rows"));
    let right = if narrowed.text.is_empty() {
        view.say("キーボードがあれば、文字でも絞れます", "a keyboard can search, too")
    } else {
        let text = narrowed.text.as_str();
        view.say(&format!("文字「{text}」"), &format!("words \"{text}\""))
    };
    let vm = PickerVm {
        key: "filter",
        title: view.say("記録を絞り込む", "Narrow down the records"),
        right,
        sections: vec![
            SectionVm::chips(&view.say("項目", "Section"), std::iter::once(everything).chain(groups).collect()),
            SectionVm::chips(&view.say("情報の元", "Source"), origins.collect()),
            SectionVm::chips(&view.say("期間", "Period"), reaches),
        ],
        primary: Some((view.say("表示する", "Show"), note)),
        primary_blocked: None,
    };
    Shown::Picker(Box::new(vm), Some(Tab::History))
}
