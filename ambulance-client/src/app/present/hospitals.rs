//! 受入候補 and ほかの病院.

use super::lists::moves;
use super::on_scene::signed;
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::hospitals::{HospitalsVm, ROWS};
use crate::screens::list::ListVm;
use crate::screens::override_choice::OverrideChoiceVm;
use crate::widgets::chips::ChipVm;
use crate::widgets::hospital_row::HospitalRowVm;
use case::OverrideReason;
use hospital_selection::{Candidate, Ranking, ReasonCode};
use model::{HospitalId, Stage};

/// Reasons to choose another hospital, in screen order: ja, en.
pub(crate) const REASONS: [(OverrideReason, &str, &str); 8] = [
    (OverrideReason::PatientWish, "本人・家族の希望", "Patient's or family's wish"),
    (OverrideReason::OwnDoctor, "かかりつけ", "Regular hospital"),
    (OverrideReason::Road, "道路事情", "Road"),
    (OverrideReason::Specialty, "専門", "Specialty"),
    (OverrideReason::PhysicianOrder, "医師の指示", "Doctor's order"),
    (OverrideReason::AgreedByTelephone, "先に電話で了解", "Agreed by phone before"),
    (OverrideReason::ConditionChanged, "容体が変わった", "Condition changed"),
    (OverrideReason::Other, "その他", "Other"),
];

/// The candidate the primary asks: the chosen one while it is on the list, else the first.
#[must_use]
pub fn chosen(ranking: &Ranking, nav: Option<HospitalId>) -> Option<&Candidate> {
    ranking.candidates.iter().find(|c| Some(c.hospital) == nav).or_else(|| ranking.candidates.first())
}

/// The best candidates that this case has not asked yet.
#[must_use]
pub fn next_unasked(view: &View<'_>, count: usize) -> Vec<HospitalId> {
    let asked = |id: HospitalId| {
        view.case().is_some_and(|c| c.view.enquiries.values().any(|e| e.hospital == id && e.released.is_none()))
    };
    let candidates = view.ranking().map_or(&[][..], |r| r.candidates.as_slice());
    candidates.iter().map(|c| c.hospital).filter(|id| !asked(*id)).take(count).collect()
}

pub(super) fn hospitals(view: &View<'_>) -> Shown {
    let Some(ranking) = view.ranking() else {
        return screen(Screen::Hospitals(HospitalsVm {
            footer: if view.open_case().is_some() {
                view.say(
                    "場所がまだわからないため、計算できません。指令か位置が届くと出ます。",
                    "The place is not known yet; the list appears when it is.",
                )
            } else {
                view.say("事案が始まると出ます。", "Appears with a case.")
            },
            ..HospitalsVm::default()
        }));
    };
    let chosen = chosen(ranking, view.nav.hospital);
    screen(Screen::Hospitals(HospitalsVm {
        changed: changed(view),
        count: ranking.candidates.len(),
        rows: rows(view, ranking, chosen.map(|c| c.hospital)),
        excluded: excluded(view, ranking),
        footer: footer(view, ranking),
        credit: credit(view, ranking),
        ask: chosen.filter(|_| can_ask(view)).map(|c| c.short_name.clone()),
        together: view
            .say(&format!("上位{}か所", next_unasked(view, 3).len()), &format!("top {}", next_unasked(view, 3).len())),
    }))
}

/// The first four; the chosen one takes the last place when it stands below.
fn rows(view: &View<'_>, ranking: &Ranking, chosen: Option<HospitalId>) -> Vec<HospitalRowVm> {
    let mut shown: Vec<&Candidate> = ranking.candidates.iter().take(ROWS).collect();
    let below = ranking.candidates.iter().skip(ROWS).find(|c| Some(c.hospital) == chosen);
    if let (Some(below), Some(last)) = (below, shown.last_mut()) {
        *last = below;
    }
    shown.into_iter().map(|c| row(view, c, chosen == Some(c.hospital))).collect()
}

/// Full-width characters of a row's lower line at 20 points.
const LINE: usize = 39;

