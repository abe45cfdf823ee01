//! 「なぜこの病院でないか」: where a hospital stands, in one sentence with its minutes, and what puts it there.
//!
//! What the list on the screen knows of it is said from that list; of a hospital that is not on it this tablet's own engine
//! says it, which knows nothing of other units' enquiries.

use super::hospitals::{can_ask, gone};
use super::lists::plain;
use super::on_scene::signed;
use super::{Shown, View, screen};
use crate::frame::Tab;
use crate::screens::Screen;
use crate::screens::list::{ListRowVm, ListVm};
use case::EnquiryState;
use hospital_selection::{Candidate, Excluded, Ranking, Terms};
use model::HospitalId;
use travel_time::Tenths;

/// Terms that are named, the largest first: with the sentence and the reasons they fill one page.
const TERMS_NAMED: usize = 4;

/// Where a hospital stands, by whoever knows it.
struct Place<'a> {
    candidate: Option<&'a Candidate>,
    excluded: Option<&'a Excluded>,
    /// The first of the list: its name, and how much larger each term is here.
    behind: Option<(String, Terms)>,
    /// How many hospitals no rule excludes, where that is known.
    ranked: Option<u32>,
    /// This tablet's own engine says so.
    own: bool,
}

fn listed<'a>(ranking: &'a Ranking, candidate: &'a Candidate) -> Place<'a> {
    let first = ranking.candidates.first().filter(|first| first.hospital != candidate.hospital);
    let behind = first.map(|first| (first.short_name.clone(), candidate.terms - first.terms));
    Place { candidate: Some(candidate), excluded: None, behind, ranked: None, own: false }
}

fn place<'a>(view: &View<'a>, hospital: HospitalId) -> Option<Place<'a>> {
    let case = view.case()?;
    let ranking = &case.suggestion.as_ref()?.ranking;
    if let Some(candidate) = ranking.candidates.iter().find(|c| c.hospital == hospital) {
        return Some(listed(ranking, candidate));
    }
    if let Some(excluded) = ranking.excluded.iter().find(|e| e.hospital == hospital) {
        return Some(Place { candidate: None, excluded: Some(excluded), behind: None, ranked: None, own: false });
    }
    let answer = case.why_not.as_ref().filter(|answer| answer.hospital == hospital)?;
    Some(Place {
        candidate: answer.candidate.as_ref(),
        excluded: answer.excluded.as_ref(),
        behind: answer.behind.as_ref().map(|behind| (view.hospital(behind.first), behind.terms)),
        ranked: Some(answer.ranked),
        own: true,
    })
}

/// `6.1`, `0.4`: minutes without a sign.
fn minutes(tenths: Tenths) -> String {
    let whole = tenths.0.unsigned_abs();
    format!("{}.{}", whole / 10, whole % 10)
}

/// 「1位の青波中央病院より 8.3分 長い見込み」; none of the first itself.
fn sentence(view: &View<'_>, behind: &(String, Terms)) -> String {
    let (first, terms) = behind;
    let more = terms.total();
    match more.0.cmp(&0) {
        std::cmp::Ordering::Greater => view.say(
            &format!("1位の{first}より {}分 長い見込み", minutes(more)),
            &format!("{} min more than the first, {first}", minutes(more)),
        ),
        std::cmp::Ordering::Equal => {
            view.say(&format!("1位の{first}と同じ見込み"), &format!("as long as the first, {first}"))
        }
        // The list stands in the order that is in time for a treatment.
        std::cmp::Ordering::Less => view.say(
            &format!("{first}より {}分 短いが、期限に間に合う順", minutes(more)),
            &format!("{} min less than {first}, which is in time", minutes(more)),
        ),
    }
}

/// Terms that differ, the largest difference first: word, difference, minutes here.
fn differing(view: &View<'_>, behind: &Terms, here: &Terms) -> Vec<(&'static str, Tenths, Tenths)> {
    let words = view.words().terms();
    let all = words.into_iter().zip(behind.in_order()).zip(here.in_order());
    let mut differing: Vec<_> =
        all.map(|((word, more), here)| (word, more, here)).filter(|(_, more, _)| *more != Tenths::ZERO).collect();
    differing.sort_by_key(|(_, more, _)| std::cmp::Reverse(more.0.abs()));
    differing
}

