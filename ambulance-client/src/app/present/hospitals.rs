//! 受入候補: the order, whom to ask at once, and after whom to turn to the last resort.

use super::lists::moves;
use super::on_scene::signed;
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::hospitals::{HospitalsVm, ROWS};
use crate::screens::list::ListVm;
use crate::widgets::hospital_row::HospitalRowVm;
use hospital_selection::{Candidate, Ranking, ReasonCode};
use model::{HospitalId, Stage};

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
    let picked = super::asking::picked(view);
    screen(Screen::Hospitals(HospitalsVm {
        changed: changed(view),
        count: ranking.candidates.len(),
        rows: rows(view, ranking, chosen.map(|c| c.hospital), &picked),
        excluded: excluded(view, ranking),
        footer: footer(view, ranking),
        credit: credit(view, ranking),
        ask: ask(view, chosen).filter(|_| can_ask(view)),
        together: super::asking::offer(view),
        last_resort: super::asking::last_resort(view),
    }))
}

/// The first four; the chosen one takes the last place when it stands below.
fn rows(view: &View<'_>, ranking: &Ranking, chosen: Option<HospitalId>, picked: &[HospitalId]) -> Vec<HospitalRowVm> {
    let mut shown: Vec<&Candidate> = ranking.candidates.iter().take(ROWS).collect();
    let below = ranking.candidates.iter().skip(ROWS).find(|c| Some(c.hospital) == chosen);
    if let (Some(below), Some(last)) = (below, shown.last_mut()) {
        *last = below;
    }
    let selected = |c: &Candidate| {
        if picked.is_empty() { chosen == Some(c.hospital) } else { picked.contains(&c.hospital) }
    };
    shown.into_iter().map(|c| row(view, c, selected(c))).collect()
}

/// Whom the primary asks: the chosen one, or those that are asked at once.
fn ask(view: &View<'_>, chosen: Option<&Candidate>) -> Option<String> {
    let picked = super::asking::picked(view);
    match picked.first() {
        Some(first) => {
            let (name, others) = (view.hospital(*first), picked.len() - 1);
            Some(view.say(&format!("{name}\nほか {others}か所"), &format!("{name}\nand {others} more")))
        }
        None => chosen.map(|c| c.short_name.clone()),
    }
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
    let own = view.case().and_then(|c| c.suggestion.as_ref()).is_some_and(|s| !s.by_server);
    if let Some(trouble) = super::published::trouble(view).filter(|_| own) {
        return trouble;
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
pub(super) fn can_ask(view: &View<'_>) -> bool {
    view.open_case().is_some_and(|c| !c.view.is_closed() && c.view.stage(Stage::TransferOfCare).is_none())
}

/// About how many full-width characters a text takes; a Latin letter takes 0.6 of one.
pub(super) fn breadth(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 6 } else { 10 }).sum::<usize>().div_ceil(10)
}