fn row(view: &View<'_>, c: &Candidate, selected: bool) -> HospitalRowVm {
    let whole = c.whole();
    let p = c.p;
    let state = view.say(&format!("受入確率 {p} ・ {}", view.beds(c)), &format!("accept {p} ・ {}", view.beds(c)));
    let marks =
        c.marks.iter().map(|m| format!("{} {}", view.pick(m.capability.ja(), m.capability.en()), mark(view, m.state)));
    let codes = [
        ReasonCode::Relaxed,
        ReasonCode::HeldByOther,
        ReasonCode::AskAgain,
        ReasonCode::Continuity,
        ReasonCode::Fallback,
    ];
    let notes =
        codes.iter().filter_map(|code| c.reasons.iter().find(|r| r.code == *code)).map(|r| view.say(&r.ja, &r.en));
    let mut reasons = String::new();
    // That no road leads there comes before what the hospital can do.
    let words: Vec<String> = if c.no_road { notes.chain(marks).collect() } else { marks.chain(notes).collect() };
    for word in words {
        // What does not fit stands on the hospital's page: nothing is cut in the middle.
        if breadth(&reasons) + breadth(&word) + breadth(&state) < LINE {
            reasons.push_str(&word);
            reasons.push(' ');
        }
    }
    HospitalRowVm {
        rank: c.rank,
        name: c.short_name.clone(),
        minutes: whole.total,
        terms: whole.terms,
        reasons: reasons.trim_end().to_owned(),
        state,
        old: view.beds_old(c),
        selected,
    }
}