/// The sentence with its minutes for the hospital's own page: 「1位の…より 8.3分 長い見込み(移動 +6.1 受入 +2.2)」.
pub(super) fn in_one_line(view: &View<'_>, ranking: &Ranking, candidate: &Candidate) -> Option<String> {
    let behind = listed(ranking, candidate).behind?;
    let parts: Vec<String> = differing(view, &behind.1, &candidate.terms)
        .into_iter()
        .take(2)
        .map(|(word, more, _)| format!("{word} {}", with_sign(more)))
        .collect();
    Some(format!("{}({})", sentence(view, &behind), parts.join(" ")))
}

fn with_sign(more: Tenths) -> String {
    let sign = if more.0 < 0 { '\u{2212}' } else { '+' };
    format!("{sign}{}", minutes(more))
}

fn rows(view: &View<'_>, place: &Place<'_>) -> Vec<ListRowVm> {
    if let Some(excluded) = place.excluded {
        return vec![plain(
            view.say("候補に含めていません", "Not on the list"),
            view.say(&excluded.detail, &excluded.detail_en),
        )];
    }
    let Some(c) = place.candidate else {
        return vec![plain(view.say("候補に含めていません", "Not on the list"), String::new())];
    };
    let rank = match place.ranked {
        Some(all) => view.say(&format!("{}番目(全{all}か所)", c.rank), &format!("{} of {all}", c.rank)),
        None => view.say(&format!("{}位", c.rank), &format!("place {}", c.rank)),
    };
    let whole = signed(c.whole().total);
    let note = view.say(
        &format!("{rank} ・ 見込み {whole}分 ・ 受入確率 {} ・ {}", c.p, view.beds(c)),
        &format!("{rank} ・ {whole} min ・ accept {} ・ {}", c.p, view.beds(c)),
    );
    let Some(behind) = &place.behind else {
        return vec![plain(view.say("1位の候補です", "It is the first"), note)];
    };
    if c.no_road {
        return vec![plain(view.say("道路がつながっていません", "No road leads there"), note)];
    }
    let mut rows = vec![plain(sentence(view, behind), note)];
    rows.extend(differing(view, &behind.1, &c.terms).into_iter().take(TERMS_NAMED).map(|(word, more, here)| {
        let right = view.say(&format!("{}分", with_sign(more)), &format!("{} min", with_sign(more)));
        let here = format!("{}{}", if here.0 < 0 { "\u{2212}" } else { "" }, minutes(here));
        let note = view.say(&format!("ここでは {here}分"), &format!("{here} min here"));
        ListRowVm { right, ..plain(word.to_owned(), note) }
    }));
    let reasons: Vec<&str> = c.reasons.iter().map(|r| view.pick(&r.ja, &r.en)).collect();
    if !reasons.is_empty() {
        rows.push(plain(view.say("理由", "Reasons"), reasons.join(" ・ ")));
    }
    rows
}

fn is_open(enquiry: &EnquiryState) -> bool {
    enquiry.released.is_none() && enquiry.answer.is_none()
}

pub(super) fn why_not(view: &View<'_>, hospital: HospitalId) -> Shown {
    let Some(place) = place(view, hospital) else { return screen(Screen::List(gone(view))) };
    let name = view.hospital(hospital);
    let asked = view.case().is_some_and(|c| c.view.enquiries.values().any(|e| e.hospital == hospital && is_open(e)));
    let primary = (view.say("この病院を選ぶ", "Choose it"), view.words().one_reason.to_owned());
    screen(Screen::List(ListVm {
        tab: Some(Tab::Hospital),
        title: view.say(&format!("なぜ {name} でないか"), &format!("Why not {name}")),
        note: if place.own {
            view.say("この端末で計算 ・ 他隊の照会は含まない", "computed here, without other units")
        } else {
            String::new()
        },
        rows: rows(view, &place),
        page: view.nav.turn,
        rule: Some((
            String::new(),
            view.say(
                "一覧にない病院も、理由を1つ付けて選べます。記録に残ります。",
                "Any hospital can be chosen with one reason, which is recorded.",
            ),
        )),
        primary: (can_ask(view) && !asked).then_some(primary),
        back_to: view.say("前の一覧へ", "to the list"),
        ..ListVm::default()
    }))
}