/// ○, △ for not confirmed, ×.
fn mark(view: &View<'_>, state: hospital_selection::MarkState) -> &'static str {
    match state {
        hospital_selection::MarkState::Unconfirmed => view.pick("△未確認", "△"),
        other => other.ja(),
    }
}

fn changed(view: &View<'_>) -> Option<(String, String)> {
    let words: Vec<String> = moves(view).into_iter().take(2).collect();
    (!words.is_empty()).then(|| (view.say("病歴で順位が変わりました", "History changed the order"), words.join("  ")))
}

fn excluded(view: &View<'_>, ranking: &Ranking) -> Option<(String, String)> {
    if ranking.excluded.is_empty() {
        return None;
    }
    let n = ranking.excluded.len();
    let words: Vec<String> = ranking
        .excluded
        .iter()
        .take(3)
        .map(|e| format!("{} {}", e.short_name, view.pick(&e.detail, &e.detail_en)))
        .collect();
    Some((view.say(&format!("除外 {n}"), &format!("{n} excluded")), words.join(" ・ ")))
}

fn credit(view: &View<'_>, ranking: &Ranking) -> Option<String> {
    travel_time::attribution(&ranking.versions.travel)
        .map(|credit| format!("{} {credit}", view.say("移動時間の道路データ", "Roads:")))
}

fn footer(view: &View<'_>, ranking: &Ranking) -> String {
    if let Some(relaxed) = ranking.relaxed.first() {
        return view.say(relaxed.ja(), "A rule was relaxed because nobody was left");
    }
    if let Some((ja, en)) = ranking.deadline.and_then(|clock| clock.ja().zip(clock.en())) {
        return view.say(&ja, &en);
    }
    let by = match view.case().and_then(|c| c.suggestion.as_ref()) {
        Some(s) if s.by_server => view.say("サーバーで計算", "by the server"),
        Some(_) if view.state.link.is_up() => view.say("この端末で計算", "computed here"),
        Some(_) => view.say("端末で計算。古い空床は割引き", "here, old beds discounted"),
        None => String::new(),
    };
    let at = ranking.at.tokyo_hhmm();
    view.say(
        &format!("最終の受入は照会で確かめます ・ {by} {at}"),
        &format!("The hospital confirms on enquiry ・ {by} {at}"),
    )
}

/// The terms of a candidate in words: `12 移動 + 6 受入 + …= 29分`.
pub(super) fn terms_in_words(view: &View<'_>, c: &Candidate) -> String {
    let whole = c.whole();
    let words = view.words().terms();
    let parts: Vec<String> =
        whole.terms.iter().zip(words).filter(|(m, _)| **m != 0).map(|(m, w)| format!("{} {w}", signed(*m))).collect();
    format!("{} = {}", parts.join(" + "), view.minutes(i64::from(whole.total)))
}

/// Hospitals offered on ほかの病院: the candidates behind the first, or the one from the register in the first place.
pub(crate) fn others(view: &View<'_>) -> Vec<HospitalId> {
    let mut ids: Vec<HospitalId> = view
        .ranking()
        .map_or(&[][..], |r| r.candidates.as_slice())
        .iter()
        .skip(1)
        .take(3)
        .map(|c| c.hospital)
        .collect();
    if let Some(other) = view.nav.other.filter(|o| !ids.contains(o)) {
        ids.insert(0, other);
        ids.truncate(3);
    }
    ids
}

pub(super) fn override_choice(view: &View<'_>) -> Shown {
    let Some(first) = view.ranking().and_then(|r| r.candidates.first()) else { return hospitals(view) };
    let candidate = |id: HospitalId| view.ranking().and_then(|r| r.candidates.iter().find(|c| c.hospital == id));
    let chip = |id: HospitalId| {
        let minutes =
            candidate(id).map_or_else(String::new, |c| format!(" {}", view.minutes(i64::from(c.whole().total))));
        ChipVm { word: format!("{}{minutes}", view.hospital(id)), chosen: view.nav.other == Some(id) }
    };
    let reason = |(r, ja, en): &(OverrideReason, &str, &str)| ChipVm {
        word: view.say(ja, en),
        chosen: view.nav.other_reason == Some(*r),
    };
    let compare = view.nav.other.and_then(candidate).map(|c| {
        let more = c.whole().total - first.whole().total;
        let name = &c.short_name;
        let title = if more > 0 {
            view.say(
                &format!("{name}は 1位より {more}分 長い見込み"),
                &format!("{name} takes {more} min more than the first"),
            )
        } else {
            view.say(&format!("{name}は 1位と同じくらいの見込み"), &format!("{name} takes about as long as the first"))
        };
        (title, terms_in_words(view, c))
    });
    let reason_words =
        REASONS.iter().find(|(r, ..)| view.nav.other_reason == Some(*r)).map(|(_, ja, en)| view.say(ja, en));
    let ask = view.nav.other.map(|id| view.hospital(id)).zip(reason_words);
    screen(Screen::OverrideChoice(OverrideChoiceVm {
        first: view.say(
            &format!("1位は {} {}分", first.short_name, first.whole().total),
            &format!("first is {} {} min", first.short_name, first.whole().total),
        ),
        hospitals: others(view).into_iter().map(chip).collect(),
        reasons: REASONS.iter().map(reason).collect(),
        compare,
        ask,
        changes: changes_destination(view),
    }))
}

/// What a page says whose content has left the state meanwhile.
pub(super) fn gone(view: &View<'_>) -> ListVm {
    ListVm {
        title: view.say("もうここにはありません", "No longer here"),
        empty: view.say("内容はこの端末から消えました", "It has left this tablet"),
        ..ListVm::default()
    }
}

/// Where the pages of the list lead back to.
pub(super) fn to_candidates(view: &View<'_>) -> String {
    view.words().to_list.to_owned()
}

/// Whether a hospital can be asked now.
/// Whether choosing another hospital moves a destination that stands.
#[must_use]
pub fn changes_destination(view: &View<'_>) -> bool {
    view.case().is_some_and(|c| c.view.destination().is_some())
}

pub(super) fn can_ask(view: &View<'_>) -> bool {
    view.open_case().is_some_and(|c| !c.view.is_closed() && c.view.stage(Stage::TransferOfCare).is_none())
}

/// About how many full-width characters a text takes; a Latin letter takes 0.6 of one.
pub(super) fn breadth(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 6 } else { 10 }).sum::<usize>().div_ceil(10)
}
